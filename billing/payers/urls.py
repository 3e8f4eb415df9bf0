from django.urls import path

from billing.payers import views

urlpatterns = [
    path("payers/", views.payer_list, name="payers"),
    path("payers/new/", views.payer_new, name="payer_new"),
    path("payers/<int:pk>/", views.payer, name="payer"),
    path("payers/<int:pk>/edit/", views.payer_edit, name="payer_edit"),
    path("payers/<int:pk>/deactivate/", views.payer_deactivate, name="payer_deactivate"),
    path("payers/<int:pk>/reactivate/", views.payer_reactivate, name="payer_reactivate"),
]

from django.urls import path

from billing.service_codes import views

urlpatterns = [
    path("service-codes/", views.service_code_list, name="service_codes"),
    path("service-codes/new/", views.service_code_new, name="service_code_new"),
    path("service-codes/<int:pk>/", views.service_code, name="service_code"),
    path("service-codes/<int:pk>/edit/", views.service_code_edit, name="service_code_edit"),
]

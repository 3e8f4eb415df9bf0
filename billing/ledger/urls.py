from django.urls import path

from billing.ledger import views

urlpatterns = [
    path("authorizations/<int:pk>/entries/", views.entries, name="entries"),
    path("authorizations/<int:pk>/balance/", views.balance, name="balance"),
]

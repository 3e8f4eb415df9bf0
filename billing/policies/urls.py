from django.urls import path

from billing.policies import views

urlpatterns = [
    path("patients/<int:pk>/insurance/", views.patient_insurance, name="patient_insurance"),
    path("patients/<int:pk>/policies/new/", views.policy_new, name="policy_new"),
    path("policies/<int:pk>/edit/", views.policy_edit, name="policy_edit"),
    path("policies/<int:pk>/verify/", views.policy_verify, name="policy_verify"),
    path("policies/<int:pk>/end/", views.policy_end, name="policy_end"),
]

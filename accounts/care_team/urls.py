from django.urls import path

from accounts.care_team import views

urlpatterns = [
    path("patients/<int:pk>/care-team/add/", views.care_team_add, name="patient_team_add"),
    path("care-team/<int:pk>/remove/", views.care_team_remove, name="patient_team_remove"),
]

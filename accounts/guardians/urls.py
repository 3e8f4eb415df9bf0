from django.urls import path

from accounts.guardians import views

urlpatterns = [
    path("patients/<int:pk>/guardians/new/", views.guardian_new, name="guardian_new"),
    path("guardians/<int:pk>/edit/", views.guardian_edit, name="guardian_edit"),
]

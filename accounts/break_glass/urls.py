from django.urls import path

from accounts.break_glass import views

urlpatterns = [
    path(
        "patients/<int:pk>/break-glass/",
        views.patient_break_glass,
        name="patient_break_glass",
    ),
]

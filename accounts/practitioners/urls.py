from django.urls import path

from accounts.practitioners import views

urlpatterns = [
    path("practitioners/", views.practitioner_list, name="practitioners"),
    path("practitioners/new/", views.practitioner_new, name="practitioner_new"),
    path("practitioners/<int:pk>/", views.practitioner, name="practitioner"),
    path("practitioners/<int:pk>/edit/", views.practitioner_edit, name="practitioner_edit"),
    path(
        "practitioners/<int:pk>/history/",
        views.practitioner_history,
        name="practitioner_history",
    ),
]

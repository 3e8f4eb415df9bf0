from django.urls import path

from scheduling.sessions import views

urlpatterns = [
    path("appointments/<int:pk>/start/", views.start, name="start"),
    path("appointments/<int:pk>/complete/", views.complete, name="complete"),
    path("appointments/<int:pk>/reopen/", views.reopen, name="reopen"),
    path("sessions/", views.session_list, name="sessions"),
    path("sessions/<int:pk>/", views.session, name="session"),
    path("sessions/<int:pk>/note/", views.note_write, name="note_write"),
    path("sessions/<int:pk>/addendum/", views.addendum, name="addendum"),
]

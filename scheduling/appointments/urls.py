from django.urls import path

from scheduling.appointments.views import appointments, booking, parts, steps

urlpatterns = [
    path("book/", booking.book, name="book"),
    path("book/preview/", booking.book_preview, name="book_preview"),
    path("appointments/", appointments.appointment_list, name="appointments"),
    path("appointments/<int:pk>/", appointments.appointment, name="appointment"),
    path(
        "appointments/<int:pk>/history/",
        appointments.appointment_history,
        name="appointment_history",
    ),
    path("appointments/<int:pk>/move/", appointments.appointment_move, name="appointment_move"),
    path("appointments/<int:pk>/change/", appointments.reschedule, name="reschedule"),
    path(
        "appointments/<int:pk>/change/preview/",
        appointments.reschedule_preview,
        name="reschedule_preview",
    ),
    path("appointments/<int:pk>/cancel/", appointments.cancel, name="cancel"),
    path("appointments/<int:pk>/confirm/", steps.confirm, name="confirm"),
    path("appointments/<int:pk>/check-in/", steps.check_in, name="check_in"),
    path("appointments/<int:pk>/no-show/", steps.no_show, name="no_show"),
    path("appointments/<int:pk>/restore/", steps.restore, name="restore"),
    path(
        "authorizations/<int:pk>/appointments/",
        parts.authorization_appointments,
        name="authorization_appointments",
    ),
    path(
        "patients/<int:pk>/appointments/",
        parts.patient_appointments,
        name="patient_appointments",
    ),
]

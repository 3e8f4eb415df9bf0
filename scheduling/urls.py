from django.urls import include, path
from django.urls.resolvers import URLPattern, URLResolver

from scheduling.appointments.views import appointments, booking, parts, steps
from scheduling.authorization_dates import views as authorization_dates
from scheduling.calendar import views as calendar
from scheduling.locations import views as locations
from scheduling.sessions import views as sessions

app_name = "scheduling"

of_clinic: list[URLPattern | URLResolver] = [
    path("week/", calendar.week, name="week"),
    path("day/", calendar.day, name="day"),
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
    path("appointments/<int:pk>/start/", sessions.start, name="start"),
    path("appointments/<int:pk>/complete/", sessions.complete, name="complete"),
    path("appointments/<int:pk>/no-show/", steps.no_show, name="no_show"),
    path("appointments/<int:pk>/restore/", steps.restore, name="restore"),
    path("appointments/<int:pk>/reopen/", sessions.reopen, name="reopen"),
    path(
        "authorizations/<int:pk>/dates/",
        authorization_dates.authorization_dates_page,
        name="authorization_dates",
    ),
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
    path("sessions/", sessions.session_list, name="sessions"),
    path("sessions/<int:pk>/", sessions.session, name="session"),
    path("sessions/<int:pk>/note/", sessions.note_write, name="note_write"),
    path("sessions/<int:pk>/addendum/", sessions.addendum, name="addendum"),
    path("locations/", locations.location_list, name="locations"),
    path("locations/new/", locations.location_new, name="location_new"),
    path("locations/<int:pk>/", locations.location, name="location"),
    path("locations/<int:pk>/edit/", locations.location_edit, name="location_edit"),
    path("locations/<int:pk>/rooms/new/", locations.room_new, name="room_new"),
    path("rooms/<int:pk>/edit/", locations.room_edit, name="room_edit"),
]

urlpatterns = [
    path("c/<slug:organization>/", include(of_clinic)),
]

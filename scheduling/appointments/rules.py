"""What must hold to book an appointment or to move one: each rule once, in the order of reporting.

A rule yields the errors that stand against a booking. A write raises the first one (`require`), a
preview lists all of them (`problems`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

from django.utils import timezone

from accounts import permissions
from accounts.access import treated_patients
from accounts.errors import Conflict, DomainError, Invalid, NotAllowed
from accounts.models import Patient, Practitioner
from accounts.roles import Role
from accounts.writes.rows import require_own_clinic
from billing.ledger import rules as reservation_rules
from billing.models import ServiceCode
from scheduling.appointments import checks, conflicts, reservations
from scheduling.appointments.booking import BEST, Booking
from scheduling.appointments.errors import NotFree, TimeInvalid, UnlawfulTransition
from scheduling.models import Location, Room

MAX_BOOKING_AHEAD = timedelta(days=731)

Problems = Iterator[DomainError]
Rule = Callable[[Booking], Problems]


def belongs_to_clinic(booking: Booking) -> Problems:
    """A move keeps its patient, whose clinic `appointment_is_changeable` checks."""
    yield from raised_by(
        require_own_clinic,
        booking.actor,
        patient=None if booking.moving else booking.patient,
        practitioner=booking.practitioner,
        service_code=booking.service_code,
        authorization=None if booking.authorization == BEST else booking.authorization,
        location=booking.location,
        room=booking.room,
    )


def duration_is_valid(booking: Booking) -> Problems:
    yield from raised_by(checks.length, booking.starts_at, booking.ends_at)


def date_is_bookable(booking: Booking) -> Problems:
    """A start earlier today is allowed: a walk-in may be booked after the session has begun."""
    if booking.date_of_service < booking.actor.organization.today():
        yield TimeInvalid(
            "That date has passed. Choose today or later.", code="in_the_past", field="starts_at"
        )
    if booking.starts_at > timezone.now() + MAX_BOOKING_AHEAD:
        yield TimeInvalid(
            "That is more than two years ahead.", code="too_far_ahead", field="starts_at"
        )


def room_is_at_location(booking: Booking) -> Problems:
    room, location = booking.room, booking.location
    if room is not None and location is not None and room.location_id != location.pk:
        yield Invalid(f"{room.name} is not at {location}.", code="room_elsewhere", field="room")


def fills_a_unit(booking: Booking) -> Problems:
    yield from raised_by(checks.units, booking.service_code, booking.starts_at, booking.ends_at)


def appointment_is_changeable(booking: Booking) -> Problems:
    if booking.moving is not None:
        yield from raised_by(checks.require_changeable, booking.actor, booking.moving)


def service_is_active(booking: Booking) -> Problems:
    yield from _inactive(booking, service_code=booking.service_code)


def place_is_active(booking: Booking) -> Problems:
    yield from _inactive(booking, location=booking.resolved_location, room=booking.room)


def calendar_is_own(booking: Booking) -> Problems:
    """Practitioners book into their own calendar, for the patients in their care.

    Access by breaking the glass is not enough: who is booked joins the care team for good.
    """
    actor = booking.actor
    if actor.role != Role.PRACTITIONER:
        return
    if booking.practitioner.pk != actor.practitioner_id:
        yield NotAllowed(
            "You can book into your own calendar only. Ask the front desk for another's.",
            code="not_own_calendar",
            field="practitioner",
        )
    if not treated_patients(actor).filter(pk=booking.patient.pk).exists():
        yield NotAllowed(
            "This patient is not in your care. Ask an administrator to add you to the care team.",
            code="not_in_care_team",
            field="patient",
        )


def appointment_is_movable(booking: Booking) -> Problems:
    """Not one that has begun, ended or been cancelled."""
    moving = booking.moving
    if moving is not None and not moving.is_movable:
        yield UnlawfulTransition(
            f"This appointment is {moving.get_status_display().lower()} and cannot be moved.",
            status=moving.status,
        )


def people_are_active(booking: Booking) -> Problems:
    """Also those whom the moved appointment has: unlike its place, it may not keep them."""
    if not booking.patient.is_active:
        yield _inactive_error("patient", booking.patient)
    if not booking.practitioner.is_active:
        yield _inactive_error("practitioner", booking.practitioner)


def time_is_free(booking: Booking) -> Problems:
    """Yields the conflicts, after the error for an actor who may not override them but asks to."""
    found = conflicts.find(booking)
    if found and booking.overrides_conflicts:
        yield from raised_by(permissions.require, booking.actor.role, "appointment.override")
    yield from found


def units_are_available(booking: Booking) -> Problems:
    """A reservation that can stay as it is needs nothing of its authorization."""
    authorization = reservations.resolve_authorization(booking)
    if authorization is None or booking.units == 0:
        return
    released = booking.released_reservation
    if released is not None and reservations.matches(released, booking, authorization):
        return
    yield from reservation_rules.problems(
        reservation_rules.ReservationRequest(
            authorization=authorization,
            patient=booking.patient,
            service_code=booking.service_code,
            units=booking.units,
            date_of_service=booking.date_of_service,
            released=released,
        )
    )


# The rules in their order, by when a write checks them. First what was entered; nothing is locked.
ON_ENTRY: tuple[Rule, ...] = (
    belongs_to_clinic,
    duration_is_valid,
    date_is_bookable,
    room_is_at_location,
    fills_a_unit,
)
# Then what needs no lock on a calendar. An appointment that is being moved is locked by now.
BEFORE_CALENDARS: tuple[Rule, ...] = (
    appointment_is_changeable,
    service_is_active,
    place_is_active,
    calendar_is_own,
    appointment_is_movable,
)
# Then, with practitioner, patient and room locked, what could change until then; the place again.
WITH_CALENDARS: tuple[Rule, ...] = (people_are_active, place_is_active, time_is_free)
# Last what the ledger checks itself when it reserves. Only a preview checks it here.
WHEN_RESERVING: tuple[Rule, ...] = (units_are_available,)

# For a cancelled appointment that takes its time again: it keeps its service and its place.
TAKING_TIME_AGAIN: tuple[Rule, ...] = (people_are_active, time_is_free)

# Each rule once, where it is met first.
ALL: tuple[Rule, ...] = tuple(
    dict.fromkeys(ON_ENTRY + BEFORE_CALENDARS + WITH_CALENDARS + WHEN_RESERVING)
)


def problems(booking: Booking, rules: Sequence[Rule] = ALL) -> Problems:
    """Every problem, overridden conflicts too; the rules run as the caller iterates."""
    for rule in rules:
        yield from rule(booking)


def require(booking: Booking, rules: Sequence[Rule]) -> list[NotFree]:
    """Raises the first problem. Returns the conflicts that the actor overrides."""
    overridden = []
    for problem in problems(booking, rules):
        if not (isinstance(problem, NotFree) and booking.overrides_conflicts):
            raise problem
        overridden.append(problem)
    return overridden


def raised_by(check: Callable[..., object], *args: object, **named: object) -> Problems:
    """The DomainError that `check` raises, to make a rule of a check that other services share."""
    try:
        check(*args, **named)
    except DomainError as problem:
        yield problem


def _inactive(booking: Booking, **named: ServiceCode | Location | Room | None) -> Problems:
    """For what was set inactive. A move may keep what its appointment has."""
    for field, thing in named.items():
        is_kept = (
            booking.moving is not None
            and thing is not None
            and thing.pk == getattr(booking.moving, f"{field}_id")
        )
        if thing is not None and not thing.is_active and not is_kept:
            yield _inactive_error(field, thing)


def _inactive_error(
    field: str, thing: Patient | Practitioner | ServiceCode | Location | Room
) -> Conflict:
    return Conflict(f"{thing} is no longer active.", code=f"{field}_inactive", field=field)

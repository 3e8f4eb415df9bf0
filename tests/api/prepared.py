"""What has to be the case before an example of the schema works, by operationId."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from accounts.care_team import services as care_team
from accounts.members import services as members
from accounts.models import Membership
from accounts.roles import Role
from billing.ledger import services as ledger
from billing.models import Authorization
from billing.payers import services as payers
from scheduling.appointments import cancellation
from scheduling.appointments import services as appointments
from scheduling.models import Addendum, Appointment, ProgressNote, Session
from scheduling.notes import services as notes
from scheduling.sessions import services as sessions
from tests import factories
from tests.api.world import BOOKED, NOW, World, next_id

HOUR = timedelta(hours=1)


def move_away(world: World, days: int = 1) -> Appointment:
    booked = world.appointment
    return appointments.reschedule(
        actor=world.admin,
        appointment=booked,
        starts_at=booked.starts_at + timedelta(days=days),
        ends_at=booked.ends_at + timedelta(days=days),
        practitioner=booked.practitioner,
        service_code=booked.service_code,
        authorization=booked.authorization,
        location=booked.location,
        room=booked.room,
    )


def somebody_in_the_room(world: World) -> None:
    """Without occupying anybody else's time."""
    move_away(world)
    appointments.book(
        actor=world.admin,
        patient=factories.PatientFactory(organization=world.clinic),
        practitioner=factories.PractitionerFactory(organization=world.clinic),
        service_code=world.service,
        room=world.room,
        starts_at=BOOKED,
        ends_at=BOOKED + HOUR,
    )


def complete(world: World) -> None:
    sessions.complete(actor=world.admin, appointment=world.appointment)


def give(world: World) -> Session:
    """The session of the examples."""
    Appointment.objects.filter(pk=801).update(status="completed")
    return Session.objects.create(
        id=901,
        organization=world.clinic,
        appointment=world.appointment,
        patient=world.patient,
        practitioner=world.practitioner,
        started_at=NOW,
        ended_at=NOW + HOUR,
        units=4,
        created_at=NOW + timedelta(seconds=5),
    )


def draft(world: World) -> ProgressNote:
    next_id(ProgressNote, 921)
    note = notes.draft(
        actor=world.author,
        session=give(world),
        subjective="Slept well, came in cheerful",
        objective="Asked for a break with words in 8 of 10 trials",
        assessment="Steady progress towards the goal",
        plan="Go on with the same targets",
    )
    ProgressNote.objects.update(updated_at=datetime(2026, 11, 23, 16, 5, tzinfo=UTC))
    return note


def sign(world: World) -> None:
    note = draft(world)
    notes.sign(actor=world.author, note=note)
    next_id(Addendum, 941)


def release_all(world: World) -> None:
    ledger.release(actor=world.admin, reservation=world.reservation)
    cancel(world)


def cancel(world: World) -> None:
    cancellation.cancel(actor=world.admin, appointment=world.appointment)


def be_pending(world: World) -> None:
    release_all(world)
    Authorization.objects.update(status=Authorization.Status.PENDING)


def outside_the_care_team(world: World) -> None:
    world.admin.user.practitioner_profiles.update(user=None)
    factories.PractitionerFactory(organization=world.clinic, user=world.admin.user)


def leave_the_care_team(world: World) -> None:
    care_team.remove(actor=world.admin, member=world.patient.care_team.get())


def release(world: World) -> None:
    ledger.release(actor=world.admin, reservation=world.reservation)


def consume(world: World) -> None:
    ledger.consume(actor=world.admin, reservation=world.reservation, units=3)


def leave(world: World) -> None:
    factories.MembershipFactory(organization=world.clinic, role=Role.ADMIN)
    members.deactivate(actor=world.admin, membership=Membership.objects.get(pk=21))


def out_of_use(world: World) -> None:
    payers.deactivate(actor=world.admin, payer=world.policy.payer)


def administer(world: World) -> None:
    Membership.objects.filter(pk=21).update(role=Role.ADMIN)


PREPARED: dict[str, Callable[[World], Any]] = {
    "api_keys_create": administer,
    "api_keys_delete": administer,
    "api_keys_rotate": administer,
    "appointments_create": move_away,
    "appointments_preview": somebody_in_the_room,
    "appointments_reopen": complete,
    "appointments_restore": cancel,
    "authorizations_activate": be_pending,
    "authorizations_cancel": release_all,
    "authorizations_reserve": release,
    "break_glass_grants_create": outside_the_care_team,
    "care_team_create": leave_the_care_team,
    "memberships_reactivate": leave,
    "payers_reactivate": out_of_use,
    "reservations_reverse": consume,
    "sessions_list": draft,
    "sessions_read": draft,
    "sessions_note": draft,
    "sessions_draft": give,
    "sessions_sign": draft,
    "sessions_addendum": sign,
}

# When it is not NOW: what is done on the day itself, or when an earlier grant is over.
AT = {
    "appointments_check_in": BOOKED,
    "appointments_start": BOOKED,
    "appointments_complete": BOOKED + HOUR,
    "appointments_no_show": BOOKED + HOUR,
    "appointments_reopen": BOOKED + HOUR,
    "break_glass_grants_create": NOW + 2 * HOUR,
}

# Only its author writes a note, and only a person signs one, breaks the glass or makes a key.
BY_A_PERSON = {
    "api_keys_create",
    "api_keys_delete",
    "api_keys_rotate",
    "break_glass_grants_create",
    "sessions_addendum",
    "sessions_draft",
    "sessions_sign",
}

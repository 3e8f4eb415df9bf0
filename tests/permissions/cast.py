"""Who tries every page: two clinics alike, and in the first a member of every kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Invitation, Membership, Organization, User
from accounts.roles import Role
from accounts.webhooks import services as webhooks
from scheduling.appointments import services as appointments
from scheduling.notes import services as notes
from scheduling.sessions import services as sessions
from tests import factories
from tests.permissions.site import CLINIC, addresses

if TYPE_CHECKING:
    from tests.permissions.matrix import Row

# The table's columns.
CAST = (
    "admin",
    "practitioner",  # in the patient's care team, and gives the appointments
    "outsider",  # a practitioner of the clinic outside the care team
    "viewer",
    "patient",  # the one in question
    "guardian",  # who signs in for that patient
    "superadmin",  # of the installation, and no member here
    "stranger",  # administrator of the other clinic
    "former",  # an administrator until they were deactivated
    "nobody",  # signed out
)
TOKEN = "the-token-in-the-mail"
BY_NAME = {address.name: address for address in addresses()}


@dataclass
class Clinic:
    organization: Organization
    things: dict[str, Any]  # what the table calls them: one row of each kind, or its text

    def reference(self, kind: str) -> Any:
        thing = self.things[kind]
        return getattr(thing, "pk", thing)


def furnish(organization: Organization, team: Actor, *, token: str) -> Clinic:
    """One of everything a page may be about; what has a practitioner has `team`."""
    admin = factories.actor(organization)
    guardian = factories.GuardianFactory(organization=organization)
    service = factories.ServiceCodeFactory(organization=organization)
    patient = guardian.patient
    authorization = factories.AuthorizationFactory(
        organization=organization, patient=patient, service_codes=[service]
    )
    room = factories.RoomFactory(organization=organization)
    practitioner = factories.Practitioner.objects.get(pk=team.practitioner_id)
    now = timezone.now().replace(microsecond=0)

    def book(starts_at: Any) -> Any:
        return appointments.book(
            actor=admin,
            patient=patient,
            practitioner=practitioner,
            service_code=service,
            authorization=authorization,
            room=room,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=1),
        )

    def complete(appointment: Any) -> Any:
        return sessions.complete(
            actor=admin,
            appointment=appointment,
            started_at=now,
            ended_at=now + timedelta(minutes=1),
        )

    given, over = book(now + timedelta(hours=1)), book(now + timedelta(hours=2))
    draft = notes.draft(actor=team, session=complete(given), plan="Again next week")
    signed = notes.draft(actor=team, session=complete(over), plan="Again next week")
    notes.sign(actor=team, note=signed)
    appointment = book(now)
    webhook = webhooks.create(
        actor=admin, url="https://203.0.114.7/hooks", event_types=["*"], description="Hooks"
    )
    return Clinic(
        organization,
        {
            "patient": patient,
            "guardian": guardian,
            "care team": patient.care_team.get(),
            "practitioner": practitioner,
            "member": Membership.objects.get(organization=organization, user=team.user),
            "invitation": factories.InvitationFactory(organization=organization),
            "token": _invite(organization, token),
            "webhook": webhook,
            "delivery": webhooks.test(actor=admin, webhook=webhook),
            "api key": factories.ApiKeyFactory(organization=organization),
            "payer": authorization.payer,
            "policy": authorization.policy,
            "service": service,
            "authorization": authorization,
            "location": room.location,
            "room": room,
            "appointment": appointment,
            "completed": given,
            "session": draft.session,
            "signed": signed.session,
            "note": draft,
            "signed note": signed,
        },
    )


def _invite(organization: Organization, token: str) -> str:
    factories.InvitationFactory(organization=organization, token_hash=Invitation.hash_of(token))
    return token


@dataclass
class World:
    own: Clinic
    other: Clinic
    users: dict[str, User | None]
    clients: dict[str, Client]

    def path(self, row: Row, about: Clinic | None = None) -> str:
        """Of the row's page in the first clinic, about its thing or another's."""
        address = BY_NAME[row.address]
        thing = (about or self.own).reference
        values = {name: thing(row.kind) for name in address.arguments if name != CLINIC}
        if address.is_of_clinic:
            values[CLINIC] = self.own.organization.slug
        return reverse(row.address, kwargs=values)


def build() -> World:
    _tell_ids_apart()
    organization, elsewhere = factories.OrganizationFactory.create_batch(
        2, time_zone=factories.where_it_is_not_late()
    )
    team = factories.actor(organization, Role.PRACTITIONER)
    own = furnish(organization, team, token=TOKEN)
    colleague = factories.actor(elsewhere, Role.PRACTITIONER)
    other = furnish(elsewhere, colleague, token=f"{TOKEN}-there")

    def member(role: Role, clinic: Organization = organization) -> User:
        return _user_of(factories.actor(clinic, role))

    users: dict[str, User | None] = {
        "admin": member(Role.ADMIN),
        "practitioner": team.user,
        "outsider": member(Role.PRACTITIONER),
        "viewer": member(Role.VIEWER),
        "patient": member(Role.PATIENT),
        "guardian": member(Role.PATIENT),
        "superadmin": factories.SuperadminFactory(),
        "stranger": member(Role.ADMIN, elsewhere),
        "former": member(Role.ADMIN),
        "nobody": None,
    }
    own.things["patient"].user = users["patient"]
    own.things["patient"].save(update_fields=["user"])
    own.things["guardian"].user = users["guardian"]
    own.things["guardian"].may_sign_in = True
    own.things["guardian"].save(update_fields=["user", "may_sign_in"])
    Membership.objects.filter(user=users["former"]).update(is_active=False)
    assert tuple(users) == CAST
    return World(own, other, users, {name: _client(user) for name, user in users.items()})


def _tell_ids_apart() -> None:
    """Else the id of one kind of thing would pass for another's."""
    with connection.cursor() as cursor:
        for number, model in enumerate(apps.get_models(), start=1):
            if model._meta.label.split(".")[0] in ("accounts", "billing", "scheduling"):
                sequence = f"{model._meta.db_table}_id_seq"
                cursor.execute("SELECT setval(%s, %s)", [sequence, number * 10_000])


def _user_of(actor: Actor) -> User:
    assert actor.user
    return actor.user


def _client(user: User | None) -> Client:
    client = Client(raise_request_exception=False)
    if user:
        client.force_login(user)
    return client

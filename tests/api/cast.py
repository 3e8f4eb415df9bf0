"""Who calls every endpoint: the people of the pages' table with their apps, and programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allauth.headless.tokens.strategies.jwt.internal import create_access_token

from accounts.actor import Actor
from accounts.api_keys import services as api_keys
from accounts.models import ApiKey, Event, Organization, Practitioner, WebhookEndpoint
from accounts.models.api import SCOPES
from accounts.roles import Role
from accounts.webhooks import services as webhooks
from billing.ledger import services as ledger
from billing.models import Reservation
from tests import factories
from tests.api.client import ApiClient
from tests.api.site import Endpoint
from tests.permissions import cast
from tests.permissions.cast import Clinic

KEYS = {
    "key: admin": (Role.ADMIN, None),
    "key: practitioner": (Role.PRACTITIONER, "practitioner"),
    "key: outsider": (Role.PRACTITIONER, "outsider"),
    "key: viewer": (Role.VIEWER, None),
}
# The table's columns: programs with a key of every scope, then people with the token of their app.
CAST = (*KEYS, *cast.CAST)

# What an address is about, where the table does not say otherwise.
KINDS = {
    "api-keys": "api key",
    "appointments": "appointment",
    "authorizations": "authorization",
    "break-glass-grants": "grant",
    "care-team": "care team",
    "events": "event",
    "guardians": "guardian",
    "insurance": "policy",
    "invitations": "invitation",
    "locations": "location",
    "memberships": "member",
    "organizations": "organization",
    "patients": "patient",
    "payers": "payer",
    "practitioners": "practitioner",
    "reservations": "reservation",
    "rooms": "room",
    "service-codes": "service",
    "sessions": "session",
    "webhook-deliveries": "delivery",
    "webhooks": "webhook",
}


@dataclass
class World:
    own: Clinic
    other: Clinic
    users: dict[str, Any]
    keys: dict[str, ApiKey]
    callers: dict[str, ApiClient]

    def key(self, scopes: list[str]) -> ApiClient:
        """An administrator's program with these scopes."""
        return ApiClient(_key(self.own.organization, Role.ADMIN, scopes=scopes).secret)

    def path(self, endpoint: Endpoint, kind: str = "", about: Clinic | None = None) -> str:
        """Where the endpoint is about the clinic's own thing of that kind."""
        if not endpoint.is_of_one:
            return endpoint.path("")
        return endpoint.path((about or self.own).reference(kind or KINDS[endpoint.noun]))


def build() -> World:
    """Both clinics of the pages' table."""
    pages = cast.build()
    for clinic in (pages.own, pages.other):
        _add_what_only_the_api_shows(clinic)
    keys = {name: _of_role(pages, role, whose) for name, (role, whose) in KEYS.items()}
    callers = {name: ApiClient(key.secret) for name, key in keys.items()}
    slug = pages.own.organization.slug
    for name, user in pages.users.items():
        token = _token(user, pages.clients[name]) if user else ""
        callers[name] = ApiClient(token, Caretally_Organization=slug)
    assert tuple(callers) == CAST
    return World(pages.own, pages.other, pages.users, keys, callers)


def _add_what_only_the_api_shows(clinic: Clinic) -> None:
    patient = clinic.things["patient"]
    webhook = WebhookEndpoint.objects.create(
        organization=clinic.organization, url="https://hooks.example.org", event_types=["payer.*"]
    )
    admin = factories.actor(clinic.organization)
    held, consumed = (_hold(admin, clinic, source) for source in ("intake:1", "intake:2"))
    ledger.consume(actor=admin, reservation=consumed, units=1)
    clinic.things |= {
        "organization": clinic.organization,
        "reservation": held,
        "consumed": consumed,
        "event": Event.objects.filter(organization=clinic.organization, patient=patient).first(),
        "grant": factories.BreakGlassFactory(
            organization=clinic.organization, patient=patient, user=clinic.things["member"].user
        ),
        "webhook": webhook,
        "delivery": webhooks.test(actor=admin, webhook=webhook),
    }


def _hold(admin: Actor, clinic: Clinic, source: str) -> Reservation:
    authorization = clinic.things["authorization"]
    return ledger.reserve(
        actor=admin,
        authorization=authorization,
        patient=clinic.things["patient"],
        service_code=clinic.things["service"],
        units=1,
        date_of_service=authorization.end_date,
        source=source,
    )


def _of_role(pages: cast.World, role: Role, whose: str | None) -> ApiKey:
    practitioner = Practitioner.objects.get(user=pages.users[whose]) if whose else None
    return _key(pages.own.organization, role, practitioner=practitioner)


def _key(organization: Organization, role: Role, **options: Any) -> ApiKey:
    name = f"{role} {ApiKey.objects.count()}"
    fields = {"name": name, "role": role, "scopes": list(SCOPES), **options}
    return api_keys.create(actor=factories.actor(organization), **fields)


def _token(user: Any, client: Any) -> str:
    """As after signing in, without the time that takes."""
    return create_access_token(user, client.session, {})

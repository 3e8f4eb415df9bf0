"""All endpoints under `/api/v1/`: the resources of all packages, by their paths."""

from __future__ import annotations

from rest_framework.routers import SimpleRouter

from accounts.api.resource import Resource
from accounts.api_keys.api import ApiKeys
from accounts.audit.api import Events
from accounts.break_glass.api import BreakGlassGrants
from accounts.care_team.api import CareTeam
from accounts.guardians.api import Guardians
from accounts.invitations.api import Invitations
from accounts.members.api import Memberships
from accounts.organizations.api import Organizations
from accounts.patients.api import Patients
from accounts.practitioners.api import Practitioners
from accounts.webhooks.api import WebhookDeliveries, Webhooks
from billing.authorizations.api import Authorizations
from billing.ledger.api import Reservations
from billing.payers.api import Payers
from billing.policies.api import Insurance
from billing.service_codes.api import ServiceCodes
from scheduling.locations.api import Locations, Rooms
from scheduling.sessions.api import AppointmentsWithSessions, Sessions

RESOURCES: dict[str, type[Resource]] = {
    "patients": Patients,
    "guardians": Guardians,
    "care-team": CareTeam,
    "break-glass-grants": BreakGlassGrants,
    "practitioners": Practitioners,
    "memberships": Memberships,
    "invitations": Invitations,
    "organizations": Organizations,
    "events": Events,
    "api-keys": ApiKeys,
    "webhooks": Webhooks,
    "webhook-deliveries": WebhookDeliveries,
    "payers": Payers,
    "service-codes": ServiceCodes,
    "insurance": Insurance,
    "authorizations": Authorizations,
    "reservations": Reservations,
    "appointments": AppointmentsWithSessions,
    "sessions": Sessions,
    "locations": Locations,
    "rooms": Rooms,
}

router = SimpleRouter(trailing_slash=False)
for path, resource in RESOURCES.items():
    router.register(path, resource, basename=path)

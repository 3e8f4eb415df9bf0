from accounts.api.resource import Resource
from accounts.api.resources.api_keys import ApiKeys
from accounts.api.resources.members import Invitations, Memberships
from accounts.api.resources.organizations import Events, Organizations
from accounts.api.resources.patients import BreakGlassGrants, CareTeam, Guardians, Patients
from accounts.api.resources.practitioners import Practitioners
from accounts.api.resources.webhooks import WebhookDeliveries, Webhooks

ROUTES: dict[str, type[Resource]] = {
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
}

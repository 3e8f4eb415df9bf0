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

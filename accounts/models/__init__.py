from accounts.models.api import ApiAnswer, ApiKey, ApiUsage
from accounts.models.event import BreakGlass, Event
from accounts.models.idempotency import IdempotencyKey
from accounts.models.membership import Invitation, Membership
from accounts.models.organization import Organization
from accounts.models.patient import CareTeamMember, Guardian, Patient
from accounts.models.practitioner import Practitioner
from accounts.models.user import User
from accounts.models.webhook import (
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookSecret,
)

__all__ = [
    "ApiAnswer",
    "ApiKey",
    "ApiUsage",
    "BreakGlass",
    "CareTeamMember",
    "Event",
    "Guardian",
    "IdempotencyKey",
    "Invitation",
    "Membership",
    "Organization",
    "Patient",
    "Practitioner",
    "User",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookSecret",
]

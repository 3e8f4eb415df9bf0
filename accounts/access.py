"""What an actor may see. Every read of a clinic's records starts with one of these QuerySets.

A record that the actor may not see is not in the QuerySet, so the page or endpoint answers 404.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, When

from accounts.actor import Actor
from accounts.models import (
    ApiKey,
    BreakGlass,
    CareTeamMember,
    Event,
    Guardian,
    Invitation,
    Membership,
    Organization,
    Patient,
    Practitioner,
    User,
    WebhookDelivery,
    WebhookEndpoint,
)
from accounts.models.api import ApiKeyQuerySet
from accounts.models.membership import InvitationQuerySet
from accounts.models.patient import PatientQuerySet
from accounts.models.practitioner import PractitionerQuerySet
from accounts.models.webhook import WebhookEndpointQuerySet
from accounts.roles import Role

_SEES_WHOLE_CLINIC = frozenset({Role.ADMIN, Role.VIEWER, Role.SYSTEM})


def sees_whole_clinic(actor: Actor) -> bool:
    """Whether the actor's access does not depend on care teams or guardianship."""
    return actor.role in _SEES_WHOLE_CLINIC


def organizations(user: User) -> QuerySet[Organization]:
    """The clinics that a user may enter."""
    active = Organization.objects.filter(is_active=True)
    if user.is_superuser:
        return active
    return active.filter(memberships__user=user, memberships__is_active=True)


def memberships_of(user: User) -> QuerySet[Any]:
    """Their roles in the clinics they may enter; `renders_as` is their practitioner there."""
    mine = Membership.objects.filter(user=user, is_active=True, organization__is_active=True)
    profile = Practitioner.objects.filter(
        organization=OuterRef("organization"), user=user, is_active=True
    )
    found = mine.select_related("organization").order_by("organization__name")
    return found.annotate(renders_as=Subquery(profile.values("pk")[:1]))


def memberships_around(user: User, slug: str, *, most: int) -> list[Any]:
    """Of `memberships_of`, the one in that clinic if there is one, and some others."""
    elsewhere = Case(When(organization__slug=slug, then=0), default=1)
    return list(memberships_of(user).order_by(elsewhere, "organization__name")[:most])


def patients(actor: Actor) -> PatientQuerySet:
    """Those whose record the actor may open."""
    found: PatientQuerySet = Patient.objects.of(actor.organization)
    return found.filter(patient_scope(actor))


def patient_scope(actor: Actor, prefix: str = "") -> Q:
    """The condition that keeps rows to the actor's patients; `prefix` leads to the patient.

    `patient_scope(actor, "patient__")` serves tables that refer to a patient.
    """
    if sees_whole_clinic(actor):
        return Q()
    if actor.user is None and actor.practitioner_id is None:
        return Q(pk__in=[])
    allowed = _patient_ids(actor)
    return Q(**{f"{prefix}id__in": allowed})


def _patient_ids(actor: Actor) -> QuerySet[Any]:
    clinic = Patient.objects.filter(organization=actor.organization)
    if actor.role == Role.PATIENT:
        guarded = Guardian.objects.filter(user=actor.user, may_sign_in=True)
        mine = clinic.filter(Q(user=actor.user) | Q(guardians__in=guarded))
    else:
        mine = clinic.filter(id__in=broken_glass(actor).values("patient_id"))
        mine = mine | clinic.filter(_treated_by(actor))
    return mine.order_by().values("id")


def treated_patients(actor: Actor) -> PatientQuerySet:
    """Patients of the actor's care teams.

    Breaking the glass opens a record, but treats no patient.
    """
    found: PatientQuerySet = Patient.objects.of(actor.organization)
    return found.filter(_treated_by(actor))


def _treated_by(actor: Actor) -> Q:
    if actor.practitioner_id is None:
        return Q(pk__in=[])
    return Q(care_team__practitioner_id=actor.practitioner_id)


def patient_directory(actor: Actor) -> PatientQuerySet:
    """Patients that the actor may find by name, for booking and search; not their records.

    Patients and guardians find only themselves. A super-administrator finds every patient, since
    breaking the glass requires a name.
    """
    if actor.role == Role.PATIENT:
        return patients(actor)
    found: PatientQuerySet = Patient.objects.of(actor.organization)
    return found


def broken_glass(actor: Actor) -> QuerySet[BreakGlass]:
    """The actor's own break-glass accesses that are open now."""
    return BreakGlass.objects.open().filter(organization=actor.organization, user=actor.user)


def break_glass_grants(actor: Actor) -> QuerySet[BreakGlass]:
    """All grants for roles that may read the audit log, otherwise the actor's own."""
    found = BreakGlass.objects.filter(organization=actor.organization)
    return found if actor.may("event.view") else found.filter(user=actor.user)


def open_glass(actor: Actor, patient: Patient) -> BreakGlass | None:
    """The break-glass access by which the actor may see this record, or None."""
    if actor.role not in (Role.PRACTITIONER, Role.SUPERADMIN):
        return None
    opened = broken_glass(actor).filter(patient=patient)
    if actor.practitioner_id is not None:
        opened = opened.exclude(patient__care_team__practitioner_id=actor.practitioner_id)
    return opened.first()


def guardians(actor: Actor) -> QuerySet[Guardian]:
    return Guardian.objects.filter(
        patient_scope(actor, "patient__"), organization=actor.organization
    )


def care_team(actor: Actor) -> QuerySet[CareTeamMember]:
    return CareTeamMember.objects.filter(
        patient_scope(actor, "patient__"), organization=actor.organization
    )


def practitioners(actor: Actor) -> PractitionerQuerySet:
    """Every role may see who works in the clinic."""
    found: PractitionerQuerySet = Practitioner.objects.of(actor.organization)
    return found


def memberships(actor: Actor) -> QuerySet[Membership]:
    members = Membership.objects.filter(organization=actor.organization)
    return members if actor.may("member.view") else members.filter(user=actor.user)


def users(actor: Actor) -> QuerySet[User]:
    """The people behind the memberships that the actor sees."""
    return User.objects.filter(pk__in=memberships(actor).order_by().values("user_id"))


def invitations(actor: Actor) -> InvitationQuerySet:
    found = Invitation.objects.filter(organization=actor.organization)
    return found if actor.may("member.view") else found.none()


def events(actor: Actor) -> QuerySet[Event]:
    """The clinic's audit trail, or for other roles the events of patients they may open."""
    found = Event.objects.filter(organization=actor.organization)
    return found if actor.may("event.view") else found.filter(patient__in=patients(actor))


def api_keys(actor: Actor) -> ApiKeyQuerySet:
    found: ApiKeyQuerySet = ApiKey.objects.of(actor.organization)
    return found if actor.may("api_key.view") else found.none()


def webhooks(actor: Actor) -> WebhookEndpointQuerySet:
    found: WebhookEndpointQuerySet = WebhookEndpoint.objects.of(actor.organization).kept()
    return found if actor.may("webhook.view") else found.none()


def webhook_deliveries(actor: Actor) -> QuerySet[WebhookDelivery]:
    found: QuerySet[WebhookDelivery] = WebhookDelivery.objects.of(actor.organization)
    return found.filter(endpoint__in=webhooks(actor))

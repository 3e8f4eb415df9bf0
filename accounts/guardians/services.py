"""Guardians: people who are responsible for a patient, and may sign in for them."""

from __future__ import annotations

from typing import TypedDict, Unpack

from accounts import access
from accounts.actor import Actor
from accounts.errors import Conflict, translates
from accounts.models import Guardian, Patient
from accounts.writes import events, fields
from accounts.writes.rows import change, locked, not_found, refuse_stale, tidy
from accounts.writes.transaction import write


class GuardianFields(TypedDict, total=False):
    name: str
    relationship: str
    phone: str
    email: str
    may_sign_in: bool


@write("guardian.add")
def add(*, actor: Actor, patient: Patient, **details: Unpack[GuardianFields]) -> Guardian:
    """Raises NotFound, Invalid."""
    if not access.patients(actor).filter(pk=patient.pk).exists():
        raise not_found(patient)
    guardian = Guardian(organization=actor.organization, patient=patient, **tidy(details))
    fields.check(guardian)
    guardian.save(force_insert=True)
    events.record(actor=actor, action="guardian.added", obj=guardian, patient=patient)
    return guardian


@write("guardian.update")
def update(
    *,
    actor: Actor,
    guardian: Guardian,
    expected_digest: str = "",
    **details: Unpack[GuardianFields],
) -> Guardian:
    """Change a guardian. Without `may_sign_in`, the patient's pages are closed to them at once.

    `expected_digest` is of what the page showed. Raises NotFound, Invalid, Conflict `stale`.
    """
    current = locked(access.guardians(actor), guardian)
    refuse_stale(current, details, expected_digest)
    return change(
        actor=actor,
        row=current,
        to=details,
        action="guardian.updated",
        patient=current.patient,
    )


@translates("guardian_user_once")
def member_is_guardian() -> Conflict:
    return Conflict(
        "This person signs in as another guardian of the patient already.",
        code="member_is_guardian",
        field="email",
    )

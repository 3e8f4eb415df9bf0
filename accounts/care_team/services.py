"""The care team: which practitioners treat a patient, and so may open the record."""

from __future__ import annotations

from django.db import connection
from django.utils import timezone

from accounts import access
from accounts.actor import Actor
from accounts.errors import Conflict, NotFound
from accounts.models import CareTeamMember, Patient, Practitioner
from accounts.writes import events
from accounts.writes.rows import not_found
from accounts.writes.transaction import write


@write("care_team.add")
def add(*, actor: Actor, patient: Patient, practitioner: Practitioner) -> CareTeamMember:
    """Raises NotFound, Conflict `practitioner_inactive`, Conflict `in_care_team`."""
    if not access.patients(actor).filter(pk=patient.pk).exists():
        raise not_found(patient)
    found = access.practitioners(actor).filter(pk=practitioner.pk).first()
    if found is None:
        raise not_found(practitioner, field="practitioner")
    if not found.is_active:
        raise Conflict(
            f"{found.name} is no longer active. Choose another practitioner.",
            code="practitioner_inactive",
            field="practitioner",
        )
    if not _insert(actor, patient, found):
        raise Conflict(
            f"{found.name} is in the care team already.",
            code="in_care_team",
            field="practitioner",
        )
    return CareTeamMember.objects.get(patient=patient, practitioner=found)


@write("care_team.ensure")
def ensure(*, actor: Actor, patient: Patient, practitioner: Practitioner) -> None:
    """Add the practitioner if they are not in the care team yet: a booking implies treatment."""
    _insert(actor, patient, practitioner)


@write("care_team.remove")
def remove(*, actor: Actor, member: CareTeamMember) -> None:
    """Close the record to the practitioner. Raises NotFound."""
    own = access.care_team(actor)
    found = own.select_related("patient").filter(pk=member.pk).first()
    # Of two concurrent removals, the second deletes nothing.
    if found is None or not own.filter(pk=member.pk).delete()[0]:
        raise NotFound("This practitioner is no longer in the care team.")
    events.record(
        actor=actor,
        action="care_team.removed",
        obj=found,
        patient=found.patient,
        practitioner=found.practitioner_id,
    )


def _insert(actor: Actor, patient: Patient, practitioner: Practitioner) -> bool:
    """Returns False if they are in it already. Two concurrent bookings do not conflict."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_careteammember"
            " (organization_id, patient_id, practitioner_id, since) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (patient_id, practitioner_id) DO NOTHING RETURNING id",
            [actor.organization.pk, patient.pk, practitioner.pk, timezone.now()],
        )
        inserted = cursor.fetchone()
    if inserted is None:
        return False
    events.record(
        actor=actor,
        action="care_team.added",
        obj=CareTeamMember(pk=inserted[0]),
        patient=patient,
        practitioner=practitioner.pk,
    )
    return True

"""Patients: their demographic data. What they are treated for is recorded in sessions."""

from __future__ import annotations

from datetime import date
from typing import TypedDict, Unpack

from django.db.models import F

from accounts import access
from accounts.actor import Actor
from accounts.errors import Conflict, Invalid, translates
from accounts.models import Organization, Patient
from accounts.writes import events, fields
from accounts.writes.rows import change, locked, refuse_stale, tidy
from accounts.writes.transaction import write

MAX_AGE_YEARS = 130


class Demographics(TypedDict, total=False):
    mrn: str
    legal_first_name: str
    legal_last_name: str
    preferred_name: str
    date_of_birth: date
    phone: str
    email: str
    address_line1: str
    city: str
    region: str
    postal_code: str
    is_active: bool


@write("patient.create")
def create(*, actor: Actor, **demographics: Unpack[Demographics]) -> Patient:
    """Without an `mrn` the patient gets the clinic's next number.

    Raises Invalid, Conflict `mrn_taken`.
    """
    patient = Patient(organization=actor.organization, **tidy(demographics))
    if not patient.mrn:
        patient.mrn = _next_mrn(actor.organization)
    _check(patient)
    patient.save(force_insert=True)
    events.record(
        actor=actor, action="patient.created", obj=patient, patient=patient, mrn=patient.mrn
    )
    return patient


@write("patient.update")
def update(
    *,
    actor: Actor,
    patient: Patient,
    expected_digest: str = "",
    **demographics: Unpack[Demographics],
) -> Patient:
    """`expected_digest` is of what the page showed.

    Raises NotFound, Invalid, Conflict `mrn_taken`, `stale`.
    """
    current = locked(access.patients(actor), patient)
    refuse_stale(current, demographics, expected_digest)
    return change(
        actor=actor,
        row=current,
        to=demographics,
        action="patient.updated",
        check=_check,
        patient=current,
    )


def _check(patient: Patient) -> None:
    fields.check(patient)
    today = patient.organization.today()
    if patient.date_of_birth > today:
        raise Invalid("The date of birth is in the future.", field="date_of_birth")
    if patient.age_on(today) > MAX_AGE_YEARS:
        raise Invalid(
            f"The date of birth is more than {MAX_AGE_YEARS} years ago. Check the year.",
            field="date_of_birth",
        )
    others = Patient.objects.of(patient.organization).exclude(pk=patient.pk)
    if others.filter(mrn__iexact=patient.mrn).exists():
        raise mrn_taken()


@translates("patient_mrn_once")
def mrn_taken() -> Conflict:
    return Conflict(
        "Another patient of the clinic has this MRN. Look them up, or give another number.",
        code="mrn_taken",
        field="mrn",
    )


def _next_mrn(organization: Organization) -> str:
    """Incremented in the clinic's row, so that concurrent calls wait and get different numbers."""
    clinic = Organization.objects.filter(pk=organization.pk)
    taken = Patient.objects.of(organization)
    while True:
        clinic.update(mrn_counter=F("mrn_counter") + 1)
        mrn = f"{clinic.values_list('mrn_counter', flat=True).get():06d}"
        if not taken.filter(mrn__iexact=mrn).exists():
            return mrn

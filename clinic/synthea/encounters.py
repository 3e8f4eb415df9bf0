"""encounters.csv: imports encounters as completed appointments with their sessions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import DataError, IntegrityError

from accounts.errors import DomainError
from accounts.models import Patient, Practitioner
from billing.models import Rounding, ServiceCode
from billing.service_codes import services as service_codes
from clinic.synthea import values
from clinic.synthea.files import Refused, Row
from clinic.synthea.report import Outcome, RowResult
from clinic.synthea.taking import (
    DATABASE_REFUSES,
    Importer,
    Source,
    from_rule,
    one_by_one,
    refused,
    unknown,
)
from scheduling.models import Appointment
from scheduling.sessions import imported
from scheduling.sessions.imported import ImportedAppointment

# Our own labels: the file's descriptions are SNOMED CT's.
LABELS = {
    "ambulatory": "Office visit",
    "wellness": "Check-up",
    "outpatient": "Outpatient visit",
    "inpatient": "Hospital stay",
    "emergency": "Emergency visit",
    "urgentcare": "Urgent care visit",
    "home": "Home visit",
    "virtual": "Video visit",
    "hospice": "Hospice care",
    "snf": "Nursing facility stay",
}

Candidate = tuple[Row, ImportedAppointment]


class Encounters(Importer):
    file = "encounters.csv"
    columns = ("Id", "START", "STOP", "PATIENT", "PROVIDER", "ENCOUNTERCLASS", "CODE")

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        found = ServiceCode.objects.of(self._actor.organization).filter(modifiers=[])
        self._codes = {code.code: code for code in found}
        self._patients: dict[str, Patient] = {}
        self._practitioners: dict[str, Practitioner] = {}
        self._known: set[str] = set()

    def import_rows(self, rows: Sequence[Row]) -> Iterator[Outcome]:
        self._look_up(rows)
        candidates: list[Candidate] = []

        def check(row: Row) -> RowResult:
            if self._ids.check(row) in self._known:
                return RowResult.ALREADY_THERE
            candidates.append((row, self._imported(row)))
            return RowResult.ACCEPTED

        for outcome in one_by_one(rows, check):
            if outcome.result != RowResult.ACCEPTED:
                yield outcome
        yield from self._record(candidates)

    def _look_up(self, rows: Sequence[Row]) -> None:
        clinic = self._actor.organization
        patients = Patient.objects.of(clinic).filter(mrn__in={row["PATIENT"] for row in rows})
        self._patients = {patient.mrn: patient for patient in patients}
        providers = {row["PROVIDER"] for row in rows} - {""}
        found = Practitioner.objects.of(clinic).filter(external_id__in=providers)
        self._practitioners = {one.external_id: one for one in found}
        ids = {row["Id"] for row in rows} - {""}
        known = Appointment.objects.of(clinic).filter(external_id__in=ids)
        self._known = set(known.values_list("external_id", flat=True))

    def _imported(self, row: Row) -> ImportedAppointment:
        patient = self._patients.get(row.required("PATIENT"))
        if patient is None:
            raise unknown(row, "PATIENT", "patients.csv")
        practitioner = self._practitioners.get(row.required("PROVIDER"))
        if practitioner is None:
            raise unknown(row, "PROVIDER", "providers.csv")
        starts_at, ends_at = values.instant(row, "START"), values.instant(row, "STOP")
        # Checked first, so that no service code is created for a row that is refused.
        imported.check_times(starts_at, ends_at)
        return ImportedAppointment(
            patient=patient,
            practitioner=practitioner,
            service_code=self._service_code(row),
            starts_at=starts_at,
            ends_at=ends_at,
            external_id=row["Id"],
        )

    def _service_code(self, row: Row) -> ServiceCode:
        code = row.required("CODE").upper()
        if code not in self._codes:
            label = LABELS.get(row["ENCOUNTERCLASS"], "Visit")
            self._codes[code] = service_codes.create(
                actor=self._actor,
                code=code,
                label=f"{label} ({code})",
                is_timed=False,
                rounding=Rounding.SESSION,
            )
            self.notes["a service code created from the encounter's code"] += 1
        return self._codes[code]

    def _record(self, candidates: list[Candidate]) -> Iterator[Outcome]:
        """Insert all at once; if that is refused, each half, until the refused rows are found.

        The first half goes first, so that of two conflicting rows the earlier one is accepted.
        """
        if not candidates:
            return
        try:
            imported.record(actor=self._actor, imported=[one for _, one in candidates])
        except (DomainError, IntegrityError, DataError) as error:
            if len(candidates) == 1:
                row, refused_one = candidates[0]
                yield refused(row, self._why(error, refused_one))
                return
            middle = len(candidates) // 2
            yield from self._record(candidates[:middle])
            yield from self._record(candidates[middle:])
        else:
            for row, _ in candidates:
                yield Outcome(row.number, RowResult.ACCEPTED)

    def _why(self, error: Exception, imported: ImportedAppointment) -> Refused:
        if not isinstance(error, DomainError):
            return Refused(DATABASE_REFUSES)
        whose: dict[str, tuple[str, dict[str, Any]]] = {
            "practitioner_not_free": ("provider", {"practitioner": imported.practitioner}),
            "patient_not_free": ("patient", {"patient": imported.patient}),
        }
        if error.code not in whose:
            return from_rule(error)
        who, condition = whose[error.code]
        others = Appointment.objects.of(self._actor.organization).occupying()
        other = others.overlapping(imported.starts_at, imported.ends_at).filter(**condition).first()
        what = f"encounter {other.external_id}" if other and other.external_id else "an appointment"
        return Refused(
            f"The {who} already has {what} at that time.",
            kind=f"The {who} has another appointment at that time.",
        )

"""payers.csv and payer_transitions.csv: imports payers and insurance policies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from accounts.models import Patient
from billing.models import InsurancePolicy, Payer
from billing.payers import services as payers
from billing.policies import services as policies
from clinic.synthea import values
from clinic.synthea.files import Refused, Row
from clinic.synthea.report import Outcome, RowResult
from clinic.synthea.taking import Importer, Source, one_by_one, unknown

NO_INSURANCE = "NO_INSURANCE"
# The member id where the file has none; staff have to ask the patient for it.
UNKNOWN = "UNKNOWN"

RELATIONSHIPS = {
    "Self": InsurancePolicy.Relationship.SELF,
    "Spouse": InsurancePolicy.Relationship.SPOUSE,
    "Guardian": InsurancePolicy.Relationship.CHILD,
}


class Payers(Importer):
    file = "payers.csv"
    columns = ("Id", "NAME", "PHONE")

    def import_rows(self, rows: Sequence[Row]) -> Iterator[Outcome]:
        yield from one_by_one(rows, self._import_row)

    def _import_row(self, row: Row) -> RowResult:
        external_id, name = self._ids.check(row), row.required("NAME")
        if name == NO_INSURANCE:
            self._source.uninsured.add(external_id)
            raise Refused("NO_INSURANCE is not a payer: it means that there is no insurance.")
        if Payer.objects.of(self._actor.organization).filter(external_id=external_id).exists():
            return RowResult.ALREADY_THERE
        payers.create(actor=self._actor, name=name, phone=row["PHONE"], external_id=external_id)
        return RowResult.ACCEPTED


class Transitions(Importer):
    """Each row is a primary policy, and a secondary one if it names a secondary payer.

    A row's end is the start of the next one. The dates of a policy are inclusive, so its last day
    is the day before that.
    """

    file = "payer_transitions.csv"
    columns = (
        "PATIENT",
        "MEMBERID",
        "START_YEAR",
        "END_YEAR",
        "PAYER",
        "SECONDARY_PAYER",
        "OWNERSHIP",
        "OWNERNAME",
    )

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        found = Payer.objects.of(self._actor.organization).exclude(external_id="")
        self._payers = {payer.external_id: payer for payer in found}
        self._patients: dict[str, Patient] = {}

    def import_rows(self, rows: Sequence[Row]) -> Iterator[Outcome]:
        ids = {row["PATIENT"] for row in rows}
        found = Patient.objects.of(self._actor.organization).filter(mrn__in=ids)
        self._patients = {patient.mrn: patient for patient in found}
        yield from one_by_one(rows, self._import_row)

    def _import_row(self, row: Row) -> RowResult:
        patient = self._patients.get(row.required("PATIENT"))
        if patient is None:
            raise unknown(row, "PATIENT", "patients.csv")
        payer = self._payer(row, "PAYER")
        days = self._days(row)
        member_id = row.required("MEMBERID")
        primary = InsurancePolicy.Priority.PRIMARY
        is_new = self._ensure(row, patient, payer, primary, member_id, days)
        if row["SECONDARY_PAYER"]:
            other = self._payer(row, "SECONDARY_PAYER")
            secondary = InsurancePolicy.Priority.SECONDARY
            if self._ensure(row, patient, other, secondary, UNKNOWN, days):
                self.notes["a secondary policy whose member id is not in the file"] += 1
                is_new = True
        return RowResult.ACCEPTED if is_new else RowResult.ALREADY_THERE

    def _payer(self, row: Row, column: str) -> Payer:
        wanted = row.required(column)
        if wanted in self._source.uninsured:
            raise Refused("No insurance in this period: there is no policy to record.")
        if wanted not in self._payers:
            raise unknown(row, column, Payers.file)
        return self._payers[wanted]

    def _days(self, row: Row) -> tuple[date, date]:
        local = self._actor.organization.local
        start = local(values.instant(row, "START_YEAR")).date()
        end = local(values.instant(row, "END_YEAR")).date() - timedelta(days=1)
        if end < start:
            raise Refused("END_YEAR is not after START_YEAR: no whole day is covered.")
        return start, end

    def _ensure(
        self,
        row: Row,
        patient: Patient,
        payer: Payer,
        priority: int,
        member_id: str,
        days: tuple[date, date],
    ) -> bool:
        """Create the policy unless it exists. Returns whether it was created.

        An existing one is not changed: staff may have corrected its other fields since.
        """
        start, end = days
        same = patient.policies.filter(payer=payer, priority=priority, start_date=start)
        if same.exists():
            return False
        policies.create(
            actor=self._actor,
            patient=patient,
            payer=payer,
            member_id=member_id,
            start_date=start,
            end_date=end,
            priority=priority,
            subscriber_relationship=RELATIONSHIPS.get(
                row["OWNERSHIP"], InsurancePolicy.Relationship.OTHER
            ),
            subscriber_name=row["OWNERNAME"],
        )
        return True

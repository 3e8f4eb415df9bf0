"""patients.csv and providers.csv: imports patients and practitioners."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from accounts.models import Patient, Practitioner
from accounts.patients import services as patients
from accounts.practitioners import services as practitioners
from clinic.synthea import values
from clinic.synthea.files import Refused, Row
from clinic.synthea.report import Outcome, RowResult
from clinic.synthea.taking import Importer, Source, one_by_one

HUES = 8


class Patients(Importer):
    """The file's id becomes the MRN, as in Synthea's other exports. The dead are inactive."""

    file = "patients.csv"
    columns = ("Id", "BIRTHDATE", "DEATHDATE", "FIRST", "LAST", "ADDRESS", "CITY", "STATE", "ZIP")

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._known: set[str] = set()

    def import_rows(self, rows: Sequence[Row]) -> Iterator[Outcome]:
        ids = [row["Id"] for row in rows]
        known = Patient.objects.of(self._actor.organization).filter(mrn__in=ids)
        self._known = set(known.values_list("mrn", flat=True))
        yield from one_by_one(rows, self._import_row)

    def _import_row(self, row: Row) -> RowResult:
        mrn = self._ids.check(row)
        if mrn in self._known:
            return RowResult.ALREADY_THERE
        is_dead = self._is_dead(row)
        patients.create(
            actor=self._actor,
            mrn=mrn,
            legal_first_name=row.required("FIRST"),
            legal_last_name=row.required("LAST"),
            date_of_birth=values.day(row, "BIRTHDATE"),
            address_line1=row["ADDRESS"],
            city=row["CITY"],
            region=row["STATE"],
            postal_code=row["ZIP"],
            is_active=not is_dead,
        )
        self.notes["died: the record is inactive"] += is_dead
        return RowResult.ACCEPTED

    def _is_dead(self, row: Row) -> bool:
        if not row["DEATHDATE"]:
            return False
        died, born = values.day(row, "DEATHDATE"), values.day(row, "BIRTHDATE")
        if died < born or died > self._actor.organization.today():
            raise Refused("DEATHDATE is before the birth or in the future.")
        return True


class Providers(Importer):
    """The speciality is used as the credential: Synthea has no credentials and no real NPIs."""

    file = "providers.csv"
    columns = ("Id", "NAME", "SPECIALITY")

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._known: set[str] = set()

    def import_rows(self, rows: Sequence[Row]) -> Iterator[Outcome]:
        ids = [row["Id"] for row in rows]
        known = Practitioner.objects.of(self._actor.organization).filter(external_id__in=ids)
        self._known = set(known.values_list("external_id", flat=True))
        yield from one_by_one(rows, self._import_row)

    def _import_row(self, row: Row) -> RowResult:
        external_id = self._ids.check(row)
        if external_id in self._known:
            return RowResult.ALREADY_THERE
        first, _, last = row.required("NAME").rpartition(" ")
        if not first:
            raise Refused("NAME is a single word: a provider has a first and a last name.")
        practitioners.create(
            actor=self._actor,
            first_name=first,
            last_name=last,
            credential=row["SPECIALITY"].title(),
            hue=row.number % HUES,
            external_id=external_id,
        )
        return RowResult.ACCEPTED

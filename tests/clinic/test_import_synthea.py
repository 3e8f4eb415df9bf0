"""The Synthea import on the real files."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F, Q

from accounts.models import CareTeamMember, Event, Organization, Patient, Practitioner
from billing.ledger import replay
from billing.models import InsurancePolicy, Payer, ServiceCode
from clinic.synthea import run
from clinic.synthea.encounters import Encounters
from clinic.synthea.files import Row
from clinic.synthea.report import FileReport, Outcome, RowResult
from scheduling.models import Appointment, Status
from tests.clinic.synthea_files import DATA, ENCOUNTERS, command, figures, imported, needed, written
from tests.factories import OrganizationFactory

pytestmark = [pytest.mark.django_db, needed]

# File: read, accepted, refused. Counted in the files by hand: 258 times without insurance and one
# that ends before it begins; one encounter of over a week; five that meet another one.
EXPECTED = {
    "payers.csv": (10, 9, 1),
    "providers.csv": (166, 166, 0),
    "patients.csv": (27, 27, 0),
    "payer_transitions.csv": (1051, 792, 259),
    "encounters.csv": (604, 598, 6),
}


@dataclass(frozen=True)
class Imported:
    """What the import of the whole folder made, and what it said of it."""

    organization: Organization
    files: dict[str, FileReport]


@pytest.fixture(scope="module")
def taken(django_db_setup: None, django_db_blocker: Any) -> Iterator[Imported]:
    """Imported once for the tests of this module, and rolled back after them."""
    with django_db_blocker.unblock():
        atomic = transaction.atomic()
        atomic.__enter__()
        organization = OrganizationFactory(time_zone="America/New_York")
        yield Imported(organization, imported(DATA, organization))
        transaction.set_rollback(True)
        atomic.__exit__(None, None, None)


def test_every_row_of_the_real_files_is_accounted_for(taken: Imported) -> None:
    assert {name: figures(file) for name, file in taken.files.items()} == EXPECTED
    assert not any(file.counts[RowResult.ALREADY_THERE] for file in taken.files.values())

    assert Payer.objects.count() == 9
    assert not Payer.objects.filter(name="NO_INSURANCE").exists()
    assert Practitioner.objects.count() == 166
    assert Patient.objects.count() == 27
    policies = InsurancePolicy.objects.all()
    assert policies.filter(priority=1).count() == 792
    assert policies.filter(priority=2, member_id="UNKNOWN").count() == 7
    appointments = Appointment.objects.filter(
        status=Status.COMPLETED, authorization=None, session__ended_at=F("ends_at")
    )
    assert appointments.count() == 598
    assert Event.objects.filter(action="appointment.imported").count() == 598
    assert ServiceCode.objects.count() == 25
    assert replay.differences() == []


def test_what_is_imported_is_as_it_was(taken: Imported) -> None:
    patient = Patient.objects.get(mrn="3edac2e3-d223-6fae-d515-daf96ef6bc76")
    assert (patient.legal_first_name, patient.legal_last_name) == ("Maynard46", "Mosciski958")
    assert patient.date_of_birth == date(2014, 10, 6)
    assert patient.is_active
    assert Patient.objects.filter(is_active=False).count() == 2
    # 04:17 UTC is the evening before in New York, and the next policy begins the day after.
    first, second = patient.policies.filter(priority=1).order_by("start_date")[:2]
    assert (first.start_date, first.end_date) == (date(2014, 10, 14), date(2015, 10, 19))
    assert second.start_date == date(2015, 10, 20)
    assert first.subscriber_relationship == InsurancePolicy.Relationship.CHILD
    assert first.subscriber_name == "Gail741 Mosciski958"
    visit = Appointment.objects.get(external_id="57f2562b-445c-f11c-ba40-edc55af3c84f")
    assert visit.starts_at == datetime(2023, 1, 27, 16, 17, 47, tzinfo=UTC)
    assert visit.session.minutes == 15
    assert visit.service_code.code == "185345009"
    assert visit.service_code.label == "Office visit (185345009)"
    assert visit.practitioner.name == "Víctor493 Noriega353"
    assert CareTeamMember.objects.filter(patient=patient, practitioner=visit.practitioner).exists()


def test_double_bookings_are_not_imported(taken: Imported) -> None:
    assert dict(taken.files[ENCOUNTERS].kinds) == {
        "The patient has another appointment at that time.": 3,
        "The provider has another appointment at that time.": 2,
        "Too long": 1,
    }
    earlier = Appointment.objects.filter(
        Q(practitioner__appointments__starts_at__lt=F("ends_at"))
        & Q(practitioner__appointments__ends_at__gt=F("starts_at"))
        & ~Q(practitioner__appointments=F("pk"))
    )
    assert not earlier.exists()


def test_running_it_twice_changes_nothing(taken: Imported) -> None:
    before = written()
    again = imported(DATA, taken.organization)
    assert written() == before
    for name, (read, accepted, refused) in EXPECTED.items():
        assert figures(again[name]) == (read, 0, refused)
        assert again[name].counts[RowResult.ALREADY_THERE] == accepted


def test_a_killed_import_is_run_again_while_another_clinic_imports(
    taken: Imported, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed in its third batch of encounters: two are there, and nothing of the third."""
    organization = OrganizationFactory(time_zone="Asia/Tokyo")
    here = Appointment.objects.of(organization)
    monkeypatch.setattr(run, "BATCH_ROWS", 100)
    batches = iter([False, False, True])
    real = Encounters.import_rows

    def import_rows(self: Encounters, rows: Sequence[Row]) -> Iterator[Outcome]:
        yield from real(self, rows)
        if next(batches):
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Encounters, "import_rows", import_rows)
        with pytest.raises(KeyboardInterrupt):
            imported(DATA, organization)
    before = here.count()
    assert 190 < before <= 200
    again = imported(DATA, organization)[ENCOUNTERS]
    assert (again.counts[RowResult.ALREADY_THERE], again.counts[RowResult.ACCEPTED]) == (
        before,
        598 - before,
    )
    assert here.count() == Appointment.objects.of(taken.organization).count() == 598


def test_the_command_founds_the_clinic_shows_progress_and_writes_the_report(
    tmp_path: Path,
) -> None:
    report = tmp_path / "refused.csv"
    arguments = (DATA, "--organization", "synthea", "--create", "Synthea", "--report", report)
    out, err = command(*arguments, "--time-zone", "America/Denver")
    clinic = Organization.objects.get(slug="synthea")
    assert (clinic.name, clinic.time_zone) == ("Synthea", "America/Denver")
    assert "payer_transitions.csv: 1,051 rows" in err
    assert "258 refused: No insurance in this period" in out
    assert "time.\n         rows 77, 199, 432\n" in out
    assert "refused: It lasts 91 h 48 min: 24 hours at most.\n         row 314" in out
    with report.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == sum(refused for _, _, refused in EXPECTED.values())
    assert rows[0] == {
        "file": "payers.csv",
        "row": "11",
        "reason": "NO_INSURANCE is not a payer: it means that there is no insurance.",
    }

"""The Synthea import on files that are broken in every way: a reason each, never a traceback."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError

from accounts.models import Organization, Patient
from clinic.synthea.report import RowResult
from scheduling.models import Appointment
from tests.clinic.synthea_files import (
    ENCOUNTERS,
    PATIENTS,
    PAYERS,
    PROVIDERS,
    TRANSITIONS,
    command,
    cut_down,
    edit,
    figures,
    imported,
    needed,
    read,
    written,
)
from tests.factories import OrganizationFactory, PatientFactory, PayerFactory

pytestmark = [pytest.mark.django_db, needed]


@pytest.fixture
def organization() -> Organization:
    return OrganizationFactory(time_zone="America/New_York")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return cut_down(tmp_path / "synthea")


@pytest.mark.parametrize(
    ("name", "values", "reason"),
    [
        (PATIENTS, {"Id": ""}, "Id is empty."),
        (PATIENTS, {"Id": "9d188916-8390-282b-3ec2-73fce6e08649"}, "already has the same Id."),
        (PATIENTS, {"Id": "x" * 41}, "MRN: Ensure this value has at most 40"),
        (PATIENTS, {"FIRST": ""}, "FIRST is empty."),
        (PATIENTS, {"LAST": "x" * 10_000}, "Legal last name"),
        (PATIENTS, {"LAST": "Smith\u202eevil"}, "invisible control character"),
        (PATIENTS, {"LAST": "Smi\x00th"}, "control character"),
        (PATIENTS, {"BIRTHDATE": "31.12.2001"}, "BIRTHDATE is not a date"),
        (PATIENTS, {"BIRTHDATE": "2001-02-30"}, "BIRTHDATE is not a date"),
        (PATIENTS, {"BIRTHDATE": "2199-01-01"}, "in the future"),
        (PATIENTS, {"BIRTHDATE": "0001-01-01"}, "between 1900 and 2199"),
        (PATIENTS, {"DEATHDATE": "soon"}, "DEATHDATE is not a date"),
        (PATIENTS, {"DEATHDATE": "1900-01-01"}, "before the birth"),
        (PROVIDERS, {"NAME": "Cher"}, "a first and a last name"),
        (PROVIDERS, {"NAME": ""}, "NAME is empty."),
        (PROVIDERS, {"SPECIALITY": "x" * 41}, "Credential"),
        (PAYERS, {"NAME": "Medicare"}, "A payer with this name already exists."),
        (PAYERS, {"Id": ""}, "Id is empty."),
        (TRANSITIONS, {"PATIENT": "nobody"}, "'nobody' is not in patients.csv"),
        (TRANSITIONS, {"PAYER": "nobody"}, "'nobody' is not in payers.csv"),
        (TRANSITIONS, {"SECONDARY_PAYER": "nobody"}, "SECONDARY_PAYER 'nobody'"),
        (TRANSITIONS, {"MEMBERID": ""}, "MEMBERID is empty."),
        (TRANSITIONS, {"START_YEAR": "2014"}, "START_YEAR is not an instant"),
        (TRANSITIONS, {"END_YEAR": "9999-12-31T23:59:59Z"}, "END_YEAR is not an instant"),
        (TRANSITIONS, {"END_YEAR": "2001-01-01T00:00:00Z"}, "no whole day is covered"),
        (TRANSITIONS, {"END_YEAR": "2015-12-31T00:00:00Z"}, None),
        (ENCOUNTERS, {"Id": ""}, "Id is empty."),
        (ENCOUNTERS, {"Id": "x" * 65}, "longer than 64"),
        (ENCOUNTERS, {"PATIENT": "nobody"}, "PATIENT 'nobody' is not in patients.csv"),
        (ENCOUNTERS, {"PROVIDER": ""}, "PROVIDER is empty."),
        (ENCOUNTERS, {"PROVIDER": "nobody"}, "PROVIDER 'nobody' is not in providers.csv"),
        (ENCOUNTERS, {"STOP": "2023-01-27T16:00:00Z"}, "must come after the start"),
        (ENCOUNTERS, {"STOP": "2023-01-28T17:17:47Z"}, "It lasts 25 h"),
        (ENCOUNTERS, {"STOP": "yesterday"}, "STOP is not an instant"),
        (ENCOUNTERS, {"START": "", "STOP": ""}, "START is empty."),
        (
            ENCOUNTERS,
            {"START": "2190-01-01T10:00:00Z", "STOP": "2190-01-01T11:00:00Z"},
            "in the future",
        ),
        (ENCOUNTERS, {"CODE": "1234567890123"}, "Code"),
        (ENCOUNTERS, {"CODE": "<script>"}, "Capital letters and digits"),
    ],
)
def test_a_broken_row_is_refused_with_its_number_and_reason(
    copy: Path,
    organization: Organization,
    name: str,
    values: dict[str, str],
    reason: str | None,
) -> None:
    """The file's first row is broken, or for what repeats something, made to repeat it."""
    position = 2 if name == PATIENTS and values.get("Id", "").startswith("9d18") else 0
    edit(copy, name, lambda rows: rows[position].update(values))
    found = imported(copy, organization)[name]
    number = position + 2
    if reason is None:
        # It now reaches into the next one, which is refused instead.
        number, reason = number + 1, "policy from 14 Oct 2014 until 29 Dec 2015"
    reasons = {refusal.row: refusal.reason for refusal in found.refusals}
    if name == PAYERS and "NAME" in values:
        number = 3  # the real one comes after
    assert reason in reasons[number]
    assert found.read == len(read(copy / name))


def test_a_row_that_is_too_short_or_too_long_is_refused(
    copy: Path, organization: Organization
) -> None:
    path = copy / PROVIDERS
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[1], lines[2] = "only,three,values", lines[2] + ",more"
    path.write_text("\n".join(lines), encoding="utf-8")
    found = imported(copy, organization)[PROVIDERS]
    assert [refusal.row for refusal in found.refusals] == [2, 3]
    assert "The row has 3 values; the header has 12." in found.refusals[0].reason


def test_what_a_refused_row_is_needed_for_is_refused_too(
    copy: Path, organization: Organization
) -> None:
    edit(copy, PATIENTS, lambda rows: rows[0].update(BIRTHDATE="?"))
    found = imported(copy, organization)
    kind = "PATIENT is not in patients.csv, or was refused there."
    assert found[PATIENTS].counts[RowResult.REFUSED] == 1
    assert found[TRANSITIONS].kinds[kind] == 10
    assert found[ENCOUNTERS].kinds[kind] > 0


def test_a_corrected_file_imports_refused_rows(copy: Path, organization: Organization) -> None:
    edit(copy, PATIENTS, lambda rows: rows[0].update(BIRTHDATE="?"))
    broken = imported(copy, organization)
    assert (figures(broken[PATIENTS]), Appointment.objects.count()) == ((3, 2, 1), 0)
    edit(copy, PATIENTS, lambda rows: rows[0].update(BIRTHDATE="2014-10-06"))
    mended = imported(copy, organization)
    assert figures(mended[PATIENTS]) == (3, 1, 0)
    assert Appointment.objects.count() == len(read(copy / ENCOUNTERS))


def test_names_in_any_script_and_with_a_byte_order_mark_are_kept(
    copy: Path, organization: Organization
) -> None:
    edit(copy, PATIENTS, lambda rows: rows[0].update(FIRST="نور", LAST="O’Brien, Jr."))
    path = copy / PATIENTS
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert figures(imported(copy, organization)[PATIENTS]) == (3, 3, 0)
    assert Patient.objects.filter(legal_first_name="نور", legal_last_name="O’Brien, Jr.").exists()


def test_what_the_clinic_has_under_the_same_name_is_not_touched(
    copy: Path, organization: Organization
) -> None:
    payer = PayerFactory(organization=organization, name="medicare")
    PatientFactory(organization=organization, mrn="3EDAC2E3-d223-6fae-d515-daf96ef6bc76")
    found = imported(copy, organization)
    assert "already exists" in found[PAYERS].refusals[0].reason
    assert "MRN" in found[PATIENTS].refusals[0].reason
    payer.refresh_from_db()
    assert (payer.name, payer.external_id) == ("medicare", "")


def break_encoding(folder: Path) -> None:
    path = folder / PROVIDERS
    path.write_bytes(path.read_bytes().replace("í".encode(), b"\xed"))


BROKEN_FILES: dict[str, Callable[[Path], object]] = {
    "encounters.csv is missing": lambda folder: (folder / ENCOUNTERS).unlink(),
    "patients.csv lacks the column BIRTHDATE": lambda folder: (folder / PATIENTS).write_text(
        (folder / PATIENTS).read_text().replace("BIRTHDATE", "BORN", 1)
    ),
    "payers.csv lacks the columns Id, NAME, PHONE": lambda folder: (folder / PAYERS).write_text(""),
    "providers.csv is not UTF-8 (line 2)": break_encoding,
    "patients.csv is not CSV": lambda folder: (folder / PATIENTS).write_text(
        (folder / PATIENTS).read_text() + '"never closed'
    ),
}


@pytest.mark.parametrize("message", BROKEN_FILES)
def test_a_file_that_cannot_be_read_is_refused_before_anything_is_written(
    copy: Path, message: str
) -> None:
    BROKEN_FILES[message](copy)
    before = written()
    with pytest.raises(CommandError) as refused:
        command(copy, "--organization", "synthea", "--create", "Synthea")
    assert message in str(refused.value)
    assert written() == before
    assert not Organization.objects.filter(slug="synthea").exists()


def test_wrong_arguments_are_refused_in_a_sentence(copy: Path, tmp_path: Path) -> None:
    for arguments, message in (
        ((tmp_path / "nowhere", "--organization", "x"), "There is no folder"),
        ((copy, "--organization", "nobody"), "There is no clinic “nobody”"),
        ((copy, "--organization", "x", "--create", "X", "--time-zone", "Mars"), "IANA time zone"),
        ((copy, "--organization", "a b", "--create", "X"), "slug"),
        (
            (copy, "--organization", "x", "--report", tmp_path / "no" / "report.csv"),
            "no folder for the report",
        ),
    ):
        with pytest.raises(CommandError, match=message):
            command(*arguments)

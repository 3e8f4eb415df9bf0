"""Synthea's files, whole and cut down, and what an import made of them."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command

from accounts.models import Event, Organization, Patient, Practitioner
from billing.models import InsurancePolicy, Payer, ServiceCode
from clinic.synthea import run
from clinic.synthea.report import FileReport, Report, RowResult
from scheduling.models import Appointment, Session

DATA = settings.BASE_DIR.parent / "shared" / "data" / "synthea"
PATIENTS, PROVIDERS, PAYERS = "patients.csv", "providers.csv", "payers.csv"
TRANSITIONS, ENCOUNTERS = "payer_transitions.csv", "encounters.csv"

needed = pytest.mark.skipif(not DATA.is_dir(), reason="the Synthea files are not here")


def imported(folder: Path, organization: Organization) -> dict[str, FileReport]:
    report: Report = run.run(folder, organization, progress=lambda file, rows: None)
    assert report.adds_up
    return {file.file: file for file in report.files}


def figures(file: FileReport) -> tuple[int, int, int]:
    return file.read, file.counts[RowResult.ACCEPTED], file.counts[RowResult.REFUSED]


def command(*arguments: object) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("import_synthea", *map(str, arguments), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def written() -> dict[str, int]:
    models: list[Any] = [Payer, Practitioner, Patient, InsurancePolicy, Appointment, Session]
    return {model.__name__: model.objects.count() for model in [*models, Event, ServiceCode]}


def cut_down(folder: Path) -> Path:
    """The first three patients, and what concerns the first of them: small, to be broken."""
    folder.mkdir()
    patients = read(DATA / PATIENTS)[:3]
    first = patients[0]["Id"]
    visits = [row for row in read(DATA / ENCOUNTERS) if row["PATIENT"] == first]
    seen = {row["PROVIDER"] for row in visits}
    write(folder / PATIENTS, patients)
    write(folder / PAYERS, read(DATA / PAYERS))
    write(folder / PROVIDERS, [row for row in read(DATA / PROVIDERS) if row["Id"] in seen])
    transitions = [row for row in read(DATA / TRANSITIONS) if row["PATIENT"] == first]
    write(folder / TRANSITIONS, transitions)
    write(folder / ENCOUNTERS, visits)
    return folder


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: Sequence[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def edit(folder: Path, name: str, change: Callable[[list[dict[str, str]]], object]) -> None:
    rows = read(folder / name)
    change(rows)
    write(folder / name, rows)

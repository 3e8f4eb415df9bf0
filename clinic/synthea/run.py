"""Runs an import: all files in order, in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from django.db import transaction

from accounts.actor import Actor
from accounts.models import Organization
from clinic.synthea import files
from clinic.synthea.encounters import Encounters
from clinic.synthea.files import Row
from clinic.synthea.insurance import Payers, Transitions
from clinic.synthea.people import Patients, Providers
from clinic.synthea.report import FileReport, Report
from clinic.synthea.taking import Importer, Source

# Files that later files refer to come first.
IMPORTERS: tuple[type[Importer], ...] = (Payers, Providers, Patients, Transitions, Encounters)
BATCH_ROWS = 500
CHANNEL = "import"

Progress = Callable[[str, int], None]


def check(folder: Path) -> None:
    """Raises FileRefused for the first file that cannot be read. Nothing is written."""
    if not folder.is_dir():
        raise files.FileRefused(f"There is no folder {folder}.")
    for importer in IMPORTERS:
        files.check(folder / importer.file, importer.columns)


def run(folder: Path, organization: Organization, *, progress: Progress) -> Report:
    """Import the folder. Each batch is one transaction: after a crash, run the import again."""
    check(folder)
    report = Report()
    source = Source(actor=Actor.system(organization, channel=CHANNEL))
    for make in IMPORTERS:
        importer = make(source)
        report.files.append(_file(folder / importer.file, importer, progress))
    return report


def _file(path: Path, importer: Importer, progress: Progress) -> FileReport:
    report = FileReport(path.name)
    for batch in _batches(files.rows(path)):
        report.read += len(batch)
        with transaction.atomic():
            outcomes = list(importer.import_rows(batch))
        for outcome in sorted(outcomes, key=lambda outcome: outcome.row):
            report.add(outcome)
        progress(path.name, report.read)
    report.notes = importer.notes
    return report


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(islice(rows, BATCH_ROWS)):
        yield batch

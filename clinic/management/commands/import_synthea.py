from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actor import Actor
from accounts.errors import DomainError
from accounts.models import Organization
from accounts.organizations import services as organizations
from clinic.synthea import run
from clinic.synthea.files import FileRefused
from clinic.synthea.report import Report


class Command(BaseCommand):
    help = "Import a folder of Synthea's CSV files into a clinic. It is safe to run it again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR")
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument("--create", metavar="NAME", help="create the clinic if there is none")
        parser.add_argument("--time-zone", default="America/New_York", help="of a clinic created")
        parser.add_argument("--report", type=Path, metavar="FILE", help="write every refused row")

    def handle(self, *, folder: Path, **options: Any) -> None:
        if (file := options["report"]) and not file.resolve().parent.is_dir():
            raise CommandError(f"There is no folder for the report {file}.")
        try:
            run.check(folder)
            organization = self._organization(
                options["organization"], options["create"], options["time_zone"]
            )
            report = run.run(folder, organization, progress=self._progress)
        except FileRefused as error:
            raise CommandError(str(error)) from error
        self.stdout.write("\n".join(report.lines()))
        if options["report"]:
            self._write(report, options["report"])
        if not report.adds_up:
            raise CommandError("The counts do not add up. Please report this as a bug.")

    def _organization(self, slug: str, name: str | None, time_zone: str) -> Organization:
        if found := Organization.objects.filter(slug=slug).first():
            return found
        if not name:
            raise CommandError(
                f"There is no clinic “{slug}”. Give another --organization, or create it: "
                '--create "Its name" --time-zone America/New_York'
            )
        try:
            return organizations.create(
                actor=Actor.founder(None, channel=run.CHANNEL),
                name=name,
                slug=slug,
                time_zone=time_zone,
            )
        except DomainError as error:
            raise CommandError(error.message) from error

    def _progress(self, file: str, rows: int) -> None:
        self.stderr.write(f"{file}: {rows:,} rows")

    def _write(self, report: Report, path: Path) -> None:
        try:
            with path.open("w", encoding="utf-8", newline="") as file:
                report.write_refusals(file)
        except OSError as error:
            raise CommandError(f"The report could not be written: {error}.") from error
        self.stdout.write(f"{len(report.refusals)} refused rows are in {path}.")

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from clinic.demo import SIGN_INS, seeding


class Command(BaseCommand):
    help = "Fill an installation with two invented clinics, their weeks dated around today."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--scale", type=int, default=1, help="teams for each clinic; 100 gives large clinics"
        )

    def handle(self, *, scale: int, **options: Any) -> None:
        if scale < 1:
            raise CommandError("--scale is a number of teams: give 1 or more.")
        if seeding.exists():
            self.stdout.write("The demo clinics exist already. Nothing was changed.")
            return
        seeding.seed(scale=scale, now=timezone.now(), progress=self.report)
        self.stdout.write("The demo clinics are ready. Sign in as:")
        for role, email, password in SIGN_INS:
            self.stdout.write(f"  {role:<20} {email:<36} {password}")

    def report(self, text: str) -> None:
        self.stderr.write(text)

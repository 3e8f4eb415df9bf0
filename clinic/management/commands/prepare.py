from io import StringIO
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from accounts.models import Organization
from clinic.preparation import one_at_a_time, prepare


class Command(BaseCommand):
    help = "Migrate the database and collect static files: run it before serving a new version."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--demo", action="store_true", help="also create the demo clinics if there is no clinic"
        )

    def handle(self, *, demo: bool, **options: Any) -> None:
        self.say("Preparing the database ...")
        with one_at_a_time():
            prepare()
            if demo and not Organization.objects.exists():
                self.say("Seeding the demo clinics ...")
                call_command("seed_demo", stdout=StringIO())  # `demo` shows the sign-ins
        self.say("Ready to serve.")

    def say(self, text: str) -> None:
        """Write at once, also to a file or a pipe."""
        self.stdout.write(text)
        self.stdout.flush()

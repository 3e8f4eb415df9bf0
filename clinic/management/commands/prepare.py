from typing import Any

from django.core.management.base import BaseCommand

from clinic.preparation import one_at_a_time, prepare


class Command(BaseCommand):
    help = "Migrate the database and collect static files: run it before serving a new version."

    def handle(self, **options: Any) -> None:
        with one_at_a_time():
            prepare()
        self.stdout.write("Ready to serve.")

from typing import Any

from django.core.management.base import BaseCommand

from accounts.webhooks.documentation import FILE, catalogue_as_markdown


class Command(BaseCommand):
    help = "Write the event catalogue of the documentation anew, from the code."

    def handle(self, **options: Any) -> None:
        FILE.write_text(catalogue_as_markdown())
        self.stdout.write(f"Written to {FILE.name}.")

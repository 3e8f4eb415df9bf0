from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing.ledger import replay
from billing.models import Authorization, LedgerEntry


class Command(BaseCommand):
    help = "Replay every ledger entry; exit non-zero when a balance differs from its entries."

    def handle(self, *args: Any, **options: Any) -> None:
        differences = replay.differences()
        for difference in differences:
            self.stderr.write(f"authorization {difference.authorization_id}: {difference.problem}")
        if differences:
            raise CommandError(f"{len(differences)} differences found.")
        entries, authorizations = LedgerEntry.objects.count(), Authorization.objects.count()
        self.stdout.write(
            f"{entries} entries of {authorizations} authorizations replayed: every balance agrees."
        )

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actor import Actor
from accounts.api_keys import services as api_keys
from accounts.errors import DomainError
from accounts.models import ApiKey, Organization, Practitioner
from accounts.models.api import SCOPES
from accounts.roles import Role


class Command(BaseCommand):
    help = "Make an API key for a clinic, and print its secret this once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument("--role", required=True, choices=[role.value for role in ApiKey.ROLES])
        parser.add_argument("--name", required=True, help="what the clinic will know it by")
        parser.add_argument(
            "--scope",
            action="append",
            choices=SCOPES,
            metavar="AREA:REACH",
            help="such as appointments:read; may come several times; without it, all there are",
        )
        parser.add_argument("--practitioner", type=int, metavar="ID", help="whose key it is")

    def handle(self, *, organization: str, practitioner: int | None, **options: Any) -> None:
        clinic = Organization.objects.filter(slug=organization).first()
        if clinic is None:
            raise CommandError(f"There is no clinic “{organization}”.")
        try:
            key = api_keys.create(
                actor=Actor.system(clinic, channel="command"),
                name=options["name"],
                role=Role(options["role"]),
                scopes=options["scope"] or list(SCOPES),
                practitioner=_practitioner(clinic, practitioner),
            )
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(key.secret)  # type: ignore[attr-defined]


def _practitioner(clinic: Organization, pk: int | None) -> Practitioner | None:
    if pk is None:
        return None
    found = clinic.practitioners.filter(pk=pk).first()
    if found is None:
        raise CommandError(f"There is no practitioner {pk} in {clinic}.")
    return found

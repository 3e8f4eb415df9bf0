import os
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from accounts.models import Organization, User
from clinic.demo import SIGN_INS
from clinic.preparation import one_at_a_time, prepare
from clinic.processes import (
    deliverer_command,
    require_free_port,
    run_together,
    web_command,
    worker_command,
)

HOST = "127.0.0.1"


class Command(BaseCommand):
    help = "Set up demo clinics if there are none, and serve them on this machine."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=os.environ.get("PORT", "8000"))

    def handle(self, *, port: int, **options: Any) -> None:
        require_free_port(HOST, port)
        self.say("Preparing the database ...")
        with one_at_a_time():
            prepare()
            if not Organization.objects.exists():
                self.say("Seeding the demo clinics ...")
                call_command("seed_demo", stdout=StringIO())  # we say the sign-ins ourselves
        run_together(
            [
                web_command(host=HOST, port=port, workers=2, threads=2),
                worker_command(),
                deliverer_command(),
            ],
            host=HOST,
            port=port,
            ready=lambda: self.welcome(port),
        )
        self.stdout.write("\nStopped.")

    def welcome(self, port: int) -> None:
        emails = [email for _, email, _ in SIGN_INS]
        known = User.objects.filter(email__in=emails).values_list("email", flat=True)
        self.stdout.write(f"\nCaretally is on http://{HOST}:{port}\n\n")
        for role, email, password in SIGN_INS:
            if email in known:
                self.stdout.write(f"  {role:<20} {email:<36} {password}")
        self.say("\nCtrl-C stops it; the data stays.")

    def say(self, text: str) -> None:
        """At once, also into a file or a pipe."""
        self.stdout.write(text)
        self.stdout.flush()

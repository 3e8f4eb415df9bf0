import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from clinic.demo import SIGN_INS
from clinic.postgres.base import embedded_server_running
from clinic.processes import (
    deliverer_command,
    prepare_demo_command,
    require_free_port,
    run_to_end,
    run_together,
    web_command,
    worker_command,
)
from clinic.stop_signals import stop_request

HOST = "127.0.0.1"


class Command(BaseCommand):
    help = "Set up demo clinics if there are none, and serve them on this machine."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=os.environ.get("PORT", "8000"))

    def handle(self, *, port: int, **options: Any) -> None:
        require_free_port(HOST, port)
        with stop_request() as stop, embedded_server_running():
            if not run_to_end(prepare_demo_command(), stop=stop):
                raise CommandError("Interrupted.")
            run_together(
                [
                    web_command(host=HOST, port=port, workers=2, threads=2),
                    worker_command(),
                    deliverer_command(),
                ],
                host=HOST,
                port=port,
                stop=stop,
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
        self.stdout.write("\nCtrl-C stops it. The data is kept.")
        self.stdout.flush()

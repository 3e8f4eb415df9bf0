import os
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from clinic.postgres.base import embedded_server_running
from clinic.processes import deliverer_command, run_together, web_command, worker_command
from clinic.stop_signals import stop_request


class Command(BaseCommand):
    help = "Serve the pages, run the jobs and deliver to webhooks, until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=os.environ.get("PORT", "8000"))
        parser.add_argument("--workers", type=int, default=2, help="web processes")
        parser.add_argument("--threads", type=int, default=2, help="threads in each of them")

    def handle(self, **options: Any) -> None:
        host, port = options["host"], options["port"]
        web = web_command(
            host=host, port=port, workers=options["workers"], threads=options["threads"]
        )
        with stop_request() as stop, embedded_server_running():
            run_together(
                [web, worker_command(), deliverer_command()],
                host=host,
                port=port,
                stop=stop,
                ready=lambda: self.stdout.write(f"Serving on http://{host}:{port}"),
            )

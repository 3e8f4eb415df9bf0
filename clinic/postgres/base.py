import select
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections
from django.db.backends.postgresql import base
from django.utils.asyncio import async_unsafe
from psycopg import Connection, OperationalError

from clinic.postgres.server import EmbeddedServer

PATIENCE_SECONDS = 5.0
PAUSE_SECONDS = 0.1


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL that starts with the first connection to it, wherever that is made, and again
    with the next one after it has died.

    Settings: `DATA_DIR` holds the server's data, `SERVER_OPTIONS` goes into its configuration.
    """

    @property
    def server(self) -> EmbeddedServer:
        return EmbeddedServer.at(
            self.settings_dict["DATA_DIR"], self.settings_dict["SERVER_OPTIONS"]
        )

    def get_connection_params(self) -> dict[str, Any]:
        self.settings_dict["HOST"] = self.server.socket_dir
        return super().get_connection_params()

    def is_usable(self) -> bool:
        """Without asking the server, which is on this machine: a closed socket becomes readable."""
        if self.connection.closed:
            return False
        poller = select.poll()
        poller.register(self.connection.fileno(), select.POLLIN)
        return not poller.poll(0)

    @async_unsafe
    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection[Any]:
        """Waits a little for a server that is just dying, starting or recovering."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return super().get_new_connection(conn_params)
            except OperationalError:
                if time.monotonic() > deadline:
                    raise
            if not self.server.revive():
                time.sleep(PAUSE_SECONDS)


@contextmanager
def embedded_server_running() -> Iterator[None]:
    """Where the database is the embedded one: it runs, and is stopped after its last user.

    The processes that this one starts may be killed, and would leave it running.
    """
    default = connections["default"]
    if not isinstance(default, DatabaseWrapper):
        yield
        return
    server = default.server
    try:
        yield
    finally:
        connections.close_all()
        server.leave()

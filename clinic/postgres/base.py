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

MAX_WAIT_SECONDS = 5.0
PAUSE_SECONDS = 0.1


class DatabaseWrapper(base.DatabaseWrapper):
    """Starts the embedded PostgreSQL at the first connection of any process, and restarts it at
    the next connection after it has died.

    Settings: `DATA_DIR` is the folder of the server's data, `SERVER_OPTIONS` are added to its
    configuration.
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
        """Needs no query, since the server is local: a socket that it closed becomes readable."""
        if self.connection.closed:
            return False
        poller = select.poll()
        poller.register(self.connection.fileno(), select.POLLIN)
        return not poller.poll(0)

    @async_unsafe
    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection[Any]:
        """Retries for MAX_WAIT_SECONDS while the server is dying, starting or recovering."""
        deadline = time.monotonic() + MAX_WAIT_SECONDS
        while True:
            try:
                return super().get_new_connection(conn_params)
            except OperationalError:
                if time.monotonic() > deadline:
                    raise
            if not self.server.restart_if_dead():
                time.sleep(PAUSE_SECONDS)


@contextmanager
def embedded_server_running() -> Iterator[None]:
    """Keep the embedded database, if it is used, running for the context, then stop it.

    It is stopped unless another process uses it. Child processes cannot be relied on for that:
    they may be killed.
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

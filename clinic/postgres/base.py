from typing import Any

from django.db.backends.postgresql import base

from clinic.postgres.server import EmbeddedServer


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL that starts with the first connection to it, wherever that is made.

    Settings: `DATA_DIR` holds the server's data, `SERVER_OPTIONS` goes into its configuration.
    """

    def get_connection_params(self) -> dict[str, Any]:
        server = EmbeddedServer.at(
            self.settings_dict["DATA_DIR"], self.settings_dict["SERVER_OPTIONS"]
        )
        self.settings_dict["HOST"] = server.socket_dir
        return super().get_connection_params()

from pathlib import Path
from typing import Any

from clinic.settings.base import env

# Connections stay open between requests; a broken one is replaced when a request begins. Frequent
# statements are prepared once per connection, which halves the database's time for a booking.
PERSISTENT = {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}
PREPARED = {"server_side_binding": True, "prepare_threshold": 5}
# See docs/decisions/0031. Leave it empty if a pooler refuses it, and set it for the role instead.
PLANNER = env("DATABASE_PLANNER_OPTIONS", default="-c enable_mergejoin=off")


def database(*, embedded_in: Path, server_options: dict[str, str] | None = None) -> dict[str, Any]:
    """The server given by `DATABASE_URL`, else the embedded one with its data in this folder."""
    if env("DATABASE_URL", default=""):
        return database_from_url()
    return {
        "ENGINE": "clinic.postgres",
        "NAME": "caretally",
        "USER": "postgres",
        "DATA_DIR": embedded_in,
        "SERVER_OPTIONS": server_options or {},
        "OPTIONS": _options(),
        **PERSISTENT,
    }


def database_from_url() -> dict[str, Any]:
    found = env.db_url("DATABASE_URL")
    return {**found, "OPTIONS": _options(**found.get("OPTIONS", {})), **PERSISTENT}


def _options(*, options: str = "", **others: Any) -> dict[str, Any]:
    both = " ".join(part for part in (PLANNER, options) if part)
    return {**PREPARED, **others, **({"options": both} if both else {})}

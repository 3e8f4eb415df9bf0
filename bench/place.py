"""A folder for one run: database, secrets, static files and the product's real server."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
STOP_SECONDS = 15
START_SECONDS = 90


def settle(var: Path) -> None:
    """Set up Django in this process with its own database and without rate limits."""
    os.environ.update(
        CARETALLY_VAR=str(var),
        DJANGO_SETTINGS_MODULE="clinic.settings.demo",
        API_REQUESTS_PER_MINUTE="100000000",
        LOG_LEVEL="ERROR",
    )
    os.environ.pop("DATABASE_URL", None)
    import django

    django.setup()
    # Compressing the static files takes a while, and nobody measures it: they outlive the run.
    kept = ROOT / "var" / "bench" / "static"
    kept.mkdir(parents=True, exist_ok=True)
    var.mkdir(parents=True, exist_ok=True)
    (var / "static").symlink_to(kept, target_is_directory=True)
    from clinic.preparation import prepare

    prepare()


def var() -> Path:
    """The run's folder."""
    return Path(os.environ["CARETALLY_VAR"])


def leave() -> None:
    """Stop the database server, so that its folder can go."""
    from django.conf import settings
    from django.db import connections

    from clinic.postgres.server import EmbeddedServer

    connections.close_all()
    one = settings.DATABASES["default"]
    EmbeddedServer.at(one["DATA_DIR"], one["SERVER_OPTIONS"]).leave()


def address() -> dict[str, Any]:
    """Where the server listens, in psycopg's words."""
    from django.db import connection

    connection.ensure_connection()
    settings = connection.settings_dict
    return {"host": settings["HOST"], "user": settings["USER"], "dbname": settings["NAME"]}


def use(database: str) -> None:
    """From now on this process works in that database."""
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = database


def copy_database(name: str, *, of: str) -> None:
    from django.db import connection

    where = address()
    connection.close()
    with psycopg.connect(**{**where, "dbname": "postgres"}, autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}"')
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{of}"')


def drop_database(name: str) -> None:
    with psycopg.connect(**{**address(), "dbname": "postgres"}, autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def product_server(*, port: int) -> Iterator[list[int]]:
    """The web server as the product starts it; gives its processes' ids."""
    from clinic.processes import web_command

    command = web_command(host=HOST, port=port, workers=2, threads=2)
    with serving(command, port=port) as ids:
        yield ids


@contextmanager
def bare_server(*, port: int, extra: Mapping[str, str]) -> Iterator[list[int]]:
    from clinic.processes import web_command

    command = web_command(host=HOST, port=port, workers=2, threads=2)
    with serving([*command[:-1], "bench.bare:application"], port=port, extra=extra) as ids:
        yield ids


@contextmanager
def serving(
    command: list[str], *, port: int, extra: Mapping[str, str] | None = None
) -> Iterator[list[int]]:
    import psutil

    process = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | dict(extra or {}), stdout=sys.stderr
    )
    try:
        wait_for(port, process)
        children = psutil.Process(process.pid).children(recursive=True)
        yield [process.pid, *(child.pid for child in children)]
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    import socket

    deadline = time.monotonic() + START_SECONDS
    while True:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{process.args!r} does not answer on port {port}")
        time.sleep(0.05)


def free_ports(count: int) -> list[int]:
    import socket

    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind((HOST, 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def about() -> dict[str, Any]:
    """The machine and the versions, as far as figures depend on them."""
    import platform

    import django
    import granian
    import psutil
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, setting FROM pg_settings WHERE name IN ('server_version', 'fsync',"
            " 'synchronous_commit', 'shared_buffers', 'wal_sync_method')"
        )
        postgres = dict(cursor.fetchall())
    return {
        "machine": {
            "processors": os.cpu_count(),
            "memory_gb": round(psutil.virtual_memory().total / 2**30),
            "system": platform.platform(),
            "load": os.getloadavg(),
        },
        "versions": {
            "python": platform.python_version(),
            "django": django.get_version(),
            "psycopg": psycopg.__version__,
            "granian": granian.__version__,
            "postgresql": postgres.pop("server_version"),
        },
        "postgresql": postgres,
    }

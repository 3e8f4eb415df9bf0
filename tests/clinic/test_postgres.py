import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from clinic.postgres.base import DatabaseWrapper
from clinic.postgres.server import EmbeddedServer

USE_UNTIL_INPUT_ENDS = """
import sys
from pathlib import Path
from typing import Any
import psycopg
from clinic.postgres.server import EmbeddedServer

server = EmbeddedServer.at(Path(sys.argv[1]), {"fsync": "off"})
with psycopg.connect(host=server.socket_dir, user="postgres", dbname="caretally") as connection:
    print(connection.execute("SELECT lower('ÉMILE'), current_setting('fsync')").fetchone())
sys.stdout.flush()
sys.stdin.read()
"""


class User:
    """Another process that uses the server until it is stopped or killed."""

    def __init__(self, data_dir: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USE_UNTIL_INPUT_ENDS, str(data_dir)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout
        self.said = self.process.stdout.readline().strip()

    def end(self) -> None:
        self.process.communicate()
        assert self.process.returncode == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "postgres"


def is_running(data_dir: Path) -> bool:
    return (data_dir / "postmaster.pid").exists()


def test_the_last_process_stops_the_server_even_after_one_was_killed(data_dir: Path) -> None:
    first, second = User(data_dir), User(data_dir)
    assert first.said == second.said == "('émile', 'off')"

    first.end()
    assert is_running(data_dir)

    second.kill()
    assert is_running(data_dir)

    third = User(data_dir)
    assert third.said == first.said
    third.end()
    assert not is_running(data_dir)


@pytest.mark.django_db
def test_a_server_that_was_killed_comes_back_with_the_next_connection(data_dir: Path) -> None:
    wrapper = DatabaseWrapper(
        {
            **connection.settings_dict,
            "NAME": "caretally",
            "DATA_DIR": data_dir,
            "SERVER_OPTIONS": {},
        }
    )
    try:
        with wrapper.cursor() as cursor:
            cursor.execute("CREATE TABLE kept AS SELECT 7 AS figure")
        first = int((data_dir / "postmaster.pid").read_text().split()[0])
        os.kill(first, signal.SIGKILL)
        wrapper.close()

        with wrapper.cursor() as cursor:
            cursor.execute("SELECT figure FROM kept")
            assert cursor.fetchone() == (7,)
        assert int((data_dir / "postmaster.pid").read_text().split()[0]) != first
    finally:
        wrapper.close()
        wrapper.server.leave()
    assert not is_running(data_dir)


def test_a_stale_record_of_a_server_does_not_prevent_a_start(data_dir: Path) -> None:
    User(data_dir).end()
    # As after a power cut: by now the number belongs to another program.
    (data_dir / "postmaster.pid").write_text("1\n/elsewhere\n0\n5432\n/elsewhere\n\n0 0\nready\n")

    user = User(data_dir)
    assert user.said == "('émile', 'off')"
    user.end()


def test_a_folder_the_server_cannot_use_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match="Set CARETALLY_VAR to another folder"):
        EmbeddedServer.at(tmp_path / "my clinic", {})


def test_a_connection_that_was_cut_is_seen_without_asking(
    transactional_db: None, django_assert_num_queries: Any
) -> None:
    wrapper = connection.copy()
    try:
        wrapper.ensure_connection()
        with django_assert_num_queries(0, connection=wrapper):
            assert wrapper.is_usable()
        with wrapper.cursor() as cursor:
            cursor.execute("SELECT 1")
            assert wrapper.is_usable()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(%s, 5000)", [wrapper.connection.info.backend_pid]
            )
        assert not wrapper.is_usable()
    finally:
        wrapper.close()
    assert not closed(wrapper).is_usable()


def closed(wrapper: Any) -> Any:
    wrapper.connect()
    wrapper.connection.close()
    return wrapper

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError, connection
from django.db.backends.utils import CursorWrapper

from clinic import static_files

# Any number, as long as nothing else takes an advisory lock with it.
PREPARATION = 20_250_101
PAUSE_SECONDS = 0.2


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Several machines may be started at once; each finds the work of the first done."""
    try:
        cursor = connection.cursor()
    except OperationalError as error:
        raise CommandError(
            f"The database does not answer: {str(error).strip()}. "
            "Start it, or set DATABASE_URL to one that runs."
        ) from error
    with cursor:
        _wait_for_turn(cursor)
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [PREPARATION])


def _wait_for_turn(cursor: CursorWrapper) -> None:
    """By asking again: an index made beside writes waits for every statement that runs, and would
    wait for one that waits for its own migration.
    """
    while True:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [PREPARATION])
        if cursor.fetchone()[0]:
            return
        time.sleep(PAUSE_SECONDS)


def prepare() -> None:
    """Everything a new version needs before it serves. Doing it again changes nothing."""
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    static_files.collect()

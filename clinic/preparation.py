import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError, connection
from django.db.backends.utils import CursorWrapper

from clinic import static_files

# The key of the advisory lock: any number that nothing else uses.
PREPARATION = 20_250_101
PAUSE_SECONDS = 0.2


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Hold an advisory lock: of several machines started at once, the first does the work.

    Raises CommandError if the database does not answer.
    """
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
    """Poll for the lock. A statement that waits for it would block the migration that holds it:
    CREATE INDEX CONCURRENTLY waits for all running statements.
    """
    while True:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [PREPARATION])
        if cursor.fetchone()[0]:
            return
        time.sleep(PAUSE_SECONDS)


def prepare() -> None:
    """Do everything that a new version needs before it serves. It is safe to repeat."""
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    static_files.collect()

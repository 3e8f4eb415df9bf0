from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError, connection

from clinic import static_files

# Any number, as long as nothing else takes an advisory lock with it.
PREPARATION = 20_250_101


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
        cursor.execute("SELECT pg_advisory_lock(%s)", [PREPARATION])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [PREPARATION])


def prepare() -> None:
    """Everything a new version needs before it serves. Doing it again changes nothing."""
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    static_files.collect()

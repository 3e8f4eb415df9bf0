"""What tests and browser tests share: how the database is emptied, and the live server."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test.utils import override_settings
from pytest_django.live_server_helper import LiveServer

from clinic import static_files
from clinic.settings.base import STORAGES as PRODUCT_STORAGES

pytest_plugins = ["pytester", "tests.tiers", "tests.api.fixtures"]

STAYS = {"django_migrations", "django_content_type", "auth_permission"}


@pytest.fixture(autouse=True)
def _fresh_rate_limits() -> Iterator[None]:
    yield
    cache.clear()


@pytest.fixture(autouse=True, scope="session")
def _empty_append_only_tables() -> Iterator[None]:
    """Between tests that commit, tables are emptied; the ledger's triggers refuse that.

    Also empties the job queue, whose models Django does not manage. Only what holds rows is
    emptied, since truncating all tables takes a second, and what Django itself puts in stays.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", _execute_sql_flush)
        yield


def _execute_sql_flush(self: DatabaseOperations, sql_list: list[str]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SET LOCAL lock_timeout = '60s'")  # of a test's own forgotten transactions
        names = set(connection.introspection.table_names(cursor)) - STAYS
        held = [f"SELECT '{one}' WHERE EXISTS (SELECT FROM \"{one}\")" for one in sorted(names)]
        cursor.execute(" UNION ALL ".join(held))
        for (name,) in cursor.fetchall():
            cursor.execute(f'DELETE FROM "{name}"')


class ProductServer(LiveServer):
    """Static files come from the product itself, hashed and compressed, and not from the test's."""

    def __init__(self) -> None:
        super().__init__("127.0.0.1", start=False)
        self.thread.static_handler = lambda application: application
        self.start()


@pytest.fixture(scope="session")
def live_server() -> Iterator[ProductServer]:
    storages = settings.STORAGES | {"staticfiles": PRODUCT_STORAGES["staticfiles"]}
    with override_settings(STORAGES=storages):
        static_files.collect()
        server = ProductServer()
        yield server
        server.stop()

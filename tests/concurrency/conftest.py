"""Every race is run under both isolation levels (the second in `make test-all`).

The books are checked after each.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from accounts.writes import transaction
from tests.concurrency.clinic import Clinic
from tests.concurrency.consistency import problems


@pytest.fixture(
    params=["read committed", pytest.param("serializable", marks=pytest.mark.slow)], autouse=True
)
def isolation(request: pytest.FixtureRequest, settings: Any) -> str:
    settings.UNIT_LEDGER_ISOLATION = request.param
    return str(request.param)


@pytest.fixture(autouse=True)
def _books_agree(transactional_db: None) -> Iterator[None]:
    yield
    assert problems() == []


@pytest.fixture
def retries(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The verbs of the writes that were retried because of conflicts."""
    found: list[str] = []

    class Log:
        def info(self, event: str, *, verb: str, **_: Any) -> None:
            found.append(verb)

    monkeypatch.setattr(transaction, "log", Log())
    return found


@pytest.fixture
def clinic() -> Clinic:
    return Clinic()

"""Every race is run under both isolation levels, and the books are checked after each."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.concurrency.clinic import Clinic
from tests.concurrency.consistency import problems


@pytest.fixture(params=["read committed", "serializable"], autouse=True)
def isolation(request: pytest.FixtureRequest, settings: Any) -> str:
    settings.UNIT_LEDGER_ISOLATION = request.param
    return str(request.param)


@pytest.fixture(autouse=True)
def _books_agree(transactional_db: None) -> Iterator[None]:
    yield
    assert problems() == []


@pytest.fixture
def clinic() -> Clinic:
    return Clinic()

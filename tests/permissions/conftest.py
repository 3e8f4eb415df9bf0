import pytest

from tests.permissions import cast


@pytest.fixture
def world(db: None) -> cast.World:
    """Created once for the whole table; each cell is rolled back."""
    return cast.build()

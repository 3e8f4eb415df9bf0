import pytest

from tests.permissions import cast


@pytest.fixture
def world(db: None) -> cast.World:
    """Built once for the whole table; each cell's doing is taken back."""
    return cast.build()

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from tests.bad_input.site import Site
from tests.permissions import cast


@pytest.fixture(scope="package")
def site(django_db_setup: None, django_db_blocker: Any) -> Iterator[Site]:
    """Both clinics and all their forms, created once; each test is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield Site(cast.build())
        transaction.set_rollback(True)


@pytest.fixture
def untouched(site: Site, db: None) -> Iterator[Site]:
    """The site for a test that must write nothing."""
    yield site
    assert site.before.is_unchanged()


@pytest.fixture
def world(site: Site) -> cast.World:
    return site.world


@pytest.fixture
def admin(world: cast.World) -> Client:
    return world.clients["admin"]

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from accounts.sign_in import authentication
from tests.api import cast
from tests.api.bad_input.sending import Site


@pytest.fixture(scope="package")
def site(django_db_setup: None, django_db_blocker: Any) -> Iterator[Site]:
    """Both clinics and all callers, created once for these files; each test is rolled back."""
    with (
        django_db_blocker.unblock(),
        transaction.atomic(),
        pytest.MonkeyPatch.context() as patch,
        override_settings(HEADLESS_JWT_ACCESS_TOKEN_EXPIRES_IN=24 * 3600),
    ):
        # That a key was used is noted once, and then no more: it would be a change.
        patch.setattr(authentication, "LAST_USED_INTERVAL", timedelta(days=1))
        yield Site(cast.build())
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _unhurried(settings: Any, db: None) -> None:
    settings.API_REQUESTS_PER_MINUTE = 10**7


@pytest.fixture
def untouched(site: Site, db: None) -> Iterator[Site]:
    """The site for a test that must write nothing."""
    yield site
    assert site.before.is_unchanged()

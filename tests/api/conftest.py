from __future__ import annotations

import socket
from collections.abc import Callable

import pytest

from accounts.models import ApiKey, Organization
from accounts.webhooks import addresses
from tests import factories

NewKey = Callable[..., ApiKey]


@pytest.fixture(autouse=True)
def _no_name_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names do not resolve; numeric addresses do."""
    resolve, numbers = addresses.resolve, socket.AI_NUMERICHOST
    monkeypatch.setattr(addresses, "resolve", lambda *of, **_: resolve(*of, flags=numbers))


@pytest.fixture
def clinic(db: None) -> Organization:
    return factories.OrganizationFactory()

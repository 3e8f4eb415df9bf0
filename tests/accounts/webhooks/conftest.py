from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from accounts.actor import Actor
from accounts.models import Organization, WebhookEndpoint
from accounts.webhooks import services as webhooks
from tests import factories
from tests.accounts.webhooks.receiver import Receiver, receiving

NewWebhook = Callable[..., WebhookEndpoint]


@pytest.fixture(autouse=True)
def _receivers_on_this_machine(settings: Any) -> None:
    settings.WEBHOOK_ALLOW_PRIVATE = True
    settings.WEBHOOK_TIMEOUT_SECONDS = 2


@pytest.fixture
def clinic(db: None) -> Organization:
    return factories.OrganizationFactory(slug="riverside")


@pytest.fixture
def admin(clinic: Organization) -> Actor:
    return factories.actor(clinic)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def new_webhook(admin: Actor) -> NewWebhook:
    """With its `secret`; subscribes to everything by default."""

    def make(url: str = "https://203.0.114.7/hooks", **options: Any) -> WebhookEndpoint:
        actor = options.pop("actor", admin)
        options = {"event_types": ["*"], **options}
        return webhooks.create(actor=actor, url=url, **options)

    return make

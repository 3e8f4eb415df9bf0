from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.actor import Actor
from accounts.models import Organization
from accounts.roles import Role
from tests import factories


@pytest.fixture
def clinic(db: Any) -> Organization:
    return factories.OrganizationFactory(name="Riverside")


@pytest.fixture
def elsewhere(db: Any) -> Organization:
    return factories.OrganizationFactory(name="Elsewhere")


@pytest.fixture
def admin(clinic: Organization) -> Actor:
    return factories.actor(clinic)


@pytest.fixture
def practitioner(clinic: Organization) -> Actor:
    return factories.actor(clinic, Role.PRACTITIONER)


@pytest.fixture
def viewer(clinic: Organization) -> Actor:
    return factories.actor(clinic, Role.VIEWER)


@pytest.fixture
def as_user() -> Callable[[Actor], Client]:
    def sign_in(actor: Actor) -> Client:
        client = Client()
        client.force_login(actor.user)
        return client

    return sign_in

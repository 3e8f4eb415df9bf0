"""Callers of the API, for the tests of all rooms; they are of the test's own `clinic`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from accounts.api_keys import services as api_keys
from accounts.models import ApiKey, Organization, User
from accounts.models.api import SCOPES
from accounts.roles import Role
from tests import factories
from tests.api.client import ApiClient

NewKey = Callable[..., ApiKey]


@pytest.fixture
def new_key(clinic: Organization) -> NewKey:
    """`new_key(Role.VIEWER, scopes=["patients:read"])`: a key with its `secret`."""

    def make(role: Role = Role.ADMIN, **options: object) -> ApiKey:
        organization = options.pop("organization", clinic)
        fields = {
            "name": f"Key {ApiKey.objects.count() + 1}",
            "scopes": list(SCOPES),
            "role": role,
            **options,
        }
        return api_keys.create(actor=factories.actor(organization), **fields)

    return make


@pytest.fixture
def api(new_key: NewKey) -> ApiClient:
    """As an administrator's program."""
    return ApiClient(new_key().secret)


@pytest.fixture
def new_app() -> Callable[[User], ApiClient]:
    """`new_app(user)`: as the app that a person has signed in with."""

    def make(user: User) -> ApiClient:
        entered = {"email": user.email, "password": factories.PASSWORD}
        answer = ApiClient().post("/api/auth/app/v1/auth/login", entered)
        return ApiClient(answer.json()["meta"]["access_token"])

    return make

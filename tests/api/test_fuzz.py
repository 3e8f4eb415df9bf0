"""Schemathesis sends whatever the schema lets it think of, as each role, to a running server.

A few requests of every operation here, in `make test` as an administrator only;
`make fuzz MINUTES=20` thinks of more, for so long.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import time_machine
from django.db import transaction

from accounts.api.credentials import ORGANIZATION
from accounts.models import User
from accounts.roles import Role
from tests import factories
from tests.api import world as clinic_of_examples
from tests.api.client import ApiClient
from tests.api.world import NOW, World

CONFIGURATION = Path(__file__).parent / "schemathesis.toml"
PROGRAM = Path(sys.executable).parent / "schemathesis"
MINUTES = int(os.environ.get("CARETALLY_FUZZ_MINUTES", "0"))
FEW = ("--phases", "examples,fuzzing", "--max-examples", "1", "--generation-deterministic")
NAMED = {"superadmin": ("--header", f"{ORGANIZATION}: lakeview")}  # who belongs to no clinic
LONG = ("--max-time", str(MINUTES * 60), "--generation-database", ":memory:")

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(settings) -> Iterator[World]:
    settings.API_REQUESTS_PER_MINUTE = 10**9
    settings.HEADLESS_JWT_ACCESS_TOKEN_EXPIRES_IN = 12 * 3600
    with transaction.atomic():
        world = clinic_of_examples.build()
    with time_machine.travel(NOW):
        yield world


@pytest.fixture(params=[("admin",), pytest.param((), marks=pytest.mark.slow)], ids=["admin", "all"])
def roles(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """Who sends; none named are all."""
    return request.param


@pytest.fixture
def tokens(world, new_key, new_app: Callable[[User], ApiClient], roles) -> dict[str, str]:
    """Programs of every role, and the apps of a guardian and of a super-administrator."""
    guardian = factories.actor(world.clinic, Role.PATIENT).user
    world.patient.guardians.update(user=guardian)
    every = {
        "admin": new_key(Role.ADMIN, organization=world.clinic).secret,
        "practitioner": new_key(
            Role.PRACTITIONER, organization=world.clinic, practitioner=world.practitioner
        ).secret,
        "viewer": new_key(Role.VIEWER, organization=world.clinic).secret,
        "patient": bearer(new_app(guardian)),
        "superadmin": bearer(new_app(factories.SuperadminFactory())),
    }
    return {role: every[role] for role in roles or every}


def bearer(app: ApiClient) -> str:
    return app.headers["Authorization"].removeprefix("Bearer ")


def test_nothing_fails_and_nothing_is_undocumented(tokens, live_server) -> None:
    failed = []
    with ExitStack() as stack:
        running = {
            role: stack.enter_context(sent(live_server.url, token, *NAMED.get(role, ())))
            for role, token in tokens.items()
        }
        for role, process in running.items():
            told, _ = process.communicate()
            if process.returncode:
                failed.append(f"As {role}:\n{told}")
    assert not failed, "\n".join(failed)


def sent(url: str, token: str, *more: str) -> subprocess.Popen[str]:
    """All checks of all operations."""
    return subprocess.Popen(
        [
            str(PROGRAM),
            *("--config-file", str(CONFIGURATION)),
            *("run", f"{url}/api/v1/openapi", "--checks", "all", "--no-color", "--no-shrink"),
            *("--header", f"Authorization: Bearer {token}"),
            *more,
            *(LONG if MINUTES else FEW),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )

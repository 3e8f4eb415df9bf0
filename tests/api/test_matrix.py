"""Every endpoint × caller × clinic × scope, cell by cell; and none is missing from the table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import override_settings

from accounts.models import Event
from accounts.models.api import AREAS, SCOPES
from tests.api import cast
from tests.api.cast import World
from tests.api.client import ApiClient, error
from tests.api.matrix import Row, rows
from tests.api.shown import faults, secrets, shown_of
from tests.api.site import endpoints
from tests.permissions.cast import Clinic
from tests.permissions.test_matrix import OF_A_RECORD

# Only a note's author writes and signs it, and whoever broke the glass sees that: no program is it.
# Nor does one touch a key that is not its own.
BY_A_PERSON = {
    "DELETE api-keys/{id}",
    "POST api-keys/{id}/rotate",
    "GET break-glass-grants/{id}",
    "POST sessions/{id}/note",
    "POST sessions/{id}/sign",
}
DRY_RUNS = {"POST appointments/preview", "POST appointments/{id}/preview"}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Created once for the file; each cell is rolled back."""
    lasting = override_settings(HEADLESS_JWT_ACCESS_TOKEN_EXPIRES_IN=24 * 3600)
    with django_db_blocker.unblock(), transaction.atomic(), lasting:
        yield cast.build()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _unhurried(settings: Any, db: None) -> None:
    settings.API_REQUESTS_PER_MINUTE = 10**7


def ask(
    world: World, caller: ApiClient, row: Row, about: Clinic | None = None, *, keep: bool = False
) -> HttpResponse:
    """The answer to an empty request. Its effects are rolled back, unless kept."""
    path = world.path(row.endpoint, row.kind, about)
    with transaction.atomic():
        answer = caller.send(row.method, path, {} if row.takes_a_body else None)
        transaction.set_rollback(not keep)
    return answer


def test_no_endpoint_is_missing_from_the_table() -> None:
    listed = [f"{row}" for row in rows()]
    assert sorted({f"{one}" for one in endpoints()} - set(listed)) == []
    assert sorted(set(listed) - {f"{one}" for one in endpoints()}) == []
    assert len(listed) == len(set(listed))


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
def test_every_role_gets_what_the_table_states_and_no_more(world: World, method: str) -> None:
    wrong, kept = [], secrets()
    for row in [one for one in rows() if one.method == method]:
        for name, expected in row.outcomes.items():
            answer = ask(world, world.callers[name], row)
            if f"{answer.status_code}" != expected:
                wrong.append(f"{row}: {name} gets {answer.status_code}, not {expected}")
            wrong += [f"{row}: {name} {fault}" for fault in faults(row.endpoint, answer)]
            wrong += [f"{row}: {name} is shown {one}" for one in shown_of(kept, answer)]
    assert not wrong, "\n".join(wrong)


def test_the_other_clinics_things_are_not_there(world: World) -> None:
    """404 for everybody, except 403 for roles that may never do this."""
    wrong = []
    for row in rows():
        for name, own in row.outcomes.items() if row.endpoint.is_of_one else ():
            if own not in ("401", "403"):
                found = ask(world, world.callers[name], row, world.other).status_code
                if found != 404:
                    wrong.append(f"{row}: {name} gets {found} about the other clinic's")
    assert not wrong, "\n".join(wrong)


def test_lists_contain_no_other_clinics_rows(world: World) -> None:
    stranger = ApiClient(
        world.callers["stranger"].headers["Authorization"].removeprefix("Bearer "),
        Caretally_Organization=world.other.organization.slug,
    )
    for endpoint in endpoints():
        if endpoint.action == "list":
            ours, theirs = (
                {one["id"] for one in api.get(endpoint.path("")).json()["results"]}
                for api in (world.callers["admin"], stranger)
            )
            assert ours, endpoint
            assert theirs, endpoint
            assert not ours & theirs, endpoint


def test_a_key_opens_one_clinic(world: World) -> None:
    caller = world.callers["key: admin"]
    slug = world.other.organization.slug
    for row in rows():
        answer = caller.send(
            row.method, world.path(row.endpoint, row.kind), Caretally_Organization=slug
        )
        assert answer.status_code == 404, row


# Scopes


def test_each_endpoint_wants_its_own_scope(world: World) -> None:
    """Without it all others are worth nothing; with it alone a key gets what the table says."""
    wrong = []
    with transaction.atomic():
        lacking = {one: world.key([*set(SCOPES) - {one}]) for one in SCOPES}
        alone = {one: world.key([one]) for one in SCOPES}
        for row in rows():
            refused = ask(world, lacking[row.endpoint.scope], row)
            if (refused.status_code, error(refused)["code"]) != (403, "scope_missing"):
                wrong.append(f"{row} works without {row.endpoint.scope}")
            answer = ask(world, alone[row.endpoint.scope], row)
            if f"{answer.status_code}" != row.outcomes["key: admin"]:
                wrong.append(f"{row}: {answer.status_code} with {row.endpoint.scope} alone")
        transaction.set_rollback(True)
    assert not wrong, "\n".join(wrong)


def test_what_writes_wants_the_scope_to_write() -> None:
    for one in endpoints():
        reads = one.method == "GET" or f"{one}" in DRY_RUNS
        assert one.scope == f"{one.resource.area}:{'read' if reads else 'write'}", one
    assert {one.resource.area for one in endpoints()} == set(AREAS)


# What the table itself must say


def test_strangers_learn_nothing() -> None:
    for row in rows():
        assert row.outcomes["stranger"] == row.outcomes["former"] == "404", row
        assert row.outcomes["nobody"] == "401", row


def test_viewers_change_nothing() -> None:
    for row in rows():
        if not row.endpoint.reads:
            assert row.outcomes["viewer"] == row.outcomes["key: viewer"] == "403", row


def test_a_key_gets_what_a_person_of_its_role_gets() -> None:
    for row in rows():
        for name in cast.KEYS:
            person = name.removeprefix("key: ")
            is_same = row.outcomes[name] == row.outcomes[person]
            assert is_same or f"{row}" in BY_A_PERSON, row


# The audit trail


def test_dry_runs_and_reads_change_nothing(world: World) -> None:
    """Every change is an event: who leaves none but of having looked changed nothing."""
    for row in rows():
        if row.endpoint.reads:
            last = Event.objects.latest("pk").pk
            with transaction.atomic():
                ask(world, world.callers["key: admin"], row, keep=True)
                left = Event.objects.filter(pk__gt=last).values_list("action", flat=True)
                assert set(left) <= {"patient.viewed", "patient.listed"}, row
                transaction.set_rollback(True)


def test_reading_a_record_is_recorded(world: World) -> None:
    silent = []
    for row in rows():
        is_read = row.method == "GET" and row.kind in {*OF_A_RECORD, "reservation"}
        for name in ("key: admin", "practitioner", "patient") if is_read else ():
            if row.outcomes[name] == "200" and not _leaves_a_view(world, name, row):
                silent.append(f"{row}: {name}")
    assert not silent, "\n".join(silent)


def _leaves_a_view(world: World, name: str, row: Row) -> bool:
    views = Event.objects.filter(
        action="patient.viewed", actor=world.users.get(name), api_key=world.keys.get(name)
    )
    before = views.count()
    with transaction.atomic():
        ask(world, world.callers[name], row, keep=True)
        found = views.count() == before + 1
        transaction.set_rollback(True)
    return found

"""The whole table, cell by cell; and nothing of the site is missing from it."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.template.backends.django import Template as DjangoTemplate
from django.urls import reverse

from accounts.models import Event
from tests.permissions.cast import BY_NAME, Clinic, World
from tests.permissions.matrix import Row, rows
from tests.permissions.site import addresses

LIBRARIES = ("admin", "account/")  # see test_libraries
OF_A_RECORD = {
    *("patient", "guardian", "care team", "policy", "authorization"),
    *("appointment", "completed", "session", "signed", "note", "signed note"),
}
# They name the patient, and no more.
ONLY_NAMED = {
    "accounts:guardian_new",
    "accounts:patient_team_add",
    "accounts:patient_team_remove",
    "billing:policy_new",
}


def area_of(row: Row) -> str:
    """The app whose address it is."""
    return row.address.partition(":")[0]


AREAS = sorted({area_of(row) for row in rows()})
OURS = [one for one in addresses() if not one.route.startswith(LIBRARIES)]


def ask(world: World, person: str, row: Row, about: Clinic, *, keep: bool = False) -> str:
    """The person's answer: `in`, or the status. Effects are rolled back, unless kept."""
    send = getattr(world.clients[person], row.method.lower())
    # Who gets what is decided before anything is drawn: drawing every page once is enough.
    is_drawn = row.method == "GET" and about is world.own
    with transaction.atomic(), nullcontext() if is_drawn else undrawn():
        answer = send(world.path(row, about))
        transaction.set_rollback(not keep)
    return "in" if _leads_to_sign_in(answer) else str(answer.status_code)


def undrawn() -> Any:
    return mock.patch.object(DjangoTemplate, "render", return_value="")


def _leads_to_sign_in(answer: HttpResponse) -> bool:
    to_sign_in = reverse(settings.LOGIN_URL)
    return answer.status_code == 302 and urlsplit(answer["Location"]).path == to_sign_in


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_role_gets_what_the_table_states(world: World, method: str, area: str) -> None:
    wrong = [
        f"{row}: {person} gets {found}, not {expected}"
        for row in rows()
        if row.method == method and area_of(row) == area
        for person, expected in row.outcomes.items()
        if (found := ask(world, person, row, world.own)) != expected
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("area", AREAS)
def test_the_other_clinics_things_are_not_there(world: World, area: str) -> None:
    """404 for everybody, except 403 for roles that may never do this."""
    wrong = [
        f"{row}: {person} gets {found} about the other clinic's"
        for row in rows()
        if area_of(row) == area and row.kind and BY_NAME[row.address].is_of_clinic
        for person, own in row.outcomes.items()
        if (found := ask(world, person, row, world.other)) != "404"
        and (found != own or own not in ("403", "405", "in"))
    ]
    assert not wrong, "\n".join(wrong)


def test_strangers_learn_nothing() -> None:
    """What the table itself must say: no member, no page, whatever it is."""
    for row in rows():
        if BY_NAME[row.address].is_of_clinic:
            assert row.outcomes["stranger"] == row.outcomes["former"] == "404", row
            assert row.outcomes["nobody"] == "in", row


def test_viewers_change_nothing(world: World) -> None:
    """Every change is an event, so that who leaves none but of having looked changed nothing."""
    looked = {"patient.viewed", "patient.listed", "audit.exported"}
    for row in rows():
        if row.method == "POST" and BY_NAME[row.address].is_of_clinic:
            last = Event.objects.latest("pk").pk
            ask(world, "viewer", row, world.own, keep=True)
            left = Event.objects.filter(pk__gt=last).values_list("action", flat=True)
            assert set(left) <= looked, row


def test_viewing_a_record_is_recorded(world: World) -> None:
    """Whatever page it is, and whatever the request says of itself."""
    silent = []
    for row in rows():
        if row.kind in OF_A_RECORD and row.address not in ONLY_NAMED and row.method == "GET":
            for person in ("admin", "practitioner", "viewer", "patient", "guardian"):
                if row.outcomes[person] == "200" and not _leaves_a_view(world, person, row):
                    silent.append(f"{row}: {person}")
    assert not silent, "\n".join(silent)


def _leaves_a_view(world: World, person: str, row: Row) -> bool:
    views = Event.objects.filter(action="patient.viewed", actor=world.users[person])
    before = views.count()
    with transaction.atomic():
        ask(world, person, row, world.own, keep=True)
        found = views.count() > before
        transaction.set_rollback(True)
    return found


def test_no_address_is_missing_from_the_table() -> None:
    listed = {(row.address, row.method) for row in rows()}
    expected = {(one.name, method) for one in OURS for method in ("GET", "POST")}
    assert sorted(expected - listed) == []
    assert sorted(listed - expected) == []

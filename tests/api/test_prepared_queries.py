"""A prepared query finds what its QuerySet finds, for every actor and id."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import django
import pytest
from django.db import models
from django.utils import timezone
from rest_framework import serializers

from accounts.access import sees_whole_clinic
from accounts.actor import Actor
from accounts.api.serializers import Input, VisibleIdField
from accounts.models import ApiAnswer, Event, Membership, Organization, Patient
from accounts.prepared import DJANGO_VERSION, Param, PreparedQuery, by_id
from accounts.roles import Role
from accounts.writes.bulk_insert import insert_few
from clinic.api import router
from tests import factories
from tests.api import prepared
from tests.api import world as clinic_of_examples
from tests.api.world import World

pytestmark = pytest.mark.django_db


def every_rows() -> Iterator[Any]:
    """What each resource lists and each input takes an id of."""
    for _, resource, _ in router.router.registry:
        yield resource.rows
        yield resource.bare_rows
    for takes in _below(Input):
        for field in takes().fields.values():
            one = field.child_relation if isinstance(field, serializers.ManyRelatedField) else field
            if isinstance(one, VisibleIdField):
                yield one.rows


def _below(parent: type) -> Iterator[Any]:
    for child in parent.__subclasses__():
        yield child
        yield from _below(child)


def actors(organization: Organization) -> Iterator[Actor]:
    admin = factories.actor(role=Role.ADMIN, organization=organization)
    practitioner = factories.PractitionerFactory(organization=organization, user=admin.user)
    yield replace(admin, practitioner_id=practitioner.pk)
    for role in (Role.ADMIN, Role.VIEWER, Role.PRACTITIONER):
        yield factories.actor(role=role, organization=organization)
    for role in (Role.ADMIN, Role.VIEWER, Role.SYSTEM):
        yield Actor(user=None, organization=organization, role=role, channel="api")


def known(row: models.Model, depth: int = 2) -> dict[str, Any]:
    """The row's columns, what was annotated, and the rows that came along, with theirs."""
    held = {name: value for name, value in vars(row).items() if not name.startswith("_")}
    if not depth:
        return held  # they refer to each other
    for name, one in row._state.fields_cache.items():
        held[f"{name}: row"] = one and known(one, depth - 1)
    for name, rows in getattr(row, "_prefetched_objects_cache", {}).items():
        held[f"{name}: rows"] = [known(one, depth - 1) for one in rows]
    return held


def columns(row: models.Model) -> dict[str, Any]:
    held = {one.attname: getattr(row, one.attname) for one in row._meta.concrete_fields}
    return {n: bytes(one) if isinstance(one, memoryview) else one for n, one in held.items()}


@pytest.fixture
def world() -> World:
    world = clinic_of_examples.build()
    prepared.give(world)
    return world


def test_it_finds_what_the_queryset_finds(world: World) -> None:
    compared: set[Any] = set()
    elsewhere = factories.OrganizationFactory()
    for actor in actors(world.clinic):
        stranger = Actor(user=None, organization=elsewhere, role=Role.ADMIN, channel="api")
        for rows in every_rows():
            for expected in rows(actor).order_by("pk")[:3]:
                found = by_id(rows, actor, expected.pk)
                assert type(found) is type(expected)
                assert known(found) == known(expected), rows
                if sees_whole_clinic(actor):
                    compared.add(rows)
                if not isinstance(expected, Organization):
                    assert by_id(rows, stranger, expected.pk) is None, rows
            assert by_id(rows, actor, 10**12) is None
    assert {*every_rows()} - compared == set()


def own_membership(actor: Actor) -> Any:
    return Membership.objects.filter(user=actor.user, organization=actor.organization)


def test_the_second_user_is_not_mistaken_for_the_first(world: World) -> None:
    first, second = (factories.actor(role=Role.VIEWER, organization=world.clinic) for _ in range(2))
    own = [own_membership(actor).get().pk for actor in (first, second)]
    assert by_id(own_membership, first, own[0]).pk == own[0]
    assert by_id(own_membership, second, own[0]) is None
    assert by_id(own_membership, second, own[1]).pk == own[1]


def test_a_date_that_would_stay_is_refused() -> None:
    lately = PreparedQuery(lambda: Patient.objects.filter(created_at__gt=timezone.now()))
    with pytest.raises(ValueError, match="would stay"):
        lately.all()


def test_it_is_composed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def rows() -> Any:
        asked.append(1)
        return Patient.objects.filter(mrn=Param("mrn")).order_by()

    ours = PreparedQuery(rows)
    patient = factories.PatientFactory()
    assert ours.first(mrn=patient.mrn) == patient
    assert ours.first(mrn="nobody's") is None
    assert len(asked) == 1


def test_where_there_can_be_no_row() -> None:
    assert PreparedQuery(lambda: Patient.objects.none()).all() == []


def test_inserted_rows_are_as_saved_ones(world: World) -> None:
    """With every kind of column that the inserted models have."""
    answer = ApiAnswer(
        organization=world.clinic,
        credential="key:1",
        key="k",
        fingerprint="f",
        status=201,
        headers={"ETag": '"1"', "ü": [1, None]},
        content=b"\x00\xff",
    )
    insert_few(answer)
    assert columns(ApiAnswer.objects.get(pk=answer.pk)) == columns(answer)
    events = [
        Event(
            organization=world.clinic,
            at=timezone.now() - timedelta(minutes=number),
            actor_role="admin",
            channel="api",
            action="patient.viewed",
            object_type="accounts.patient",
            object_id=101,
            details={"number": number, "text": "%s"},
            address="2001:db8::1",
        )
        for number in range(3)
    ]
    insert_few(*events)
    assert [one.pk for one in events] == sorted(one.pk for one in events)
    for one in events:
        assert columns(Event.objects.get(pk=one.pk)) == columns(one)


def test_it_is_written_for_the_django_that_runs() -> None:
    """With another, read its compiler and its ModelIterable again, then change the version."""
    assert django.VERSION[:2] == DJANGO_VERSION

"""What a refusal must look like, and requests that would work but for one thing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse
from rest_framework import serializers

from accounts import permissions
from accounts.actor import Actor
from accounts.api.serializers import VisibleIdField
from accounts.roles import Role
from tests import factories
from tests.api.cast import KINDS, World
from tests.api.matrix import ABOUT
from tests.api.shown import faults
from tests.api.site import Endpoint
from tests.bad_input.tables import Snapshot

# Those who between them may do everything.
PEOPLE = {
    "key: admin": Role.ADMIN,
    "practitioner": Role.PRACTITIONER,
    "superadmin": Role.SUPERADMIN,
    "patient": Role.PATIENT,
}
REFUSALS = (400, 404, 409, 413)


class Site:
    def __init__(self, world: World) -> None:
        self.world = world
        self.own = factories.actor(world.own.organization)
        self.other = factories.actor(world.other.organization)
        for name in PEOPLE:
            world.callers[name].get("patients")  # a key's first use is noted
        self.before = Snapshot()

    def send(self, endpoint: Endpoint, body: Any = None, **options: Any) -> HttpResponse:
        """As a caller with permission."""
        roles = permissions.table()[endpoint.verb]
        name = next(name for name, role in PEOPLE.items() if role in roles)
        return self.world.callers[name].send(endpoint.method, self.path(endpoint), body, **options)

    def path(self, endpoint: Endpoint) -> str:
        kind = ABOUT.get(endpoint.address) or KINDS.get(endpoint.noun, "")
        return self.world.path(endpoint, kind)

    def refused(self, endpoint: Endpoint, body: Any, *attrs: str, **options: Any) -> HttpResponse:
        """It is refused in the one error shape, with an error for each of the fields."""
        answer = self.send(endpoint, body, **options)
        told = f"{endpoint} answers {answer.status_code} to {shortened(body or options)}"
        assert answer.status_code in REFUSALS, told
        assert faults(endpoint, answer) == [], told
        silent = set(attrs) - {name.split(".")[0] for name in attrs_of(answer)}
        assert not silent, f"{told} and says nothing of {sorted(silent)}"
        return answer


def attrs_of(answer: HttpResponse) -> list[str]:
    return [one["attr"] or "" for one in answer.json()["errors"]]


def codes_of(answer: HttpResponse) -> set[str]:
    return {one["code"] for one in answer.json()["errors"]}


def shortened(what: Any) -> str:
    return ascii(what)[:150]


def own_of(field: serializers.Field) -> VisibleIdField | None:
    """The field for an id that this is, or is a list of."""
    field = getattr(field, "child_relation", field)
    return field if isinstance(field, VisibleIdField) else None


def working(site: Site, endpoint: Endpoint) -> dict[str, Any]:
    """The schema's example with ids of this clinic."""
    meta = getattr(endpoint.takes, "Meta", None)
    example = dict(getattr(meta, "example", {}))
    for name, field in endpoint.takes().fields.items():
        if (own := own_of(field)) and example.get(name):
            pk = one_of(own, site.own)
            example[name] = [pk] if isinstance(example[name], list) else pk
    return example


def one_of(field: VisibleIdField, actor: Actor) -> int:
    row = field.rows(actor).order_by("pk").first()
    assert row is not None, f"{actor.organization} has none: {field.rows}"
    return int(row.pk)


def fields_of(endpoint: Endpoint, *kinds: type) -> Iterator[tuple[str, serializers.Field]]:
    for name, field in endpoint.takes().fields.items():
        if isinstance(field, kinds):
            yield name, field

"""Every update service: what it is not given stays, in every field that the model has."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts import permissions
from accounts.actor import Actor
from accounts.members import services as members
from accounts.models import Organization, User, WebhookEndpoint
from accounts.roles import Role
from accounts.users import services as users
from accounts.webhooks import services as webhooks
from accounts.writes.arguments import keywords_of
from scheduling.authorization_dates import services as authorization_dates
from tests import factories
from tests.product import writing_modules

pytestmark = pytest.mark.django_db

# They change one thing, which their name says.
SINGLE_FIELD_SERVICES = {
    members.update_role,
    members.deactivate,
    members.reactivate,
    webhooks.switch,
}
# What changes along with a field, by the rule that the service's docstring names.
FIELDS_CHANGED_TOGETHER = {
    ("user.update", "is_superuser"): {"is_staff"},
    ("webhook.update", "is_active"): {"disabled_reason", "disabled_at", "first_failing_at"},
}


@dataclass(frozen=True)
class Update:
    verb: str
    service: Callable[..., Any]
    row: str
    """The argument that names the row; "" for the actor's organization."""
    fields: tuple[str, ...]


def updates() -> Iterator[Update]:
    for module in writing_modules():
        for name, service in inspect.getmembers(module, inspect.isfunction):
            verb = getattr(service, "verb", "")
            is_own = service.__module__ == module.__name__
            if is_own and verb.endswith(".update") and service not in SINGLE_FIELD_SERVICES:
                # One that does something before its transaction stands beside its write.
                yield update_of(verb, getattr(module, name.lstrip("_")))


def writes() -> Iterator[Callable[..., Any]]:
    for module in writing_modules():
        for _, service in inspect.getmembers(module, inspect.isfunction):
            if service.__module__ == module.__name__ and hasattr(service, "verb"):
                yield service


def update_of(verb: str, service: Callable[..., Any]) -> Update:
    parameters = inspect.signature(service).parameters
    row, *optional = [name for name in parameters if name != "actor"]
    if parameters[row].default is not inspect.Parameter.empty:
        row, optional = "", [row, *optional]
    named = [name for name in optional if name != "expected_digest"]
    for name in list(named):
        if parameters[name].kind is inspect.Parameter.VAR_KEYWORD:
            hint = typing.get_type_hints(service)[name]
            named.remove(name)
            named += typing.get_args(hint)[0].__annotations__
    return Update(verb, service, row, tuple(named))


UPDATES = list(updates())
EACH_FIELD = [
    pytest.param(update, name, id=f"{update.verb}-{name}")
    for update in UPDATES
    for name in update.fields
]


@pytest.fixture
def clinic() -> Organization:
    return factories.OrganizationFactory()


@pytest.fixture
def admin(clinic: Organization) -> Actor:
    return factories.actor(clinic, Role.ADMIN)


def made(verb: str, clinic: Organization) -> Any:
    if verb == "organization.update":
        return clinic
    if verb == "user.update":
        return factories.UserFactory()
    if verb == "webhook.update":
        return WebhookEndpoint.objects.create(
            organization=clinic, url="https://93.184.216.34/", event_types=["patient.created"]
        )
    nouns = {"policy": "InsurancePolicy"}
    noun = verb.removesuffix(".update")
    name = nouns.get(noun) or noun.title().replace("_", "")
    return getattr(factories, f"{name}Factory")(organization=clinic)


def filled(row: Any, clinic: Organization) -> Any:
    """With a value that is no default in each field that somebody may edit, however new it is."""
    names = [field.name for field in row._meta.concrete_fields if is_filled(field)]
    values = {name: another(row, name, clinic) for name in names}
    type(row).objects.filter(pk=row.pk).update(**values)
    row.refresh_from_db()
    for name in names:
        assert getattr(row, name) == values[name], f"{name} was not filled"
        assert getattr(row, name) != row._meta.get_field(name).get_default(), f"{name}: the default"
    return row


def is_filled(field: models.Field) -> bool:
    """References that a row must have are filled by its factory."""
    is_typed = field.editable and not field.primary_key and not field.generated
    is_given = field.is_relation and not field.null
    return is_typed and not is_given and field.name not in FIELDS_OF_OTHER_SERVICES


# A row with another value of these is not there to be updated, or is somebody else.
FIELDS_OF_OTHER_SERVICES = {"status", "password", "slug", "deleted_at"}
# Where not just any value of its type will do.
VALUES: dict[str, tuple[Any, Any]] = {
    "code": ("97155", "97156"),
    "currency": ("EUR", "CAD"),
    "email": ("first@example.org", "second@example.org"),
    "end_date": (date(2090, 1, 1), date(2090, 1, 2)),
    "event_types": (["patient.created"], ["patient.updated"]),
    "npi": (factories.npi(71), factories.npi(72)),
    "minutes_per_unit": (15, 30),
    "modifiers": (["GP"], ["GN"]),
    "opens_at": (time(6), time(7)),
    "closes_at": (time(20), time(21)),
    "tax_id": ("12-3456789", "98-7654321"),
    "taxonomy": ("103K00000X", "225100000X"),
    "time_zone": ("America/Denver", "America/Adak"),
    "url": ("https://93.184.216.34/first", "https://93.184.216.34/second"),
}


def unlike(field: models.Field, value: Any) -> Any:
    """A value that the field takes and does not have."""
    if field.name in VALUES:
        first, second = VALUES[field.name]
        return second if value == first else first
    if field.choices:
        return next(one for one, _ in field.flatchoices if one not in (value, field.default))
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, models.CharField | models.TextField):
        return "17" if value != "17" else "18"
    if isinstance(field, models.DateTimeField):
        return (value or datetime.fromisoformat("2026-01-01T00:00Z")) + timedelta(days=1)
    if isinstance(field, models.DateField):
        return (value or date(2026, 1, 1)) - timedelta(days=1)
    if isinstance(field, models.DecimalField):
        return (value or Decimal(0)) + 1
    if isinstance(field, models.IntegerField):
        return (value or 0) + 1
    assert not isinstance(field, ArrayField), f"give {field} two values in VALUES"
    raise AssertionError(f"a kind of field that this test does not know: {field}")


def another(row: Any, name: str, clinic: Organization) -> Any:
    """For an argument of the service: a value, or a row of the clinic that may be referred to."""
    field = row._meta.get_field(name)
    if not field.is_relation:
        return unlike(field, getattr(row, name))
    if field.many_to_many:
        return [factories.ServiceCodeFactory(organization=clinic)]
    if field.related_model is User:
        return factories.MembershipFactory(organization=clinic, role=Role.PRACTITIONER).user
    return getattr(factories, f"{field.related_model.__name__}Factory")(organization=clinic)


def state_of(row: Any) -> dict[str, Any]:
    names = [field.name for field in row._meta.concrete_fields if not field.generated]
    state = type(row).objects.filter(pk=row.pk).values(*names).get()
    for many in row._meta.many_to_many:
        state[many.name] = set(getattr(row, many.name).values_list("pk", flat=True))
    return state


def changed(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return {name for name in before if before[name] != after[name]}


def call(update: Update, actor: Actor, row: Any, **fields: Any) -> None:
    by = actor if update.service is not users.update else Actor.founder(None, channel="test")
    update.service(actor=by, **({update.row: row} if update.row else {}), **fields)


def test_every_verb_that_updates_has_its_service_here() -> None:
    verbs = {verb for verb in permissions.table() if verb.endswith(".update")}
    assert verbs - {"member.update"} == {update.verb for update in UPDATES}


@pytest.mark.parametrize(("update", "name"), EACH_FIELD)
def test_changing_one_field_leaves_all_others(
    admin: Actor, clinic: Organization, update: Update, name: str
) -> None:
    row = filled(made(update.verb, clinic), clinic)
    before = state_of(row)
    call(update, admin, row, **{name: another(row, name, clinic)})
    expected = {name} | FIELDS_CHANGED_TOGETHER.get((update.verb, name), set())
    found = changed(before, state_of(row))
    assert name in found
    assert found <= expected


@pytest.mark.parametrize("update", UPDATES, ids=lambda update: update.verb)
def test_changing_nothing_changes_nothing(
    admin: Actor, clinic: Organization, update: Update
) -> None:
    row = filled(made(update.verb, clinic), clinic)
    before = state_of(row)
    call(update, admin, row)
    assert state_of(row) == before


def test_shortening_an_authorization_leaves_all_but_its_dates(
    admin: Actor, clinic: Organization
) -> None:
    row = filled(made("authorization.update", clinic), clinic)
    before = state_of(row)
    start, end = row.start_date, row.end_date - timedelta(days=1)
    expected_digest = authorization_dates.outside(row, start, end).digest
    authorization_dates.change(
        actor=admin,
        authorization=row,
        start_date=start,
        end_date=end,
        expected_digest=expected_digest,
    )
    assert changed(before, state_of(row)) == {"end_date"}


@pytest.mark.parametrize("update", UPDATES, ids=lambda update: update.verb)
def test_a_field_that_the_service_does_not_name_is_refused(
    admin: Actor, clinic: Organization, update: Update
) -> None:
    row = made(update.verb, clinic)
    before = state_of(row)
    others = {field.name for field in row._meta.concrete_fields} - {*update.fields, "slug"}
    for name in others | {"nonsense"}:
        with pytest.raises(TypeError):
            call(update, admin, row, **{name: getattr(row, name, None)})
    assert state_of(row) == before


def test_every_write_can_say_which_fields_it_takes() -> None:
    """Those with open keywords by a TypedDict; or they hand them on to one that Python checks."""
    found = {service.__qualname__: keywords_of(inspect.unwrap(service)) for service in writes()}
    assert len(found) > 20

"""No row can refer to another clinic's: every reference between tenant tables is composite."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection, models

from accounts.models.tenancy import SameOrganization

APPS = ("accounts", "billing", "scheduling")


def tenants() -> list[type[models.Model]]:
    return [model for app in APPS for model in apps.get_app_config(app).get_models() if _is(model)]


def _is(model: Any) -> bool:
    return any(field.name == "organization" for field in model._meta.concrete_fields)


def references() -> Iterator[tuple[type[models.Model], str]]:
    for model in tenants():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.ForeignKey) and _is(field.related_model):
                yield model, field.name


def test_every_reference_to_a_tenant_row_stays_in_the_clinic():
    assert len(list(references())) > 20
    loose = [
        f"{model._meta.label}.{name}"
        for model, name in references()
        if not any(
            isinstance(constraint, SameOrganization) and constraint.field == name
            for constraint in model._meta.constraints
        )
    ]
    assert loose == []


def test_the_database_has_them_all(db):
    wanted = {
        constraint.name
        for model in tenants()
        for constraint in model._meta.constraints
        if isinstance(constraint, SameOrganization)
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT conname FROM pg_constraint WHERE contype = 'f' AND convalidated")
        assert wanted <= {name for (name,) in cursor.fetchall()}

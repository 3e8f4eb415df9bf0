"""Keep every row inside its clinic, in the database as well as in the code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement, Table


class SameOrganization(models.BaseConstraint):
    """A composite foreign key: the row that `field` names belongs to this row's organization.

    PostgreSQL refuses a reference to another clinic's row whatever the code did. The target
    needs `unique_in_organization()` among its own constraints. A null reference is allowed.

    What else both rows name, such as the patient, is the same in both if `also` lists it; the
    target needs a unique constraint over organization, id and these.
    """

    def __init__(self, *, field: str, to: str, name: str, also: Sequence[str] = ()) -> None:
        super().__init__(name=name)
        self.field = field
        self.to = to
        self.also = tuple(also)

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        self.create_sql(model, schema_editor)

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        # Deferred to the end of the migration: the target's unique constraint must exist first.
        schema_editor.deferred_sql.append(self._statement(model, schema_editor))

    def _statement(self, model: Any, schema_editor: BaseDatabaseSchemaEditor) -> Statement:
        quote = schema_editor.quote_name
        target = apps.get_model(self.to)

        def columns(of: Any, *fields: str) -> str:
            return ", ".join(quote(of._meta.get_field(field).column) for field in fields)

        return Statement(
            "ALTER TABLE %(table)s ADD CONSTRAINT %(name)s FOREIGN KEY (%(columns)s) "
            "REFERENCES %(target)s (%(keys)s)",
            table=Table(model._meta.db_table, quote),
            name=quote(self.name),
            columns=columns(model, "organization", self.field, *self.also),
            target=quote(target._meta.db_table),
            keys=columns(target, "organization", "id", *self.also),
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        quote = schema_editor.quote_name
        return Statement(
            "ALTER TABLE %(table)s DROP CONSTRAINT %(name)s",
            table=Table(model._meta.db_table, quote),
            name=quote(self.name),
        )

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Skipped: services check through `access`, and the database refuses the rest."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SameOrganization) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _key(self) -> tuple[Any, ...]:
        return self.field, self.to, self.name, self.also

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        also = {"also": self.also} if self.also else {}
        return path, args, {**kwargs, "field": self.field, "to": self.to, **also}


def same_organization(model: str, **targets: str) -> list[models.BaseConstraint]:
    """Constraints for `model`: `same_organization("guardian", patient="accounts.Patient")`."""
    return [
        SameOrganization(field=field, to=to, name=f"{model}_{field}_same_org")
        for field, to in targets.items()
    ]


def unique_in_organization(model: str) -> models.UniqueConstraint:
    """What `SameOrganization` constraints of other tables refer to."""
    return models.UniqueConstraint(fields=["organization", "id"], name=f"{model}_org_id")


class TenantQuerySet(models.QuerySet[Any]):
    """Verbs that every tenant table shares."""

    def of(self, organization: Any) -> Any:
        return self.filter(organization=organization)

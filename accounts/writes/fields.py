"""Checks of single fields, the same for forms, the API and commands."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models

from accounts.errors import Invalid
from accounts.validators import validate_day


def check(obj: models.Model) -> None:
    """Raises Invalid, naming the field, for the first value that the model's validation refuses.

    References are not checked: `access` and the database check whether they belong to the clinic.
    """
    by_name = {field.name: field for field in obj._meta.concrete_fields}
    references = [name for name, field in by_name.items() if field.is_relation]
    try:
        obj.clean_fields(exclude=references)
        _check_days(obj)
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        label = str(by_name[name].verbose_name)
        raise Invalid(f"{label[:1].upper()}{label[1:]}: {messages[0]}", field=name) from error


def _check_days(obj: models.Model) -> None:
    for field in obj._meta.concrete_fields:
        if isinstance(field, models.DateField) and (day := getattr(obj, field.attname)):
            try:
                validate_day(day)
            except ValidationError as error:
                raise ValidationError({field.name: error}) from error

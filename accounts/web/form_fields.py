from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.models import ModelChoiceIterator, construct_instance, model_to_dict

from accounts.validators import validate_day
from accounts.writes.rows import digest


class FieldsForm(forms.ModelForm):
    """Checks each field by the model's own rules; what spans rows is the service's to refuse.

    `row` gives the initial values and is itself left as it is: the page goes on showing it. Its
    digest is sent as `expected_digest`, by which the service finds out whether somebody else
    changed the row since.
    """

    def __init__(self, data: Any = None, *, row: models.Model | None = None, **kwargs: Any) -> None:
        if row is not None:
            known = model_to_dict(row, fields=self._meta.fields)
            kwargs["initial"] = {**known, **kwargs.get("initial", {})}
        super().__init__(data, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.DateField):
                field.validators.append(validate_day)
        if row is not None:
            self.fields["expected_digest"] = RowDigestField(row, self.fields)

    def _post_clean(self) -> None:
        # Without the validation of constraints: services report these with better messages.
        fields = self._meta.fields
        self.instance = construct_instance(self, self.instance, fields, self._meta.exclude)
        try:
            self.instance.clean_fields(exclude=self._get_validation_exclusions())  # type: ignore[attr-defined]
        except ValidationError as error:
            self._update_errors(error)  # type: ignore[attr-defined]


class RowDigestField(forms.CharField):
    """The digest of a row's `fields` as an edit page showed them when it was opened.

    The service takes it as `expected_digest`; see `accounts.writes.rows.refuse_stale`.
    """

    widget = forms.HiddenInput

    def __init__(self, row: models.Model, fields: Iterable[str]) -> None:
        # Computed when it is rendered: a form may add fields after this one.
        super().__init__(required=False, max_length=64, initial=lambda: digest(row, fields))


class _ReadOnce(ModelChoiceIterator):
    def __iter__(self) -> Iterator[Any]:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        yield from map(self.choice, self.queryset)


class RowField(forms.ModelChoiceField):
    """A choice among few rows, which are read once for both options and validation.

    All of them are rendered; use a search where there may be hundreds.
    """

    iterator = _ReadOnce

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        key = str(getattr(value, "pk", value))
        for row in cast(Any, self.queryset):
            if str(row.pk) == key:
                return row
        raise ValidationError(
            self.error_messages["invalid_choice"], "invalid_choice", {"value": value}
        )


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class SearchInput(forms.TextInput):
    input_type = "search"

    def __init__(self, placeholder: str, **attrs: str) -> None:
        super().__init__({"placeholder": placeholder, "maxlength": 100, **attrs})


class DayField(forms.DateField):
    """A date within the range that arithmetic supports."""

    widget = DateInput
    default_validators = [validate_day]

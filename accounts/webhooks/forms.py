from __future__ import annotations

from typing import Any

from django import forms

from accounts.actor import Actor
from accounts.api_keys.forms import RotateForm, overlap_field
from accounts.models import WebhookDelivery, WebhookEndpoint
from accounts.validators import validate_plain_text
from accounts.web.form_fields import DayField, RowDigestField, TimeInput
from accounts.webhooks import catalogue
from accounts.webhooks.addresses import MAX_URL_LENGTH


def _choices() -> list[Any]:
    """Everything, then by noun: all its event types, or one of them."""
    nouns: dict[str, list[tuple[str, str]]] = {}
    for pattern in catalogue.patterns()[1:]:
        noun = pattern.partition(".")[0]
        nouns.setdefault(noun.replace("_", " ").capitalize().replace("Api", "API"), []).append(
            (pattern, pattern)
        )
    return [("*", "Everything"), *nouns.items()]


class WebhookForm(forms.Form):
    url = forms.CharField(
        label="Address",
        max_length=MAX_URL_LENGTH,
        validators=[validate_plain_text],
        widget=forms.URLInput,
        help_text="An https:// address of the other program, reached from the internet.",
    )
    description = forms.CharField(
        max_length=100,
        required=False,
        validators=[validate_plain_text],
        help_text="What receives the events, as it should stand in the list.",
    )
    event_types = forms.MultipleChoiceField(
        label="Events",
        choices=_choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="A star stands for all of a kind, also those that come later.",
    )

    def __init__(self, data: Any = None, *, row: WebhookEndpoint | None = None) -> None:
        initial = {name: getattr(row, name) for name in self.base_fields} if row else {}
        super().__init__(data, initial=initial)
        if row is not None:
            self.fields["expected_digest"] = RowDigestField(row, self.fields)


class ReplayForm(forms.Form):
    day = DayField(label="Since")
    time = forms.TimeField(initial="00:00", widget=TimeInput)
    only_undelivered = forms.BooleanField(
        label="Only what did not arrive",
        required=False,
        initial=True,
        help_text="What was parked, or missed while the webhook was off.",
    )

    def __init__(self, actor: Actor, data: Any = None) -> None:
        super().__init__(data, initial={"day": actor.organization.today()})
        self.fields["day"].help_text = f"At most {WebhookDelivery.RETENTION.days} days back."


class SecretForm(RotateForm):
    overlap_hours = overlap_field(label="Also sign with the previous secret for", none="No longer")

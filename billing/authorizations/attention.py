"""The authorizations that need attention, and why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Case, CharField, F, Field, IntegerField, Q, TextChoices, Value, When

from accounts.actor import Actor
from billing import access
from billing.models import Authorization
from billing.models.authorization import AuthorizationQuerySet

ENDING_DAYS = 30
LOW_PERCENT = 20


class Reason(TextChoices):
    """Why an authorization needs attention, the most urgent first."""

    STRANDED = "stranded", "Expired with reserved units"
    EXHAUSTED = "exhausted", "No units left"
    LOW = "low", "Few units left"
    ENDING = "ending", f"Ends within {ENDING_DAYS} days"
    PENDING = "pending", "Waiting for the payer"


def authorizations(
    actor: Actor, *, ending_days: int = ENDING_DAYS, low_units: int | None = None
) -> AuthorizationQuerySet:
    """The authorizations that need attention, the most urgent first, in one query.

    Annotated with `reason` (a `Reason`), `reason_label`, `state` and `available`. Low means less
    than LOW_PERCENT of the total available, or fewer than `low_units` when given.
    """
    today = actor.organization.today()
    running = Q(status=Authorization.Status.ACTIVE, end_date__gte=today)
    low = Q(available__lt=F("total_units") * LOW_PERCENT / 100.0)
    if low_units is not None:
        low |= Q(available__lt=low_units)
    rules = [
        (
            Reason.STRANDED,
            Q(status=Authorization.Status.ACTIVE, end_date__lt=today, reserved_units__gt=0),
        ),
        (Reason.EXHAUSTED, running & Q(available=0)),
        (Reason.LOW, running & low),
        (Reason.ENDING, running & Q(end_date__lte=today + timedelta(days=ending_days))),
        (Reason.PENDING, Q(status=Authorization.Status.PENDING)),
    ]
    found: AuthorizationQuerySet = access.authorizations(actor).with_state(today=today)
    return (
        found.with_available()
        .annotate(
            reason=_first_match(rules, {reason: reason.value for reason in Reason}, CharField),
            reason_label=_first_match(
                rules, {reason: str(reason.label) for reason in Reason}, CharField
            ),
            urgency=_first_match(
                rules, {reason: n for n, reason in enumerate(Reason)}, IntegerField
            ),
        )
        .filter(reason__isnull=False)
        .select_related("patient", "payer")
        .order_by("urgency", "end_date", "id")
    )


def _first_match(
    rules: list[tuple[Reason, Q]], values: dict[Reason, Any], field: type[Field[Any, Any]]
) -> Case:
    """The value of the first rule that is true of a row, or null."""
    whens = [When(rule, then=Value(values[reason])) for reason, rule in rules]
    return Case(*whens, output_field=field(null=True))

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template

from scheduling.access import may_change
from scheduling.models import Appointment, Status
from scheduling.services.checks import has_come

register = template.Library()


@dataclass(frozen=True)
class Step:
    """A button: which verb it needs, where it posts, what it says."""

    verb: str
    url_name: str
    label: str
    tone: str = ""


CHECK_IN = Step("appointment.check_in", "scheduling:check_in", "Check in")
START = Step("appointment.start", "scheduling:start", "Start", "primary")
COMPLETE = Step("appointment.complete", "scheduling:complete", "Complete", "primary")

NEXT_STEPS = {
    Status.SCHEDULED: CHECK_IN,
    Status.CONFIRMED: CHECK_IN,
    Status.ARRIVED: START,
    Status.IN_PROGRESS: COMPLETE,
}


@register.simple_tag(takes_context=True)
def next_step(context: template.Context, appointment: Appointment) -> Step | None:
    """What comes next for an appointment, if the actor may do it."""
    actor: Any = context["request"].actor
    step = NEXT_STEPS.get(Status(appointment.status))
    if step is None or not actor.may(step.verb) or not has_come(actor, appointment):
        return None
    return step if may_change(actor, appointment) else None

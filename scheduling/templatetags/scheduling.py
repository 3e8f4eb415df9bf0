from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import template

from accounts.actor import Actor
from scheduling.access import may_change
from scheduling.appointments.checks import has_come
from scheduling.appointments.tables import entries_url
from scheduling.models import Appointment, Status
from scheduling.sessions.services import may_start

register = template.Library()


@dataclass(frozen=True)
class Step:
    """A button: which verb it needs, where it posts, what it says, and when it is possible."""

    verb: str
    url_name: str
    label: str
    tone: str = ""
    possible: Callable[[Actor, Appointment], bool] = has_come


CHECK_IN = Step("appointment.check_in", "scheduling:check_in", "Check in")
START = Step("appointment.start", "scheduling:start", "Start", "primary", may_start)
COMPLETE = Step("appointment.complete", "scheduling:complete", "Complete", "primary")

NEXT_STEPS = {
    Status.SCHEDULED: CHECK_IN,
    Status.CONFIRMED: CHECK_IN,
    Status.ARRIVED: START,
    Status.IN_PROGRESS: COMPLETE,
}


@register.simple_tag(takes_context=True)
def entries_of(context: template.Context, appointment: Appointment) -> str:
    return entries_url(context["request"].actor, appointment)


@register.simple_tag(takes_context=True)
def next_step(context: template.Context, appointment: Appointment) -> Step | None:
    """The next step of an appointment, if the actor may do it."""
    actor: Any = context["request"].actor
    step = NEXT_STEPS.get(Status(appointment.status))
    if step is None or not actor.may(step.verb) or not step.possible(actor, appointment):
        return None
    return step if may_change(actor, appointment) else None

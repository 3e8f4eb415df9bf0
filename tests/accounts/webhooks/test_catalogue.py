"""Every event that is written is in the catalogue or internal, and nothing else goes out."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

from accounts import permissions
from accounts.models import Event
from accounts.models.outbox import INTERNAL
from accounts.webhooks import catalogue, payload
from accounts.webhooks.documentation import FILE, catalogue_as_markdown
from accounts.writes import events
from billing.ledger.bulk import ACTIONS
from tests import factories
from tests.product import writing_modules

ACTION = re.compile(r"([a-z_]+)\.([a-z_]+)")
# Paths to attributes and lookups, which look alike.
PATHS = ("pk", "_id", "held", "source", "_units", "date_of_service", "csv")


def texts_of_services() -> set[str]:
    return {
        node.value
        for module in writing_modules()
        for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def recorded() -> set[str]:
    """What services record: texts that look like an action and are no verb."""
    nouns = {verb.partition(".")[0] for verb in permissions.table()} | {"user", "audit"}
    return {
        text
        for text in texts_of_services()
        if (match := ACTION.fullmatch(text))
        and match[1] in nouns
        and not match[2].endswith(PATHS)
        and text not in permissions.table()
    }


def test_every_recorded_action_is_known() -> None:
    found = recorded() | set(ACTIONS.values())
    assert len(found) > 50
    assert sorted(name for name in found if not catalogue.is_known(name)) == []


def test_the_catalogue_has_nothing_that_is_never_recorded() -> None:
    named = {one.name for one in catalogue.types()} | set(INTERNAL)
    by_movement = {"unit.reversed"}  # after a reservation's state
    later = {"webhook.disabled", catalogue.TESTED}  # by the deliverer, and by that name
    assert sorted(named - recorded() - set(ACTIONS.values()) - by_movement - later) == []


def test_the_documentation_is_current() -> None:
    assert FILE.read_text() == catalogue_as_markdown(), "run manage.py webhook_catalogue"


@pytest.mark.parametrize("kind", catalogue.types(), ids=lambda kind: kind.name)
def test_every_type_has_an_example_of_its_figures(kind) -> None:
    shown = payload.example(kind)

    assert shown["type"] == kind.name
    assert len(shown["data"]["figures"]) == len(kind.figures)
    assert shown["data"]["changed"] == sorted(kind.changed)
    json.dumps(shown)


def test_free_text_is_never_sent(admin) -> None:
    patient = factories.PatientFactory(organization=admin.organization)
    secret = "Ada saw Dr. Okafor"
    event = events.record(
        actor=admin,
        action="appointment.cancelled",
        obj=patient,
        patient=patient,
        reason=secret,
        by=secret,
        late=secret,
        released=secret,
        changes={"notes": [secret, secret]},
    )

    sent = payload.body(catalogue.find("appointment.cancelled"), event)

    assert secret not in sent
    assert json.loads(sent)["data"]["figures"] == {}
    assert json.loads(sent)["data"]["changed"] == []


def test_of_changes_only_the_names_go_out(admin) -> None:
    patient = factories.PatientFactory(organization=admin.organization)
    event = events.record(
        actor=admin,
        action="patient.updated",
        obj=patient,
        patient=patient,
        changes={"phone": ["555-0100", "555-0101"], "email": ["", "a@example.org"]},
    )

    sent = payload.body(catalogue.find("patient.updated"), event)

    assert json.loads(sent)["data"]["changed"] == ["email", "phone"]
    assert "555" not in sent
    assert "example.org" not in sent


def test_what_moved_is_named_from_before_and_after() -> None:
    """An appointment's event describes it before and after."""
    details = {
        "before": {"starts_at": "2026-11-23T15:00:00+00:00", "units": 4, "service": "97153"},
        "after": {"starts_at": "2026-11-24T15:00:00+00:00", "units": 4, "service": "97155"},
    }
    kind = catalogue.find("appointment.rescheduled")
    event = Event(
        at=factories.timezone.now(), object_type="scheduling.appointment", details=details
    )

    data = payload.content(kind, event)["data"]

    assert data["changed"] == ["service", "starts_at"]
    assert data["figures"] == {"starts_at": "2026-11-24T15:00:00+00:00", "units": 4}
    assert data["object"] == "appointment"

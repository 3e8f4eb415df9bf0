"""The generated clients do a day's work against the running server."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import uuid
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from accounts.models import Organization
from accounts.roles import Role
from billing.ledger import replay
from billing.models import Authorization
from tests import factories

CLIENTS = Path(settings.BASE_DIR) / "clients"

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def generated() -> None:
    made = subprocess.run(
        ["make", "clients"], cwd=settings.BASE_DIR, capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stdout + made.stderr


@pytest.fixture
def clinic(db: None) -> Organization:
    """Where an hour of today is over."""
    return factories.OrganizationFactory(time_zone=factories.where_it_is_noon())


@pytest.fixture
def given(clinic) -> dict[str, Any]:
    """What an integration knows of the clinic, by ids; an hour that is over today."""
    service = factories.ServiceCodeFactory(organization=clinic, code="97153")
    policy = factories.InsurancePolicyFactory(organization=clinic)
    practitioner = factories.PractitionerFactory(organization=clinic)
    starts_at = datetime.combine(clinic.today(), time(0, 0), clinic.zone)
    return {
        "patient": policy.patient_id,
        "policy": policy.pk,
        "practitioner": practitioner.pk,
        "service": service.pk,
        "today": f"{clinic.today()}",
        "startsAt": starts_at.astimezone(UTC).isoformat(),
        "endsAt": (starts_at + timedelta(hours=1)).astimezone(UTC).isoformat(),
    }


def used() -> tuple[int, int]:
    authorization = Authorization.objects.get()
    assert replay.differences() == []
    return authorization.used_units, authorization.available_units


def test_python(generated, given, live_server, new_key, monkeypatch) -> None:
    monkeypatch.syspath_prepend(str(CLIENTS / "python"))
    client = importlib.import_module("caretally_client").AuthenticatedClient(
        base_url=live_server.url, token=new_key(Role.ADMIN).secret
    )

    def call(name: str, *args: Any, **options: Any) -> Any:
        module = importlib.import_module(f"caretally_client.api.{name}")
        return module.sync_detailed(*args, client=client, **options)

    def body(name: str, **fields: Any) -> Any:
        return getattr(importlib.import_module("caretally_client.models"), name).from_dict(fields)

    def once() -> dict[str, str]:
        return {"idempotency_key": str(uuid.uuid4())}

    authorized = call(
        "authorizations.authorizations_create",
        body=body(
            "NewAuthorization",
            patient_id=given["patient"],
            policy_id=given["policy"],
            number="PY-1",
            service_code_ids=[given["service"]],
            start_date=given["today"],
            end_date=given["today"],
            total_units=10,
        ),
        **once(),
    ).parsed
    booking = body(
        "NewAppointment",
        patient_id=given["patient"],
        practitioner_id=given["practitioner"],
        service_code_id=given["service"],
        authorization_id=authorized.id,
        starts_at=given["startsAt"],
        ends_at=given["endsAt"],
    )
    key = once()
    booked = call("appointments.appointments_create", body=booking, **key)
    assert booked.status_code == 201
    retried = call("appointments.appointments_create", body=booking, **key)
    assert retried.content == booked.content
    call("appointments.appointments_start", booked.parsed.id, **once())
    times = {"started_at": given["startsAt"], "ended_at": given["endsAt"]}
    completed = call(
        "appointments.appointments_complete",
        booked.parsed.id,
        body=body("Completion", **times),
        **once(),
    )
    assert completed.parsed.appointment_id == booked.parsed.id
    listed = call("authorizations.authorizations_list", patient=given["patient"]).parsed
    assert [one.available_units for one in listed.results] == [6]
    refused = call("appointments.appointments_create", body=booking, **once())
    assert refused.status_code == 409
    assert refused.parsed.errors[0].code == "practitioner_not_free"
    assert used() == (4, 6)


def test_typescript(generated, given, live_server, new_key) -> None:
    folder = CLIENTS / "typescript"
    binaries = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{binaries}:{os.environ['PATH']}"}

    def run(*command: str) -> str:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run("node_modules/.bin/tsc", "--project", ".")
    secret = new_key(Role.ADMIN).secret
    said = run("node", "tour.ts", live_server.url, secret, json.dumps(given))
    assert said == "practitioner_not_free\n"
    assert used() == (4, 6)

"""Breaking the glass: by a person, with a reason; seen by them and by those who watch."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from accounts.models import BreakGlass, Event
from accounts.roles import Role
from tests import factories
from tests.api.client import ApiClient, error
from tests.api.lists import ids, price, turned

REASON = "Covering for a colleague who is ill"


@pytest.fixture
def patient(clinic):
    return factories.PatientFactory(organization=clinic, legal_last_name="Abara")


@pytest.fixture
def outsider(clinic):
    return factories.actor(clinic, Role.PRACTITIONER)


def test_a_person_opens_a_record_and_sees_it(new_app, outsider, patient) -> None:
    app = new_app(outsider.user)
    assert app.get(f"patients/{patient.pk}").status_code == 404
    opened = app.post("break-glass-grants", {"patient_id": patient.pk, "reason": REASON})
    assert opened.status_code == 201, opened.content
    assert opened.json()["user_id"] == outsider.user.pk
    assert app.get(f"patients/{patient.pk}").status_code == 200
    assert Event.objects.get(action="patient.viewed").break_glass_id == opened.json()["id"]
    again = app.post("break-glass-grants", {"patient_id": patient.pk, "reason": REASON})
    assert (again.status_code, error(again)["code"]) == (409, "record_open")


def test_what_is_refused(new_app, new_key, outsider, patient, clinic) -> None:
    app = new_app(outsider.user)
    short = app.post("break-glass-grants", {"patient_id": patient.pk, "reason": "why not"})
    assert (short.status_code, error(short)["code"]) == (400, "reason_too_short")
    stranger = factories.PatientFactory()
    other = app.post("break-glass-grants", {"patient_id": stranger.pk, "reason": REASON})
    assert (other.status_code, error(other)["code"]) == (400, "does_not_exist")
    practitioner = factories.PractitionerFactory(organization=clinic)
    program = ApiClient(new_key(Role.PRACTITIONER, practitioner=practitioner).secret)
    refused = program.post("break-glass-grants", {"patient_id": patient.pk, "reason": REASON})
    assert (refused.status_code, error(refused)["code"]) == (403, "person_required")
    assert not BreakGlass.objects.exists()


def test_grants_list_own_ones_or_all_for_auditors(api, new_app, outsider, patient, clinic) -> None:
    mine = factories.BreakGlassFactory(organization=clinic, user=outsider.user)
    other = factories.BreakGlassFactory(organization=clinic, patient=patient)
    app = new_app(outsider.user)
    assert ids(app, "break-glass-grants") == [mine.pk]
    assert app.get(f"break-glass-grants/{other.pk}").status_code == 404
    assert set(ids(api, "break-glass-grants")) == {mine.pk, other.pk}
    read = api.get(f"break-glass-grants/{other.pk}").json()
    assert read in api.get("break-glass-grants").json()["results"]
    assert api.post("break-glass-grants", {}).status_code == 403
    assert not Event.objects.filter(action="patient.viewed").exists()


def test_the_price_of_a_list(api, clinic) -> None:
    add = partial(factories.BreakGlassFactory, organization=clinic)
    assert price(api, "break-glass-grants", add) == 3


def test_search_filters_and_order(api, clinic, patient) -> None:
    here = factories.BreakGlassFactory(organization=clinic, patient=patient)
    ago = timezone.now() - timedelta(days=3)
    over = factories.BreakGlassFactory(
        organization=clinic, reason="Called by the ward", granted_at=ago, expires_at=ago
    )
    assert ids(api, "break-glass-grants", search="abara") == [here.pk]
    assert ids(api, "break-glass-grants", search="ward") == [over.pk]
    assert ids(api, "break-glass-grants", state="open") == [here.pk]
    assert ids(api, "break-glass-grants", state="over") == [over.pk]
    assert ids(api, "break-glass-grants", patient=patient.pk) == [here.pk]
    assert ids(api, "break-glass-grants", user=over.user_id) == [over.pk]
    assert ids(api, "break-glass-grants", first=f"{clinic.today()}") == [here.pk]
    turned(api, "break-glass-grants", "granted_at", "expires_at")


def test_another_clinics_is_not_there(api) -> None:
    stranger = factories.BreakGlassFactory()
    assert api.get(f"break-glass-grants/{stranger.pk}").status_code == 404
    assert ids(api, "break-glass-grants") == []

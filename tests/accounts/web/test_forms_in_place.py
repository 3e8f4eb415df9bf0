"""A form in the panel: shown again with what was typed, then the page is updated."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.actor import Actor
from accounts.models import Guardian
from tests import factories

pytestmark = pytest.mark.django_db
PANEL = {"HX-Request": "true", "HX-Target": "panel"}


@pytest.fixture
def admin() -> Actor:
    return factories.actor(factories.OrganizationFactory())


@pytest.fixture
def desk(admin: Actor) -> Client:
    client = Client()
    client.force_login(admin.user)
    return client


def test_what_was_typed_stays_in_the_panel(desk: Client, admin: Actor) -> None:
    patient = factories.PatientFactory(organization=admin.organization)
    form = admin.url("accounts:guardian_new", pk=patient.pk)
    answer = desk.post(form, {"relationship": "Aunt Okafor-Lind"}, headers=PANEL)
    drawn = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="Aunt Okafor-Lind"' in drawn
    assert f'hx-post="{form}" hx-target="#panel"' in drawn
    assert "<html" not in drawn
    assert not Guardian.objects.exists()


@pytest.mark.parametrize("beside", ["its page", "another"])
def test_the_page_follows(desk: Client, admin: Actor, beside: str) -> None:
    patient = factories.PatientFactory(organization=admin.organization)
    page = admin.url("accounts:patient", pk=patient.pk)
    here = f"{page}?kept=1" if beside == "its page" else admin.url("accounts:patients")
    answer = desk.post(
        admin.url("accounts:guardian_new", pk=patient.pk),
        {"name": "Ada Okafor", "relationship": "Mother"},
        headers={**PANEL, "HX-Current-URL": f"http://testserver{here}"},
    )
    assert Guardian.objects.get().patient == patient
    follows = {name: answer.headers.get(name) for name in ("HX-Refresh", "HX-Redirect")}
    assert follows == {
        "HX-Refresh": "true" if beside == "its page" else None,
        "HX-Redirect": None if beside == "its page" else page,
    }
    assert "Guardian added." in desk.get(page).content.decode()


def test_without_scripting_it_is_a_page(desk: Client, admin: Actor) -> None:
    page = desk.get(admin.url("accounts:patient_new")).content.decode()
    assert "<html" in page
    assert 'hx-target="#panel"' not in page

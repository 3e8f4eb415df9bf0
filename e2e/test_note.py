"""A note that saves itself while it is written, and is signed in the middle of that."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from accounts.models import Practitioner
from accounts.roles import Role
from e2e.conftest import NewContext, SignIn
from scheduling.appointments import services as appointments
from scheduling.models import Session
from scheduling.sessions import services as sessions
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def session() -> Session:
    """Begun and ended at once; its practitioner signs in."""
    clinic = factories.OrganizationFactory(time_zone=factories.where_it_is_noon())
    admin, own = factories.actor(clinic), factories.actor(clinic, Role.PRACTITIONER)
    starts_at = timezone.now() - timedelta(minutes=5)
    appointment = appointments.book(
        actor=admin,
        patient=factories.PatientFactory(organization=clinic),
        practitioner=Practitioner.objects.get(pk=own.practitioner_id),
        service_code=factories.ServiceCodeFactory(organization=clinic),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        authorization=None,
    )
    return sessions.complete(
        actor=admin,
        appointment=appointment,
        started_at=starts_at,
        ended_at=starts_at + timedelta(minutes=4),
    )


def test_signing_waits_for_the_draft_on_its_way(
    session: Session, new_context: NewContext, sign_in: SignIn, base_url: str
) -> None:
    context = new_context()
    sign_in(context, session.practitioner.user)
    page: Page = context.new_page()
    page.goto(f"{base_url}/c/{session.organization.slug}/sessions/{session.pk}/")
    saving = []

    def slowly(route: Route) -> None:
        saving.append(route.request.post_data or "")
        time.sleep(1.5)
        route.continue_()

    page.route("**/note/", slowly)
    page.get_by_label("Plan").press_sequentially("Again next week")
    page.wait_for_timeout(2200)
    assert len(saving) == 1, "the draft is on its way"
    page.get_by_role("button", name="Sign and lock").click()
    expect(page.get_by_text("Signed by")).to_be_visible(timeout=10_000)
    session.refresh_from_db()
    assert (session.note.is_signed, session.note.plan) == (True, "Again next week")

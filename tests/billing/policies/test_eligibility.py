"""Eligibility checks: what a payer said of a policy, kept as it was said."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.errors import Invalid, NotAllowed, NotFound
from accounts.models import Event
from accounts.roles import Role
from billing.models import EligibilityCheck
from billing.policies import eligibility
from tests import factories
from tests.pages import open_form

pytestmark = pytest.mark.django_db


def test_a_check_stores_the_payers_answer(admin, policy) -> None:
    check = eligibility.record(
        actor=admin,
        policy=policy,
        result="active",
        plan_name=" Choice Plus ",
        start_date=date(2026, 1, 1),
        reference_number="271-88341",
    )
    assert (check.plan_name, check.checked_by, check.api_key) == ("Choice Plus", admin.user, None)
    event = Event.objects.get(action="policy.verified")
    assert (event.object_id, event.patient) == (policy.pk, policy.patient)
    assert event.details == {"check": check.pk, "result": "active"}


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"result": "perhaps"}, "result"),
        ({"plan_name": "x" * 121}, "plan_name"),
        ({"reference_number": "\u202e1"}, "reference_number"),
        ({"start_date": date(2026, 2, 1), "end_date": date(2026, 1, 31)}, "end_date"),
        ({"end_date": date(1026, 1, 31)}, "end_date"),
        ({"checked_at": timezone.now() + timedelta(days=400)}, "checked_at"),
    ],
)
def test_what_makes_no_sense_is_refused(admin, policy, said, field) -> None:
    with pytest.raises(Invalid) as raised:
        eligibility.record(actor=admin, policy=policy, **{"result": "active", **said})
    assert raised.value.field == field
    assert not EligibilityCheck.objects.exists()


def test_is_for_administrators_of_the_clinic(clinic, policy) -> None:
    for role in (Role.PRACTITIONER, Role.VIEWER, Role.PATIENT):
        with pytest.raises(NotAllowed):
            eligibility.record(actor=factories.actor(clinic, role), policy=policy, result="active")
    stranger = factories.actor(factories.OrganizationFactory())
    with pytest.raises(NotFound):
        eligibility.record(actor=stranger, policy=policy, result="active")


def test_the_database_keeps_an_answer_as_it_was(admin, policy) -> None:
    check = eligibility.record(actor=admin, policy=policy, result="inactive")
    with pytest.raises(DatabaseError), transaction.atomic():
        EligibilityCheck.objects.update(result="active")
    with pytest.raises(DatabaseError), transaction.atomic():
        check.delete()
    assert EligibilityCheck.objects.get().result == "inactive"


def test_a_check_is_recorded_by_page_and_listed(desk, admin, policy) -> None:
    page = admin.url("billing:policy_edit", pk=policy.pk)
    assert b"Not checked yet" in desk.get(page).content
    form = open_form(desk, admin.url("billing:policy_verify", pk=policy.pk), having="result")
    refused = form.send(desk, result="active", start_date="2026-02-01", end_date="2026-01-01")
    assert refused.status_code == 400
    assert "The insurance ends before it starts" in refused.content.decode()
    saved = form.send(desk, result="active", plan_name="Choice Plus", reference_number="271-88341")
    assert saved["Location"] == page
    shown = desk.get(page).content.decode()
    assert "Choice Plus" in shown
    assert "271-88341" in shown

"""The forms: a refused one says why, keeps what was typed, and has written nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Event
from billing.ledger import services as ledger
from billing.models import Authorization, InsurancePolicy, LedgerEntry, Payer, ServiceCode
from tests import factories
from tests.billing.addresses import text_of
from tests.billing.conftest import TODAY
from tests.pages import open_form

pytestmark = pytest.mark.django_db

HUGE = "1000000000"


def refused(client: Client, url: str, status: int, having: str, /, **typed: Any) -> str:
    changes = Event.objects.exclude(action="patient.viewed")
    before = changes.count(), LedgerEntry.objects.count()
    response = open_form(client, url, having=having).send(client, **typed)
    assert response.status_code == status, text_of(response)
    assert (changes.count(), LedgerEntry.objects.count()) == before
    page = response.content.decode()
    assert 'role="alert"' in page
    for value in typed.values():
        if isinstance(value, str) and value.isprintable():
            assert value in page
    return text_of(response)


def test_a_payer_is_added_and_changed(desk, at):
    answer = open_form(desk, at("payer_new"), having="name").send(desk, name="Blue Plan")
    assert answer.status_code == 302
    payer = Payer.objects.get(name="Blue Plan")
    edit = at("payer_new").replace("new", f"{payer.pk}/edit")
    open_form(desk, edit, having="name").send(desk, phone="555-0100")
    payer.refresh_from_db()
    assert (payer.name, payer.phone) == ("Blue Plan", "555-0100")


def test_sent_twice_has_one_effect(desk, at):
    form = open_form(desk, at("payer_new"), having="name")
    for _ in range(2):
        assert form.send(desk, name="Blue Plan").status_code == 302
    assert Payer.objects.filter(name="Blue Plan").count() == 1


def test_payer_refusals(desk, at, authorization):
    said = refused(desk, at("payer_new"), 409, "name", name=authorization.payer.name, phone="555")
    assert "already exists" in said
    assert "This field is required" in refused(
        desk, at("payer_new"), 422, "name", name="", phone="555"
    )
    assert "U+0007" in refused(desk, at("payer_new"), 422, "name", name="a\x07b", phone="555")
    assert "10000" in refused(desk, at("payer_new"), 422, "name", name="x" * 10_000)


def test_payer_buttons(desk, at, authorization):
    assert desk.post(at("payer_deactivate")).status_code == 302
    assert not Payer.objects.get(pk=authorization.payer_id).is_active
    again = desk.post(at("payer_deactivate"), follow=True)
    assert "is already inactive" in text_of(again)
    desk.post(at("payer_reactivate"))
    assert Payer.objects.get(pk=authorization.payer_id).is_active


def test_a_service_code(desk, at):
    form = open_form(desk, at("service_code_new"), having="code")
    answer = form.send(desk, code="h2019", modifiers="hm, 95", label="Behavior")
    code = ServiceCode.objects.get(code="H2019")
    assert answer["Location"].endswith(f"/service-codes/{code.pk}/")
    assert code.modifiers == ["HM", "95"]
    edit = open_form(desk, f"{answer['Location']}edit/", having="code")
    assert edit.values["modifiers"] == "HM 95"
    edit.send(desk, label="Changed")
    code.refresh_from_db()
    assert (code.label, code.modifiers) == ("Changed", ["HM", "95"])


@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        ({"code": "97 153"}, 422, "Capital letters and digits only"),
        ({"modifiers": "A BB"}, 422, "A modifier has two characters"),
        ({"modifiers": "AA BB CC DD EE"}, 422, "no more than 4"),
        ({"minutes_per_unit": "30"}, 400, "counts units of 15 minutes"),
        ({"minutes_per_unit": "0"}, 422, "greater than or equal to 1"),
        ({"minutes_per_unit": HUGE}, 422, "less than or equal to 480"),
        ({"minutes_per_unit": "many"}, 422, "Enter a whole number"),
        ({"default_rate": "-1"}, 422, "greater than or equal to 0"),
        ({"default_rate": "1.005"}, 422, "no more than 2 decimal places"),
        ({"default_rate": "NaN"}, 422, "Enter a number"),
        ({"code": "97153"}, 409, "already exists"),
    ],
)
def test_service_code_refusals(desk, at, typed, status, said):
    typed = {"code": "97155", "label": "Kept as typed", **typed}
    assert said in refused(desk, at("service_code_new"), status, "code", **typed)


def test_a_policy_covers_while_it_has_an_authorization(desk, at, policy):
    said = refused(desk, at("policy_edit"), 409, "member_id", is_active="", member_id="W-2")
    assert "This policy has 1 authorization, so it must stay active" in said
    policy.refresh_from_db()
    assert policy.is_active


def test_a_policy_is_added_and_ended(desk, at, clinic, patient):
    payer = factories.PayerFactory(organization=clinic)
    form = open_form(desk, at("policy_new"), having="member_id")
    form.send(desk, payer=payer.pk, priority="2", member_id="W7", start_date="2026-06-01")
    policy = InsurancePolicy.objects.get(member_id="W7")
    end = at("policy_end").replace(str(patient.policies.get(priority=1).pk), str(policy.pk))
    open_form(desk, end, having="end_date").send(desk, end_date="2026-06-30")
    policy.refresh_from_db()
    assert policy.end_date.isoformat() == "2026-06-30"


@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        ({}, 409, "is the patient's primary policy from"),
        ({"priority": "9"}, 422, "not one of the available choices"),
        ({"priority": "2", "end_date": "2026-05-31"}, 400, "is before the start date"),
        ({"start_date": "2026-02-30"}, 422, "Enter a valid date"),
        ({"member_id": ""}, 422, "This field is required"),
        ({"priority": "2", "member_id": "W\x00"}, 422, "Null characters"),
    ],
)
def test_policy_refusals(desk, at, clinic, authorization, typed, status, said):
    typed = {
        "payer": str(authorization.payer_id),
        "member_id": "W-as-typed",
        "start_date": "2026-06-01",
        **typed,
    }
    assert said in refused(desk, at("policy_new"), status, "member_id", **typed)


@pytest.fixture
def typed(authorization, service) -> dict[str, Any]:
    return {
        "policy": str(authorization.policy_id),
        "number": "B-7",
        "service_codes": [service.pk],
        "start_date": "2026-06-01",
        "end_date": "2026-06-30",
        "total_units": "40",
    }


def test_an_authorization_is_added(desk, at, typed):
    form = open_form(desk, at("authorization_new"), having="number")
    assert form.values["status"] == "active"
    answer = form.send(desk, **typed, cap_per_week="10")
    created = Authorization.objects.get(number="B-7")
    assert answer["Location"].endswith(f"/authorizations/{created.pk}/")
    assert (created.total_units, created.cap_per_week, created.cap_per_day) == (40, 10, None)


@pytest.mark.parametrize(
    ("changed", "status", "said"),
    [
        ({"total_units": "0"}, 422, "greater than or equal to 1"),
        ({"total_units": "-1"}, 422, "greater than or equal to 1"),
        ({"total_units": HUGE}, 422, "less than or equal to 1000000"),
        ({"total_units": "many"}, 422, "Enter a whole number"),
        ({"end_date": "2026-05-31"}, 400, "is before the start date"),
        ({"number": "a\x07b"}, 422, "U+0007"),
        ({"number": "x" * 10_000}, 422, "at most 60 characters"),
        ({"number": "A-1042"}, 409, "already in use"),
        ({"service_codes": []}, 422, "This field is required"),
        ({"cap_per_day": "0"}, 422, "greater than or equal to 1"),
        ({"cap_per_month": HUGE}, 422, "less than or equal to 1000000"),
        ({"status": "cancelled"}, 422, "not one of the available choices"),
    ],
)
def test_authorization_refusals(desk, at, typed, changed, status, said):
    typed |= changed
    assert said in refused(desk, at("authorization_new"), status, "number", **typed)


@pytest.mark.parametrize("field", ["policy", "service_codes"])
def test_another_clinics_ids(desk, at, typed, field):
    other = factories.AuthorizationFactory(units=0)
    typed[field] = {
        "policy": other.policy_id,
        "service_codes": [other.services.get().service_code_id],
    }[field]
    said = refused(desk, at("authorization_new"), 422, "number", **typed)
    assert "valid choice" in said


def test_another_clinics_payer(desk, at):
    typed = {"payer": factories.PayerFactory().pk, "member_id": "W1"}
    assert "valid choice" in refused(desk, at("policy_new"), 422, "member_id", **typed)


def test_without_a_policy_the_page_explains_what_to_do(desk, admin, clinic):
    patient = factories.PatientFactory(organization=clinic)
    page = desk.get(admin.url("billing:authorization_new", pk=patient.pk))
    assert "No active insurance policy" in text_of(page)
    assert admin.url("billing:policy_new", pk=patient.pk) in page.content.decode()


def test_editing(desk, at, authorization, service):
    form = open_form(desk, at("authorization_edit"), having="number")
    assert form.values["number"] == "A-1042"
    assert form.values["end_date"] == "2026-08-31"
    assert form.send(desk, number="A-1043", cap_per_day="4").status_code == 302
    authorization.refresh_from_db()
    assert (authorization.number, authorization.cap_per_day) == ("A-1043", 4)
    assert [row.service_code for row in authorization.services.all()] == [service]


def test_a_cap_below_reserved_units_is_saved_with_a_warning(desk, at, authorization, reserve):
    reserve(4)
    reserve(6, date_of_service=TODAY + timedelta(days=1))
    reserve(2, date_of_service=TODAY + timedelta(days=7))
    form = open_form(desk, at("authorization_edit"), having="number")
    assert form.send(desk, cap_per_day="4", cap_per_week="9").status_code == 302
    shown = text_of(desk.get(at("authorization")))
    assert "The cap is 4 units a day, but 6 units on 11 Jun 2026 are reserved or used." in shown
    assert "The cap is 9 units a week, but 10 units in the week of 8 Jun 2026 are" in shown
    assert "units a month" not in shown


def test_shortening_past_reserved_units_links_to_their_appointments(
    desk, at, admin, authorization, reserve
):
    reserve(4, date_of_service=TODAY + timedelta(days=9))
    form = open_form(desk, at("authorization_edit"), having="number")
    response = form.send(desk, end_date="2026-06-10")
    assert response.status_code == 409
    dates = admin.url("scheduling:authorization_dates", pk=authorization.pk)
    link = f"{dates}?start_date=2026-03-01&amp;end_date=2026-06-10"
    assert link in response.content.decode()
    asked = {"start_date": "2026-03-01", "end_date": "2026-06-10"}
    assert desk.get(dates, asked).status_code == 200


def test_adjusting(desk, at, authorization, reserve):
    reserve(18)
    url = at("authorization_adjust")
    assert open_form(desk, url, having="reason").values["total_units"] == "20"
    for typed, status, said in (
        ({"total_units": "17", "reason": "Letter"}, 409, "0 are used and 18 reserved"),
        ({"total_units": "30", "reason": " "}, 422, "This field is required"),
        ({"total_units": "-1", "reason": "Letter"}, 422, "greater than or equal to 0"),
        ({"total_units": HUGE, "reason": "Letter"}, 422, "less than or equal to 1000000"),
        ({"total_units": "30", "reason": "a\x07b"}, 422, "U+0007"),
        ({"total_units": "20", "reason": "Letter"}, 400, "is already 20 units"),
    ):
        assert said in refused(desk, url, status, "reason", **typed)
    form = open_form(desk, url, having="reason")
    assert form.send(desk, total_units="30", reason="Letter").status_code == 302
    authorization.refresh_from_db()
    assert authorization.total_units == 30


def test_cancelling_states_its_effect(desk, at, authorization, reserve, admin):
    reservation = reserve(4)
    assert "Not possible while 4 units are reserved" in text_of(
        desk.get(at("authorization_cancel"))
    )
    url = at("authorization_cancel")
    assert "4 units on A-1042 are reserved" in refused(
        desk, url, 409, "reason", reason="Withdrawn by the payer"
    )
    ledger.consume(actor=admin, reservation=reservation, units=4)
    page = text_of(desk.get(url))
    assert "16 units can no longer be booked" in page
    assert "4 units already used stay used" in page
    open_form(desk, url, having="reason").send(desk, reason="Withdrawn by the payer")
    authorization.refresh_from_db()
    assert authorization.status == "cancelled"
    assert "Adjust units" not in text_of(desk.get(at("authorization")))


def test_activating(desk, at, authorization):
    Authorization.objects.update(status="pending")
    assert "Activate" in text_of(desk.get(at("authorization")))
    assert desk.post(at("authorization_activate")).status_code == 302
    authorization.refresh_from_db()
    assert authorization.status == "active"
    again = desk.post(at("authorization_activate"), follow=True)
    assert "is already active" in text_of(again)

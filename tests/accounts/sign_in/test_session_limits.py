from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from accounts.roles import Role
from tests import factories

START = datetime(2026, 3, 5, 15, 0, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def minutes(count):
    return timedelta(minutes=count)


def is_signed_out(answer):
    return answer.status_code == 302 and answer["Location"].startswith("/account/login/")


def test_idle_staff_are_signed_out_and_return_to_their_page(clock, admin, as_user):
    client = as_user(admin)
    page = admin.url("accounts:patients")
    assert client.get(page).status_code == 200
    clock.shift(minutes(15) + timedelta(seconds=1))
    answer = client.get(page)
    assert answer["Location"] == f"/account/login/?next={page}"
    assert b"after 15 minutes without activity" in client.get(answer["Location"]).content
    assert is_signed_out(client.get(page))


def test_activity_keeps_the_session(clock, admin, as_user):
    client = as_user(admin)
    for _ in range(10):
        assert client.get(admin.url("accounts:patients")).status_code == 200
        clock.shift(minutes(14))


def test_a_page_that_asks_by_itself_is_no_activity(clock, admin, as_user):
    client = as_user(admin)
    page = admin.url("accounts:patients")
    client.get(page)
    for _ in range(3):
        clock.shift(minutes(5))
        assert client.get(page, headers={"X-Background": "1"}).status_code == 200
    clock.shift(minutes(1))
    assert is_signed_out(client.get(page))


def test_the_clinics_setting_limits_idle_time(clock, admin, as_user):
    admin.organization.idle_minutes = 60
    admin.organization.save(update_fields=["idle_minutes"])
    client = as_user(admin)
    client.get(admin.url("accounts:patients"))
    clock.shift(minutes(59))
    assert client.get(admin.url("accounts:patients")).status_code == 200
    clock.shift(minutes(61))
    assert is_signed_out(client.get(admin.url("accounts:patients")))


def test_outside_a_clinic_the_installations_limit_applies(clock, admin, as_user, settings):
    settings.STAFF_IDLE_MINUTES = 5
    client = as_user(admin)
    client.get("/clinics/")
    clock.shift(minutes(6))
    assert is_signed_out(client.get("/clinics/"))


def test_patients_may_be_idle_but_not_for_ever(clock, clinic, as_user):
    patient = factories.actor(clinic, Role.PATIENT)
    client = as_user(patient)
    page = patient.url("clinic:home")
    assert client.get(page).status_code == 200
    clock.shift(minutes(11 * 60))
    assert client.get(page).status_code == 200
    clock.shift(minutes(60) + timedelta(seconds=1))
    answer = client.get(page)
    assert is_signed_out(answer)


def test_a_session_ends_after_its_longest_time(clock, admin, as_user):
    client = as_user(admin)
    page = admin.url("accounts:patients")
    for _ in range(12 * 6):
        assert client.get(page).status_code == 200
        clock.shift(minutes(10))
    clock.shift(timedelta(seconds=1))
    assert is_signed_out(client.get(page))


def test_htmx_is_led_to_sign_in_as_a_whole_page(clock, admin, as_user):
    client = as_user(admin)
    page = admin.url("accounts:patients")
    client.get(page)
    clock.shift(minutes(16))
    answer = client.get(
        admin.url("accounts:search"),
        headers={"HX-Request": "true", "HX-Current-URL": f"http://testserver{page}"},
    )
    assert answer["HX-Redirect"] == f"/account/login/?next={page}"


def test_a_form_that_came_too_late_leads_back_to_its_page(clock, admin, as_user):
    client = as_user(admin)
    client.get(admin.url("accounts:patients"))
    clock.shift(minutes(16))
    form = admin.url("accounts:patient_new")
    answer = client.post(form, {}, headers={"Referer": f"http://testserver{form}"})
    assert answer["Location"] == f"/account/login/?next={form}"
    client.force_login(admin.user)
    client.get(form)
    clock.shift(minutes(16))
    answer = client.post(form, {}, headers={"Referer": "http://evil.example/x"})
    assert answer["Location"] == "/account/login/?next=/"

"""Names of every script are welcome, however long they lawfully are; what is no name is not."""

from __future__ import annotations

from html import escape
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Patient
from tests.bad_input.site import Site, assert_kept, assert_told_beside
from tests.permissions.site import CLINIC

REST = {"legal_last_name": "Moreno", "date_of_birth": "2016-05-04"}
NO_NAMES = [
    ("Ada\x07", "invisible control character (U+0007)"),
    ("Ada\x1b[2J", "invisible control character (U+001B)"),
    ("\u202eadA", "invisible control character (U+202E)"),
    ("Ada\u200f", "invisible control character (U+200F)"),
    ("A\u200bda", "invisible control character (U+200B)"),
    ("Ad\ufffd", "could not be read"),
    ("Ada\0", "Null characters"),
    ("A" * 101, "at most 100 characters (it has 101)"),
    ("A" * 10_000, "at most 100 characters (it has 10000)"),
    ("ש" * 10_000, "at most 100 characters (it has 10000)"),
    (" \t ", "required"),
]
NAMES = [
    "שרה",
    "ليلى عبد الله",
    "آذر‌میدخت",  # with a zero-width non-joiner, as Persian is spelt
    "Nguyễn Thị Ánh",
    "李小龍",
    "O'Brien-Łukasz",
    "José",  # the accent as a character of its own
    "<script>alert(1)</script>",
    "{{ 7|add:7 }}",
    "W" * 100,
    "ﷺ" * 100,
]


@pytest.mark.parametrize(("name", "words"), NO_NAMES, ids=[repr(name)[:16] for name, _ in NO_NAMES])
def test_what_is_no_name(untouched: Site, name: str, words: str) -> None:
    (found,) = untouched.forms["accounts:patient_new"]
    typed = {"legal_first_name": name, **REST}
    answer = untouched.refused(found, **typed)
    assert_told_beside(answer, ["legal_first_name"], repr(name)[:20])
    assert words in str(answer.context["form"].errors["legal_first_name"])
    assert_kept(answer, typed)


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_names_are_kept_and_shown_as_they_are(site: Site, db: None, name: str) -> None:
    client = site.world.clients["admin"]
    (found,) = site.forms["accounts:patient_new"]
    answer = site.sent(found, legal_first_name=name, **REST)
    assert answer.status_code == 302
    patient = Patient.objects.get(legal_first_name=name)
    for address in _pages_with(site, patient):
        page = client.get(address).content.decode()
        assert escape(name) in page, address
        assert "<script>alert(1)" not in page, address


def _pages_with(site: Site, patient: Patient) -> list[str]:
    def url(name: str, **kwargs: int) -> str:
        return reverse(name, kwargs={CLINIC: site.slug, **kwargs})

    return [
        url("accounts:patient", pk=patient.pk),
        url("accounts:patient_edit", pk=patient.pk),
        f"{url('accounts:patients')}?search={patient.mrn}",
        f"{url('accounts:search')}?q={patient.mrn}",
        f"{url('scheduling:book')}?patient={patient.pk}",
        f"{url('scheduling:book')}?q={patient.mrn}",
        f"{url('accounts:audit')}?patient={patient.mrn}",
    ]


@pytest.mark.parametrize("name", ["שרה", "ليلى", "Nguyễn", "Łukasz"])
def test_search_finds_unusual_names(site: Site, db: None, name: str) -> None:
    (found,) = site.forms["accounts:patient_new"]
    site.sent(found, legal_first_name=name, **REST)
    address = reverse("accounts:search", kwargs={CLINIC: site.slug})
    page = site.world.clients["admin"].get(f"{address}?q={quote(name)}")
    assert [one["name"] for one in page.context["results"]] == [f"Moreno, {name}"]


# Texts that stand in a form only at times


def test_a_note_as_free_text(untouched: Site) -> None:
    (found,) = untouched.forms["scheduling:note_write"]
    for text in ("bell\x07", "nu\0l", "over\u202eride", "x" * 50_000):
        answer = untouched.sent(found, format="narrative", narrative=text)
        assert answer.status_code in (400, 422), text[:9]
        assert "narrative" in answer.context["form"].errors, text[:9]
        assert_kept(answer, {"narrative": text})


def test_a_note_of_no_format(untouched: Site) -> None:
    (found,) = untouched.forms["scheduling:note_write"]
    for wrong in ("", "nonsense", "\0", "x" * 1000):
        answer = untouched.sent(found, format=wrong, plan="Again")
        assert answer.status_code in (400, 422), wrong[:9]
        assert_kept(answer, {"plan": "Again"})


def test_the_reason_for_booking_over_another(untouched: Site) -> None:
    for address in ("scheduling:book", "scheduling:reschedule"):
        (found,) = untouched.forms[address]
        for text in ("bell\x07", "over\u202eride", "x" * 301):
            answer = untouched.sent(found, override_reason=text)
            assert answer.status_code == 422, address
            assert_told_beside(answer, ["override_reason"], address)
            assert_kept(answer, {"override_reason": text})


# Before anybody is known


ACCOUNT = ("account_login", "account_reset_password", "account_signup")
NO_ADDRESS = ("nu\0l@example.org", "a@b", "x" * 10_000, "\u202ea@example.org", "a\r\nBcc: b@c.org")


@pytest.mark.parametrize("name", ACCOUNT)
def test_sign_in_forms_reject_invalid_input(untouched: Site, name: str) -> None:
    client: Client = untouched.world.clients["nobody"]
    for email in NO_ADDRESS:
        typed = {"login": email, "email": email, "password": "x\0y", "password1": "x\0y"}
        answer = client.post(reverse(name), {**typed, "password2": "x\0y"})
        assert answer.status_code in (200, 403, 429), (name, email[:20])
        assert answer.status_code != 200 or b"error" in answer.content or name == "account_signup"


def test_account_forms_survive_invalid_input(untouched: Site) -> None:
    client = untouched.world.clients["admin"]
    for name in ("account_email", "account_change_password", "mfa_activate_totp"):
        for value in NO_ADDRESS:
            fields = ("email", "oldpassword", "password1", "password2", "code")
            typed = {**dict.fromkeys(fields, value), "action_add": ""}
            assert client.post(reverse(name), typed).status_code < 500, (name, value[:20])

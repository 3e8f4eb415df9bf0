"""Names as long as the rules allow, and from right to left: the pages hold their shape."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Patient, Practitioner
from e2e.conftest import SignedIn
from e2e.desk import Desk

pytestmark = pytest.mark.django_db(transaction=True)

WIDTHS = (360, 1280)
NAMES = {
    "long": ("W" * 100, "M" * 100),
    "right to left": ("ליאורה", "בן־דוד"),
}
# How far the page, or the panel in it, would have to be scrolled sideways.
SIDEWAYS = """() => [document.scrollingElement, ...document.querySelectorAll("#panel, main")]
    .map(one => one.scrollWidth - one.clientWidth).reduce((a, b) => Math.max(a, b))"""


@pytest.mark.parametrize("kind", NAMES)
def test_no_name_breaks_a_page(desk: Desk, signed_in: SignedIn, kind: str) -> None:
    first, last = NAMES[kind]
    Patient.objects.update(legal_first_name=first, legal_last_name=last)
    Practitioner.objects.update(first_name=first, last_name=last)
    appointment = desk.book(desk.at(9))
    page = signed_in(desk.actor.user)
    broken = []
    for address in _addresses(desk, appointment.pk):
        page.goto(address)
        expect(page.locator("main")).to_contain_text(last[:5])
        broken += [f"{address} at {width} px: {by}" for width, by in _too_wide(page)]
    assert not broken, "\n".join(broken)


def _addresses(desk: Desk, appointment: int) -> list[str]:
    url = desk.actor.url
    patient, practitioner = desk.patient.pk, desk.practitioner.pk
    return [
        desk.week,
        f"{url('scheduling:week')}?date={desk.monday}&practitioner=all",
        f"{url('scheduling:day')}?date={desk.monday}",
        url("scheduling:appointment", pk=appointment),
        url("scheduling:cancel", pk=appointment),
        f"{url('scheduling:book')}?patient={patient}",
        url("scheduling:appointments"),
        url("accounts:patients"),
        url("accounts:patient", pk=patient),
        url("accounts:practitioner", pk=practitioner),
        url("accounts:practitioners"),
        url("billing:authorizations"),
        url("billing:authorization", pk=desk.authorization.pk),
        f"{url('accounts:search')}?q={desk.patient.mrn}",
    ]


def _too_wide(page: Page) -> list[tuple[int, int]]:
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        found.append((width, page.evaluate(SIDEWAYS)))
    return [(width, by) for width, by in found if by > 0]

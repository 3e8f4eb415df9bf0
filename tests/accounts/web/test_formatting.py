import pytest
from django.template import Context, Template

from accounts.templatetags.caretally import undo_url
from accounts.web.formatting import duration, initials, sentence
from accounts.web.marks import MARKS, unit_bar
from billing.models import Authorization
from scheduling.models import ProgressNote, Status


def widths(bar):
    return {part.kind: (part.x, part.width) for part in bar.segments}


def test_a_fitting_booking_follows_used_and_reserved():
    bar = unit_bar(total=64, used=32, reserved=16, booking=8)
    assert widths(bar) == {
        "used": ("0%", "50%"),
        "reserved": ("50%", "25%"),
        "booking": ("75%", "12.5%"),
    }
    assert (bar.available, bar.missing) == (8, 0)


def test_a_booking_that_does_not_fit_shows_what_is_missing():
    bar = unit_bar(total=10, used=6, reserved=2, booking=4)
    assert (bar.available, bar.missing) == (0, 2)
    assert widths(bar)["booking"] == ("66.667%", "16.667%")
    assert widths(bar)["missing"] == ("83.333%", "16.667%")
    assert bar.summary == "6 used, 2 reserved, 4 for this booking, 2 missing, of 10 units"


def test_an_authorization_of_nothing_has_an_empty_bar():
    assert unit_bar(total=0, used=0, reserved=0).segments == ()


def test_every_status_has_a_mark_of_its_own():
    for status in [*Status.values, *Authorization.State.values, *ProgressNote.Status.values]:
        assert status in MARKS


def test_numbers_of_the_bar_lead_to_their_entries():
    page = Template(
        '{% load caretally %}{% unit_bar total=10 used=3 reserved=2 href="/entries?page=1" %}'
    ).render(Context())
    for figure in ("used", "reserved", "available", "total"):
        assert f'href="/entries?page=1&amp;figure={figure}"' in page
    assert "style=" not in page


@pytest.mark.parametrize(
    ("minutes", "said"), [(45, "45 min"), (60, "1 h"), (90, "1 h 30 min"), (0, "0 min")]
)
def test_minutes_are_formatted_as_durations(minutes, said):
    assert duration(minutes).replace("\u00a0", " ") == said


def test_title_case_becomes_sentence_case_and_acronyms_stay():
    assert sentence("Two-Factor Authentication") == "Two-factor authentication"
    assert sentence("IP Address") == "IP address"


def test_initials_are_of_the_first_and_last_name():
    assert initials("Ana Maria Cruz") == "AC"


def test_undo_is_found_among_a_messages_tags():
    assert undo_url("safe undo:/c/a/undo/4/") == "/c/a/undo/4/"
    assert undo_url("") == ""

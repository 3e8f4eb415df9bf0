from __future__ import annotations

from rest_framework import serializers

from accounts.api.serializers import Input, StrictInteger, Text
from scheduling.models import ProgressNote

LONGEST, LONGEST_NARRATIVE = 10_000, 40_000
VERSION = "As last read; a change made since then is answered with 409 `stale`."


def _section(longest: int) -> Text:
    return Text(default="", allow_blank=True, max_length=longest)


class NoteDraft(Input):
    """The whole note: a text that is not named is empty."""

    format = serializers.ChoiceField(
        choices=ProgressNote.Format.choices, default=ProgressNote.Format.SOAP
    )
    subjective = _section(LONGEST)
    objective = _section(LONGEST)
    assessment = _section(LONGEST)
    plan = _section(LONGEST)
    narrative = _section(LONGEST_NARRATIVE)
    version = StrictInteger(required=False, min_value=1, max_value=2**31 - 1, help_text=VERSION)

    class Meta:
        example = {
            "format": "soap",
            "subjective": "Slept well, came in cheerful",
            "objective": "Asked for a break with words in 8 of 10 trials",
            "assessment": "Steady progress towards the goal",
            "plan": "Go on with the same targets",
        }


class Signature(Input):
    version = StrictInteger(required=False, min_value=1, max_value=2**31 - 1, help_text=VERSION)

    class Meta:
        example = {"version": 1}


class NewAddendum(Input):
    text = Text(max_length=LONGEST)

    class Meta:
        example = {"text": "The break was asked for in 9 of 10 trials"}

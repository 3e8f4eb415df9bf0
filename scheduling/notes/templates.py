"""Templates for progress notes: a practitioner starts from one instead of an empty note."""

from __future__ import annotations

from dataclasses import dataclass, field

from scheduling.models import ProgressNote

SOAP = ProgressNote.Format.SOAP.value
NARRATIVE = ProgressNote.Format.NARRATIVE.value


@dataclass(frozen=True)
class NoteTemplate:
    key: str
    label: str
    format: str
    texts: dict[str, str] = field(default_factory=dict)


TEMPLATES = (
    NoteTemplate(
        "aba",
        "ABA session",
        SOAP,
        {
            "subjective": "Caregiver report before the session: no concerns raised.",
            "objective": "Worked on the programs of the treatment plan with discrete trials and "
            "natural environment teaching. Data were taken on each program.",
            "assessment": "Engaged throughout; responded to prompting as planned.",
            "plan": "Continue the current programs. Review the data with the supervisor.",
        },
    ),
    NoteTemplate(
        "therapy",
        "Physical or occupational therapy session",
        SOAP,
        {
            "subjective": "Reports tolerating the last session well. Pain as before.",
            "objective": "Therapeutic exercise and activities as in the plan of care, with cues "
            "for form. Tolerated without adverse signs.",
            "assessment": "Progressing towards the goals of the plan of care.",
            "plan": "Continue as planned. Home program reviewed.",
        },
    ),
    NoteTemplate(
        "speech",
        "Speech session",
        SOAP,
        {
            "subjective": "Arrived alert and ready to take part.",
            "objective": "Targeted the goals of the plan with structured tasks and conversation.",
            "assessment": "Accuracy with cues as expected at this stage.",
            "plan": "Continue the current targets. Practice at home discussed with the family.",
        },
    ),
    NoteTemplate(
        "narrative",
        "Narrative",
        NARRATIVE,
        {"narrative": "Session took place as planned. The goals of the plan were worked on."},
    ),
)
BY_KEY = {template.key: template for template in TEMPLATES}

"""Invented progress notes."""

from __future__ import annotations

from random import Random

from clinic.demo.profiles import ABA, OCCUPATIONAL, PARENTS, PHYSICAL, SPEECH
from scheduling.models import ProgressNote

SUBJECTIVE = {
    ABA: (
        "Caregiver reports a calm morning and a full night of sleep.",
        "Caregiver mentions two short tantrums at home since the last session.",
        "Arrived cheerful, with the new backpack; asked for the train set at once.",
        "Teacher's message: easier changes between activities this week.",
    ),
    PARENTS: (
        "Parent finds the picture schedule helpful at bedtime, less so in the morning.",
        "Parent wants to try the token board at home before the holidays.",
        "Both parents took part; questions about what to do in the supermarket.",
    ),
    SPEECH: (
        "Family hears more two-word phrases at dinner.",
        "Practised the word list on four of seven days.",
        "Came tired from school; warmed up after the first game.",
    ),
    OCCUPATIONAL: (
        "Reports less trouble with buttons in the morning.",
        "Says that handwriting still tires the hand after one page.",
        "Pleased about tying the shoes alone on Tuesday.",
    ),
    PHYSICAL: (
        "Pain 3 of 10 today, 5 of 10 last session; stairs are easier.",
        "Stiff in the morning for about twenty minutes, then better.",
        "Walked to the harbor and back without a break for the first time.",
        "Did the exercises at home on five days.",
    ),
}
OBJECTIVE = {
    ABA: (
        "Asked for items by himself in {a} of {b} chances. Two prompts for sharing.",
        "Matched {a} of {b} pictures without help; stayed seated for {c} minutes.",
        "Followed two-step directions in {a} of {b} trials. No unsafe behavior seen.",
    ),
    PARENTS: (
        "Parent carried out {a} of {b} steps as shown, with feedback on waiting time.",
        "Role play of two situations; {a} of {b} steps done without a reminder.",
    ),
    SPEECH: (
        "Final sounds right in {a} of {b} words, with a cue in {c}.",
        "Answered {a} of {b} who and where questions about a short story.",
    ),
    OCCUPATIONAL: (
        "Cut along a curved line with {a} of {b} within the margin; grip corrected twice.",
        "Completed {a} of {b} steps of dressing alone; {c} minutes on the balance board.",
    ),
    PHYSICAL: (
        "Knee bend {c} degrees more than at the start. {a} of {b} step-ups with good control.",
        "Single-leg stance {c} seconds. {a} of {b} sets finished at full load.",
    ),
}
ASSESSMENT = (
    "Steady progress toward the goal; the present level of help is right.",
    "Goal within reach: criterion met in two of the last three sessions.",
    "A plateau since last week; likely because of the missed session.",
    "Tolerated the longer session well. Ready for the next step.",
)
PLAN = (
    "Go on as planned; raise the difficulty next session.",
    "Keep the program, and send two exercises home.",
    "Review the goal with the supervisor before the next session.",
    "Same frequency. Check in with the family on Friday.",
)
ADDENDUM = "Added after a call with the family: the exercise at home was done twice, not once."


def write(note: ProgressNote, kind: str, random: Random) -> None:
    """Fill the note with text for this kind of treatment."""
    b = random.choice((8, 10, 12))
    figures = {"a": random.randint(b // 2, b), "b": b, "c": random.randint(4, 18)}
    observed = random.choice(OBJECTIVE[kind]).format(**figures)
    if random.randrange(100) < 12:
        note.format = ProgressNote.Format.NARRATIVE
        note.narrative = " ".join((random.choice(SUBJECTIVE[kind]), observed, random.choice(PLAN)))
        return
    note.subjective = random.choice(SUBJECTIVE[kind])
    note.objective = observed
    note.assessment = random.choice(ASSESSMENT)
    note.plan = random.choice(PLAN)

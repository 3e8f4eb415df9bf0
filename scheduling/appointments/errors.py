"""Errors of scheduling, and of its database constraints."""

from __future__ import annotations

from accounts.errors import Conflict, DomainError, Invalid, translates


class NotFree(Conflict):
    """The practitioner, patient or room has another appointment then. `code` says which."""

    code = "not_free"


class UnlawfulTransition(Conflict):
    code = "unlawful_transition"


class TimeInvalid(Invalid):
    code = "time_invalid"


@translates("appointment_practitioner_free")
def practitioner_not_free() -> DomainError:
    return NotFree(
        "The practitioner has just been booked for that time. Choose another time.",
        code="practitioner_not_free",
        field="starts_at",
    )


@translates("appointment_patient_free")
def patient_not_free() -> DomainError:
    return NotFree(
        "The patient has just been booked for that time. Choose another time.",
        code="patient_not_free",
        field="starts_at",
    )


@translates("appointment_room_free")
def room_not_free() -> DomainError:
    return NotFree(
        "The room has just been booked for that time. Choose another room or time.",
        code="room_not_free",
        field="room",
    )


@translates("appointment_lawful_transition")
def changed_meanwhile() -> DomainError:
    return UnlawfulTransition(
        "The appointment was changed by somebody else. Reload it and try again."
    )

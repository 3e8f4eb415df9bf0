"""What the calendar refuses, and its constraints in words."""

from __future__ import annotations

from accounts.errors import Conflict, DomainError, Invalid, translates


class NotFree(Conflict):
    """Practitioner, patient or room is taken in that time. `code` says which."""

    code = "not_free"


class UnlawfulTransition(Conflict):
    code = "unlawful_transition"


class TimeInvalid(Invalid):
    code = "time_invalid"


@translates("appointment_practitioner_free")
def practitioner_taken() -> DomainError:
    return NotFree(
        "The practitioner was booked for that time just now. Choose another.",
        code="practitioner_not_free",
        field="starts_at",
    )


@translates("appointment_patient_free")
def patient_taken() -> DomainError:
    return NotFree(
        "The patient was booked for that time just now. Choose another.",
        code="patient_not_free",
        field="starts_at",
    )


@translates("appointment_room_free")
def room_taken() -> DomainError:
    return NotFree(
        "The room was booked for that time just now. Choose another.",
        code="room_not_free",
        field="room",
    )


@translates("appointment_lawful_transition")
def changed_meanwhile() -> DomainError:
    return UnlawfulTransition("The appointment was changed by somebody else. Look at it anew.")


@translates("location_name_once")
def location_exists() -> DomainError:
    return Conflict("A location of this name exists already.", code="location_exists", field="name")


@translates("room_name_once")
def room_exists() -> DomainError:
    return Conflict(
        "A room of this name exists already at this location.", code="room_exists", field="name"
    )

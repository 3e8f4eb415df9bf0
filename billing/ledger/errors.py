"""Errors of the unit ledger, with their figures, and of billing's database constraints."""

from __future__ import annotations

from datetime import date, datetime

from accounts.errors import Conflict, DomainError, Invalid, translates
from billing.models import Authorization, Reservation, ServiceCode
from billing.sources import Owner


def count(units: int) -> str:
    return "1 unit" if units == 1 else f"{units} units"


def short_date(day: date) -> str:
    return f"{day:%-d %b %Y}"


class NotEnoughUnits(Conflict):
    code = "not_enough_units"

    @classmethod
    def of(cls, authorization: Authorization, *, needed: int) -> NotEnoughUnits:
        available = authorization.available_units
        left = f"{available} left" if available else "none left"
        return cls(
            f"{count(needed)} needed, {left} on {authorization.number} "
            f"(until {short_date(authorization.end_date)}).",
            needed=needed,
            available=available,
            until=authorization.end_date.isoformat(),
            authorization=authorization.pk,
        )

    @classmethod
    def total_too_low(cls, authorization: Authorization, *, total: int) -> NotEnoughUnits:
        used, reserved = authorization.used_units, authorization.reserved_units
        return cls(
            f"{authorization.number} cannot go down to {count(total)}: {used} are used and "
            f"{reserved} reserved. Set it to {used + reserved} or more, or release units first.",
            field="total_units",
            total=total,
            used=used,
            reserved=reserved,
            lowest=used + reserved,
            authorization=authorization.pk,
        )


class OutsideDates(Conflict):
    code = "outside_dates"

    @classmethod
    def of(cls, authorization: Authorization, *, day: date) -> OutsideDates:
        return cls(
            f"{short_date(day)} is outside {authorization.number}, which runs from "
            f"{short_date(authorization.start_date)} to {short_date(authorization.end_date)}.",
            date_of_service=day.isoformat(),
            start=authorization.start_date.isoformat(),
            until=authorization.end_date.isoformat(),
            authorization=authorization.pk,
        )


class NotActive(Conflict):
    code = "authorization_not_active"

    @classmethod
    def of(cls, authorization: Authorization) -> NotActive:
        return cls(
            f"{authorization.number} is {authorization.status}: its units cannot be reserved.",
            status=authorization.status,
            authorization=authorization.pk,
        )


class ServiceNotCovered(Conflict):
    code = "service_not_covered"

    @classmethod
    def of(cls, authorization: Authorization, *, service: ServiceCode) -> ServiceNotCovered:
        covered = [code.full_code for code in authorization.service_codes.all()]
        return cls(
            f"{service.full_code} is not covered by {authorization.number}, which covers "
            f"{', '.join(covered) or 'no service'}.",
            service=service.full_code,
            covered=covered,
            authorization=authorization.pk,
        )


class CapReached(Conflict):
    code = "cap_reached"

    @classmethod
    def of(
        cls,
        authorization: Authorization,
        *,
        period: str,
        cap: int,
        held: int,
        needed: int,
        until: date,
    ) -> CapReached:
        return cls(
            f"{count(needed)} needed, but {authorization.number} allows {cap} per {period} and "
            f"{held} are reserved or used (until {short_date(until)}).",
            period=period,
            cap=cap,
            held=held,
            needed=needed,
            available=max(cap - held, 0),
            until=until.isoformat(),
            authorization=authorization.pk,
        )


class ReservationEnded(Conflict):
    code = "reservation_ended"

    @classmethod
    def of(cls, reservation: Reservation) -> ReservationEnded:
        return cls(
            f"These units were already {reservation.state}; nothing was changed.",
            state=reservation.state,
            reservation=reservation.pk,
        )


def source_has_owner(owner: Owner, source: str, *, field: str | None) -> Conflict:
    """The units of this source can only be moved by the app that owns the source."""
    return Conflict(owner.advice, code=f"held_by_{owner.kind}", field=field, source=source)


class WrongPatient(Conflict):
    code = "wrong_patient"

    @classmethod
    def of(cls, authorization: Authorization) -> WrongPatient:
        return cls(
            "This authorization belongs to another patient. Choose one of this patient's.",
            authorization=authorization.pk,
        )


class UnitsOutOfRange(Invalid):
    code = "units_out_of_range"

    @classmethod
    def of(cls, *, lowest: int, highest: int, field: str = "units") -> UnitsOutOfRange:
        return cls(
            f"Units must be a whole number from {lowest} to {highest:,}.",
            field=field,
            lowest=lowest,
            highest=highest,
        )


class ExpiryPassed(Invalid):
    code = "expiry_passed"

    @classmethod
    def of(cls, expires_at: datetime) -> ExpiryPassed:
        return cls(
            "A reservation cannot expire in the past. Send a later time, or none.",
            field="expires_at",
            expires_at=expires_at.isoformat(),
        )


@translates("authorization_never_overbooked")
def overbooked() -> DomainError:
    return Conflict("There are not enough units left.", code=NotEnoughUnits.code)


@translates("reservation_of_covered_service")
def not_covered() -> DomainError:
    return Conflict("The authorization no longer covers this service.", code=ServiceNotCovered.code)


@translates("authorization_cap")
def cap_exceeded() -> DomainError:
    return Conflict("That would exceed a cap of the authorization.", code=CapReached.code)


@translates("reservation_ends_once")
@translates("entry_ends_reservation_once")
def reservation_ended() -> DomainError:
    return Conflict(
        "These units were already consumed or released; nothing was changed.",
        code=ReservationEnded.code,
    )


@translates("reservation_source_once")
def already_reserved() -> DomainError:
    return Conflict("Units are already reserved for this.", code="already_reserved")

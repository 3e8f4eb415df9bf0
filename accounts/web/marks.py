"""Geometry and shapes behind the template tags: plain data, computed on the server."""

from __future__ import annotations

from dataclasses import dataclass

RING = '<circle cx="6" cy="6" r="4.75" fill="none" stroke="currentColor" stroke-width="1.5"/>'
DASHED = RING.replace("/>", ' stroke-dasharray="2 1.73"/>')
DISC = '<circle cx="6" cy="6" r="5.5" fill="currentColor"/>'
SQUARE = (
    '<rect x="1.25" y="1.25" width="9.5" height="9.5" rx="2" fill="none" '
    'stroke="currentColor" stroke-width="1.5"/>'
)
CHECK = (
    '<path d="M3.4 6.2 5.3 8l3.4-3.8" fill="none" stroke="var(--surface)" stroke-width="1.5" '
    'stroke-linecap="round" stroke-linejoin="round"/>'
)
CROSS = (
    '<path d="m4 4 4 4m0-4-4 4" fill="none" stroke="currentColor" stroke-width="1.5" '
    'stroke-linecap="round"/>'
)
SLASH = '<path d="m2.8 9.2 6.4-6.4" stroke="currentColor" stroke-width="1.5"/>'
DOT = '<circle cx="6" cy="6" r="2.25" fill="currentColor"/>'
HALF = '<path d="M6 3a3 3 0 0 0 0 6z" fill="currentColor"/>'
PLAY = '<path d="M4.9 3.7v4.6L8.5 6z" fill="currentColor"/>'
HANDS = (
    '<path d="M6 3.4V6l1.7 1.2" fill="none" stroke="currentColor" stroke-width="1.3" '
    'stroke-linecap="round"/>'
)
LEVEL = '<path d="M3.5 8.5h5" stroke="currentColor" stroke-width="1.5" stroke-linecap="round"/>'


@dataclass(frozen=True)
class Mark:
    label: str
    tone: str
    shape: str


MARKS = {
    # appointments
    "scheduled": Mark("Scheduled", "neutral", RING),
    "confirmed": Mark("Confirmed", "info", RING + DOT),
    "arrived": Mark("Arrived", "warn", RING + HALF),
    "in_progress": Mark("In progress", "accent", RING + PLAY),
    "completed": Mark("Completed", "good", DISC + CHECK),
    "cancelled": Mark("Cancelled", "muted", RING + SLASH),
    "no_show": Mark("No-show", "bad", RING + CROSS),
    # authorizations, reservations, invitations
    "pending": Mark("Pending", "warn", DASHED),
    "active": Mark("Active", "good", DISC),
    "fully_reserved": Mark("Fully reserved", "info", RING + LEVEL),
    "exhausted": Mark("Exhausted", "bad", SQUARE + LEVEL),
    "expired": Mark("Expired", "muted", RING + HANDS),
    "consumed": Mark("Consumed", "good", DISC + CHECK),
    "released": Mark("Released", "muted", RING),
    "reversed": Mark("Reversed", "warn", RING + SLASH),
    "accepted": Mark("Accepted", "good", DISC + CHECK),
    "revoked": Mark("Revoked", "muted", RING + SLASH),
    # webhooks and their deliveries
    "failing": Mark("Failing", "bad", RING + CROSS),
    "disabled": Mark("Off", "muted", RING + SLASH),
    "delivered": Mark("Delivered", "good", DISC + CHECK),
    "parked": Mark("Parked", "bad", SQUARE + LEVEL),
    "inactive": Mark("Inactive", "muted", RING + SLASH),
    # notes
    "draft": Mark("Draft", "warn", SQUARE.replace("/>", ' stroke-dasharray="2 1.6"/>')),
    "signed": Mark(
        "Signed",
        "good",
        SQUARE.replace('fill="none"', 'fill="currentColor"') + CHECK,
    ),
    # refusals and warnings
    "late": Mark("Late", "warn", RING + HANDS),
    "problem": Mark("Problem", "bad", SQUARE + CROSS),
    "fits": Mark("Fits", "good", DISC + CHECK),
}


def mark_of(status: str) -> Mark:
    return MARKS.get(status) or Mark(status.replace("_", " ").capitalize(), "neutral", RING)


@dataclass(frozen=True)
class Segment:
    kind: str
    x: str
    width: str


@dataclass(frozen=True)
class UnitBar:
    total: int
    used: int
    reserved: int
    booking: int
    available: int
    missing: int
    segments: tuple[Segment, ...]
    limit: str

    @property
    def summary(self) -> str:
        parts = [f"{self.used} used", f"{self.reserved} reserved"]
        if self.booking:
            parts.append(f"{self.booking} for this booking")
        parts.append(f"{self.missing} missing" if self.missing else f"{self.available} available")
        return f"{', '.join(parts)}, of {self.total} units"


def unit_bar(*, total: int, used: int, reserved: int, booking: int = 0) -> UnitBar:
    taken = used + reserved + booking
    missing = max(0, taken - total)
    fitting = max(0, booking - missing)
    scale = max(total, taken, 1)
    segments, start = [], 0
    for kind, units in (
        ("used", used),
        ("reserved", reserved),
        ("booking", fitting),
        ("missing", missing),
    ):
        if units:
            segments.append(Segment(kind, _percent(start, scale), _percent(units, scale)))
        start += units
    return UnitBar(
        total=total,
        used=used,
        reserved=reserved,
        booking=booking,
        available=max(0, total - taken),
        missing=missing,
        segments=tuple(segments),
        limit=_percent(total, scale) if missing else "",
    )


def _percent(units: int, scale: int) -> str:
    return f"{units / scale * 100:.3f}".rstrip("0").rstrip(".") + "%"

"""Writes a team's visits as if they had been booked, given and written up day by day.

The past cannot be booked, so rows are inserted many at a time, with the units, the events and the
instants that the services would have left behind. Every constraint and trigger is in force.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from django.db import models

from accounts.actor import Actor
from accounts.models import CareTeamMember, Event, Patient
from accounts.writes import bulk_insert, events
from billing.ledger import bulk
from billing.models import Authorization
from clinic.demo import notes, units
from clinic.demo.courses import Course
from clinic.demo.units import Booked
from clinic.demo.visits import Visit
from scheduling.models import Addendum, Appointment, ProgressNote, Session, Status


class History:
    """`desk` books and cancels; `practitioners` act by practitioner id."""

    def __init__(
        self, *, system: Actor, desk: Actor, practitioners: dict[int, Actor], random: Random
    ) -> None:
        self._system, self._desk, self._practitioners = system, desk, practitioners
        self._random = random
        self._organization = system.organization
        self._events: list[Event] = []

    def write(self, courses: list[Course], visits: list[Visit]) -> None:
        self._authorize(courses, visits)
        bookings = units.booked(visits, bulk_insert.next_ids(Appointment, len(visits)))
        moves = units.movements(
            courses,
            bookings,
            desk=self._desk,
            practitioners=self._practitioners,
            random=self._random,
        )
        bulk.load(actor=self._system, movements=moves)
        appointments = [self._appointment(booking) for booking in bookings]
        bulk_insert.insert(appointments)
        self._care_teams(visits)
        for booking, appointment in zip(bookings, appointments, strict=True):
            self._tell(booking.visit, appointment)
        self._sessions(list(zip(visits, appointments, strict=True)))
        bulk_insert.insert(self._events)
        self._events.clear()

    def _authorize(self, courses: list[Course], visits: list[Visit]) -> None:
        units.set_caps(courses, visits)
        covers = [cover for course in courses for cover in course.covers]
        bulk.authorize(
            actor=self._system,
            authorizations=[(cover.authorization, cover.codes) for cover in covers],
        )
        for cover in covers:
            one = cover.authorization
            about = partial(self._record, obj=one, patient=one.patient, number=one.number)
            about(one.created_at, self._desk, "authorization.created")
            if one.status == Authorization.Status.CANCELLED:
                reason = "Replaced by the payer's new letter"
                about(cover.cancelled_at, self._desk, "authorization.cancelled", reason=reason)

    def _appointment(self, booking: Booked) -> Appointment:
        visit = booking.visit
        code = visit.service_code
        steps = (visit.confirmed_at, visit.arrived_at, visit.started_at, visit.completed_at)
        return Appointment(
            pk=booking.appointment_id,
            organization_id=self._organization.pk,
            patient_id=visit.patient.pk,
            practitioner_id=visit.slot.practitioner.pk,
            service_code_id=code.pk,
            authorization_id=visit.authorization.pk if visit.authorization else None,
            reservation_id=booking.reservation.pk if booking.reservation else None,
            location_id=visit.slot.location.pk,
            room_id=visit.slot.room.pk if visit.slot.room else None,
            starts_at=visit.starts_at,
            ends_at=visit.ends_at,
            units=visit.units,
            status=visit.status,
            allows_concurrent=code.allows_concurrent,
            allows_group=code.allows_group,
            cancelled_by=visit.cancelled_by,
            cancel_reason=visit.cancel_reason,
            cancelled_late=visit.cancelled_late,
            version=1 + sum(step is not None for step in (*steps, visit.ended_unused_at)),
            created_at=visit.booked_at,
            created_by_id=self._desk.user.pk if self._desk.user else None,
        )

    def _care_teams(self, visits: Iterable[Visit]) -> None:
        since: dict[tuple[int, int], datetime] = {}
        for visit in visits:
            key = (visit.patient.pk, visit.slot.practitioner.pk)
            since[key] = min(since.get(key, visit.booked_at), visit.booked_at)
        bulk_insert.insert(
            [
                CareTeamMember(
                    organization=self._organization,
                    patient_id=patient,
                    practitioner_id=practitioner,
                    since=at,
                )
                for (patient, practitioner), at in since.items()
            ]
        )

    def _sessions(self, pairs: list[tuple[Visit, Appointment]]) -> None:
        begun = [(visit, appointment) for visit, appointment in pairs if visit.started_at]
        sessions = [_session(visit, appointment) for visit, appointment in begun]
        bulk_insert.insert(sessions)
        written = [
            (visit, self._note(visit, session))
            for (visit, _), session in zip(begun, sessions, strict=True)
            if visit.has_note
        ]
        bulk_insert.insert([note for _, note in written])
        for visit, note in written:
            own = self._practitioners[visit.slot.practitioner.pk]
            about = partial(self._record, obj=note, patient=visit.patient, session=note.session_id)
            about(visit.completed_at, own, "note.drafted")
            if visit.signed_at:
                about(visit.signed_at, own, "note.signed")
        self._addenda(written)

    def _note(self, visit: Visit, session: Session) -> ProgressNote:
        own = self._practitioners[visit.slot.practitioner.pk]
        assert visit.completed_at is not None
        note = ProgressNote(
            organization=self._organization,
            session=session,
            updated_at=visit.signed_at or visit.completed_at,
        )
        notes.write(note, visit.course.treatment.kind, self._random)
        if visit.signed_at:
            note.status = ProgressNote.Status.SIGNED
            note.signed_at, note.signed_by = visit.signed_at, own.user
            note.version = 2
        return note

    def _addenda(self, written: list[tuple[Visit, ProgressNote]]) -> None:
        for visit, note in written:
            own = self._practitioners[visit.slot.practitioner.pk]
            if not visit.addendum or visit.signed_at is None or own.user is None:
                continue
            at = visit.signed_at + timedelta(days=1)
            added = Addendum.objects.create(
                organization=self._organization,
                note=note,
                author=own.user,
                text=notes.ADDENDUM,
                at=at,
            )
            self._record(
                at, own, "note.amended", obj=note, patient=visit.patient, addendum=added.pk
            )

    def _tell(self, visit: Visit, appointment: Appointment) -> None:
        """The events of an appointment's life so far."""
        desk, own = self._desk, self._practitioners[appointment.practitioner_id]
        about = partial(self._record, obj=appointment, patient=visit.patient)
        about(
            visit.booked_at,
            desk,
            "appointment.booked",
            practitioner=appointment.practitioner_id,
            service=visit.service_code.full_code,
            starts_at=visit.starts_at.isoformat(),
            ends_at=visit.ends_at.isoformat(),
            units=visit.units,
            authorization=appointment.authorization_id,
            override_reason="",
        )
        if visit.confirmed_at:
            about(visit.confirmed_at, desk, "appointment.confirmed", before=Status.SCHEDULED)
        if visit.arrived_at:
            about(visit.arrived_at, desk, "appointment.arrived", before=Status.CONFIRMED)
        if visit.cancelled_at:
            about(
                visit.cancelled_at,
                desk,
                "appointment.cancelled",
                by=visit.cancelled_by,
                late=visit.cancelled_late,
                released=visit.units if visit.authorization else 0,
            )
        if visit.missed_at:
            released = visit.units if visit.authorization else 0
            about(visit.missed_at, desk, "appointment.no_show", released=released)
        if visit.status == Status.IN_PROGRESS:
            about(visit.started_at, own, "appointment.started", before=Status.SCHEDULED)
        if visit.completed_at:
            about(
                visit.completed_at,
                own,
                "appointment.completed",
                units=visit.used_units,
                reserved=visit.units,
            )

    def _record(
        self,
        at: datetime | None,
        actor: Actor,
        action: str,
        *,
        obj: models.Model,
        patient: Patient,
        **details: Any,
    ) -> None:
        event = events.describe(actor=actor, action=action, obj=obj, patient=patient, **details)
        event.at = at or event.at
        self._events.append(event)


def _session(visit: Visit, appointment: Appointment) -> Session:
    assert visit.started_at is not None
    return Session(
        organization_id=appointment.organization_id,
        appointment=appointment,
        patient_id=appointment.patient_id,
        practitioner_id=appointment.practitioner_id,
        started_at=visit.started_at,
        ended_at=visit.ended_at,
        units=visit.used_units,
        created_at=visit.started_at,
    )

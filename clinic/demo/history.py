"""Writes a team's appointments as if they had been booked, completed and documented day by day.

The services refuse to book in the past, so rows are inserted directly, many at a time, with the
units, events and times that the services would have written. All constraints and triggers apply.
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
from clinic.demo.appointments import PlannedAppointment
from clinic.demo.courses import Course
from clinic.demo.units import Booked
from scheduling.models import Addendum, Appointment, ProgressNote, Session, Status


class History:
    """`desk` is the actor who books and cancels; `practitioners` are actors by practitioner id."""

    def __init__(
        self, *, system: Actor, desk: Actor, practitioners: dict[int, Actor], random: Random
    ) -> None:
        self._system, self._desk, self._practitioners = system, desk, practitioners
        self._random = random
        self._organization = system.organization
        self._events: list[Event] = []

    def write(self, courses: list[Course], planned_appointments: list[PlannedAppointment]) -> None:
        self._authorize(courses, planned_appointments)
        bookings = units.booked(
            planned_appointments, bulk_insert.next_ids(Appointment, len(planned_appointments))
        )
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
        self._care_teams(planned_appointments)
        for booking, appointment in zip(bookings, appointments, strict=True):
            self._record_appointment(booking.planned, appointment)
        self._sessions(list(zip(planned_appointments, appointments, strict=True)))
        bulk_insert.insert(self._events)
        self._events.clear()

    def _authorize(
        self, courses: list[Course], planned_appointments: list[PlannedAppointment]
    ) -> None:
        units.set_caps(courses, planned_appointments)
        plans = [plan for course in courses for plan in course.plans]
        bulk.authorize(
            actor=self._system,
            authorizations=[(plan.authorization, plan.codes) for plan in plans],
        )
        for plan in plans:
            one = plan.authorization
            about = partial(self._record, obj=one, patient=one.patient, number=one.number)
            about(one.created_at, self._desk, "authorization.created")
            if one.status == Authorization.Status.CANCELLED:
                reason = "Replaced by the payer's new letter"
                about(plan.cancelled_at, self._desk, "authorization.cancelled", reason=reason)

    def _appointment(self, booking: Booked) -> Appointment:
        planned = booking.planned
        code = planned.service_code
        steps = (planned.confirmed_at, planned.arrived_at, planned.started_at, planned.completed_at)
        return Appointment(
            pk=booking.appointment_id,
            organization_id=self._organization.pk,
            patient_id=planned.patient.pk,
            practitioner_id=planned.slot.practitioner.pk,
            service_code_id=code.pk,
            authorization_id=planned.authorization.pk if planned.authorization else None,
            reservation_id=booking.reservation.pk if booking.reservation else None,
            location_id=planned.slot.location.pk,
            room_id=planned.slot.room.pk if planned.slot.room else None,
            starts_at=planned.starts_at,
            ends_at=planned.ends_at,
            units=planned.units,
            status=planned.status,
            allows_concurrent=code.allows_concurrent,
            allows_group=code.allows_group,
            cancelled_by=planned.cancelled_by,
            cancel_reason=planned.cancel_reason,
            cancelled_late=planned.cancelled_late,
            version=1 + sum(step is not None for step in (*steps, planned.ended_unused_at)),
            created_at=planned.booked_at,
            created_by_id=self._desk.user.pk if self._desk.user else None,
        )

    def _care_teams(self, planned_appointments: Iterable[PlannedAppointment]) -> None:
        since: dict[tuple[int, int], datetime] = {}
        for planned in planned_appointments:
            key = (planned.patient.pk, planned.slot.practitioner.pk)
            since[key] = min(since.get(key, planned.booked_at), planned.booked_at)
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

    def _sessions(self, pairs: list[tuple[PlannedAppointment, Appointment]]) -> None:
        begun = [(planned, appointment) for planned, appointment in pairs if planned.started_at]
        sessions = [_session(planned, appointment) for planned, appointment in begun]
        bulk_insert.insert(sessions)
        written = [
            (planned, self._note(planned, session))
            for (planned, _), session in zip(begun, sessions, strict=True)
            if planned.has_note
        ]
        bulk_insert.insert([note for _, note in written])
        for planned, note in written:
            own = self._practitioners[planned.slot.practitioner.pk]
            about = partial(
                self._record, obj=note, patient=planned.patient, session=note.session_id
            )
            about(planned.completed_at, own, "note.drafted")
            if planned.signed_at:
                about(planned.signed_at, own, "note.signed")
        self._addenda(written)

    def _note(self, planned: PlannedAppointment, session: Session) -> ProgressNote:
        own = self._practitioners[planned.slot.practitioner.pk]
        assert planned.completed_at is not None
        note = ProgressNote(
            organization=self._organization,
            session=session,
            updated_at=planned.signed_at or planned.completed_at,
        )
        notes.write(note, planned.course.treatment.kind, self._random)
        if planned.signed_at:
            note.status = ProgressNote.Status.SIGNED
            note.signed_at, note.signed_by = planned.signed_at, own.user
            note.version = 2
        return note

    def _addenda(self, written: list[tuple[PlannedAppointment, ProgressNote]]) -> None:
        for planned, note in written:
            own = self._practitioners[planned.slot.practitioner.pk]
            if not planned.addendum or planned.signed_at is None or own.user is None:
                continue
            at = planned.signed_at + timedelta(days=1)
            added = Addendum.objects.create(
                organization=self._organization,
                note=note,
                author=own.user,
                text=notes.ADDENDUM,
                at=at,
            )
            self._record(
                at, own, "note.amended", obj=note, patient=planned.patient, addendum=added.pk
            )

    def _record_appointment(self, planned: PlannedAppointment, appointment: Appointment) -> None:
        """Record the events of an appointment up to now."""
        desk, own = self._desk, self._practitioners[appointment.practitioner_id]
        about = partial(self._record, obj=appointment, patient=planned.patient)
        about(
            planned.booked_at,
            desk,
            "appointment.booked",
            practitioner=appointment.practitioner_id,
            service=planned.service_code.full_code,
            starts_at=planned.starts_at.isoformat(),
            ends_at=planned.ends_at.isoformat(),
            units=planned.units,
            authorization=appointment.authorization_id,
            override_reason="",
        )
        if planned.confirmed_at:
            about(planned.confirmed_at, desk, "appointment.confirmed", before=Status.SCHEDULED)
        if planned.arrived_at:
            about(planned.arrived_at, desk, "appointment.arrived", before=Status.CONFIRMED)
        if planned.cancelled_at:
            about(
                planned.cancelled_at,
                desk,
                "appointment.cancelled",
                by=planned.cancelled_by,
                late=planned.cancelled_late,
                released=planned.units if planned.authorization else 0,
            )
        if planned.missed_at:
            released = planned.units if planned.authorization else 0
            about(planned.missed_at, desk, "appointment.no_show", released=released)
        if planned.status == Status.IN_PROGRESS:
            about(planned.started_at, own, "appointment.started", before=Status.SCHEDULED)
        if planned.completed_at:
            about(
                planned.completed_at,
                own,
                "appointment.completed",
                units=planned.used_units,
                reserved=planned.units,
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


def _session(planned: PlannedAppointment, appointment: Appointment) -> Session:
    assert planned.started_at is not None
    return Session(
        organization_id=appointment.organization_id,
        appointment=appointment,
        patient_id=appointment.patient_id,
        practitioner_id=appointment.practitioner_id,
        started_at=planned.started_at,
        ended_at=planned.ended_at,
        units=planned.used_units,
        created_at=planned.started_at,
    )

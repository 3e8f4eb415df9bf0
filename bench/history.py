"""Weeks of appointments, and years of ledger entries, made in bulk."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection

from bench.data import (
    AUTHORIZATIONS,
    PATIENTS,
    PATIENTS_AT_ONCE,
    PATIENTS_EACH,
    PRACTITIONERS,
    RESERVATIONS,
    Clinic,
    add_patients,
)

WEEKS_BEFORE, WEEKS_AHEAD = 8, 4
WEEKS = WEEKS_BEFORE + 1 + WEEKS_AHEAD
ROOM_FOR = 1000  # reservations of one patient, in the ids

# Two hours a week for each patient, at an hour of the day that is theirs, from 9:00 to 15:00.
# `j` counts a patient's visits. The clinic's first patients come now, the next as many came in the
# weeks before, and so on: the same practitioners saw them all.
PLAN = f"""
CREATE TEMP TABLE bench_plan AS
SELECT n, row_number() OVER (PARTITION BY n ORDER BY day)::int AS j, day < current_date AS past,
       {RESERVATIONS} + n::bigint * {ROOM_FOR} + row_number() OVER (PARTITION BY n ORDER BY day)
           AS id,
       (day + make_time(9 + n %% {PATIENTS_EACH}, 0, 0)) AT TIME ZONE 'America/Chicago' AS start,
       day, n / {PATIENTS_AT_ONCE} * interval '{WEEKS} weeks' AS back,
       n %% {PATIENTS_AT_ONCE} / {PATIENTS_EACH} AS practitioner
  FROM generate_series(%(first)s::int, %(last)s::int - 1) AS n,
       LATERAL (SELECT (date_trunc('week', current_date)::date
                        + 7 * (week - n / {PATIENTS_AT_ONCE} * {WEEKS})
                        + (n + 2 * twice) %% 5)::date AS day
                  FROM generate_series(-{WEEKS_BEFORE}, {WEEKS_AHEAD}) AS week,
                       generate_series(0, 1) AS twice) AS days
"""

RESERVED = """
INSERT INTO billing_reservation (
    id, organization_id, authorization_id, service_code_id, units, consumed_units,
    date_of_service, source, state, created_at, ended_at)
SELECT id, %(organization)s, %(authorizations)s + n, %(service)s, 4, CASE WHEN past THEN 4 END, day,
       'appointment:' || id, CASE WHEN past THEN 'consumed' ELSE 'active' END,
       start - interval '100 days', CASE WHEN past THEN start + interval '1 hour' END
  FROM bench_plan
"""

ENTRIES = """
INSERT INTO billing_ledgerentry (
    organization_id, authorization_id, number, kind, units, total_delta, used_delta,
    reserved_delta, total_after, used_after, reserved_after, reservation_id, date_of_service,
    source, reason, request_id, at)
SELECT %(organization)s, a.id,
       1 + row_number() OVER moves, kind, 4, 0, used, held, a.total_units,
       sum(used) OVER moves, sum(held) OVER moves, plan.id, day, 'appointment:' || plan.id,
       '', '', moment
  FROM bench_plan AS plan
  JOIN billing_authorization AS a ON a.id = %(authorizations)s + n,
       LATERAL (VALUES ('reserve', 0, 4,
                        now() - back - interval '100 days' + j * interval '1 minute'),
                       ('consume', 4, -4, start + interval '1 hour'))
            AS movement (kind, used, held, moment)
 WHERE kind = 'reserve' OR past
WINDOW moves AS (PARTITION BY n ORDER BY moment, kind DESC)
"""

BALANCES = """
UPDATE billing_authorization AS a
   SET used_units = last.used_after, reserved_units = last.reserved_after,
       entry_count = last.number
  FROM (SELECT DISTINCT ON (authorization_id) * FROM billing_ledgerentry
         WHERE authorization_id >= %(from)s AND authorization_id < %(to)s
         ORDER BY authorization_id, number DESC) AS last
 WHERE a.id = last.authorization_id
"""

APPOINTMENTS = """
INSERT INTO scheduling_appointment (
    id, organization_id, patient_id, practitioner_id, service_code_id, authorization_id,
    reservation_id, location_id, starts_at, ends_at, units, status, allows_concurrent,
    allows_group, override_reason, cancelled_by, cancel_reason, external_id, version, created_at)
SELECT id, %(organization)s, %(patients)s + n, %(practitioners)s + practitioner, %(service)s,
       %(authorizations)s + n, id, %(location)s, start, start + interval '1 hour', 4,
       CASE WHEN past THEN 'completed' ELSE 'scheduled' END, false, false, '', '', '', '', 1,
       start - interval '100 days'
  FROM bench_plan
"""

SESSIONS = """
INSERT INTO scheduling_session (
    organization_id, appointment_id, patient_id, practitioner_id, started_at, ended_at, units,
    is_note_due, created_at)
SELECT %(organization)s, id, %(patients)s + n, %(practitioners)s + practitioner, start,
       start + interval '1 hour', 4, start > now() - interval '7 days', start
  FROM bench_plan WHERE past
"""

# All but the last week's are written and signed.
NOTES = """
INSERT INTO scheduling_progressnote (
    organization_id, session_id, format, subjective, objective, assessment, plan, narrative, status,
    version, updated_at, signed_at, signed_by_id)
SELECT organization_id, id, 'narrative', '', '', '', '', 'Went well.', 'signed', 2, ended_at,
       ended_at, %(actor)s
  FROM scheduling_session WHERE organization_id = %(organization)s AND NOT is_note_due
   AND id NOT IN (SELECT session_id FROM scheduling_progressnote)
"""

CARE_TEAM = """
INSERT INTO accounts_careteammember (organization_id, patient_id, practitioner_id, since)
SELECT DISTINCT %(organization)s, %(patients)s + n, %(practitioners)s + practitioner, current_date
  FROM bench_plan
"""

EVENTS = """
INSERT INTO accounts_event (
    organization_id, at, actor_id, actor_role, channel, action, object_type, object_id, patient_id,
    details, request_id)
SELECT %(organization)s, start - interval '100 days', %(actor)s, 'admin', 'page',
       'appointment.booked', 'scheduling.appointment', id, %(patients)s + n, '{}', ''
  FROM bench_plan
"""


def add_appointments(clinic: Clinic, numbers: range) -> None:
    """For patients that have nothing but their grant."""
    values = {
        "first": numbers.start,
        "last": numbers.stop,
        "organization": clinic.organization.pk,
        "service": clinic.service.pk,
        "location": clinic.location.pk,
        "actor": clinic.desk.user.pk if clinic.desk.user else None,
        "patients": PATIENTS,
        "practitioners": PRACTITIONERS,
        "authorizations": AUTHORIZATIONS,
        "from": AUTHORIZATIONS + numbers.start,
        "to": AUTHORIZATIONS + numbers.stop,
    }
    steps = [PLAN, RESERVED, ENTRIES, BALANCES, APPOINTMENTS, SESSIONS, NOTES, CARE_TEAM, EVENTS]
    with connection.cursor() as cursor:
        for sql in steps:
            cursor.execute(sql, values)
        cursor.execute("DROP TABLE bench_plan")


def add_years(clinic: Clinic, times: int) -> None:
    """So many times the patients and what they had, each lot in weeks of its own."""
    for number in range(1, times):
        patients = range(number * PATIENTS_AT_ONCE, (number + 1) * PATIENTS_AT_ONCE)
        add_patients(clinic, patients, units=1_000, ago=timedelta(weeks=number * WEEKS))
    add_appointments(clinic, range(PATIENTS_AT_ONCE, times * PATIENTS_AT_ONCE))

"""Invariants of appointments, reservations, sessions and ledger after any race."""

from __future__ import annotations

from django.db import connection

from billing.ledger import replay

# Every appointment against the reservation it names, and every hold against its appointment.
_UNITS = """
SELECT 'appointment ' || a.id || ' is ' || a.status || ', its units ' || COALESCE(r.state, 'lost')
  FROM scheduling_appointment a
  LEFT JOIN billing_reservation r ON r.id = a.reservation_id
 WHERE a.authorization_id IS NOT NULL
   AND (r.authorization_id, r.state) IS DISTINCT FROM (a.authorization_id, CASE
       WHEN a.status = 'completed' THEN 'consumed'
       WHEN a.status IN ('cancelled', 'no_show') THEN 'released'
       ELSE 'active' END)
UNION ALL
SELECT 'reservation ' || r.id || ' is held by no appointment'
  FROM billing_reservation r
 WHERE r.state = 'active' AND r.source LIKE 'appointment:%'
   AND NOT EXISTS (SELECT 1 FROM scheduling_appointment a WHERE a.reservation_id = r.id)
UNION ALL
SELECT 'appointment ' || a.id || ' holds ' || r.units || ' units and says ' || a.units
  FROM scheduling_appointment a
  JOIN billing_reservation r ON r.id = a.reservation_id
 WHERE a.status IN ('scheduled', 'confirmed', 'arrived') AND r.units <> a.units
UNION ALL
SELECT 'session ' || s.id || ' and its consumption differ'
  FROM scheduling_session s
  JOIN scheduling_appointment a ON a.id = s.appointment_id
  JOIN billing_reservation r ON r.id = a.reservation_id
 WHERE a.status = 'completed' AND s.units IS DISTINCT FROM r.consumed_units
UNION ALL
SELECT 'appointment ' || a.id || ' is completed without a session'
  FROM scheduling_appointment a
 WHERE a.status = 'completed'
   AND NOT EXISTS (SELECT 1 FROM scheduling_session s
                    WHERE s.appointment_id = a.id AND s.ended_at IS NOT NULL)
UNION ALL
SELECT 'nobody recorded that appointment ' || a.id || ' was booked'
  FROM scheduling_appointment a
 WHERE NOT EXISTS (SELECT 1 FROM accounts_event e
                    WHERE e.action = 'appointment.booked' AND e.object_id = a.id
                      AND e.object_type = 'scheduling.appointment')
"""

_TIME = """
SELECT 'appointments ' || a.id || ' and ' || b.id || ' overlap'
  FROM scheduling_appointment a
  JOIN scheduling_appointment b ON a.id < b.id
   AND (a.practitioner_id = b.practitioner_id OR a.patient_id = b.patient_id
        OR a.room_id = b.room_id)
   AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at
 WHERE a.status NOT IN ('cancelled', 'no_show') AND b.status NOT IN ('cancelled', 'no_show')
   AND a.override_reason = '' AND b.override_reason = ''
"""


def problems() -> list[str]:
    """The services of these tests allow no overlap, so every overlap is wrong."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_UNITS} UNION ALL {_TIME}")
        found = [text for (text,) in cursor.fetchall()]
    return found + [f"{one.authorization_id}: {one.problem}" for one in replay.differences()]

"""The trigger that turns events into deliveries, in the transaction that writes them."""

import pgtrigger

from accounts.models.triggers import Guard

CHANNEL = "webhooks"

# Recorded for the clinic only; never sent, whatever an endpoint subscribes to.
INTERNAL = (
    "audit.exported",
    "organization.created",
    "patient.listed",
    "patient.viewed",
    "user.email_added",
    "user.email_changed",
    "user.email_removed",
    "user.factor_added",
    "user.factor_removed",
    "user.factor_reset",
    "user.password_changed",
    "user.password_reset",
    "user.sessions_ended",
    "user.sign_in_failed",
    "user.signed_in",
    "user.signed_out",
    "user.updated",
    "webhook.created",
    "webhook.deleted",
    "webhook.disabled",
    "webhook.replayed",
    "webhook.rotated",
    "webhook.updated",
)
_INTERNAL = ", ".join(f"'{action}'" for action in INTERNAL)

# Whether the event `e` is sent to the endpoint `w`.
WANTED = f"""
    w.organization_id = e.organization_id AND w.is_active AND (
        (e.action = 'webhook.tested' AND e.object_id = w.id)
        OR (
            e.action NOT IN ({_INTERNAL}, 'webhook.tested')
            AND w.event_types
                && ARRAY[e.action, split_part(e.action, '.', 1) || '.*', '*']::varchar[]
        )
    )
"""
COLUMNS = """
    organization_id, endpoint_id, event_id, event_type, object_type, object_id, message_id,
    status, attempt_count, failures, created_at, next_attempt_at
"""
VALUES = """
    e.organization_id, w.id, e.id, e.action, e.object_type, e.object_id, gen_random_uuid(),
    'pending', 0, 0, now(), now()
"""


def deliveries() -> Guard:
    """Every insert, of one event or of many, also lays the deliveries out that it asks for."""
    return Guard(
        name="event_deliveries",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        level=pgtrigger.Statement,
        referencing=pgtrigger.Referencing(new="written"),
        func=f"""
            INSERT INTO accounts_webhookdelivery ({COLUMNS})
            SELECT {VALUES} FROM written e JOIN accounts_webhookendpoint w ON {WANTED};
            IF FOUND THEN
                PERFORM pg_notify('{CHANNEL}', '');
            END IF;
            RETURN NULL;
        """,
    )

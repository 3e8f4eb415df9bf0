"""Triggers that protect the unit ledger, in the order in which they run for a movement."""

import pgtrigger

from accounts.models.triggers import Guard, lawful_transitions, never_deleted, refuse

# A balance starts at zero and changes only together with entries.
_moves_with_entries = Guard(
    name="balance_moves_with_entries",
    when=pgtrigger.Before,
    operation=pgtrigger.Update | pgtrigger.Insert,
    func="""
        IF TG_OP = 'INSERT' THEN
            IF (NEW.total_units, NEW.used_units, NEW.reserved_units, NEW.entry_count)
               IS DISTINCT FROM (0, 0, 0, 0) THEN
                RAISE EXCEPTION 'an authorization starts with an empty balance'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'authorization_starts_empty';
            END IF;
        ELSIF NEW.entry_count < OLD.entry_count OR (NEW.entry_count = OLD.entry_count AND
                (NEW.total_units, NEW.used_units, NEW.reserved_units)
                IS DISTINCT FROM (OLD.total_units, OLD.used_units, OLD.reserved_units)) THEN
            RAISE EXCEPTION 'a balance moves only with a ledger entry'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'authorization_moves_with_entry';
        END IF;
        RETURN NEW;
    """,
)

# Checked at commit: every change of a balance has its entry, with the same figures. Most changes
# have one entry, which is one look-up. A balance loaded by `ledger.bulk` has many entries: all must
# be there, and each must follow from the one before it.
_has_its_entries = Guard(
    name="balance_has_its_entries",
    when=pgtrigger.After,
    operation=pgtrigger.Update,
    condition=pgtrigger.Condition("OLD.entry_count IS DISTINCT FROM NEW.entry_count"),
    timing=pgtrigger.Deferred,
    declare=[("explained", "boolean")],
    func="""
        IF NEW.entry_count = OLD.entry_count + 1 THEN
            explained := EXISTS (
                SELECT 1 FROM billing_ledgerentry
                 WHERE authorization_id = NEW.id AND number = NEW.entry_count
                   AND total_after = NEW.total_units AND used_after = NEW.used_units
                   AND reserved_after = NEW.reserved_units
                   AND total_delta = NEW.total_units - OLD.total_units
                   AND used_delta = NEW.used_units - OLD.used_units
                   AND reserved_delta = NEW.reserved_units - OLD.reserved_units
            );
        ELSE
            SELECT count(*) = NEW.entry_count - OLD.entry_count
                   AND bool_and(total_after = OLD.total_units + total
                                AND used_after = OLD.used_units + used
                                AND reserved_after = OLD.reserved_units + reserved)
                   AND bool_or(number = NEW.entry_count AND total_after = NEW.total_units
                               AND used_after = NEW.used_units
                               AND reserved_after = NEW.reserved_units)
              INTO explained
              FROM (
                SELECT number, total_after, used_after, reserved_after,
                       sum(total_delta) OVER so_far AS total,
                       sum(used_delta) OVER so_far AS used,
                       sum(reserved_delta) OVER so_far AS reserved
                  FROM billing_ledgerentry
                 WHERE authorization_id = NEW.id
                   AND number > OLD.entry_count AND number <= NEW.entry_count
                WINDOW so_far AS (ORDER BY number)
              ) AS entries;
        END IF;
        IF explained IS NOT TRUE THEN
            RAISE EXCEPTION 'the balance of authorization % moved without its entry', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'authorization_moves_with_entry';
        END IF;
        RETURN NULL;
    """,
)

_copies_to_services = Guard(
    name="copies_to_services",
    when=pgtrigger.After,
    operation=pgtrigger.UpdateOf("payer_id", "number", "start_date", "end_date", "status"),
    func="""
        UPDATE billing_authorizedservice
           SET payer_id = NEW.payer_id, number = NEW.number, start_date = NEW.start_date,
               end_date = NEW.end_date, status = NEW.status
         WHERE authorization_id = NEW.id;
        RETURN NULL;
    """,
)

AUTHORIZATION_TRIGGERS = [
    _moves_with_entries,
    _has_its_entries,
    _copies_to_services,
    never_deleted("authorization"),
]

AUTHORIZED_SERVICE_TRIGGERS = [
    Guard(
        name="service_repeats_authorization",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func="""
            SELECT payer_id, number, start_date, end_date, status
              INTO NEW.payer_id, NEW.number, NEW.start_date, NEW.end_date, NEW.status
              FROM billing_authorization WHERE id = NEW.authorization_id;
            RETURN NEW;
        """,
    )
]

# Caps are counted at the end of the statement, under the lock on the authorization's row, which
# every movement holds by then. Consuming no more than was reserved is always allowed: a cap that
# was lowered later must not block a session that took place.
_within_caps = Guard(
    name="reservation_within_caps",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("units", "consumed_units", "state"),
    condition=pgtrigger.Condition("NEW.state IN ('active', 'consumed')"),
    declare=[("cap", "billing_authorization%ROWTYPE")],
    func="""
        IF TG_OP = 'UPDATE' AND COALESCE(NEW.consumed_units, NEW.units)
                                <= COALESCE(OLD.consumed_units, OLD.units) THEN
            RETURN NULL;
        END IF;
        SELECT * INTO cap FROM billing_authorization WHERE id = NEW.authorization_id;
        IF cap.cap_per_day IS NULL AND cap.cap_per_week IS NULL AND cap.cap_per_month IS NULL THEN
            RETURN NULL;
        END IF;
        IF cap.cap_per_day < billing_units_held(NEW.authorization_id, NEW.date_of_service, 'day')
           OR cap.cap_per_week
              < billing_units_held(NEW.authorization_id, NEW.date_of_service, 'week')
           OR cap.cap_per_month
              < billing_units_held(NEW.authorization_id, NEW.date_of_service, 'month')
        THEN
            RAISE EXCEPTION 'more units than a cap of authorization % allows', cap.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'authorization_cap';
        END IF;
        RETURN NULL;
    """,
)

# The statement that reserves reads the services before it waits for the lock on the balance. This
# trigger reads them again afterwards.
_of_covered_service = Guard(
    name="reservation_of_covered_service",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    func="""
        IF NOT EXISTS (
            SELECT 1 FROM billing_authorizedservice
             WHERE authorization_id = NEW.authorization_id
               AND service_code_id = NEW.service_code_id
        ) THEN
            RAISE EXCEPTION 'authorization % does not cover the service', NEW.authorization_id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'reservation_of_covered_service';
        END IF;
        RETURN NULL;
    """,
)

# The figures of a reservation never change. Its end and its consumed units are written once, with
# an entry.
_frozen = refuse(
    "reservation_frozen",
    pgtrigger.UpdateOf(
        "organization_id",
        "authorization_id",
        "service_code_id",
        "units",
        "date_of_service",
        "source",
        "consumed_units",
    ),
    condition=pgtrigger.Condition(
        """
        ROW(OLD.organization_id, OLD.authorization_id, OLD.service_code_id, OLD.units,
            OLD.date_of_service, OLD.source, COALESCE(OLD.consumed_units, NEW.consumed_units))
        IS DISTINCT FROM
        ROW(NEW.organization_id, NEW.authorization_id, NEW.service_code_id, NEW.units,
            NEW.date_of_service, NEW.source, NEW.consumed_units)
        """
    ),
)

# Checked at commit: a reservation has the entry that made it and the entry of its state, with the
# same figures. It has three entries at most, found by the index of the foreign key.
_has_its_entry = Guard(
    name="reservation_has_its_entry",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("state"),
    timing=pgtrigger.Deferred,
    declare=[("explained", "boolean")],
    func="""
        SELECT bool_or(kind = 'reserve' AND reserved_delta = NEW.units)
               AND bool_or(CASE NEW.state
                   WHEN 'active' THEN kind = 'reserve'
                   WHEN 'released' THEN kind = 'release' AND reserved_delta = -NEW.units
                   WHEN 'expired' THEN kind = 'expire' AND reserved_delta = -NEW.units
                   WHEN 'consumed' THEN kind = 'consume' AND reserved_delta = -NEW.units
                                        AND used_delta = NEW.consumed_units
                   WHEN 'reversed' THEN kind = 'reverse' AND used_delta = -NEW.consumed_units
               END)
          INTO explained
          FROM billing_ledgerentry
         WHERE reservation_id = NEW.id;
        IF explained IS NOT TRUE THEN
            RAISE EXCEPTION 'reservation % is % without its entry', NEW.id, NEW.state
                USING ERRCODE = 'check_violation', CONSTRAINT = 'reservation_has_its_entry';
        END IF;
        RETURN NULL;
    """,
)

RESERVATION_TRIGGERS = [
    lawful_transitions(
        "reservation_ends_once",
        field="state",
        transitions=[
            ("active", "consumed"),
            ("active", "released"),
            ("active", "expired"),
            ("consumed", "reversed"),
        ],
    ),
    _frozen,
    _has_its_entry,
    _within_caps,
    _of_covered_service,
    never_deleted("reservation"),
]

LEDGER_ENTRY_TRIGGERS = [
    Guard(
        name="entry_moved_the_balance",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        timing=pgtrigger.Deferred,
        func="""
            IF NEW.number > (SELECT entry_count FROM billing_authorization
                              WHERE id = NEW.authorization_id) THEN
                RAISE EXCEPTION 'entry % did not move the balance', NEW.id
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_moves_the_balance';
            END IF;
            RETURN NULL;
        """,
    )
]

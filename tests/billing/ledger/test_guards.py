"""What the database refuses by itself about balances, entries and reservations."""

from __future__ import annotations

import pytest
from django.db import transaction

from billing.ledger import services as ledger
from tests import factories
from tests.billing.ledger.guards import balance, entry, refused_by, reservation, run

pytestmark = pytest.mark.django_db


class TestBalance:
    @pytest.mark.parametrize("figure", ["total_units", "used_units", "reserved_units"])
    def test_moves_only_with_an_entry(self, authorization, figure):
        refused_by(
            "authorization_moves_with_entry", balance(authorization, f"{figure} = {figure} + 1")
        )

    def test_counted_but_without_its_entry(self, authorization):
        refused_by(
            "authorization_moves_with_entry",
            balance(authorization, "total_units = total_units + 1, entry_count = entry_count + 1"),
        )

    def test_an_entry_with_other_figures(self, authorization):
        refused_by(
            "authorization_moves_with_entry",
            balance(authorization, "total_units = total_units + 2, entry_count = entry_count + 1"),
            entry(authorization),
        )

    def test_the_entry_count_cannot_go_back(self, authorization):
        refused_by(
            "authorization_moves_with_entry",
            balance(authorization, "entry_count = entry_count - 1"),
        )

    def test_starts_empty(self, authorization):
        refused_by(
            "authorization_starts_empty",
            (
                """
                INSERT INTO billing_authorization (organization_id, patient_id, policy_id, payer_id,
                    number, start_date, end_date, status, total_units, used_units, reserved_units,
                    entry_count, created_at)
                SELECT organization_id, patient_id, policy_id, payer_id, 'B-1', start_date,
                    end_date, status, 5, 0, 0, 1, now() FROM billing_authorization WHERE id = %s
                """,
                [authorization.pk],
            ),
        )

    def test_is_never_overbooked(self, authorization):
        refused_by(
            "authorization_never_overbooked",
            balance(authorization, "reserved_units = 21, entry_count = entry_count + 1"),
        )

    @pytest.mark.parametrize("figure", ["used_units", "reserved_units"])
    def test_is_never_negative(self, authorization, figure):
        refused_by(
            "authorization_balance_not_negative",
            balance(authorization, f"{figure} = -1, entry_count = entry_count + 1"),
        )

    def test_a_lawful_movement_passes(self, authorization):
        with transaction.atomic():
            run(*balance(authorization, "total_units = 21, entry_count = entry_count + 1"))
            run(*entry(authorization))
            run("SET CONSTRAINTS ALL IMMEDIATE")
        authorization.refresh_from_db()
        assert authorization.total_units == 21


class TestEntries:
    def test_one_that_moved_nothing(self, authorization):
        refused_by("entry_moves_the_balance", entry(authorization))

    def test_a_gap_in_the_numbers(self, authorization):
        refused_by(
            "authorization_moves_with_entry",
            balance(authorization, "total_units = total_units + 1, entry_count = entry_count + 1"),
            entry(authorization, number=authorization.entry_count + 2),
        )

    def test_a_number_twice(self, authorization):
        refused_by("entry_number_once", entry(authorization, number=1))

    @pytest.mark.parametrize(
        "sql",
        [
            "UPDATE billing_ledgerentry SET units = 7 WHERE authorization_id = %s",
            "DELETE FROM billing_ledgerentry WHERE authorization_id = %s",
        ],
    )
    def test_never_changed_or_deleted(self, authorization, sql):
        refused_by("ledger_entry_append_only", (sql, [authorization.pk]))

    def test_never_truncated(self, authorization):
        refused_by("ledger_entry_never_truncated", ("TRUNCATE billing_ledgerentry CASCADE", None))

    @pytest.mark.parametrize(
        "changed",
        [
            {"kind": "grant", "total": -1},
            {"kind": "grant", "used": 1},
            {"kind": "adjust", "total": 1, "reason": ""},
            {"kind": "adjust", "total": 0, "reason": "Letter"},
        ],
    )
    def test_moves_as_its_kind(self, authorization, changed):
        refused_by("entry_moves_as_its_kind", entry(authorization, **changed))

    def test_a_reservation_for_a_movement_of_one(self, authorization):
        moved = entry(authorization, kind="reserve", total=0, reserved=1)
        refused_by("entry_has_reservation", moved)

    def test_an_unlawful_balance(self, authorization):
        refused_by("entry_balance_lawful", entry(authorization, used_after=30))


class TestReservations:
    def test_ends_once(self, authorization, reserve, admin):
        reservation = reserve(4)
        ledger.release(actor=admin, reservation=reservation)
        consumed = "UPDATE billing_reservation SET state = 'consumed', consumed_units = 4"
        refused_by("reservation_ends_once", (f"{consumed} WHERE id = %s", [reservation.pk]))

    @pytest.mark.parametrize(("kind", "used"), [("release", 0), ("consume", 4), ("expire", 0)])
    def test_is_ended_by_one_entry(self, authorization, reserve, admin, kind, used):
        """As if the state did not keep it: a second ending, with its movement."""
        reservation = reserve(4)
        reserve(4)
        ledger.release(actor=admin, reservation=reservation)
        authorization.refresh_from_db()
        refused_by(
            "entry_ends_reservation_once",
            entry(
                authorization,
                kind=kind,
                total=0,
                used=used,
                reserved=-4,
                total_after=20,
                used_after=used,
                reserved_after=0,
                reservation=reservation.pk,
            ),
        )

    def test_ends_whole(self, reserve):
        refused_by(
            "reservation_ends_whole",
            ("UPDATE billing_reservation SET state = 'consumed' WHERE id = %s", [reserve(4).pk]),
        )

    def test_is_not_deleted(self, reserve):
        refused_by(
            "reservation_kept", ("DELETE FROM billing_reservation WHERE id = %s", [reserve(4).pk])
        )

    def test_has_units(self, authorization, service):
        refused_by(
            "reservation_units_positive",
            reservation(authorization, service_code=service.pk, units=0),
        )

    @pytest.mark.parametrize(
        "change",
        [
            "authorization_id = 0",
            "service_code_id = 0",
            "organization_id = 0",
            "units = 1",
            "date_of_service = date_of_service + 1",
            "source = 'appointment:2'",
            "consumed_units = 3",
            "consumed_units = NULL",
        ],
    )
    def test_ended_reservations_cannot_be_changed(self, reserve, admin, change):
        used = reserve(4)
        ledger.consume(actor=admin, reservation=used, units=4)
        refused_by(
            "reservation_frozen",
            (f"UPDATE billing_reservation SET {change} WHERE id = %s", [used.pk]),
        )

    def test_is_made_with_its_entry(self, authorization, service):
        refused_by("reservation_has_its_entry", reservation(authorization, service_code=service.pk))

    @pytest.mark.parametrize(
        "state",
        [
            "state = 'released', ended_at = now()",
            "state = 'expired', ended_at = now()",
            "state = 'consumed', ended_at = now(), consumed_units = 4",
        ],
    )
    def test_ends_with_its_entry(self, reserve, state):
        held = reserve(4)
        refused_by(
            "reservation_has_its_entry",
            (f"UPDATE billing_reservation SET {state} WHERE id = %s", [held.pk]),
        )

    def test_is_reversed_with_its_entry(self, reserve, admin):
        used = reserve(4)
        ledger.consume(actor=admin, reservation=used, units=4)
        reversing = "UPDATE billing_reservation SET state = 'reversed' WHERE id = %s"
        refused_by("reservation_has_its_entry", (reversing, [used.pk]))

    def test_ends_with_the_figures_of_its_entry(self, authorization, reserve):
        """4 were reserved, and the entry says that 3 were released."""
        held = reserve(4)
        released = "UPDATE billing_reservation SET state = 'released', ended_at = now()"
        refused_by(
            "reservation_has_its_entry",
            (f"{released} WHERE id = %s", [held.pk]),
            balance(authorization, "reserved_units = 1, entry_count = entry_count + 1"),
            entry(
                authorization,
                kind="release",
                total=0,
                reserved=-3,
                total_after=20,
                reserved_after=1,
                reservation=held.pk,
            ),
        )

    def test_is_moved_by_entries_of_its_own_authorization(self, authorization, reserve, policy):
        held = reserve(4)
        other = factories.AuthorizationFactory(
            organization=policy.organization, patient=policy.patient, policy=policy
        )
        moved = entry(other, kind="release", total=0, reserved=-4, reservation=held.pk)
        refused_by("entry_on_its_authorization", moved)

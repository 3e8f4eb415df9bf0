"""The movements and their refusals, each with its code, its words and its figures."""

from datetime import date, timedelta

import pytest

from accounts.errors import Conflict, NotAllowed, NotFound
from accounts.models import Event
from accounts.roles import Role
from billing.authorizations import services as authorizations
from billing.ledger import errors, replay
from billing.ledger import services as ledger
from billing.models import Authorization, LedgerEntry, Reservation
from tests import factories
from tests.billing.conftest import NOW, TODAY

pytestmark = pytest.mark.django_db

State = Reservation.State


def balance(authorization: Authorization) -> tuple[int, int, int]:
    authorization.refresh_from_db()
    return authorization.total_units, authorization.used_units, authorization.reserved_units


def last_entry(authorization: Authorization) -> LedgerEntry:
    return authorization.entries.latest("number")


@pytest.fixture(autouse=True)
def _every_test_ends_explained(clinic):
    yield
    assert replay.differences() == []


class TestMovements:
    def test_reserve(self, authorization, reserve, service, admin):
        reservation = reserve(4)
        assert balance(authorization) == (20, 0, 4)
        kept = Reservation.objects.get(pk=reservation.pk)
        assert (kept.state, kept.units, kept.service_code) == (State.ACTIVE, 4, service)
        entry = last_entry(authorization)
        assert (entry.kind, entry.units, entry.reserved_delta) == ("reserve", 4, 4)
        assert (entry.source, entry.actor, entry.available_after) == (
            "appointment:1",
            admin.user,
            16,
        )

    def test_reserve_the_last_unit(self, authorization, reserve):
        reserve(20)
        assert balance(authorization) == (20, 0, 20)
        assert Authorization.objects.with_state(today=TODAY).get().state == "exhausted"

    def test_the_callers_object_has_the_new_balance(self, authorization, reserve):
        reserve(4)
        assert (authorization.reserved_units, authorization.entry_count) == (4, 2)

    def test_release(self, authorization, reserve, admin):
        reservation = reserve(4)
        entry = ledger.release(actor=admin, reservation=reservation, reason="Sick")
        assert balance(authorization) == (20, 0, 0)
        assert (entry.kind, entry.units, entry.reserved_delta) == ("release", 4, -4)
        assert (entry.reason, entry.source) == ("Sick", "appointment:1")
        assert reservation.state == State.RELEASED

    def test_expire(self, authorization, reserve, admin):
        entry = ledger.expire(actor=admin, reservation=reserve(4))
        assert balance(authorization) == (20, 0, 0)
        assert entry.kind == "expire"

    @pytest.mark.parametrize(
        ("held", "consumed", "after"),
        [(4, 4, (20, 4, 0)), (4, 3, (20, 3, 0)), (4, 6, (20, 6, 0)), (4, 0, (20, 0, 0))],
        ids=["as held", "fewer", "more", "nought"],
    )
    def test_consume(self, authorization, reserve, admin, held, consumed, after):
        reservation = reserve(held)
        entry = ledger.consume(actor=admin, reservation=reservation, units=consumed)
        assert balance(authorization) == after
        assert (entry.units, entry.reserved_delta, entry.used_delta) == (consumed, -held, consumed)
        reservation.refresh_from_db()
        assert (reservation.state, reservation.consumed_units) == (State.CONSUMED, consumed)

    def test_consume_more_up_to_the_last_unit(self, authorization, reserve, admin):
        reserve(10)
        ledger.consume(actor=admin, reservation=reserve(4), units=10)
        assert balance(authorization) == (20, 10, 10)

    def test_reverse(self, authorization, reserve, admin):
        reservation = reserve(4)
        ledger.consume(actor=admin, reservation=reservation, units=3)
        entry = ledger.reverse(actor=admin, reservation=reservation, reason="Wrong patient")
        assert balance(authorization) == (20, 0, 0)
        assert (entry.kind, entry.used_delta, entry.reason) == ("reverse", -3, "Wrong patient")

    def test_reverse_a_consumption_of_zero_units(self, authorization, reserve, admin):
        reservation = reserve(4)
        ledger.consume(actor=admin, reservation=reservation, units=0)
        ledger.reverse(actor=admin, reservation=reservation, reason="It did take place")
        assert balance(authorization) == (20, 0, 0)

    def test_a_source_can_reserve_again_after_a_reversal(self, reserve, admin):
        first = reserve(4, source="appointment:900")
        ledger.consume(actor=admin, reservation=first, units=4)
        ledger.reverse(actor=admin, reservation=first, reason="Reopened")
        assert reserve(4, source="appointment:900").pk != first.pk

    @pytest.mark.parametrize(("units", "total"), [(5, 25), (-5, 15), (-20, 0)])
    def test_adjust(self, authorization, admin, units, total):
        ledger.adjust(
            actor=admin, authorization=authorization, units=units, reason="  Letter of 1 June "
        )
        assert balance(authorization) == (total, 0, 0)
        entry = last_entry(authorization)
        assert (entry.kind, entry.units, entry.reason) == ("adjust", units, "Letter of 1 June")

    def test_numbers_have_no_gaps(self, authorization, reserve, admin):
        for _ in range(3):
            ledger.release(actor=admin, reservation=reserve(1))
        numbers = list(authorization.entries.values_list("number", flat=True))
        assert numbers == list(range(1, 8))

    def test_each_movement_is_an_event(self, authorization, reserve, admin):
        reservation = reserve(4)
        ledger.consume(actor=admin, reservation=reservation, units=3)
        event = Event.objects.first()
        assert (event.action, event.patient) == ("unit.consumed", authorization.patient)
        assert event.details == {"entry": 3, "available": 17, "units": 3, "reserved": 4}


class TestRefusals:
    """Nothing is written by a refused movement, and the message says what to do."""

    def refused(self, kind, call, *args, **kwargs):
        entries, events = LedgerEntry.objects.count(), Event.objects.count()
        with pytest.raises(kind) as raised:
            call(*args, **kwargs)
        assert (LedgerEntry.objects.count(), Event.objects.count()) == (entries, events)
        return raised.value

    def test_not_enough_units(self, reserve, authorization):
        reserve(18)
        error = self.refused(errors.NotEnoughUnits, reserve, 4)
        assert error.code == "not_enough_units"
        assert error.message == "4 units needed, 2 left on A-1042 (until 31 Aug 2026)."
        assert error.data == {
            "needed": 4,
            "available": 2,
            "until": "2026-08-31",
            "authorization": authorization.pk,
        }

    def test_none_left(self, reserve):
        reserve(20)
        error = self.refused(errors.NotEnoughUnits, reserve, 1)
        assert error.message == "1 unit needed, none left on A-1042 (until 31 Aug 2026)."

    @pytest.mark.parametrize("day", [date(2026, 2, 28), date(2026, 9, 1)])
    def test_outside_the_dates(self, reserve, day):
        error = self.refused(errors.OutsideDates, reserve, 4, date_of_service=day)
        assert error.code == "outside_dates"
        assert error.message.endswith("runs from 1 Mar 2026 to 31 Aug 2026.")
        assert (error.data["start"], error.data["until"]) == ("2026-03-01", "2026-08-31")
        assert error.data["date_of_service"] == day.isoformat()

    @pytest.mark.parametrize("day", [date(2026, 3, 1), date(2026, 8, 31)])
    def test_both_dates_are_inside(self, reserve, day):
        assert reserve(4, date_of_service=day).pk

    @pytest.mark.parametrize("status", ["pending", "cancelled"])
    def test_not_active(self, reserve, authorization, status):
        Authorization.objects.filter(pk=authorization.pk).update(status=status)
        error = self.refused(errors.NotActive, reserve, 4)
        assert (error.code, error.data["status"]) == ("authorization_not_active", status)
        assert error.message == f"A-1042 is {status}: its units cannot be reserved."

    def test_service_not_covered(self, reserve, clinic):
        other = factories.ServiceCodeFactory(organization=clinic, code="97155")
        error = self.refused(errors.ServiceNotCovered, reserve, 4, service_code=other)
        assert error.code == "service_not_covered"
        assert error.message == "97155 is not covered by A-1042, which covers 97153."
        assert (error.data["service"], error.data["covered"]) == ("97155", ["97153"])

    def test_wrong_patient(self, reserve, clinic):
        other = factories.PatientFactory(organization=clinic)
        error = self.refused(errors.WrongPatient, reserve, 4, patient=other)
        assert error.code == "wrong_patient"
        assert "another patient" in error.message

    def test_another_clinics_authorization(self, reserve):
        self.refused(NotFound, reserve, 4, authorization=factories.AuthorizationFactory())

    @pytest.mark.parametrize("units", [0, -1, 1_000_001, 10**9])
    def test_units_out_of_range(self, reserve, admin, authorization, units):
        error = self.refused(errors.UnitsOutOfRange, reserve, units)
        assert (error.code, error.field) == ("units_out_of_range", "units")
        assert error.message == "Units must be a whole number from 1 to 1,000,000."
        self.refused(
            errors.UnitsOutOfRange,
            ledger.grant,
            actor=admin,
            authorization=authorization,
            units=units,
        )

    @pytest.mark.parametrize("units", [-1, 10**9])
    def test_consuming_out_of_range(self, reserve, admin, units):
        reservation = reserve(4)
        self.refused(
            errors.UnitsOutOfRange,
            ledger.consume,
            actor=admin,
            reservation=reservation,
            units=units,
        )

    def test_consuming_more_than_there_is(self, reserve, admin, authorization):
        reserve(14)
        reservation = reserve(4)
        error = self.refused(
            errors.NotEnoughUnits, ledger.consume, actor=admin, reservation=reservation, units=7
        )
        assert error.message == "3 units needed, 2 left on A-1042 (until 31 Aug 2026)."
        reservation.refresh_from_db()
        assert reservation.state == State.ACTIVE
        assert balance(authorization) == (20, 0, 18)

    @pytest.mark.parametrize("first", ["release", "expire", "consume", "reverse"])
    @pytest.mark.parametrize("again", ["release", "expire", "consume"])
    def test_a_reservation_ends_once(self, reserve, admin, authorization, first, again):
        reservation = reserve(4)
        self.end(admin, reservation, first)
        after = balance(authorization)
        stale = Reservation.objects.get(pk=reservation.pk)
        stale.state = State.ACTIVE  # as somebody saw it who read it before
        error = self.refused(errors.ReservationEnded, self.end, admin, stale, again)
        ended = {"release": "released", "expire": "expired", "consume": "consumed"}
        assert (error.code, error.data["state"]) == (
            "reservation_ended",
            ended.get(first, "reversed"),
        )
        assert balance(authorization) == after

    def end(self, admin, reservation, how):
        if how == "reverse":
            ledger.consume(actor=admin, reservation=reservation, units=4)
            ledger.reverse(actor=admin, reservation=reservation, reason="Correction")
        elif how == "consume":
            ledger.consume(actor=admin, reservation=reservation, units=4)
        else:
            getattr(ledger, how)(actor=admin, reservation=reservation)

    def test_only_what_was_consumed_is_reversed_and_once(self, reserve, admin):
        reservation = reserve(4)
        reverse = {"actor": admin, "reservation": reservation, "reason": "Correction"}
        self.refused(errors.ReservationEnded, ledger.reverse, **reverse)
        ledger.consume(actor=admin, reservation=reservation, units=4)
        ledger.reverse(**reverse)
        self.refused(errors.ReservationEnded, ledger.reverse, **reverse)

    @pytest.mark.parametrize(
        ("reason", "code"),
        [
            ("", "reason_missing"),
            ("  ", "reason_missing"),
            ("x" * 301, "reason_too_long"),
            ("a\x00b", "control_character"),
        ],
    )
    def test_a_correction_has_a_reason(self, reserve, admin, authorization, reason, code):
        reservation = reserve(4)
        ledger.consume(actor=admin, reservation=reservation, units=4)
        for call, values in (
            (ledger.reverse, {"reservation": reservation}),
            (ledger.adjust, {"authorization": authorization, "units": 1}),
        ):
            error = self.refused(errors.Invalid, call, actor=admin, reason=reason, **values)
            assert (error.code, error.field) == (code, "reason")

    def test_adjusting_below_used_and_reserved_is_refused(self, reserve, admin, authorization):
        reserve(18)
        error = self.refused(
            errors.NotEnoughUnits,
            ledger.adjust,
            actor=admin,
            authorization=authorization,
            units=-3,
            reason="Letter",
        )
        assert error.data["available"] == 2

    def test_setting_the_total_below_used_and_reserved_is_refused(
        self, reserve, admin, authorization
    ):
        ledger.consume(actor=admin, reservation=reserve(8), units=8)
        reserve(6)
        error = self.refused(
            errors.NotEnoughUnits,
            authorizations.set_total,
            actor=admin,
            authorization=authorization,
            total_units=10,
            reason="Letter",
        )
        assert error.message == (
            "A-1042 cannot go down to 10 units: 8 are used and 6 reserved. "
            "Set it to 14 or more, or release units first."
        )
        assert (error.field, error.data["lowest"]) == ("total_units", 14)

    def test_one_active_reservation_for_a_source(self, reserve):
        reserve(2, source="appointment:7")
        error = self.refused(Conflict, reserve, 2, source="appointment:7")
        assert error.code == "already_reserved"

    @pytest.mark.parametrize("role", [Role.VIEWER, Role.PATIENT, Role.PRACTITIONER])
    def test_only_administrators_move_units_by_hand(self, clinic, authorization, role):
        actor = factories.actor(clinic, role)
        self.refused(
            NotAllowed,
            ledger.adjust,
            actor=actor,
            authorization=authorization,
            units=1,
            reason="Letter",
        )


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_isolation")
def test_a_whole_life_in_transactions_of_their_own(authorization, reserve, admin):
    first, second = reserve(4), reserve(4)
    ledger.release(actor=admin, reservation=first)
    ledger.consume(actor=admin, reservation=second, units=6)
    ledger.reverse(actor=admin, reservation=second, reason="Correction")
    third = reserve(20)
    with pytest.raises(errors.NotEnoughUnits):
        reserve(1)
    ledger.expire(actor=admin, reservation=third)
    with pytest.raises(errors.ReservationEnded):
        ledger.consume(actor=admin, reservation=third, units=1)
    assert balance(authorization) == (20, 0, 0)


def test_a_reservation_keeps_its_expiry(reserve):
    runs_out = NOW + timedelta(minutes=15)
    assert Reservation.objects.get(pk=reserve(2, expires_at=runs_out).pk).expires_at == runs_out

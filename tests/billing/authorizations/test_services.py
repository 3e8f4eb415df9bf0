"""What a payer promised, and what its letters may change."""

from datetime import date, timedelta
from typing import Any

import pytest

from accounts.errors import Conflict, Invalid, NotFound
from accounts.models import Event
from billing.authorizations import services as authorizations
from billing.ledger import errors, replay
from billing.ledger import services as ledger
from billing.models import Authorization, InsurancePolicy
from billing.reasons import ReasonMissing
from tests import factories
from tests.billing.conftest import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def terms(patient, policy, service) -> dict[str, Any]:
    return {
        "patient": patient,
        "policy": policy,
        "number": "B-7",
        "service_codes": [service],
        "start_date": date(2026, 6, 1),
        "end_date": date(2026, 6, 30),
        "total_units": 40,
    }


@pytest.fixture
def letter(authorization, service) -> dict[str, Any]:
    """What an update says again when it changes nothing."""
    return {
        "authorization": authorization,
        "number": authorization.number,
        "service_codes": [service],
        "start_date": authorization.start_date,
        "end_date": authorization.end_date,
    }


class TestCreate:
    def test_grants_its_units(self, admin, terms):
        created = authorizations.create(actor=admin, **terms)
        assert (created.total_units, created.available_units) == (40, 40)
        assert created.payer == terms["policy"].payer
        assert replay.differences() == []
        assert Event.objects.filter(action="authorization.created", object_id=created.pk).exists()

    @pytest.mark.parametrize(
        ("changed", "code", "field"),
        [
            ({"end_date": date(2026, 5, 31)}, "invalid", "end_date"),
            ({"number": ""}, "invalid", "number"),
            ({"number": "A\x00B"}, "invalid", "number"),
            ({"number": "9" * 61}, "invalid", "number"),
            ({"service_codes": []}, "invalid", "service_codes"),
            ({"total_units": 0}, "units_out_of_range", "total_units"),
            ({"total_units": -1}, "units_out_of_range", "total_units"),
            ({"total_units": 10**9}, "units_out_of_range", "total_units"),
            ({"cap_per_day": 0}, "units_out_of_range", "cap_per_day"),
            ({"cap_per_week": -1}, "invalid", "cap_per_week"),
            ({"cap_per_month": 10**9}, "units_out_of_range", "cap_per_month"),
        ],
    )
    def test_refuses_what_makes_no_sense(self, admin, terms, changed, code, field):
        with pytest.raises(Invalid) as raised:
            authorizations.create(actor=admin, **{**terms, **changed})
        assert (raised.value.code, raised.value.field) == (code, field)
        assert not Authorization.objects.exists()

    @pytest.mark.parametrize("foreign", ["patient", "policy", "service_codes"])
    def test_refuses_another_clinics(self, admin, terms, foreign):
        other = factories.AuthorizationFactory(units=0)
        theirs = {
            "patient": other.patient,
            "policy": other.policy,
            "service_codes": [row.service_code for row in other.services.all()],
        }
        with pytest.raises(NotFound):
            authorizations.create(actor=admin, **{**terms, foreign: theirs[foreign]})

    def test_refuses_another_patients_policy(self, admin, terms, clinic):
        terms["policy"] = factories.InsurancePolicyFactory(organization=clinic)
        with pytest.raises(NotFound) as raised:
            authorizations.create(actor=admin, **terms)
        assert raised.value.field == "policy"

    def test_refuses_an_inactive_policy(self, admin, terms):
        InsurancePolicy.objects.filter(pk=terms["policy"].pk).update(is_active=False)
        with pytest.raises(Conflict) as raised:
            authorizations.create(actor=admin, **terms)
        assert raised.value.code == "policy_inactive"

    def test_refuses_a_number_in_use(self, admin, terms, authorization):
        with pytest.raises(Conflict) as raised:
            authorizations.create(actor=admin, **{**terms, "number": "A-1042"})
        assert (raised.value.code, raised.value.field) == ("authorization_number_taken", "number")

    def test_the_number_may_come_again_for_another_service(self, admin, terms, authorization):
        other = factories.ServiceCodeFactory(organization=authorization.organization)
        terms |= {"number": "A-1042", "service_codes": [other]}
        assert authorizations.create(actor=admin, **terms).pk


class TestUpdate:
    def test_updates_the_terms(self, admin, letter, clinic, service):
        second = factories.ServiceCodeFactory(organization=clinic, code="97155")
        letter |= {"number": "A-1043", "service_codes": [service, second], "cap_per_week": 10}
        updated = authorizations.update(actor=admin, **letter)
        assert (updated.number, updated.cap_per_week) == ("A-1043", 10)
        assert updated.services.filter(number="A-1043").count() == 2
        changes = Event.objects.filter(action="authorization.updated").get().details["changes"]
        assert changes == {
            "number": ["A-1042", "A-1043"],
            "cap_per_week": ["None", "10"],
            "services": ["97153", "97153, 97155"],
        }

    def test_nothing_changed_is_no_event(self, admin, letter):
        authorizations.update(actor=admin, **letter)
        assert not Event.objects.filter(action="authorization.updated").exists()

    def test_the_dates_keep_what_is_reserved(self, admin, letter, reserve):
        reserve(4, date_of_service=TODAY + timedelta(days=9))
        reserve(3, date_of_service=TODAY + timedelta(days=10))
        letter["end_date"] = TODAY
        with pytest.raises(Conflict) as raised:
            authorizations.update(actor=admin, **letter)
        assert (raised.value.code, raised.value.field) == ("reservations_outside", "end_date")
        assert (raised.value.data["held"], raised.value.data["units"]) == (2, 7)
        letter["authorization"].refresh_from_db()
        assert letter["authorization"].end_date == date(2026, 8, 31)

    def test_consumed_reservations_do_not_fix_the_dates(self, admin, letter, reserve):
        day = TODAY + timedelta(days=9)
        ledger.consume(actor=admin, reservation=reserve(4, date_of_service=day), units=4)
        letter["end_date"] = TODAY
        assert authorizations.update(actor=admin, **letter).end_date == TODAY

    def test_a_reserved_service_stays(self, admin, letter, reserve, clinic):
        reserve(4)
        letter["service_codes"] = [factories.ServiceCodeFactory(organization=clinic)]
        with pytest.raises(Conflict, match="reserved for 97153") as raised:
            authorizations.update(actor=admin, **letter)
        assert raised.value.code == "service_reserved"

    def test_another_clinics(self, admin, letter):
        letter["authorization"] = factories.AuthorizationFactory(units=0)
        with pytest.raises(NotFound):
            authorizations.update(actor=admin, **letter)


class TestTotal:
    @pytest.mark.parametrize(("total", "delta"), [(25, 5), (4, -16)])
    def test_is_set_by_one_adjustment(self, admin, authorization, reserve, total, delta):
        reserve(4)
        authorizations.set_total(
            actor=admin, authorization=authorization, total_units=total, reason="Letter"
        )
        entry = authorization.entries.latest("number")
        assert (entry.kind, entry.units, entry.total_after) == ("adjust", delta, total)

    @pytest.mark.parametrize(
        ("total", "code"),
        [(20, "total_unchanged"), (-1, "units_out_of_range"), (10**9, "units_out_of_range")],
    )
    def test_refuses(self, admin, authorization, total, code):
        with pytest.raises(Invalid) as raised:
            authorizations.set_total(
                actor=admin, authorization=authorization, total_units=total, reason="Letter"
            )
        assert (raised.value.code, raised.value.field) == (code, "total_units")


class TestStatus:
    def test_a_pending_one_is_activated(self, admin, terms):
        pending = authorizations.create(actor=admin, **terms, status="pending")
        assert authorizations.activate(actor=admin, authorization=pending).status == "active"
        with pytest.raises(Conflict, match="is already active"):
            authorizations.activate(actor=admin, authorization=pending)

    def test_cancelling_keeps_what_was_used(self, admin, authorization, reserve):
        ledger.consume(actor=admin, reservation=reserve(4), units=4)
        cancelled = authorizations.cancel(
            actor=admin, authorization=authorization, reason="Withdrawn"
        )
        assert (cancelled.status, cancelled.used_units) == ("cancelled", 4)
        assert Event.objects.first().details == {"reason": "Withdrawn"}
        with pytest.raises(errors.NotActive):
            reserve(1)

    def test_cancelling_waits_for_what_is_reserved(self, admin, authorization, reserve):
        reserve(4)
        with pytest.raises(Conflict, match="4 units on A-1042 are reserved") as raised:
            authorizations.cancel(actor=admin, authorization=authorization, reason="Withdrawn")
        assert (raised.value.code, raised.value.data["reserved"]) == ("units_reserved", 4)

    def test_what_is_cancelled_stays_as_it_was(self, admin, authorization):
        authorizations.cancel(actor=admin, authorization=authorization, reason="Withdrawn")
        with pytest.raises(Conflict) as raised:
            authorizations.set_total(
                actor=admin, authorization=authorization, total_units=99, reason="The letter"
            )
        assert raised.value.code == "authorization_cancelled"
        with pytest.raises(Conflict) as raised:
            authorizations.update(
                actor=admin,
                authorization=authorization,
                number="A-1",
                service_codes=authorization.service_codes.all(),
                start_date=authorization.start_date,
                end_date=authorization.end_date,
            )
        assert raised.value.code == "authorization_cancelled"
        authorization.refresh_from_db()
        assert (authorization.number, authorization.total_units) == ("A-1042", 20)

    def test_cancelling_has_a_reason_and_happens_once(self, admin, authorization):
        cancel = {"actor": admin, "authorization": authorization}
        with pytest.raises(ReasonMissing):
            authorizations.cancel(**cancel, reason=" ")
        authorizations.cancel(**cancel, reason="Withdrawn")
        with pytest.raises(Conflict, match="is already cancelled"):
            authorizations.cancel(**cancel, reason="Withdrawn")

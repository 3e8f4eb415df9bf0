"""What happens by itself and what is shown of it: expiry, attention, units left, sources."""

from datetime import date, timedelta

import pytest
import time_machine

from accounts.errors import Busy
from accounts.models import Event
from accounts.roles import Role
from accounts.search import queries as search
from billing import sources
from billing.authorizations import attention
from billing.authorizations.attention import Reason
from billing.authorizations.search_unit_bars import search_unit_bars
from billing.ledger import errors
from billing.ledger import services as ledger
from billing.ledger.tasks import expire_reservations
from billing.models import Authorization, Reservation
from billing.sources import Source
from tests import factories
from tests.billing.conftest import NOW, TODAY

pytestmark = pytest.mark.django_db


SOON = NOW + timedelta(minutes=15)


def expire_what_ran_out() -> None:
    with time_machine.travel(SOON, tick=False):
        expire_reservations(timestamp=0)


class TestExpiry:
    @pytest.mark.parametrize("ago", [timedelta(), timedelta(days=1)])
    def test_an_expiry_in_the_past_is_refused(self, reserve, authorization, ago):
        with pytest.raises(errors.ExpiryPassed) as refused:
            reserve(4, expires_at=NOW - ago)
        assert refused.value.field == "expires_at"
        authorization.refresh_from_db()
        assert authorization.reserved_units == 0

    def test_gives_back_what_ran_out_and_nothing_else(self, reserve, authorization):
        overdue = reserve(4, expires_at=SOON - timedelta(seconds=1))
        just = reserve(1, expires_at=SOON)
        later = reserve(3, expires_at=SOON + timedelta(seconds=1))
        for_good = reserve(2)
        expire_what_ran_out()
        states = dict(Reservation.objects.values_list("pk", "state"))
        assert states == {
            overdue.pk: "expired",
            just.pk: "expired",
            later.pk: "active",
            for_good.pk: "active",
        }
        authorization.refresh_from_db()
        assert authorization.reserved_units == 5
        event = Event.objects.filter(action="unit.expired").first()
        assert (event.channel, event.actor) == ("job", None)

    def test_what_was_consumed_in_between_stays_consumed(self, reserve, admin, monkeypatch):
        first, second = (reserve(2, expires_at=SOON) for _ in range(2))
        expire = ledger.expire

        def consumed_just_before(*, actor, reservation):
            if reservation.pk == first.pk:
                ledger.consume(actor=admin, reservation=first, units=2)
            return expire(actor=actor, reservation=reservation)

        monkeypatch.setattr(ledger, "expire", consumed_just_before)
        expire_what_ran_out()
        assert Reservation.objects.get(pk=first.pk).state == "consumed"
        assert Reservation.objects.get(pk=second.pk).state == "expired"

    def test_one_that_cannot_be_now_keeps_no_other_waiting(self, reserve, monkeypatch):
        first, second = (reserve(2, expires_at=SOON) for _ in range(2))
        expire = ledger.expire

        def busy_at_first(*, actor, reservation):
            if reservation.pk == first.pk:
                raise Busy("Many people are changing this at once.")
            return expire(actor=actor, reservation=reservation)

        monkeypatch.setattr(ledger, "expire", busy_at_first)
        expire_what_ran_out()
        assert Reservation.objects.get(pk=first.pk).state == "active"
        assert Reservation.objects.get(pk=second.pk).state == "expired"


class TestAttention:
    @pytest.fixture
    def make(self, clinic, patient, policy):
        def make(number, *, units=40, reserved=0, status="active", **dates) -> Authorization:
            made = factories.AuthorizationFactory(
                organization=clinic, patient=patient, policy=policy, number=number, units=units
            )
            if reserved:
                ledger.reserve(
                    actor=factories.actor(clinic),
                    authorization=made,
                    patient=patient,
                    service_code=made.services.get().service_code,
                    units=reserved,
                    date_of_service=TODAY,
                    source=number,
                )
            Authorization.objects.filter(pk=made.pk).update(status=status, **dates)
            return made

        return make

    def test_most_pressing_first(self, make, admin, django_assert_num_queries):
        make("healthy")
        make("cancelled", status="cancelled")
        make("over", start_date=date(2026, 1, 1), end_date=TODAY - timedelta(days=1))
        make("pending", status="pending", end_date=TODAY)
        make("ends in 30 days", end_date=TODAY + timedelta(days=30))
        make("ends in 31 days", end_date=TODAY + timedelta(days=31))
        make("a fifth left", units=40, reserved=32)
        make("under a fifth", units=40, reserved=33)
        make("none left", units=40, reserved=40)
        make("stranded", reserved=1, end_date=TODAY - timedelta(days=1))
        with django_assert_num_queries(1):
            found = [
                (one.number, one.reason, one.patient.pk, one.payer.name)
                for one in attention.authorizations(admin)
            ]
        assert [(number, reason) for number, reason, *_ in found] == [
            ("stranded", Reason.STRANDED),
            ("none left", Reason.EXHAUSTED),
            ("under a fifth", Reason.LOW),
            ("ends in 30 days", Reason.ENDING),
            ("pending", Reason.PENDING),
        ]

    def test_low_by_number(self, make, admin):
        make("eight left", units=9, reserved=1)
        assert not attention.authorizations(admin).exists()
        found = attention.authorizations(admin, low_units=9).get()
        assert (found.reason, found.reason_label) == ("low", "Few units left")

    def test_only_what_the_actor_may_see(self, make, clinic):
        make("pending", status="pending")
        for actor, count in (
            (factories.actor(clinic, Role.VIEWER), 1),
            (factories.actor(clinic, Role.PRACTITIONER), 0),
            (factories.actor(factories.OrganizationFactory()), 0),
        ):
            assert attention.authorizations(actor).count() == count


class TestUnitsLeft:
    def test_search_results_show_unit_bars(self, authorization, reserve, admin, patient):
        reserve(3)
        (found,) = search.find(admin, patient.legal_first_name)
        assert found["bars"] == [{"total": 20, "used": 0, "reserved": 3}]

    def test_one_query_for_all(self, authorization, admin, clinic, django_assert_num_queries):
        others = factories.AuthorizationFactory.create_batch(3, organization=clinic)
        ids = [authorization.patient_id, *(other.patient_id for other in others)]
        with django_assert_num_queries(1):
            assert set(search_unit_bars(admin, ids)) == set(ids)

    def test_only_what_can_be_used_today(self, authorization, admin, patient):
        Authorization.objects.update(end_date=TODAY - timedelta(days=1))
        assert search_unit_bars(admin, [patient.pk]) == {}


class TestSources:
    def test_sources_are_explained_by_their_owner(self, admin, monkeypatch):
        calls = []

        def resolver(actor, ids):
            calls.append(sorted(ids))
            return {7: Source("Visit on 10 Jun", "/visits/7")}

        monkeypatch.setattr(sources, "_owners", {})
        sources.register("visit", resolver, advice="Move the visit.")
        found = sources.resolve(admin, ["visit:7", "visit:8", "visit:7", "", "import:x", "by hand"])
        assert calls == [[7, 8]]
        assert found == {
            "visit:7": Source("Visit on 10 Jun", "/visits/7"),
            "visit:8": Source("Visit 8"),
            "import:x": Source("Import x"),
            "by hand": Source("By hand"),
        }

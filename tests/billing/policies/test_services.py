"""Payers, policies and service codes."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.errors import Conflict, Invalid, NotAllowed, NotFound
from accounts.models import Event
from accounts.roles import Role
from billing.authorizations import services as authorizations
from billing.models import InsurancePolicy, Payer, Rounding, ServiceCode
from billing.payers import services as payers
from billing.policies import services as policies
from billing.service_codes import services as service_codes
from tests import factories

pytestmark = pytest.mark.django_db


class TestPayers:
    def test_create_and_change(self, admin):
        payer = payers.create(actor=admin, name="  Blue Plan ", payer_id="BP01")
        assert payer.name == "Blue Plan"
        changed = payers.update(actor=admin, payer=payer, name="Blue Plan of Ohio", payer_id="BP01")
        assert changed.name == "Blue Plan of Ohio"
        event = Event.objects.get(action="payer.updated")
        assert event.details == {"changes": {"name": ["Blue Plan", "Blue Plan of Ohio"]}}

    @pytest.mark.parametrize(
        "name", ["", " ", "x" * 201, "Blue\x07Plan", "Blue \u202ePlan"], ids=ascii
    )
    def test_refuses_names(self, admin, name):
        with pytest.raises(Invalid) as raised:
            payers.create(actor=admin, name=name)
        assert raised.value.field == "name"

    def test_right_to_left_names_are_welcome(self, admin):
        assert payers.create(actor=admin, name="شركة التأمين").pk

    def test_a_name_once_in_a_clinic(self, admin):
        payers.create(actor=admin, name="Blue Plan")
        with pytest.raises(Conflict) as raised:
            payers.create(actor=admin, name="BLUE plan")
        assert (raised.value.code, raised.value.field) == ("payer_exists", "name")
        second = payers.create(actor=admin, name="Other")
        with pytest.raises(Conflict):
            payers.update(actor=admin, payer=second, name="blue plan")
        assert payers.create(
            actor=factories.actor(factories.OrganizationFactory()), name="Blue Plan"
        )

    def test_deactivate_and_back(self, admin):
        payer = payers.create(actor=admin, name="Blue Plan")
        assert not payers.deactivate(actor=admin, payer=payer).is_active
        with pytest.raises(Conflict, match="is already inactive"):
            payers.deactivate(actor=admin, payer=payer)
        assert payers.reactivate(actor=admin, payer=payer).is_active

    def test_another_clinics(self, admin):
        with pytest.raises(NotFound):
            payers.update(actor=admin, payer=factories.PayerFactory(), name="Mine")

    @pytest.mark.parametrize("role", [Role.PRACTITIONER, Role.VIEWER, Role.PATIENT])
    def test_is_for_administrators(self, clinic, role):
        with pytest.raises(NotAllowed):
            payers.create(actor=factories.actor(clinic, role), name="Blue Plan")
        assert not Payer.objects.exists()


class TestPolicies:
    @pytest.fixture
    def terms(self, clinic, patient) -> dict[str, Any]:
        return {
            "payer": factories.PayerFactory(organization=clinic),
            "member_id": "W1",
            "start_date": date(2026, 1, 1),
        }

    def test_create(self, admin, patient, terms):
        policy = policies.create(actor=admin, patient=patient, **terms, group_number=" G1 ")
        assert (policy.priority, policy.group_number, policy.end_date) == (1, "G1", None)
        assert Event.objects.filter(action="policy.created", patient=patient).exists()

    @pytest.mark.parametrize(
        ("start", "end"),
        [
            (date(2026, 3, 1), None),
            (date(2025, 1, 1), None),
            (date(2025, 1, 1), date(2026, 1, 1)),
            (date(2026, 3, 31), date(2026, 4, 1)),
        ],
    )
    def test_two_of_a_priority_may_not_overlap(self, admin, patient, terms, start, end):
        policies.create(actor=admin, patient=patient, **terms, end_date=date(2026, 3, 31))
        clash = {**terms, "start_date": start, "end_date": end}
        with pytest.raises(Conflict) as raised:
            policies.create(actor=admin, patient=patient, **clash)
        assert (raised.value.code, raised.value.field) == ("policies_overlap", "priority")
        assert "primary policy from 1 Jan 2026 until 31 Mar 2026" in raised.value.message

    def test_another_priority_or_an_inactive_one_may(self, admin, patient, terms):
        first = policies.create(actor=admin, patient=patient, **terms)
        policies.create(actor=admin, patient=patient, **terms, priority=2)
        policies.update(actor=admin, policy=first, **terms, is_active=False)
        second = policies.create(actor=admin, patient=patient, **terms)
        with pytest.raises(Conflict, match="primary policy"):
            policies.update(actor=admin, policy=first, **terms, is_active=True)
        policies.end(actor=admin, policy=second, end_date=date(2026, 3, 31))
        later = {**terms, "start_date": date(2026, 4, 1)}
        assert policies.update(actor=admin, policy=first, **later, is_active=True).is_active

    def test_ending(self, admin, patient, terms):
        policy = policies.create(actor=admin, patient=patient, **terms)
        ended = policies.end(actor=admin, policy=policy, end_date=date(2026, 6, 30))
        assert ended.end_date == date(2026, 6, 30)
        with pytest.raises(Invalid) as raised:
            policies.end(actor=admin, policy=policy, end_date=date(2025, 12, 31))
        assert raised.value.field == "end_date"

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"member_id": ""}, "member_id"),
            ({"member_id": "W\x00"}, "member_id"),
            ({"group_number": "x" * 81}, "group_number"),
            ({"priority": 4}, "priority"),
            ({"end_date": date(2025, 12, 31)}, "end_date"),
            ({"subscriber_relationship": "cousin"}, "subscriber_relationship"),
        ],
    )
    def test_refuses(self, admin, patient, terms, changed, field):
        with pytest.raises(Invalid) as raised:
            policies.create(actor=admin, patient=patient, **{**terms, **changed})
        assert raised.value.field == field
        assert not InsurancePolicy.objects.exists()

    def test_another_clinics_patient_or_payer(self, admin, patient, terms):
        with pytest.raises(NotFound):
            policies.create(actor=admin, patient=factories.PatientFactory(), **terms)
        terms["payer"] = factories.PayerFactory()
        with pytest.raises(NotFound) as raised:
            policies.create(actor=admin, patient=patient, **terms)
        assert raised.value.field == "payer"

    def test_an_inactive_payer_takes_no_new_policy(self, admin, patient, terms):
        terms["payer"] = payers.deactivate(actor=admin, payer=terms["payer"])
        with pytest.raises(Conflict) as raised:
            policies.create(actor=admin, patient=patient, **terms)
        assert raised.value.code == "payer_inactive"

    def test_the_payer_stays_while_authorizations_stand_on_it(
        self, admin, authorization, policy, terms
    ):
        with pytest.raises(Conflict, match="1 authorization of") as raised:
            policies.update(actor=admin, policy=policy, **terms)
        assert raised.value.code == "policy_in_use"

    @pytest.mark.parametrize("status", ["active", "pending", "ended"])
    def test_covers_until_its_authorizations_are_cancelled(
        self, admin, authorization, policy, terms, status
    ):
        """One that has ended counts too: it may be given a later end."""
        changed = (
            {"end_date": admin.organization.today() - timedelta(days=1)}
            if status == "ended"
            else {"status": status}
        )
        type(authorization).objects.filter(pk=authorization.pk).update(**changed)
        terms["payer"] = policy.payer
        with pytest.raises(Conflict, match="has 1 authorization,") as raised:
            policies.update(actor=admin, policy=policy, **terms, is_active=False)
        assert (raised.value.code, raised.value.field) == ("policy_in_use", "is_active")
        assert raised.value.data["authorizations"] == 1
        authorizations.cancel(actor=admin, authorization=authorization, reason="A mistake")
        assert not policies.update(actor=admin, policy=policy, **terms, is_active=False).is_active


class TestServiceCodes:
    def test_create_in_capitals(self, admin):
        code = service_codes.create(
            actor=admin, code=" h2019 ", label="Behavior", modifiers=["hm", "95"]
        )
        assert (code.full_code, code.rounding) == ("H2019-HM-95", Rounding.CMS)

    def test_update_records_what_changed(self, admin, service):
        service_codes.update(actor=admin, service_code=service, default_rate=Decimal("20.00"))
        event = Event.objects.get(action="service_code.updated")
        assert event.details == {"changes": {"default_rate": ["18.50", "20.00"]}}

    @pytest.mark.parametrize(
        ("terms", "field"),
        [
            ({"code": "9"}, "code"),
            ({"code": "97 153"}, "code"),
            ({"label": ""}, "label"),
            ({"modifiers": ["H"]}, "modifiers"),
            ({"modifiers": ["HM", "hm"]}, "modifiers"),
            ({"modifiers": ["AA", "BB", "CC", "DD", "EE"]}, "modifiers"),
            ({"minutes_per_unit": 0, "rounding": "up"}, "minutes_per_unit"),
            ({"minutes_per_unit": 30}, "minutes_per_unit"),
            ({"rounding": "down"}, "rounding"),
            ({"default_minutes": 10**9}, "default_minutes"),
            ({"default_rate": Decimal("-1")}, "default_rate"),
            ({"default_rate": Decimal("1e9")}, "default_rate"),
        ],
    )
    def test_refuses(self, admin, terms, field):
        given: dict[str, Any] = {"code": "97155", "label": "Plan changes", **terms}
        with pytest.raises(Invalid) as raised:
            service_codes.create(actor=admin, **given)
        assert raised.value.field == field
        assert not ServiceCode.objects.exists()

    def test_once_with_its_modifiers(self, admin, service):
        with pytest.raises(Conflict) as raised:
            service_codes.create(actor=admin, code="97153", label="Again")
        assert raised.value.code == "service_code_exists"
        other = service_codes.create(actor=admin, code="97153", label="Again", modifiers=["HM"])
        with pytest.raises(Conflict):
            service_codes.update(actor=admin, service_code=other, modifiers=[])

"""What the database refuses by itself about authorizations, policies and clinics."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.errors import from_integrity_error
from tests import factories
from tests.billing.ledger.guards import balance, entry, refused_by, reservation, run

pytestmark = pytest.mark.django_db


class TestAuthorizations:
    def test_is_not_deleted(self, authorization):
        refused_by(
            "authorization_kept",
            ("DELETE FROM billing_authorization WHERE id = %s", [authorization.pk]),
        )

    def test_dates_are_in_order(self, authorization):
        refused_by(
            "authorization_ends_after_start",
            balance(authorization, "end_date = start_date - 1"),
        )

    @pytest.mark.parametrize("cap", ["cap_per_day", "cap_per_week", "cap_per_month"])
    def test_caps_are_positive(self, authorization, cap):
        refused_by("authorization_caps_positive", balance(authorization, f"{cap} = 0"))

    def test_a_number_once_per_payer_service_and_day(self, authorization, service):
        second = factories.AuthorizationFactory(
            organization=authorization.organization,
            patient=authorization.patient,
            policy=authorization.policy,
            service_codes=[service],
            number="A-2",
        )
        refused_by("authorization_number_once", balance(second, "number = 'A-1042'"))

    def test_the_number_is_free_after_it_ends_or_was_cancelled(self, authorization, service):
        common = {
            "organization": authorization.organization,
            "patient": authorization.patient,
            "policy": authorization.policy,
            "service_codes": [service],
            "number": "A-1042",
        }
        end = authorization.end_date
        factories.AuthorizationFactory(
            **common, start_date=end + timedelta(days=1), end_date=end + timedelta(days=9)
        )
        run(*balance(authorization, "status = 'cancelled'"))
        factories.AuthorizationFactory(**common, end_date=end)

    def test_the_covered_services_cannot_say_otherwise(self, authorization):
        run("UPDATE billing_authorizedservice SET number = 'other', status = 'cancelled'")
        kept = authorization.services.get()
        assert (kept.number, kept.status) == ("A-1042", "active")


class TestPolicies:
    def test_one_of_a_priority_at_a_time(self, policy):
        error = refused_by("policy_one_per_priority", copy_of(policy, "start_date + 10"))
        refusal = from_integrity_error(error)
        assert refusal is not None
        assert refusal.code == "policies_overlap"

    def test_policies_may_adjoin_precede_or_be_inactive(self, policy):
        run(*copy_of(policy, "start_date", priority="2"))
        run(*copy_of(policy, "start_date - 10", end="start_date - 1"))
        run(*copy_of(policy, "start_date", active="false"))

    def test_dates_are_in_order(self, policy):
        refused_by("policy_ends_after_start", copy_of(policy, "start_date", end="start_date - 1"))


def copy_of(
    policy: Any, start: str, *, end: str = "NULL", priority: str = "priority", active: str = "true"
) -> tuple[str, list[int]]:
    return (
        f"""
        INSERT INTO billing_insurancepolicy (organization_id, patient_id, payer_id, priority,
            member_id, group_number, start_date, end_date, subscriber_relationship,
            subscriber_name, is_active)
        SELECT organization_id, patient_id, payer_id, {priority}, 'X', '', {start}, {end}, 'self',
            '', {active}
          FROM billing_insurancepolicy WHERE id = %s
        """,
        [policy.pk],
    )


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("authorization", "patient"),
        ("authorization", "policy"),
        ("authorization", "payer"),
        ("authorizedservice", "authorization"),
        ("authorizedservice", "service_code"),
        ("insurancepolicy", "patient"),
        ("insurancepolicy", "payer"),
    ],
)
def test_no_row_refers_to_another_clinics(authorization, policy, table, column):
    free = factories.InsurancePolicyFactory(
        organization=policy.organization, patient=policy.patient, payer=policy.payer, priority=2
    )
    other = factories.AuthorizationFactory()
    foreign = {
        "patient": factories.PatientFactory().pk,
        "policy": other.policy_id,
        "payer": other.payer_id,
        "authorization": other.pk,
        "service_code": other.services.get().service_code_id,
    }
    names = {"insurancepolicy": "policy", "authorizedservice": "authorized_service"}
    rows = {"insurancepolicy": ("id", free.pk)}
    column_of_rows, value = rows.get(table, ("organization_id", free.organization_id))
    refused_by(
        f"{names.get(table, table)}_{column}_same_org",
        (
            f"UPDATE billing_{table} SET {column}_id = %s WHERE {column_of_rows} = %s",
            [foreign[column], value],
        ),
    )


@pytest.mark.parametrize(
    ("table", "column"),
    [("authorization", "patient"), ("authorization", "payer"), ("insurancepolicy", "payer")],
)
def test_an_authorization_has_patient_and_payer_of_its_policy(authorization, policy, table, column):
    other = {
        "patient": factories.PatientFactory(organization=policy.organization).pk,
        "payer": factories.PayerFactory(organization=policy.organization).pk,
    }
    refused_by(
        "authorization_of_its_policy",
        (f"UPDATE billing_{table} SET {column}_id = %s WHERE true", [other[column]]),
    )


@pytest.mark.parametrize("column", ["authorization", "service_code"])
def test_no_reservation_refers_to_another_clinics(authorization, service, column):
    other = factories.AuthorizationFactory()
    named = {"authorization": authorization.pk, "service_code": service.pk}
    foreign = {"authorization": other.pk, "service_code": other.services.get().service_code_id}
    refused_by(
        f"reservation_{column}_same_org",
        reservation(authorization, **{**named, column: foreign[column]}),
    )


def test_no_entry_refers_to_another_clinics(authorization, clinic):
    other = factories.AuthorizationFactory(units=0)
    other.organization_id = clinic.pk
    refused_by("entry_authorization_same_org", entry(other))

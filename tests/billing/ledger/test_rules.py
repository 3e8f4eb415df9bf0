"""What must hold to reserve units: one list, of which `reserve` raises the first problem."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from accounts.errors import DomainError
from billing.ledger import rules
from billing.ledger import services as ledger
from billing.models import Authorization, Reservation
from tests import factories
from tests.billing.conftest import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def wanted(authorization, patient, service) -> dict[str, Any]:
    return {
        "authorization": authorization,
        "patient": patient,
        "service_code": service,
        "units": 4,
        "date_of_service": TODAY,
    }


def change(authorization: Authorization, **fields: Any) -> None:
    Authorization.objects.filter(pk=authorization.pk).update(**fields)
    authorization.refresh_from_db()


def codes(wanted: dict[str, Any]) -> list[str]:
    return [problem.code for problem in rules.problems(rules.ReservationRequest(**wanted))]


@pytest.mark.parametrize("caps", [{}, {"cap_per_day": 4}], ids=["without caps", "with a cap"])
def test_reserve_raises_the_first_problem_until_all_are_solved(admin, clinic, wanted, caps) -> None:
    authorization, patient, service = (
        wanted[name] for name in ("authorization", "patient", "service_code")
    )
    change(authorization, status=Authorization.Status.PENDING, **caps)
    wanted |= {
        "patient": factories.PatientFactory(organization=clinic),
        "service_code": factories.ServiceCodeFactory(organization=clinic),
        "units": authorization.total_units + 1,
        "date_of_service": date(2030, 1, 1),
    }
    solutions = {
        "wrong_patient": lambda: wanted.update(patient=patient),
        "authorization_not_active": lambda: change(
            authorization, status=Authorization.Status.ACTIVE
        ),
        "outside_dates": lambda: wanted.update(date_of_service=TODAY),
        "service_not_covered": lambda: wanted.update(service_code=service),
        "not_enough_units": lambda: wanted.update(units=authorization.total_units),
        **({"cap_reached": lambda: wanted.update(units=4)} if caps else {}),
    }
    assert codes(wanted) == list(solutions)
    for code, solve in solutions.items():
        request = rules.ReservationRequest(**wanted)
        with pytest.raises(DomainError) as refused:
            ledger.reserve(actor=admin, source="test:1", **wanted)
        first = rules.refusal(request)
        assert first is not None
        assert refused.value.code == first.code == code
        assert (refused.value.message, refused.value.data) == (first.message, first.data)
        solve()
    assert codes(wanted) == []
    assert ledger.reserve(actor=admin, source="test:1", **wanted).pk


def test_units_that_are_released_first_count_as_available(admin, wanted) -> None:
    authorization = wanted["authorization"]
    wanted["units"] = authorization.total_units
    first = ledger.reserve(actor=admin, source="test:1", **wanted)
    assert codes(wanted) == ["not_enough_units"]
    assert codes({**wanted, "released": first}) == []
    assert authorization.available_units == 0, "the caller's object is not changed"


def test_released_units_of_another_authorization_do_not_count(admin, wanted) -> None:
    wanted["units"] = wanted["authorization"].total_units
    ledger.reserve(actor=admin, source="test:1", **wanted)
    elsewhere = Reservation(authorization_id=0, units=wanted["units"], date_of_service=TODAY)
    assert codes({**wanted, "released": elsewhere}) == ["not_enough_units"]


def test_released_units_count_against_a_cap_only_in_its_period(admin, wanted) -> None:
    change(wanted["authorization"], cap_per_day=4)
    first = ledger.reserve(actor=admin, source="test:1", **wanted)
    assert codes(wanted) == ["cap_reached"]
    assert codes({**wanted, "released": first}) == []
    first.date_of_service = TODAY + timedelta(days=1)
    assert codes({**wanted, "released": first}) == ["cap_reached"]

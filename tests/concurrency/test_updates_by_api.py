"""An update by the API keeps what it does not name as it is by then, not as it was read."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import transaction

from accounts.api_keys import services as api_keys
from accounts.models import Membership
from accounts.models.api import SCOPES
from accounts.roles import Role
from tests import factories
from tests.api.client import ApiClient
from tests.concurrency.race import on_own_connection, overtake, until_someone_waits_for_us


def test_two_updates_of_different_fields_both_stand(clinic):
    key = api_keys.create(actor=clinic.actor, name="Intake", role=Role.ADMIN, scopes=list(SCOPES))
    api = ApiClient(key.secret)
    patient = factories.PatientFactory(organization=clinic.organization)
    api.get("patients")  # notes the key's use
    url = f"patients/{patient.pk}"
    outcome = overtake(
        lambda: api.patch(url, {"phone": "312-555-0142"}),
        lambda: ApiClient(key.secret).patch(url, {"city": "Chicago"}),
    )
    assert [answer.status_code for answer in outcome.each] == [200, 200]
    patient.refresh_from_db()
    assert (patient.phone, patient.city) == ("312-555-0142", "Chicago")


@pytest.mark.parametrize("what", ["memberships", "practitioners"])
def test_an_update_by_the_api_waits_where_a_page_does(clinic, what):
    """Before it locks its row; otherwise the two would deadlock."""
    key = api_keys.create(actor=clinic.actor, name="Staff", role=Role.ADMIN, scopes=list(SCOPES))
    api, organization = ApiClient(key.secret), clinic.organization
    api.get(what)  # notes the key's use
    if what == "memberships":
        first = Membership.objects.filter(organization=organization, role=Role.ADMIN).earliest("pk")
        row = factories.MembershipFactory(organization=organization, role=Role.ADMIN)
    else:
        first, row = organization, clinic.practitioner
    with ThreadPoolExecutor(1) as threads, transaction.atomic():
        type(first).objects.select_for_update(no_key=True).get(pk=first.pk)
        later = threads.submit(on_own_connection, api.patch, f"{what}/{row.pk}", {})
        until_someone_waits_for_us(later)
        free = type(row).objects.select_for_update(no_key=True, nowait=True)
        assert free.get(pk=row.pk) == row
    assert later.result().status_code == 200

"""An update by the API keeps what it does not name as it is by then, not as it was read."""

from accounts.models.api import SCOPES
from accounts.roles import Role
from accounts.services import api_keys
from tests import factories
from tests.api.client import ApiClient
from tests.concurrency.race import overtake


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

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from accounts import access
from accounts.break_glass import services as break_glass
from accounts.errors import Conflict, Invalid, NotAllowed, NotFound
from accounts.models import BreakGlass, Event
from accounts.roles import Role
from accounts.writes import record_views
from tests import factories
from tests.accounts.jobs import run_jobs

REASON = "Covering for a colleague today"


@pytest.fixture
def patient(clinic):
    return factories.PatientFactory(organization=clinic, legal_last_name="Vasquez")


@pytest.mark.parametrize("role", [Role.PRACTITIONER, Role.SUPERADMIN])
def test_it_opens_one_record_for_an_hour(clinic, patient, role):
    actor = factories.actor(clinic, role)
    factories.PatientFactory(organization=clinic)
    assert not access.patients(actor).exists()
    break_glass.open(actor=actor, patient=patient, reason=REASON)
    assert access.patients(actor).get() == patient
    with time_machine.travel(timezone.now() + timedelta(minutes=60, seconds=1), tick=False):
        assert not access.patients(actor).exists()


def test_access_opens_for_its_user_only(clinic, patient, practitioner):
    break_glass.open(actor=practitioner, patient=patient, reason=REASON)
    assert not access.patients(factories.actor(clinic, Role.PRACTITIONER)).exists()


def test_every_view_in_it_is_marked(clinic, patient, practitioner, admin):
    glass = break_glass.open(actor=practitioner, patient=patient, reason=REASON)
    assert record_views.view(actor=practitioner, patient=patient).break_glass == glass
    assert record_views.view(actor=admin, patient=patient).break_glass is None
    assert Event.objects.get(action="glass.broken").break_glass == glass


def test_a_view_by_the_care_team_is_not_marked(clinic, patient, practitioner):
    break_glass.open(actor=practitioner, patient=patient, reason=REASON)
    factories.CareTeamMemberFactory(
        organization=clinic, patient=patient, practitioner_id=practitioner.practitioner_id
    )
    assert record_views.view(actor=practitioner, patient=patient).break_glass is None


def test_administrators_are_notified_without_the_patients_name(
    clinic, patient, practitioner, admin
):
    factories.actor(clinic, Role.VIEWER)
    break_glass.open(actor=practitioner, patient=patient, reason=REASON)
    run_jobs()
    [message] = mail.outbox
    assert message.to == [admin.user.email]
    assert practitioner.user.name in message.body
    for secret in ("Vasquez", patient.mrn, REASON):
        assert secret not in message.subject + message.body


def test_administrators_see_the_recent_ones(clinic, patient, practitioner, admin):
    glass = break_glass.open(actor=practitioner, patient=patient, reason=REASON)
    assert break_glass.recent(admin).get() == glass
    assert not break_glass.recent(practitioner).exists()
    assert not break_glass.recent(factories.actor(factories.OrganizationFactory())).exists()


@pytest.mark.parametrize("reason", ["", "because", " because  ", "x" * 501, "a reason\x00 with"])
def test_it_asks_for_a_reason(clinic, patient, practitioner, reason):
    with pytest.raises(Invalid) as refused:
        break_glass.open(actor=practitioner, patient=patient, reason=reason)
    assert refused.value.field == "reason"
    assert not BreakGlass.objects.exists()


@pytest.mark.parametrize("role", [Role.ADMIN, Role.VIEWER, Role.PATIENT])
def test_other_roles_cannot_break_the_glass(clinic, patient, role):
    with pytest.raises(NotAllowed):
        break_glass.open(actor=factories.actor(clinic, role), patient=patient, reason=REASON)


def test_an_open_record_needs_no_breaking(clinic, patient, practitioner):
    break_glass.open(actor=practitioner, patient=patient, reason=REASON)
    with pytest.raises(Conflict) as refused:
        break_glass.open(actor=practitioner, patient=patient, reason=REASON)
    assert refused.value.code == "record_open"


def test_another_clinics_patient_stays_unknown(practitioner, elsewhere):
    with pytest.raises(NotFound):
        break_glass.open(
            actor=practitioner,
            patient=factories.PatientFactory(organization=elsewhere),
            reason=REASON,
        )


def test_the_page_offers_it_instead_of_the_record(clinic, patient, practitioner, as_user):
    client = as_user(practitioner)
    page = practitioner.url("accounts:patient", pk=patient.pk)
    offer = practitioner.url("accounts:patient_break_glass", pk=patient.pk)
    assert client.get(page)["Location"] == offer
    assert not Event.objects.exists()
    refused = client.post(offer, {"reason": "short"})
    assert refused.status_code == 422
    assert client.post(offer, {"reason": REASON})["Location"] == page
    assert b"You broke the glass" in client.get(page).content
    viewed = Event.objects.get(action="patient.viewed")
    assert viewed.break_glass_id is not None


def test_the_audit_log_gives_the_reason(patient, practitioner, admin, as_user):
    break_glass.open(actor=practitioner, patient=patient, reason=REASON)
    page = as_user(admin).get(admin.url("accounts:audit") + "?action=glass.broken")
    assert f"reason: {REASON}".encode() in page.content


def test_sending_the_reason_twice_breaks_the_glass_once(patient, practitioner, as_user):
    client = as_user(practitioner)
    offer = practitioner.url("accounts:patient_break_glass", pk=patient.pk)
    for _ in range(2):
        client.post(offer, {"reason": REASON, "idempotency_key": "the same"})
    assert BreakGlass.objects.count() == 1

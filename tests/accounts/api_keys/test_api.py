"""Keys: shown once, kept as a hash, good as far as scopes, role and clinic reach, no longer."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.api_keys import services as api_keys
from accounts.models import ApiKey, Event
from accounts.roles import Role
from tests import factories
from tests.api.client import ApiClient, error
from tests.api.lists import ids, price, turned
from tests.pages import open_form

pytestmark = pytest.mark.django_db


def reads(secret: str) -> int:
    return ApiClient(secret).get("authorizations").status_code


def test_only_a_hash_is_kept(new_key) -> None:
    key = new_key()
    row = ApiKey.objects.filter(pk=key.pk).values().get()
    assert key.secret not in str(row)
    assert key.secret.startswith(row["prefix"])


def test_scopes_reach_as_far_as_they_say(new_key) -> None:
    client = ApiClient(new_key(scopes=["authorizations:read"]).secret)
    assert client.get("authorizations").status_code == 200
    refused = client.post("authorizations", {})
    assert (refused.status_code, error(refused)["code"]) == (403, "scope_missing")
    other = ApiClient(new_key(scopes=["catalog:read"]).secret)
    assert other.get("authorizations").status_code == 403


def test_the_role_limits_a_key_with_all_scopes(new_key) -> None:
    refused = ApiClient(new_key(Role.VIEWER).secret).post("authorizations", {})
    assert (refused.status_code, error(refused)["code"]) == (403, "role_not_allowed")


def test_another_clinics_row_is_not_there(new_key) -> None:
    stranger = factories.AuthorizationFactory()
    answer = ApiClient(new_key().secret).get(f"authorizations/{stranger.pk}")
    assert (answer.status_code, error(answer)["code"]) == (404, "not_found")


def test_a_practitioners_key_sees_the_care_team(new_key, clinic) -> None:
    practitioner = factories.PractitionerFactory(organization=clinic)
    mine = factories.AuthorizationFactory(organization=clinic)
    factories.AuthorizationFactory(organization=clinic)
    factories.CareTeamMemberFactory(
        organization=clinic, patient=mine.patient, practitioner=practitioner
    )
    client = ApiClient(new_key(Role.PRACTITIONER, practitioner=practitioner).secret)
    assert [one["id"] for one in client.get("authorizations").json()["results"]] == [mine.pk]


def test_an_inactive_practitioners_key_sees_no_patient(new_key, clinic) -> None:
    practitioner = factories.PractitionerFactory(organization=clinic)
    member = factories.CareTeamMemberFactory(organization=clinic, practitioner=practitioner)
    client = ApiClient(new_key(Role.PRACTITIONER, practitioner=practitioner).secret)
    assert client.get(f"patients/{member.patient_id}").status_code == 200
    practitioner.is_active = False
    practitioner.save(update_fields=["is_active"])
    assert client.get(f"patients/{member.patient_id}").status_code == 404
    assert client.get("appointments").json()["results"] == []


def test_expiry_and_revocation_end_it(new_key, clinic) -> None:
    key = new_key(expires_at=timezone.now() + timedelta(hours=1))
    assert reads(key.secret) == 200
    with time_machine.travel(timezone.now() + timedelta(hours=2), tick=False):
        assert reads(key.secret) == 401
    api_keys.revoke(actor=factories.actor(clinic), api_key=key)
    assert reads(key.secret) == 401


def test_rotation_overlaps(new_key, clinic) -> None:
    key = new_key()
    turned = api_keys.rotate(actor=factories.actor(clinic), api_key=key, overlap=timedelta(hours=2))
    assert (reads(key.secret), reads(turned.secret)) == (200, 200)
    with time_machine.travel(timezone.now() + timedelta(hours=3), tick=False):
        assert (reads(key.secret), reads(turned.secret)) == (401, 200)


def test_what_a_key_does_is_on_its_name(api, clinic) -> None:
    patient = factories.PatientFactory(organization=clinic)
    authorization = factories.AuthorizationFactory(organization=clinic, patient=patient)
    api.get(f"authorizations/{authorization.pk}")
    event = Event.objects.get(action="patient.viewed")
    assert (event.actor, event.channel, event.api_key) == (None, "api", ApiKey.objects.get())


def test_last_use_is_noted(new_key) -> None:
    key = new_key()
    reads(key.secret)
    key.refresh_from_db()
    assert timezone.now() - key.last_used_at < timedelta(minutes=1)


def test_requests_in_a_minute_are_counted(new_key, settings) -> None:
    settings.API_REQUESTS_PER_MINUTE = 5
    with time_machine.travel("2026-11-23T15:00:10Z", tick=False):
        client = ApiClient(new_key().secret)
        left = [client.get("authorizations")["RateLimit-Remaining"] for _ in range(5)]
        assert left == ["4", "3", "2", "1", "0"]
        refused = client.get("authorizations")
        assert (refused.status_code, refused["Retry-After"]) == (429, "50")
        assert error(refused)["code"] == "throttled"
        assert ApiClient(new_key().secret).get("authorizations").status_code == 200
    with time_machine.travel("2026-11-23T15:01:00Z", tick=False):
        assert client.get("authorizations").status_code == 200


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Basic abc", "Bearer ck_unknown", "Bearer " + "x" * 5000, "Bearer ü"]
)
def test_no_key_no_entry(header) -> None:
    answer = ApiClient(Authorization=header).get("authorizations")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_persons_app_makes_and_rotates_keys(new_app, clinic) -> None:
    api = new_app(factories.actor(clinic).user)
    body = {"name": "Screen", "role": "viewer", "scopes": ["authorizations:read"]}
    made = api.post("api-keys", body, Idempotency_Key="k")
    assert made.status_code == 201
    assert reads(made.json()["secret"]) == 200
    assert made["Location"].endswith(f"/api/v1/api-keys/{made.json()['id']}")
    assert api.post("api-keys", body, Idempotency_Key="k").content == made.content
    listed = api.get("api-keys").json()["results"]
    assert "secret" not in str(listed)
    turned = api.post(f"api-keys/{made.json()['id']}/rotate", {"overlap_hours": 0}).json()
    assert reads(turned["secret"]) == 200
    assert reads(made.json()["secret"]) == 401
    assert api.delete(f"api-keys/{made.json()['id']}").status_code == 204
    assert reads(turned["secret"]) == 401


def test_keys_are_found(api, clinic, new_key) -> None:
    screen = new_key(Role.VIEWER, name="Waiting room screen")
    mine = ApiKey.objects.exclude(pk=screen.pk).get().pk
    assert ids(api, "api-keys", search="room waiting") == [screen.pk]
    assert ids(api, "api-keys", search=screen.prefix) == [screen.pk]
    assert ids(api, "api-keys", role="viewer") == [screen.pk]
    today, tomorrow = clinic.today(), clinic.today() + timedelta(days=1)
    assert set(ids(api, "api-keys", first=today, last=today)) == {mine, screen.pk}
    assert ids(api, "api-keys", first=tomorrow) == []
    turned(api, "api-keys", "name", "created_at")
    assert price(api, "api-keys", new_key) == 3


def test_a_key_makes_and_touches_no_other(new_key) -> None:
    """A program can change only its own key, whatever its role."""
    other = new_key()
    api = ApiClient(new_key(scopes=["organization:read", "organization:write"]).secret)
    body = {"name": "More", "role": "admin", "scopes": ["patients:read"]}
    for refused in (
        api.post("api-keys", body),
        api.post(f"api-keys/{other.pk}/rotate", {"overlap_hours": 1}),
        api.delete(f"api-keys/{other.pk}"),
    ):
        assert (refused.status_code, error(refused)["code"]) == (403, "person_required")
    assert ApiKey.objects.count() == 2
    assert reads(other.secret) == 200


def test_a_key_rotates_and_revokes_itself(new_key) -> None:
    key = new_key()
    turned = ApiClient(key.secret).post(f"api-keys/{key.pk}/rotate", {"overlap_hours": 0}).json()
    assert (reads(key.secret), reads(turned["secret"])) == (401, 200)
    assert ApiClient(turned["secret"]).delete(f"api-keys/{key.pk}").status_code == 204
    assert reads(turned["secret"]) == 401


def test_the_page_shows_the_secret_once(clinic, client) -> None:
    actor = factories.actor(clinic)
    client.force_login(actor.user)
    form = open_form(client, actor.url("accounts:api_key_new"), having="scopes")
    typed = {"name": "Screen", "role": "viewer", "scopes": ["authorizations:read"]}
    page = form.send(client, **typed)
    secret = re.search(r'value="(ck_[^"]+)"', page.content.decode())[1]
    assert page["Cache-Control"] == "no-store"
    assert reads(secret) == 200
    again = form.send(client, **typed)
    assert again.status_code == 302
    assert ApiKey.objects.filter(name="Screen").count() == 1
    listed = client.get(actor.url("accounts:api_keys")).content.decode()
    assert secret not in listed
    assert "Screen" in listed
    taken = open_form(client, actor.url("accounts:api_key_new"), having="scopes")
    refused = taken.send(client, **typed)
    assert refused.status_code == 409
    assert "There is a key of that name." in refused.content.decode()
    assert 'value="Screen"' in refused.content.decode()

"""A person's app: short tokens that rotate, and end with the session or the membership."""

from __future__ import annotations

from datetime import timedelta

import jwt
import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.actor import Actor
from accounts.members import services as members
from accounts.roles import Role
from accounts.sign_in import session_limits
from accounts.users import services as users
from tests import factories
from tests.api.client import ApiClient, error

PASSWORD = "a long enough one"
LOGIN = "/api/auth/app/v1/auth/login"
REFRESH = "/api/auth/app/v1/tokens/refresh"
SESSION = "/api/auth/app/v1/auth/session"

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(clinic):
    membership = factories.MembershipFactory(organization=clinic, role=Role.ADMIN)
    user = membership.user
    user.set_password(PASSWORD)
    user.save()
    user.emailaddress_set.update_or_create(
        email=user.email, defaults={"verified": True, "primary": True}
    )
    return membership


def sign_in(user) -> dict[str, str]:
    answer = ApiClient().post(LOGIN, {"email": user.email, "password": PASSWORD})
    assert answer.status_code == 200, answer.content
    return answer.json()["meta"]


def refreshed(token: str):
    return ApiClient().post(REFRESH, {"refresh_token": token})


def reads(token: str, **headers: str) -> int:
    return ApiClient(token).get("authorizations", **headers).status_code


def test_a_token_opens_the_clinic_as_its_member(person) -> None:
    assert reads(sign_in(person.user)["access_token"]) == 200


def test_a_wrong_password_opens_nothing(person) -> None:
    answer = ApiClient().post(LOGIN, {"email": person.user.email, "password": "something else"})
    assert answer.status_code == 400
    assert "meta" not in answer.json()


def test_access_is_short(person) -> None:
    token = sign_in(person.user)["access_token"]
    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=False):
        assert reads(token) == 401


def test_refresh_rotates(person) -> None:
    first = sign_in(person.user)
    second = refreshed(first["refresh_token"]).json()["data"]
    assert reads(second["access_token"]) == 200
    assert second["refresh_token"] != first["refresh_token"]
    assert refreshed(second["refresh_token"]).status_code == 200


def test_a_refresh_token_used_twice_ends_the_session(person) -> None:
    first = sign_in(person.user)
    second = refreshed(first["refresh_token"]).json()["data"]
    assert refreshed(first["refresh_token"]).status_code == 400
    assert refreshed(second["refresh_token"]).status_code == 400
    assert reads(second["access_token"]) == 401


def test_sign_out_ends_every_token(person) -> None:
    tokens = sign_in(person.user)
    app = ApiClient(tokens["access_token"])
    assert app.get(SESSION).json()["data"]["user"]["email"] == person.user.email
    app.delete(SESSION)
    assert reads(tokens["access_token"]) == 401
    assert refreshed(tokens["refresh_token"]).status_code == 400


def test_a_session_ended_elsewhere_ends_its_tokens(person) -> None:
    tokens = sign_in(person.user)
    Session.objects.all().delete()
    assert reads(tokens["access_token"]) == 401


def test_a_deactivated_member_is_out_at_once(person, clinic) -> None:
    tokens = sign_in(person.user)
    admin = factories.actor(clinic)
    members.deactivate(actor=admin, membership=person)
    assert reads(tokens["access_token"], Caretally_Organization=clinic.slug) == 401
    assert refreshed(tokens["refresh_token"]).status_code == 400
    members.reactivate(actor=admin, membership=person)
    assert refreshed(tokens["refresh_token"]).status_code == 400


def test_a_deactivated_user_must_sign_in_again(person) -> None:
    tokens, founder = sign_in(person.user), Actor.founder(None, channel="test")
    for is_active in (False, True):
        users.update(actor=founder, user=person.user, is_active=is_active, is_superuser=False)
        assert reads(tokens["access_token"]) == 401
        assert refreshed(tokens["refresh_token"]).status_code == 400


def test_a_member_of_another_clinic_keeps_their_app(person, clinic) -> None:
    factories.MembershipFactory(user=person.user, role=Role.VIEWER)
    tokens = sign_in(person.user)
    members.deactivate(actor=factories.actor(clinic), membership=person)
    assert reads(tokens["access_token"], Caretally_Organization=clinic.slug) == 404
    assert refreshed(tokens["refresh_token"]).status_code == 200


def test_idle_and_absolute_limits_hold(person) -> None:
    idle = sign_in(person.user)["refresh_token"]
    with time_machine.travel(
        timezone.now() + timedelta(minutes=settings.STAFF_IDLE_MINUTES + 1), tick=False
    ):
        assert refreshed(idle).status_code == 400
    token = sign_in(person.user)["refresh_token"]
    now = timezone.now()
    for minutes in range(10, settings.SESSION_ABSOLUTE_HOURS * 60, 10):
        with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
            token = refreshed(token).json()["data"]["refresh_token"]
    with time_machine.travel(
        now + timedelta(hours=settings.SESSION_ABSOLUTE_HOURS, minutes=1), tick=False
    ):
        assert refreshed(token).status_code == 400


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


def hurry(clinic, minutes: int) -> None:
    clinic.idle_minutes = minutes
    clinic.save(update_fields=["idle_minutes"])


def test_the_clinics_own_idle_limit_holds_for_apps(person, clinic, clock) -> None:
    hurry(clinic, 5)
    idle = sign_in(person.user)
    clock.shift(timedelta(minutes=5, seconds=1))
    assert refreshed(idle["refresh_token"]).status_code == 400
    tokens = sign_in(person.user)
    hurry(clinic, 60)
    assert reads(tokens["access_token"]) == 200
    clock.shift(timedelta(minutes=59))
    assert refreshed(tokens["refresh_token"]).status_code == 200


def test_what_an_app_reads_is_activity_and_what_it_does_by_itself_is_none(
    person, clinic, clock
) -> None:
    hurry(clinic, 5)
    busy, idle = sign_in(person.user), sign_in(person.user)
    clock.shift(timedelta(minutes=4))
    assert reads(busy["access_token"]) == 200
    assert reads(idle["access_token"], X_Background="1") == 200
    clock.shift(timedelta(minutes=2))
    assert refreshed(busy["refresh_token"]).status_code == 200
    assert refreshed(idle["refresh_token"]).status_code == 400


def test_noting_activity_revives_no_used_refresh_token(person, clinic, clock, monkeypatch) -> None:
    """The app reads and refreshes at once: what the reader has loaded is not written back."""
    tokens, answers = sign_in(person.user), []
    clock.shift(timedelta(minutes=1))
    locked = session_limits.locked

    def refresh_first(key):
        monkeypatch.setattr(session_limits, "locked", locked)
        answers.append(refreshed(tokens["refresh_token"]))
        return locked(key)

    monkeypatch.setattr(session_limits, "locked", refresh_first)
    assert reads(tokens["access_token"]) == 200
    [turned] = answers
    assert refreshed(turned.json()["data"]["refresh_token"]).status_code == 200


def test_the_header_selects_one_of_several_clinics(person) -> None:
    other = factories.MembershipFactory(user=person.user, role=Role.VIEWER)
    token = sign_in(person.user)["access_token"]
    answer = ApiClient(token).get("authorizations")
    assert (answer.status_code, error(answer)["code"]) == (400, "organization_required")
    assert reads(token, Caretally_Organization=other.organization.slug) == 200
    stranger = factories.OrganizationFactory()
    assert reads(token, Caretally_Organization=stranger.slug) == 404


@pytest.mark.parametrize("spoilt", ["signature", "none", "refresh", "text"])
def test_a_token_that_is_not_ours_is_refused(person, spoilt) -> None:
    tokens = sign_in(person.user)
    claims = jwt.decode(tokens["access_token"], options={"verify_signature": False})
    bad = {
        "signature": tokens["access_token"][:-4] + "AAAA",
        "none": jwt.encode(claims, "", algorithm="none"),
        "refresh": tokens["refresh_token"],
        "text": "hello",
    }
    assert reads(bad[spoilt]) == 401

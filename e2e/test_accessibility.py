"""Every page that somebody can reach: axe finds nothing serious, and a phone shows its whole width.

The addresses are those of the permission matrix, so that a new page is looked at too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, Route

from accounts.models import User
from accounts.roles import Role
from clinic.views import home
from e2e import accessibility
from e2e.actions import type_password
from e2e.conftest import NewContext, SignedIn
from tests import factories
from tests.permissions import cast
from tests.permissions.cast import World
from tests.permissions.matrix import Row, rows
from tests.permissions.site import addresses

pytestmark = pytest.mark.django_db(transaction=True)

DOWNLOADS = {"accounts:audit_export", "mfa_download_recovery_codes"}
# They look different to each role; all others are looked at as the administrator.
OF_ONES_OWN = {
    "accounts:clinics",
    "accounts:invitation",
    "accounts:patient",
    "accounts:practitioners",
    "accounts:settings",
    "billing:authorization",
    "billing:patient_insurance",
    "clinic:home",
    "scheduling:appointment",
    "scheduling:cancel",
    "scheduling:session",
    "scheduling:week",
}
# The states of a page that its address chooses.
STATES = {
    "accounts:patients": ["q=nobody"],
    "accounts:search": ["q=Moreno", "q=nobody"],
    "billing:entries": ["figure=reserved", "figure=available"],
    "scheduling:book": ["patient={patient}", "q=nobody"],
    "scheduling:session": ["template=narrative"],
    "scheduling:week": ["practitioner={practitioner}", "move={appointment}"],
}
LISTS = (
    "clinic:home",
    "scheduling:week",
    "scheduling:day",
    "scheduling:appointments",
    "scheduling:sessions",
    "scheduling:locations",
    "accounts:patients",
    "accounts:practitioners",
    "accounts:members",
    "accounts:audit",
    "billing:authorizations",
    "billing:payers",
    "billing:service_codes",
)
CALM = {"reduced_motion": "reduce"}


@pytest.fixture
def world() -> World:
    return cast.build()


def paths(world: World, row: Row) -> Iterator[str]:
    """The page of the world's thing, in each of its states."""
    things = {name: world.own.reference(name) for name in world.own.things}
    path = world.path(row)
    yield path
    for state in STATES.get(row.address, []):
        yield f"{path}?{state.format(**things)}"


def seen_by(person: str) -> Iterator[Row]:
    """The pages that open to the person, less those that look as they do to an administrator."""
    for row in rows():
        is_page = row.method == "GET" and row.address not in DOWNLOADS
        is_new = row.outcomes["admin"] != "200" or row.address in OF_ONES_OWN
        if is_page and row.outcomes[person] == "200" and (person == "admin" or is_new):
            yield row


def account_paths(prefix: str = "") -> Iterator[str]:
    for address in addresses():
        is_wanted = address.route.startswith("account/") and address.name.startswith(prefix)
        if is_wanted and address.name not in DOWNLOADS:
            known = {"key": "a-key", "uidb36": "1", "pk": 1}
            yield reverse(address.name, kwargs={name: known[name] for name in address.arguments})


def look_at(page: Page, paths: Iterable[str], *, both: bool = True) -> list[str]:
    found: list[str] = []
    seen = set()
    audit = accessibility.PageAudit(page, both=both)
    for path in paths:
        answer = page.goto(path)
        assert answer is not None
        if page.url not in seen and "text/html" in answer.headers["content-type"]:
            seen.add(page.url)
            accessibility.settle(page)
            found += [f"{path}: {problem}" for problem in audit.problems()]
    return found


def assert_no_problems(problems: list[str]) -> None:
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("area", ["accounts", "billing", "scheduling"])
def test_the_pages_of_most_use_in_one_state_each(
    world: World, signed_in: SignedIn, area: str
) -> None:
    """Wide and light, or dark and on a phone, in turn: lists, pages that look different to each
    role, and those with states, as an administrator. All others are in the slow tier only.
    """
    kinds = {one for one in (*LISTS, *OF_ONES_OWN, *STATES) if one.startswith(area)}
    shown = [world.path(row) for row in seen_by("admin") if row.address in kinds]
    assert len(shown) >= 4
    assert_no_problems(look_at(signed_in(world.users["admin"], **CALM), shown, both=False))


def test_homes(world: World, signed_in: SignedIn) -> None:
    for person in ("admin", "patient"):
        homes = (world.path(row) for row in seen_by(person) if row.address == "clinic:home")
        assert_no_problems(look_at(signed_in(world.users[person], **CALM), homes))


@pytest.mark.slow
@pytest.mark.parametrize("person", [one for one in cast.CAST if one not in ("former", "nobody")])
def test_a_members_pages(world: World, signed_in: SignedIn, person: str) -> None:
    page = signed_in(world.users[person], **CALM)
    assert_no_problems(
        look_at(page, (path for row in seen_by(person) for path in paths(world, row)))
    )


@pytest.mark.slow
def test_the_installations_pages(signed_in: SignedIn) -> None:
    page = signed_in(factories.SuperadminFactory(), **CALM)
    lists = (one.name for one in addresses() if one.name.endswith(("admin:index", "_changelist")))
    assert_no_problems(look_at(page, map(reverse, lists)))


@pytest.mark.slow
def test_an_empty_clinics_pages(signed_in: SignedIn) -> None:
    organization = factories.OrganizationFactory()
    admin, patient = (factories.actor(organization, role) for role in (Role.ADMIN, Role.PATIENT))
    assert_no_problems(look_at(signed_in(admin.user, **CALM), map(admin.url, LISTS)))
    assert_no_problems(look_at(signed_in(patient.user, **CALM), [patient.url("clinic:home")]))


def test_the_entrance(world: World, new_context: NewContext) -> None:
    page = new_context(**CALM).new_page()
    invitations = (path for row in seen_by("nobody") for path in paths(world, row))
    assert_no_problems(look_at(page, [*account_paths(), *invitations]))


@pytest.mark.slow
def test_ones_account(new_context: NewContext) -> None:
    user = factories.actor(factories.OrganizationFactory()).user
    assert user is not None
    page = new_context(**CALM).new_page()
    page.goto(reverse("account_login"))
    type_password(page, user)
    found = look_at(page, account_paths())
    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)
    assert_no_problems(found + look_at(page, account_paths("mfa_")))
    assert_no_problems(_second_factor(new_context(**CALM).new_page(), user))


def _second_factor(page: Page, user: User) -> list[str]:
    page.goto(reverse("account_login"))
    type_password(page, user)
    page.wait_for_url(f"**{reverse('mfa_authenticate')}")
    return accessibility.PageAudit(page).problems()


def test_what_is_not_there_or_not_allowed(world: World, signed_in: SignedIn) -> None:
    page = signed_in(world.users["viewer"], **CALM)
    refused = reverse("accounts:patient_new", args=[world.own.organization.slug])
    elsewhere = reverse("clinic:home", args=[world.other.organization.slug])
    assert_no_problems(look_at(page, [refused, elsewhere, "/nowhere/"]))


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """The home of administrators."""
    monkeypatch.setattr(home, "overview", lambda request: 1 / 0)


def test_errors(broken: None, new_context: NewContext) -> None:
    actor = factories.actor(factories.OrganizationFactory())
    assert actor.user is not None
    client = Client(raise_request_exception=False)
    sign_in = reverse("account_login")
    answers = {
        "host": client.get("/", headers={"host": "elsewhere.example"}),
        "forged": Client(enforce_csrf_checks=True).post(sign_in, {"login": "x"}),
        "often": [client.post(sign_in, {"login": "x@y.z", "password": "x"}) for _ in range(40)][-1],
    }
    client.force_login(actor.user)
    answers["broken"] = client.get(actor.url("clinic:home"))
    assert [answer.status_code for answer in answers.values()] == [400, 403, 429, 500]
    page = new_context(**CALM).new_page()
    page.route("**/drawn/*", lambda route: _draw(route, answers))
    assert_no_problems(look_at(page, [f"/drawn/{name}" for name in answers]))


def _draw(route: Route, answers: dict[str, HttpResponse]) -> None:
    """As the server drew it, but for the status: a page that fails would fail the test."""
    answer = answers[route.request.url.rpartition("/")[2]]
    route.fulfill(status=200, headers=dict(answer.items()), body=answer.content)

"""Every form of the product that writes, found on its pages; and what a refusal must look like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpResponse
from django.urls import Resolver404, resolve, reverse

from tests.bad_input.tables import Snapshot
from tests.pages import Form, forms_on
from tests.permissions import cast
from tests.permissions.matrix import Row, rows
from tests.permissions.site import CLINIC, Address, addresses

BY_NAME: dict[str, Address] = {address.name: address for address in addresses()}
REFUSALS = (400, 404, 409, 422)
# What the page itself carries along, and nobody types.
CARRIED = {"csrfmiddlewaretoken", "idempotency_key", "next", "version"}
# Those who between them may do everything.
PEOPLE = ("admin", "practitioner", "outsider", "patient", "nobody")
# A write's first step is a GET with a patient chosen.
WITH_QUERY = {"scheduling:book"}
# What they answer to POST is a page; nothing is saved.
PREVIEWS = {"scheduling:reschedule_preview", "scheduling:book_preview"}


def writing() -> dict[str, Row]:
    """The addresses where somebody's POST does something, by the permission table."""
    read = {row.address: row for row in rows() if row.method == "GET"}
    return {
        row.address: row
        for row in rows()
        if row.method == "POST"
        and (row.address in WITH_QUERY or any(_acts(row, read[row.address], one) for one in PEOPLE))
        and row.address not in PREVIEWS
    }


def _acts(post: Row, get: Row, person: str) -> bool:
    """Whether POST does what GET does not: a redirect of both is only a way elsewhere."""
    outcome = post.outcomes[person]
    return outcome in ("302", "409", "422") and outcome != get.outcomes[person]


@dataclass
class Found:
    """A form, and who has it on a page."""

    person: str
    address: str
    form: Form

    def __str__(self) -> str:
        return f"{self.address} as {self.person}"

    def typed_fields(self, *kinds: str) -> list[str]:
        names = self.form.kinds.keys() - CARRIED
        return sorted(name for name in names if self.form.kinds[name] in kinds)


@dataclass
class Site:
    world: cast.World

    def __post_init__(self) -> None:
        self.forms: dict[str, list[Found]] = {}
        """By address. Where a button shows only in another state, what it would send."""
        self.filters: dict[str, Any] = {}
        """By path of a page with a list that is filtered."""
        self._find("admin", rows())
        for person in PEOPLE[1:]:
            lacking = [row for row in self._lacking() if "422" in row.outcomes[person]]
            kinds = {row.kind for row in lacking}
            self._find(person, [row for row in rows() if row.kind in kinds])
        for row in self._lacking():
            if "422" not in row.outcomes.values():
                button = Form(self.path(row.address, row.kind), {"idempotency_key": "a-button"})
                self.forms[row.address] = [Found("admin", row.address, button)]
        self.before = Snapshot()

    def _lacking(self) -> list[Row]:
        return [row for name, row in writing().items() if name not in self.forms]

    def _find(self, person: str, pages: list[Row]) -> None:
        known = {(name, *one.form.kinds) for name, found in self.forms.items() for one in found}
        for row in pages:
            if row.method == "GET" and row.outcomes[person] == "200":
                path = self.path(row.address, row.kind)
                page = self.world.clients[person].get(path)
                if page.context and hasattr(page.context.get("filter"), "qs"):
                    self.filters[path] = page.context["filter"]
                for form in [] if page.streaming else forms_on(page):
                    name = address_of(form.action)
                    if form.is_post and name and (name, *form.kinds) not in known:
                        known.add((name, *form.kinds))
                        self.forms.setdefault(name, []).append(Found(person, name, form))

    def path(self, name: str, kind: str) -> str:
        values = {
            argument: self.slug if argument == CLINIC else self.world.own.reference(kind)
            for argument in BY_NAME[name].arguments
        }
        path = reverse(name, kwargs=values)
        if name in WITH_QUERY:
            path += f"?{urlencode(self._taken())}"
        return path

    def _taken(self) -> dict[str, Any]:
        """The patient, and a time of theirs: at any hour the form asks why to book over it."""
        appointment = self.world.own.things["appointment"]
        start = self.world.own.organization.local(appointment.starts_at)
        return {"patient": appointment.patient_id, "start": f"{start:%Y-%m-%dT%H:%M}"}

    @property
    def slug(self) -> str:
        return self.world.own.organization.slug

    def sent(self, found: Found, **typed: Any) -> HttpResponse:
        return found.form.send(self.world.clients[found.person], **typed)

    def refused(self, found: Found, **typed: Any) -> HttpResponse:
        """Send the form with `typed`: it is refused and says why."""
        answer = self.sent(found, **typed)
        told = f"{found}: {shortened(typed)} answers {answer.status_code}"
        assert answer.status_code in REFUSALS, told
        if answer.status_code != 404:
            assert b'role="alert"' in answer.content, f"{told} without a word"
            shown = {name for one in forms_on(answer) for name in one.kinds}
            assert (typed.keys() & found.form.kinds.keys()) - CARRIED <= shown, f"{told} formless"
        return answer


def address_of(path: str) -> str | None:
    """Its name, where it is an address of ours."""
    try:
        match = resolve(urlsplit(path).path)
    except Resolver404:
        return None
    return match.view_name if match.view_name in BY_NAME else None


def assert_told_beside(answer: HttpResponse, names: list[str], what: str) -> None:
    """Each field has its own error, next to it on the page."""
    assert answer.context, what
    form = answer.context["form"]
    silent = [name for name in names if name not in form.errors]
    assert not silent, f"{what}: accepted by {silent}"
    page = answer.content.decode()
    for name in names:
        if not form[name].is_hidden:
            assert f'id="{form[name].auto_id}_error"' in page, f"{what}: {name}"


def assert_kept(answer: HttpResponse, typed: dict[str, Any], what: str = "") -> None:
    """What was typed is still in the form."""
    shown: dict[str, Any] = {}
    for form in forms_on(answer):
        shown |= {name: value for name, value in form.values.items() if name in typed}
    lost = {name for name in typed if _listed(shown.get(name)) != _listed(typed[name])}
    assert not lost, f"{what}: lost {lost}"


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def shortened(typed: dict[str, Any]) -> dict[str, str]:
    return {name: repr(value)[:40] for name, value in typed.items()}

"""Forms as a browser sees them: what a page offers, filled in and sent as it says."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.http import HttpResponse
from django.test import Client


@dataclass
class Form:
    """A form of a page with the values it would send now."""

    action: str
    values: dict[str, Any] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)  # "text", "select", "hidden" ...
    is_post: bool = True

    def send(self, client: Client, **typed: Any) -> HttpResponse:
        return client.post(self.action, {**self.values, **typed})


def forms_on(response: HttpResponse) -> list[Form]:
    """Relative actions are the page's own address."""
    parser = _Forms(response.request["PATH_INFO"])
    parser.feed(response.content.decode())
    return parser.forms


def form_on(response: HttpResponse, *, having: str) -> Form:
    """The form that has a field of that name."""
    found = [form for form in forms_on(response) if having in form.kinds]
    assert found, f"no form with {having} on {response.request['PATH_INFO']}"
    return found[0]


def open_form(client: Client, url: str, *, having: str) -> Form:
    response = client.get(url)
    assert response.status_code == 200, f"{url} answers {response.status_code}"
    return form_on(response, having=having)


class _Forms(HTMLParser):
    def __init__(self, path: str) -> None:
        super().__init__()
        self.path, self.forms = path, list[Form]()
        self.choice, self.text = "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            is_post = given.get("method", "get").lower() == "post"
            self.forms.append(Form(given.get("action") or self.path, is_post=is_post))
        elif not self.forms:
            return
        elif tag == "input":
            self._input(given)
        elif tag == "select":
            self.choice = given.get("name", "")
            self._control(self.choice, "select")
            self.forms[-1].values[self.choice] = [] if "multiple" in given else ""
        elif tag == "option" and "selected" in given:
            self._chosen(self.choice, given.get("value", ""))
        elif tag == "textarea":
            self.text = given.get("name", "")
            self._control(self.text, "textarea")
            self.forms[-1].values[self.text] = ""

    def _control(self, name: str, kind: str) -> None:
        self.forms[-1].kinds[name] = kind

    def _input(self, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        if "name" not in given:
            return
        self._control(given["name"], kind)
        if kind not in ("checkbox", "radio"):
            self.forms[-1].values[given["name"]] = given.get("value", "")
        elif "checked" in given:
            self._chosen(given["name"], given.get("value", "on"))

    def _chosen(self, name: str, value: str) -> None:
        """One more of several, or the one."""
        values = self.forms[-1].values
        before = values.get(name)
        if isinstance(before, list):
            before.append(value)
        else:
            values[name] = [before, value] if before else value

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.text = ""

    def handle_data(self, data: str) -> None:
        if self.text and self.forms:
            self.forms[-1].values[self.text] += data

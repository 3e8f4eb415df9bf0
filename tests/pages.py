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
        self.form: Form | None = None  # the one that is open
        self.select, self.text = "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            is_post = given.get("method", "get").lower() == "post"
            self.form = Form(given.get("action") or self.path, is_post=is_post)
            self.forms.append(self.form)
        elif self.form is None or "disabled" in given:
            return
        elif tag == "input":
            self._input(self.form, given)
        elif tag == "select":
            self.select = given.get("name", "")
            self.form.kinds[self.select] = "select"
            if "multiple" in given:
                self.form.values[self.select] = []
        elif tag == "option":
            self._option(self.form, given)
        elif tag == "textarea":
            self.text = given.get("name", "")
            self.form.kinds[self.text] = "textarea"
            self.form.values[self.text] = ""

    def _input(self, form: Form, given: dict[str, str]) -> None:
        kind, name = given.get("type", "text"), given.get("name")
        if name is None:
            return
        form.kinds[name] = kind
        if kind not in ("checkbox", "radio"):
            form.values[name] = given.get("value", "")
        elif "checked" in given:
            self._chosen(form, name, given.get("value", "on"))

    def _option(self, form: Form, given: dict[str, str]) -> None:
        """A select of one sends its first option until another is chosen."""
        before, value = form.values.get(self.select), given.get("value", "")
        if isinstance(before, list):
            if "selected" in given:
                before.append(value)
        elif before is None or "selected" in given:
            form.values[self.select] = value

    def _chosen(self, form: Form, name: str, value: str) -> None:
        """One more of several, or the one."""
        before = form.values.get(name)
        if isinstance(before, list):
            before.append(value)
        else:
            form.values[name] = [before, value] if before else value

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "textarea" and self.form and self.text:
            # HTML drops a line break right after the opening tag.
            self.form.values[self.text] = self.form.values[self.text].removeprefix("\n")
            self.text = ""

    def handle_data(self, data: str) -> None:
        if self.text and self.form:
            self.form.values[self.text] += data

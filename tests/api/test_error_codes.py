"""docs/api-errors.md lists every code that the code can answer, with its status, and no other."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from rest_framework import exceptions

from accounts.api.errors import TooLarge, Unavailable
from accounts.api.etags import Stale
from accounts.api.serializers import Input
from accounts.errors import DomainError
from clinic.api.router import router

BASE = Path(settings.BASE_DIR)
DOCUMENT = BASE / "docs" / "api-errors.md"
APPS = ("accounts", "billing", "scheduling", "clinic")

# Codes that are put together, by how the code writes them.
TOGETHER = {
    "f'{field}_inactive'": (
        *("patient_inactive", "practitioner_inactive", "service_code_inactive"),
        *("location_inactive", "room_inactive"),
    ),
    "f'held_by_{owner.kind}'": ("held_by_appointment",),
    "f'{kind}_not_free'": ("practitioner_not_free", "patient_not_free", "room_not_free"),
}
FIELDS = {"unknown_field", "unknown_parameter", "repeated_parameter"}


def subclasses(parent: type) -> Iterator[type]:
    for child in parent.__subclasses__():
        yield child
        yield from subclasses(child)


RAISED = {child.__name__: child for child in subclasses(DomainError)}


def test_every_code_is_listed_and_no_other() -> None:
    assert documented() == known()


def documented() -> dict[str, set[int]]:
    rows = re.findall(r"^\| `(\w+)` \| ([\d, ]+) \| \S.* \|$", DOCUMENT.read_text(), re.MULTILINE)
    assert len(rows) == len({code for code, _ in rows}), "a code is listed twice"
    return {code: {int(status) for status in statuses.split(",")} for code, statuses in rows}


def known() -> dict[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for child in RAISED.values():
        found[child.code].add(child.status)
    for code, status in arguments():
        found[code].add(status)
    for raised in (*own_of_the_framework(), TooLarge, Stale, Unavailable):
        found[raised.default_code].add(raised.status_code)
    found["scope_missing"].add(403)
    for code in {*FIELDS, *codes_of_fields()}:
        found[code].add(400)
    return dict(found)


def arguments() -> Iterator[tuple[str, int]]:
    """What the code gives to a DomainError as its code."""
    for app in APPS:
        for file in (BASE / app).rglob("*.py"):
            for call in ast.walk(ast.parse(file.read_text())):
                raised = RAISED.get(getattr(call.func, "id", "")) if is_call(call) else None
                for keyword in call.keywords if raised else []:
                    if keyword.arg == "code":
                        yield from ((code, raised.status) for code in codes(keyword.value))


def is_call(node: ast.AST) -> bool:
    return isinstance(node, ast.Call)


def codes(value: ast.expr) -> tuple[str, ...]:
    if isinstance(value, ast.Constant):
        return (str(value.value),)
    if isinstance(value, ast.Attribute):  # another error's own code
        return (RAISED[value.value.id].code,)
    return TOGETHER[ast.unparse(value)]


def own_of_the_framework() -> Iterator[type[exceptions.APIException]]:
    """What Django REST framework raises itself; `scope_missing` is said instead of its 403."""
    for name, found in vars(exceptions).items():
        is_one = isinstance(found, type) and issubclass(found, exceptions.APIException)
        if is_one and name not in ("PermissionDenied", "ValidationError"):
            yield found


def codes_of_fields() -> set[str]:
    assert router.registry  # with it, every input is there
    found: set[str] = set()
    for takes in subclasses(Input):
        for field in takes().fields.values():
            inner = [getattr(field, name, None) for name in ("child", "child_relation")]
            for one in filter(None, (field, *inner)):
                found |= {*one.error_messages}
                found |= {rule.code for rule in one.validators if hasattr(rule, "code")}
    return found

"""Writes and the permission table agree, row by row."""

from __future__ import annotations

import re
from inspect import isfunction
from pathlib import Path

from django.conf import settings

from accounts import permissions
from tests.product import APPS, modules


def written() -> set[str]:
    return {
        member.verb
        for module in modules()
        for member in vars(module).values()
        if isfunction(member) and hasattr(member, "verb")
    }


def asked() -> set[str]:
    """Verbs that pages, templates and services ask for by name."""
    text = "\n".join(
        path.read_text()
        for folder in (*APPS, "templates")
        for path in Path(settings.BASE_DIR, folder).rglob("*")
        if path.suffix in (".py", ".html") and path.name != "permissions.py"
    )
    return set(re.findall(r"[\"']([a-z_]+\.[a-z_]+)[\"']", text))


def test_every_write_has_a_permission() -> None:
    assert written() - permissions.table().keys() == set()


def test_every_permission_is_asked_for() -> None:
    assert permissions.table().keys() - written() - asked() == set()

"""The modules of the product, for tests of rules that apply to all of them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from django.conf import settings

APPS = ("accounts", "billing", "scheduling", "clinic")


def modules() -> Iterator[ModuleType]:
    """Every module, but for settings, migrations and management commands."""
    for app in APPS:
        for found in pkgutil.walk_packages([str(Path(settings.BASE_DIR, app))], f"{app}."):
            if not {"settings", "migrations", "management", "wsgi"} & set(found.name.split(".")):
                yield importlib.import_module(found.name)


def writing_modules() -> Iterator[ModuleType]:
    """Those that write: they import from `accounts.writes`, or are of it."""
    for module in modules():
        if "accounts.writes" in Path(str(module.__file__)).read_text() + module.__name__:
            yield module

"""Our JavaScript modules under static/js/: how one imports another."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from posixpath import dirname, join, normpath

from django.conf import settings
from django.contrib.staticfiles import finders

FILES = "js/*.js"  # `*` holds folders too
# A statement that begins its line: import "./a.js"; import { b } from "./b.js"; also over several
# lines. Not: single quotes, import(), export … from.
IMPORT = r"""(?m)^(?P<matched>(?P<what>import(?:\s[^"';]*?\sfrom)?)\s+"(?P<url>\.[^"]+)";)$"""
REWRITTEN = '%(what)s "%(url)s";'


def imported_by(path: str) -> list[str]:
    """All modules that the module `js/app.js` imports, itself or through others, each once."""
    return _read(path) if settings.DEBUG else _read_once(path)


def _read(path: str) -> list[str]:
    found: dict[str, None] = {}
    waiting = [path]
    while waiting:
        importer = waiting.pop()
        source = finders.find(importer)
        if source is None:
            raise FileNotFoundError(f"There is no static file {importer!r}.")
        for match in re.finditer(IMPORT, Path(source).read_text()):
            module = normpath(join(dirname(importer), match["url"]))
            if module not in found:
                found[module] = None
                waiting.append(module)
    return list(found)


_read_once = cache(_read)

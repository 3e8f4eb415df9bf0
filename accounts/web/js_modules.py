"""Which JavaScript modules an entry module imports, so that a page can preload them."""

from __future__ import annotations

import functools
import posixpath
import re
from pathlib import Path

from django.contrib.staticfiles import finders

IMPORT = re.compile(r"""^import\s[^;]*?["'](?P<path>\./[^"']+|\.\./[^"']+)["'];""", re.MULTILINE)


@functools.cache
def imported_modules(entry: str) -> tuple[str, ...]:
    """Static paths of all that `entry` ("js/app.js") imports, directly or not; read once."""
    found: dict[str, None] = {}
    waiting = [entry]
    while waiting:
        module = waiting.pop()
        source = Path(str(finders.find(module))).read_text()
        for match in IMPORT.finditer(source):
            path = posixpath.normpath(posixpath.join(posixpath.dirname(module), match["path"]))
            if path not in found:
                found[path] = None
                waiting.append(path)
    return tuple(found)

"""The storage of static files as they are served: hashed, compressed, with one stylesheet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]

from clinic import script_modules

STYLESHEET = "css/main.css"
IMPORT = re.compile(r'@import url\("(?P<path>[^"]+)"\) layer\((?P<layer>[\w-]+)\);')
ADDRESS = re.compile(r'url\("(?:\.\./)+(?P<path>[^"]+)"\)')


class OneStylesheetStorage(CompressedManifestStaticFilesStorage):
    """Write main.css' imports into it: each would be a request before the first paint.

    In our JavaScript modules, replace the paths of imports by hashed names. Django's own switch
    (`support_js_module_import_aggregation`) would also change comments and other packages' scripts.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        (script_modules.FILES, ((script_modules.IMPORT, script_modules.REWRITTEN),)),
    )

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[Any]:
        if not dry_run and STYLESHEET in paths:
            source, path = paths[STYLESHEET]
            with source.open(path) as file:
                whole = IMPORT.sub(lambda found: self._layer(source, found), file.read().decode())
            self.delete(path)
            self._save(path, ContentFile(whole.encode()))
            paths = {**paths, STYLESHEET: (self, path)}
        yield from super().post_process(paths, dry_run, **options)

    def _layer(self, source: Any, found: re.Match[str]) -> str:
        with source.open(f"css/{found['path']}") as file:
            rules = ADDRESS.sub(r'url("../\g<path>")', file.read().decode())
        return f"@layer {found['layer']} {{\n{rules}}}"

"""The storage of static files as they are served: hashed, compressed, with one stylesheet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]

STYLESHEET = "css/main.css"
IMPORT = re.compile(r'@import url\("(?P<path>[^"]+)"\) layer\((?P<layer>[\w-]+)\);')
ADDRESS = re.compile(r'url\("(?:\.\./)+(?P<path>[^"]+)"\)')


class OneStylesheetStorage(CompressedManifestStaticFilesStorage):
    """Inlines the imports of main.css: each would be a request before the first paint.

    JavaScript modules stay apart and import each other by their hashed names. Only our own are
    rewritten: the scripts of other packages contain text that looks like an import.
    """

    support_js_module_import_aggregation = True
    _js_module_import_aggregation_patterns = (
        "js/*.js",
        CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1],
    )
    max_post_process_passes = 10  # one for each level of imports

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

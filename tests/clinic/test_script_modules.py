from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.template import Context, Template

from clinic import script_modules

PAGE = Template('{% load script_modules %}{% script_module "js/app.js" %}')


@pytest.fixture
def written(tmp_path: Path, settings: Any) -> Path:
    """A folder of static files: js/a.js imports two/b.js, which imports two/c.js and ../d.js."""
    (tmp_path / "js" / "two").mkdir(parents=True)
    (tmp_path / "js" / "a.js").write_text('import "./two/b.js";\n')
    (tmp_path / "js" / "two" / "b.js").write_text('import "./c.js";\nimport "../d.js";\n')
    (tmp_path / "js" / "two" / "c.js").write_text('import "../d.js";\n')
    (tmp_path / "js" / "d.js").write_text("")
    settings.STATICFILES_DIRS = [tmp_path]
    settings.DEBUG = True
    return tmp_path


def use_storage(settings: Any, backend: str) -> None:
    """Whatever a live server, which stays until the last test, has set."""
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": backend}}


def test_what_a_module_imports_through_others_is_found_once(written: Path) -> None:
    assert sorted(script_modules.imported_by("js/a.js")) == [
        "js/d.js",
        "js/two/b.js",
        "js/two/c.js",
    ]


def test_development_reads_a_module_that_changed(written: Path) -> None:
    script_modules.imported_by("js/a.js")
    (written / "js" / "a.js").write_text("")
    assert script_modules.imported_by("js/a.js") == []


def test_an_import_of_no_file_is_an_error(written: Path) -> None:
    (written / "js" / "a.js").write_text('import "./mistyped.js";\n')
    with pytest.raises(FileNotFoundError, match=r"js/mistyped\.js"):
        script_modules.imported_by("js/a.js")


def test_a_page_names_every_module_before_the_script_that_imports_it(settings: Any) -> None:
    use_storage(settings, "django.contrib.staticfiles.storage.StaticFilesStorage")
    html = PAGE.render(Context())
    preloaded = re.findall(r'<link rel="modulepreload" href="/static/([^"]+)">', html)
    assert preloaded == script_modules.imported_by("js/app.js")
    assert "js/app/panel.js" in preloaded
    assert html.endswith('<script type="module" src="/static/js/app.js"></script>')


def test_development_serves_modules_under_the_names_that_imports_give(settings: Any) -> None:
    use_storage(settings, "clinic.static_storage.OneStylesheetStorage")
    settings.DEBUG = True
    assert 'href="/static/js/app/panel.js"' in PAGE.render(Context())

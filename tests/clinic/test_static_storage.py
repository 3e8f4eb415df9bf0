import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from accounts.web.js_modules import imported_modules
from clinic.static_storage import STYLESHEET, OneStylesheetStorage


@pytest.fixture
def collected(tmp_path, settings):
    settings.STATIC_ROOT = tmp_path
    storage = OneStylesheetStorage(location=tmp_path)
    paths = {}
    for finder in finders.get_finders():
        for path, source in finder.list([]):
            if path.startswith(("css/", "icons/", "js/")):
                with source.open(path) as file:
                    storage._save(path, file)
                paths[path] = (source, path)
    for _name, _hashed, outcome in storage.post_process(paths):
        assert not isinstance(outcome, Exception)
    return storage


def test_the_stylesheet_is_served_in_one_piece(collected):
    served = Path(collected.path(collected.stored_name(STYLESHEET))).read_text()
    assert served.startswith("@layer tokens, reset, base, layout, components, print;")
    assert "@import" not in served
    assert ".unit-bar" in served


def test_addresses_in_it_lead_to_hashed_files(collected):
    served = Path(collected.path(collected.stored_name(STYLESHEET))).read_text()
    assert collected.stored_name("icons/chevron.svg") in served


@pytest.mark.parametrize("entry", ["js/app.js", "js/calendar.js"])
def test_modules_import_each_other_by_hashed_names(collected, entry):
    modules = imported_modules(entry)
    own = {path.name for path in Path(finders.find(entry)).with_suffix("").glob("*.js")}
    assert {Path(module).name for module in modules} == own
    imports = 0
    for module in (entry, *modules):
        served = Path(collected.path(collected.stored_name(module)))
        for path in re.findall(r'(?:from|import) ?"([^"]+)";', served.read_text()):
            target = (served.parent / path).resolve()
            assert re.search(r"\.[0-9a-f]{12}\.js$", target.name)
            assert target.exists()
            imports += 1
    assert imports >= len(modules)


def test_pages_preload_every_module(client, db):
    page = client.get("/account/login/").content.decode()
    for module in imported_modules("js/app.js"):
        assert f'<link rel="modulepreload" href="/static/{module}">' in page

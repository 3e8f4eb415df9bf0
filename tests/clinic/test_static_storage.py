import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from clinic import script_modules
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


def test_modules_import_each_other_by_their_hashed_names(collected):
    modules = [path for path in collected.hashed_files if path.startswith("js/")]
    hashed = {collected.stored_name(path) for path in modules}
    assert "js/app.js" in modules
    for path in modules:
        folder = Path(collected.stored_name(path)).parent
        served = Path(collected.path(collected.stored_name(path))).read_text()
        # However an import is written: one that is not rewritten would run its module twice.
        for url in re.findall(r"""(?:import|from)\s*\(?\s*["'](\.[^"']+)["']""", served):
            named = Path(collected.path(folder / url)).resolve()
            assert str(named.relative_to(collected.location)) in hashed, (path, url)


def test_a_module_is_compressed(collected):
    served = Path(collected.path(collected.stored_name("js/app.js")))
    assert served.with_name(f"{served.name}.br").exists()


def test_imports_in_comments_stay_as_they_are():
    source = '// import "./a.js";\nimport {\n  b,\n} from "./b.js";\nimport "./c.js";\n'
    found = [match["url"] for match in re.finditer(script_modules.IMPORT, source)]
    assert found == ["./b.js", "./c.js"]

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from clinic.static_storage import STYLESHEET, OneStylesheetStorage


@pytest.fixture
def collected(tmp_path, settings):
    settings.STATIC_ROOT = tmp_path
    storage = OneStylesheetStorage(location=tmp_path)
    paths = {}
    for finder in finders.get_finders():
        for path, source in finder.list([]):
            if path.startswith(("css/", "icons/")):
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

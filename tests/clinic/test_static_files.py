from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from clinic import static_files


@pytest.fixture
def root(settings: Any, tmp_path: Path) -> Path:
    settings.STATIC_ROOT = tmp_path / "static"
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}  # a live server compresses
    return settings.STATIC_ROOT


def test_files_of_a_collection_that_was_interrupted_are_written_again(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    collect = static_files.call_command

    def interrupted(*args: Any, **options: Any) -> None:
        collect(*args, **options)
        (root / "css" / "main.css").write_text("half a fi")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(static_files, "call_command", interrupted)
        with pytest.raises(KeyboardInterrupt):
            static_files.collect()

    static_files.collect()
    assert (root / "css" / "main.css").read_text() != "half a fi"


def test_nothing_is_collected_twice(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    static_files.collect()
    monkeypatch.setattr(static_files, "call_command", lambda *args, **options: 1 / 0)
    static_files.collect()

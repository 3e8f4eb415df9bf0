import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from clinic.secret import kept_secret
from clinic.settings import databases

PRODUCTION = {
    "SECRET_KEY": "x" * 60,
    "ALLOWED_HOSTS": "clinic.example",
    "DATABASE_URL": "postgresql://caretally@localhost/caretally",
}


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {
        name: os.environ[name] for name in ("PATH", "HOME", "CARETALLY_VAR") if name in os.environ
    }
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("name", PRODUCTION)
def test_production_refuses_to_start_without(name: str) -> None:
    environment = {**PRODUCTION, "DJANGO_SETTINGS_MODULE": "clinic.settings.production"}
    del environment[name]

    done = manage("check", **environment)

    assert done.returncode == 1
    assert done.stderr.startswith(f"Caretally cannot start: set {name} (")
    assert "Traceback" not in done.stderr


def test_an_unknown_isolation_is_refused() -> None:
    done = manage("check", UNIT_LEDGER_ISOLATION="repeatable read")

    assert done.returncode == 1
    assert "set it to 'read committed' or 'serializable'" in done.stderr


def test_the_demo_makes_its_secret_once_and_keeps_it_to_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secret_key"

    first = kept_secret(path)

    assert len(first) > 60
    assert kept_secret(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["secret_key"]


def test_no_merge_joins(db: None) -> None:
    """See docs/decisions/0031."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW enable_mergejoin")
        assert cursor.fetchone() == ("off",)


def test_the_planner_option_is_added_to_own_options(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "postgresql://caretally@localhost/caretally"
    monkeypatch.setenv("DATABASE_URL", f"{url}?options=-c%20statement_timeout%3D5s")
    assert databases.database_from_url()["OPTIONS"]["options"] == (
        "-c enable_mergejoin=off -c statement_timeout=5s"
    )
    monkeypatch.setattr(databases, "PLANNER", "")
    assert databases.database_from_url()["OPTIONS"]["options"] == "-c statement_timeout=5s"
    monkeypatch.setenv("DATABASE_URL", url)
    assert "options" not in databases.database_from_url()["OPTIONS"]

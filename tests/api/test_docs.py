"""Every command in docs/api.md runs, in order and in one shell, and is answered as it says."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from accounts.roles import Role
from accounts.webhooks import addresses
from clinic.demo import PASSWORD
from scheduling.models import Appointment
from tests import factories

DOCUMENT = Path(settings.BASE_DIR, "docs", "api.md")
BLOCK = re.compile(r"```sh\n(.*?)```\n(?:```http\n(.*?)```)?", re.DOTALL)
MADE = re.compile(r"KEY=\$\(\.venv/bin/python manage\.py api_key (.*)\)")

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def riverside(db: None):
    """A clinic like the demo's, and as much of it as the commands look for."""
    clinic = factories.OrganizationFactory(slug="riverside")
    practitioner = factories.PractitionerFactory(organization=clinic)
    member = factories.MembershipFactory(
        organization=clinic, user__email="maya@riverside.example", role=Role.PRACTITIONER
    )
    member.user.set_password(PASSWORD)
    member.user.save()
    practitioner.user = member.user
    practitioner.save()
    factories.AuthorizationFactory(organization=clinic)
    factories.LocationFactory(organization=clinic)
    return clinic


def test_every_command_runs(riverside, live_server, monkeypatch, tmp_path) -> None:
    for program in ("bash", "curl", "python3"):
        assert shutil.which(program), f"install {program}: the commands in docs/api.md need it"
    monkeypatch.setattr(addresses, "resolve", unknown)
    (tmp_path / ".curlrc").write_text('write-out = "%{stderr}status %{http_code}\\n"\n')
    blocks = BLOCK.findall(DOCUMENT.read_text())
    mark = "---- the next one ----"
    script = f"\necho '{mark}'; echo '{mark}' >&2\n".join(
        prepared(commands, live_server.url) for commands, _ in blocks
    )
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        env={**os.environ, "CURL_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    shown, told = done.stdout.split(mark), done.stderr.split(mark)
    assert len(shown) == len(blocks) > 10
    for (commands, expected), output, statuses in zip(blocks, shown, told, strict=True):
        answered(commands, expected, output, re.findall(r"status (\d+)", statuses))
    assert Appointment.objects.get().status == "cancelled"


def unknown(name: str, *args: object, **options: object) -> None:
    raise OSError(f"{name} is not looked up here")


def prepared(commands: str, url: str) -> str:
    """At this server, with a key made by the very command that is written there."""
    commands = re.sub("^URL=.*", f"URL={url}", commands, flags=re.MULTILINE)
    return MADE.sub(lambda made: f"KEY={new_key(shlex.split(made[1]))}", commands)


def new_key(arguments: list[str]) -> str:
    out = StringIO()
    call_command("api_key", *arguments, stdout=out)
    return out.getvalue().strip()


def answered(commands: str, expected: str, output: str, statuses: list[str]) -> None:
    """The last command of a block may be refused, where the answer stands below."""
    missing = [line for line in expected.splitlines() if line not in output]
    assert not missing, f"{commands}\n{output}"
    if expected:
        statuses = statuses[:-1]
    assert [one for one in statuses if one[0] not in "23"] == [], f"{commands}\n{output}"

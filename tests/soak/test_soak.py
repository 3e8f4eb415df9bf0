"""Two minutes of killing under load; `make soak` takes longer."""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.conf import settings

MINUTES = "2"


@pytest.mark.slow
def test_nothing_is_lost_doubled_overbooked_or_half_done() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "bench.soak", "--minutes", MINUTES],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-4000:]
    assert "lost 0  doubled 0  overbooked 0  half done 0  surprises 0" in ended.stdout

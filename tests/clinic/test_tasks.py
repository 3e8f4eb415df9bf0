"""Which tasks a worker knows, and what becomes of jobs whose worker was killed."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from procrastinate.contrib.django import app

from accounts.messages.tasks import send_mail
from clinic.tasks import retry_stalled_jobs
from tests import event_loop
from tests.product import APPS

pytestmark = pytest.mark.django_db(transaction=True)

# A queued job has its task's name, whatever file the task has moved to since: none may change.
TASK_NAMES = {
    "accounts.send_invitation",
    "accounts.send_mail",
    "accounts.sweep",
    "accounts.tell_of_broken_glass",
    "accounts.tell_of_disabled_webhook",
    "accounts.tell_of_new_administrator",
    "billing.expire_reservations",
    "clinic.retry_stalled_jobs",
}
KNOWN_TASKS = """
import django
django.setup()
from procrastinate.contrib.django import app
app.perform_import_paths()
print(*app.tasks)
"""
BEGIN = """
    WITH worker AS (
        INSERT INTO procrastinate_workers (last_heartbeat)
        VALUES (now() - %s * interval '1 second') RETURNING id
    )
    UPDATE procrastinate_jobs SET status = 'doing', worker_id = worker.id FROM worker
"""


def begun(*, heartbeat_seconds_ago: int) -> None:
    """A mail job that a worker was running at its last heartbeat."""
    send_mail.defer(to=["dana@riverside.example"], subject="Hello", body="You are invited.")
    with connection.cursor() as cursor:
        cursor.execute(BEGIN, [heartbeat_seconds_ago])


def work_through() -> None:
    """What a worker does that finds the jobs."""

    async def run() -> None:
        working = app.with_connector(app.connector.get_worker_connector())
        async with working.open_async():
            await working.tasks[retry_stalled_jobs.name].defer_async(timestamp=0)
            for _ in ("what puts the others back", "the others"):
                await working.run_worker_async(wait=False, install_signal_handlers=False)

    event_loop.run(run())


def test_a_worker_knows_every_task_by_its_stable_name() -> None:
    """In a process of its own, since tests import what a worker may not."""
    command = [sys.executable, "-c", KNOWN_TASKS]
    told = subprocess.run(
        command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=True
    ).stdout.split()
    assert {name for name in told if name.partition(".")[0] in APPS} == TASK_NAMES


def test_the_job_of_a_killed_worker_is_done_by_another(mailoutbox: list[Any]) -> None:
    begun(heartbeat_seconds_ago=60)
    work_through()
    assert [mail.subject for mail in mailoutbox] == ["Hello"]


def test_the_job_of_a_living_worker_is_left_to_it(mailoutbox: list[Any]) -> None:
    begun(heartbeat_seconds_ago=5)
    work_through()
    assert mailoutbox == []

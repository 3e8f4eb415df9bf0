"""Jobs that a worker had begun when it was killed."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from procrastinate.contrib.django import app

from accounts.messages.tasks import send_mail
from clinic.tasks import retry_stalled_jobs
from tests import event_loop

pytestmark = pytest.mark.django_db(transaction=True)

BEGIN = """
    WITH worker AS (
        INSERT INTO procrastinate_workers (last_heartbeat)
        VALUES (now() - %s * interval '1 second') RETURNING id
    )
    UPDATE procrastinate_jobs SET status = 'doing', worker_id = worker.id FROM worker
"""


def begun(*, heartbeat_seconds_ago: int) -> None:
    """A mail that a worker had in hand when it was last heard of."""
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


def test_the_job_of_a_killed_worker_is_done_by_another(mailoutbox: list[Any]) -> None:
    begun(heartbeat_seconds_ago=60)
    work_through()
    assert [mail.subject for mail in mailoutbox] == ["Hello"]


def test_the_job_of_a_living_worker_is_left_to_it(mailoutbox: list[Any]) -> None:
    begun(heartbeat_seconds_ago=5)
    work_through()
    assert mailoutbox == []

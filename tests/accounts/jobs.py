from __future__ import annotations

from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob


def waiting() -> list[ProcrastinateJob]:
    """The jobs deferred in this test's transaction, oldest first."""
    return list(ProcrastinateJob.objects.filter(status="todo").order_by("id"))


def run_jobs() -> None:
    """Do what the worker would do with them."""
    for job in waiting():
        app.tasks[job.task_name].func(**job.args)

"""What the worker does for the jobs themselves."""

from __future__ import annotations

from procrastinate import JobContext
from procrastinate.contrib.django import app


@app.periodic(cron="* * * * *")
@app.task(
    name="clinic.retry_stalled_jobs", queueing_lock="clinic.retry_stalled_jobs", pass_context=True
)
async def retry_stalled_jobs(context: JobContext, timestamp: int) -> None:
    """Put back what a worker had begun when it was killed. A mail may go twice; none is lost."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        await manager.retry_job(job)

"""Bells of dead workers: Procrastinate marks them stalled; their job row is dropped, the sweep rings again."""

from procrastinate import App
from procrastinate.jobs import Status

STALLED_AFTER = 5.0


async def recover_stalled(app: App) -> None:
    """Finish every job whose worker has no heartbeat. The tables still hold the work, so nothing is lost."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER):
        if job.id is not None:
            await app.job_manager.finish_job_by_id_async(job_id=job.id, status=Status.FAILED, delete_job=True)

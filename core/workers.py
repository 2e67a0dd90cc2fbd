"""Queue workers that outlive their database: when the server goes away they wait for it and go on."""

import asyncio
import signal
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import psycopg
from procrastinate import App
from procrastinate.exceptions import ConnectorException

from core.logging import Log

log = Log("queue")
PAUSE = 0.5


async def run_until_stopped(make: Callable[[], App], queues: Mapping[str, int]) -> None:
    """Work on `queues` (name: threads) until SIGTERM or SIGINT; `make` builds the app anew after a loss."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    # threads that a lost connection left in the middle of a slow call must not keep new ones out
    loop.set_default_executor(ThreadPoolExecutor(2 * sum(queues.values()) + 4))
    while not stop.is_set():
        try:
            await _work(make(), queues, stop)
        except (psycopg.Error, ConnectorException) as error:
            log.info("queue_lost", error=type(error).__name__)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), PAUSE)


async def _work(app: App, queues: Mapping[str, int], stop: asyncio.Event) -> None:
    """Until told to stop, or until the first worker gives up because its connection is gone."""
    async with app.open_async():
        workers = [asyncio.create_task(_worker(app, name, threads)) for name, threads in queues.items()]
        told = asyncio.create_task(stop.wait())
        await asyncio.wait([*workers, told], return_when=asyncio.FIRST_COMPLETED)
        for task in (*workers, told):
            task.cancel()
        await asyncio.gather(*workers, told, return_exceptions=True)


async def _worker(app: App, name: str, threads: int) -> None:
    await app.run_worker_async(
        queues=[name],
        name=name,
        concurrency=threads,
        delete_jobs="always",
        update_heartbeat_interval=1,
        stalled_worker_timeout=4,
        install_signal_handlers=False,
    )

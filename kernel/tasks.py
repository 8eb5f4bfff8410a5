"""Ways to own tasks beyond a plain `asyncio.TaskGroup`: for the length of a body, restarted for ever, to the very end."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from kernel.clock import Clock
from kernel.log import get_logger
from kernel.metrics import counter

T = TypeVar("T")

log = get_logger(__name__)

RESTARTS = counter("supervised_restarts", help="Failures of supervised work, by its name.", labels=("work",))


class Background:
    """Tasks that live as long as a body. Made by `alongside`."""

    def __init__(self, group: asyncio.TaskGroup) -> None:
        self._group = group
        self._tasks: set[asyncio.Task[object]] = set()

    def start(self, work: Coroutine[Any, Any, object], *, name: str | None = None) -> None:
        """Run `work` until it ends or the body does."""
        task = self._group.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def cancel(self) -> None:
        """Cancel all that still run."""
        for task in tuple(self._tasks):
            task.cancel()


@asynccontextmanager
async def alongside(*work: Coroutine[Any, Any, object]) -> AsyncIterator[Background]:
    """Run `work` while the body runs; what is left of it is cancelled and awaited when the body ends.

    An error of the body comes out as itself; an error in `work` ends the body and comes out in an ExceptionGroup.
    """
    failure: Exception | None = None
    async with asyncio.TaskGroup() as group:
        background = Background(group)
        for coroutine in work:
            background.start(coroutine)
        try:
            yield background
        except Exception as exc:  # noqa: BLE001  # raised below: the group would wrap it
            failure = exc
        finally:
            background.cancel()
    if failure is not None:
        raise failure


async def supervise(
    name: str,
    work: Callable[[], Awaitable[None]],
    *,
    clock: Clock,
    first_pause_s: float = 0.1,
    longest_pause_s: float = 10.0,
) -> None:
    """Run `work` until it returns; when it fails, log once, count, pause and run it again.

    The pause doubles with every failure and starts afresh when a run lasted longer than the longest pause.
    """
    pause_s = first_pause_s
    while True:
        began_s = clock.monotonic()
        try:
            await work()
            return
        except Exception:  # a supervisor
            RESTARTS.labels(work=name).inc()
            log.exception("supervised work failed", work=name, pause_s=pause_s)
        if clock.monotonic() - began_s > longest_pause_s:
            pause_s = first_pause_s
        await clock.sleep(pause_s)
        pause_s = min(2 * pause_s, longest_pause_s)


async def finish(cleanup: Coroutine[Any, Any, T], *, within_s: float) -> T:
    """Run a cleanup to its end even if the caller is cancelled meanwhile; the cancellation is raised afterwards.

    Raises:
        TimeoutError: it took longer than `within_s` and was cancelled.
    """
    loop = asyncio.get_running_loop()
    deadline_s = loop.time() + within_s
    task = loop.create_task(cleanup)
    cancelled: asyncio.CancelledError | None = None
    late = False
    while not task.done():
        left_s = deadline_s - loop.time()
        if left_s <= 0 and not late:
            late = True
            task.cancel()
        try:
            await asyncio.wait({task}, timeout=None if late else left_s)
        except asyncio.CancelledError as exc:
            cancelled = exc
    if late and task.cancelled():
        raise TimeoutError(f"cleanup took longer than {within_s} s")
    if cancelled is not None:
        failure = None if task.cancelled() else task.exception()
        if failure is not None:
            log.error("cleanup failed while its caller was cancelled", error=repr(failure))
        raise cancelled
    return task.result()

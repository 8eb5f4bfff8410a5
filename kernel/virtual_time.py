"""An event loop whose clock jumps: sixty seconds of call in milliseconds, the same every time (ADR 0001).

Theory of operation. asyncio asks its selector to wait until the next timer is due. Here nothing waits: with nothing
ready the clock is set to the next timer and the loop goes on. So order and times follow from the program alone.

Work outside the loop (a thread, a child process) takes no virtual time: while any is under way the clock stands still
and the loop waits for it in real time. Threads started by `run_in_executor` are counted by themselves; whoever waits
for a process or a socket says so with `outside()`.

If nothing is ready, no timer is set and nothing is outside, nobody will ever wake the loop: it raises `Deadlock`.
"""

import asyncio
import selectors
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, TypeVarTuple

from kernel.errors import JingyinError

_Ts = TypeVarTuple("_Ts")
_T = TypeVar("_T")

_Ready = list[tuple[selectors.SelectorKey, int]]


class Deadlock(JingyinError):
    """Every task waits for something that nothing will bring."""

    code = "kernel.virtual_deadlock"


class _JumpingSelector(selectors.DefaultSelector):
    """Never waits for a timer: tells the loop to jump instead."""

    def __init__(self, jump: Callable[[float | None], bool]) -> None:
        super().__init__()
        self._jump = jump

    def select(self, timeout: float | None = None) -> _Ready:
        ready = super().select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        return [] if self._jump(timeout) else super().select(None)


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """A loop that starts at 0 s and never waits. For worlds within one process: tests and replay."""

    def __init__(self) -> None:
        self._now_s = 0.0
        self._outside = 0
        super().__init__(_JumpingSelector(self._jump))

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self._now_s

    @contextmanager
    def outside(self) -> Iterator[None]:
        """While open, time stands still and the loop really waits: for a process or socket beyond this world."""
        self._outside += 1
        try:
            yield
        finally:
            self._outside -= 1

    def run_in_executor(
        self,
        executor: Any,  # Any: whatever asyncio accepts
        func: Callable[[*_Ts], _T],
        *args: *_Ts,
    ) -> asyncio.Future[_T]:
        self._outside += 1
        try:
            future = super().run_in_executor(executor, func, *args)
        except BaseException:
            self._outside -= 1
            raise
        future.add_done_callback(self._came_back)
        return future

    async def shutdown_default_executor(self, *args: Any) -> None:  # Any: `timeout` came with Python 3.12
        with self.outside():
            await super().shutdown_default_executor(*args)

    def _came_back(self, _future: asyncio.Future[_T]) -> None:
        self._outside -= 1

    def _jump(self, timeout_s: float | None) -> bool:
        """Advance to the next timer; False when the loop must really wait.

        Raises:
            Deadlock: there is no next timer and nothing is outside.
        """
        if self._outside:
            return False
        if timeout_s is None:
            raise Deadlock(
                f"nothing is ready and no timer is set at {self._now_s:.3f} s of virtual time: {_waiting(self)}",
                remedy="Every wait needs a deadline or somebody who ends it; waits for processes go into `outside()`.",
            )
        self._now_s += timeout_s
        return True


def _waiting(loop: asyncio.AbstractEventLoop) -> str:
    tasks = sorted((task for task in asyncio.all_tasks(loop) if not task.done()), key=lambda task: task.get_name())
    return (
        "waiting: " + ", ".join(f"{task.get_name()} in {_place(task)}" for task in tasks)
        if tasks
        else "no task is left"
    )


def _place(task: asyncio.Task[Any]) -> str:  # Any: whatever it returns
    """The coroutines a task is suspended in, outermost first, with their lines."""
    chain = []
    awaited: Any = task.get_coro()  # Any: a coroutine, or whatever else can be awaited
    while (frame := getattr(awaited, "cr_frame", None)) is not None:
        chain.append(f"{awaited.__qualname__}:{frame.f_lineno}")
        awaited = awaited.cr_await
    return " > ".join(chain)

"""What a call writes down while it runs: journal rows in order, and what must not wait (an opt-out), by one writer task.

The talk never waits for a disk; nothing is dropped: the queue is unbounded and emptied before the call is over. What
cannot be written is tried again until the call's end gives up with an error.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Final

from crm.journal import Event, Journal
from crm.storage.errors import StorageFailed
from kernel.clock import Clock
from kernel.log import get_logger
from kernel.tenant import Scope

_TRIES: Final = 5
_PAUSE_S: Final = 0.3

log = get_logger(__name__)


class Notes:
    """One call's writer. `run` in the call's task group, `close` before it ends."""

    def __init__(self, journal: Journal, scope: Scope, call_id: int, clock: Clock) -> None:
        self._journal = journal
        self._scope = scope
        self._call_id = call_id
        self._clock = clock
        self._work: asyncio.Queue[Callable[[], Awaitable[object]] | Event | None] = asyncio.Queue()
        self.failed = False

    def note(self, kind: str, data: Mapping[str, object]) -> None:
        """Something happened, now."""
        self._work.put_nowait(Event(kind=kind, data=dict(data), at=self._clock.now()))

    def do(self, work: Callable[[], Awaitable[object]]) -> None:
        """Write something else, in order with the notes."""
        self._work.put_nowait(work)

    async def written(self) -> None:
        """Until all that came before is written, or given up (`failed`)."""
        done = asyncio.Event()

        async def tell() -> None:
            done.set()

        self.do(tell)
        await done.wait()

    def close(self) -> None:
        """Nothing more will come: `run` ends when all is written."""
        self._work.put_nowait(None)

    async def run(self) -> None:
        """Write until closed."""
        while (work := await self._work.get()) is not None:
            batch = [work]
            while not self._work.empty() and isinstance(batch[-1], Event):
                following = self._work.get_nowait()
                if following is None:
                    self._work.put_nowait(None)
                    break
                batch.append(following)
            events = [one for one in batch if isinstance(one, Event)]
            if events:
                await self._persist(partial(self._journal.append_all, self._scope, self._call_id, events))
            for one in batch:
                if not isinstance(one, Event):
                    await self._persist(one)

    async def _persist(self, work: Callable[[], Awaitable[object]]) -> None:
        for left in reversed(range(_TRIES)):
            try:
                await work()
            except StorageFailed as exc:
                log.error("call notes not written", error=exc.code, tries_left=left)
                self.failed = self.failed or not left
                await self._clock.sleep(_PAUSE_S)
            else:
                return

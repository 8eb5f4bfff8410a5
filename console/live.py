"""Live events: numbered, kept for a while, replayed to who comes back, reset for who was away too long.

An event is `{epoch, seq, topic, type, at, data}`. `epoch` changes when the process does; `seq` grows by one. A reader that
cannot keep up is told `reset` and fetches anew: it never holds up the platform.
"""

import asyncio
import uuid
from collections import deque
from collections.abc import AsyncGenerator, Mapping
from typing import Any, Final

from kernel.clock import Clock

_KEPT: Final = 5000
_BEHIND: Final = 1000

Message = dict[str, Any]  # Any: JSON


class LiveHub:
    """One process's events."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.epoch = uuid.uuid4().hex[:12]
        self._kept: deque[Message] = deque(maxlen=_KEPT)
        self._seq = 0
        self._readers: dict[asyncio.Queue[Message | None], frozenset[str]] = {}

    @property
    def seq(self) -> int:
        """The number of the latest event."""
        return self._seq

    def tell(self, topic: str, type: str, data: Mapping[str, Any]) -> None:
        """Something happened; never waits."""
        self._seq += 1
        message: Message = {
            "epoch": self.epoch,
            "seq": self._seq,
            "topic": topic,
            "type": type,
            "at": self._clock.now().isoformat(),
            "data": dict(data),
        }
        self._kept.append(message)
        for queue, topics in tuple(self._readers.items()):
            if topic in topics:
                self._put(queue, message)

    async def follow(
        self, topics: frozenset[str], *, epoch: str | None = None, last_seq: int | None = None
    ) -> AsyncGenerator[Message]:
        """Events of these topics from now on, after those missed since `last_seq`; `reset` first when they are gone."""
        queue: asyncio.Queue[Message | None] = asyncio.Queue(maxsize=_BEHIND)
        missed: list[Message] = []
        if last_seq is not None:
            oldest = self._kept[0]["seq"] if self._kept else self._seq + 1
            if epoch != self.epoch or last_seq < oldest - 1 or last_seq > self._seq:
                missed = [self._reset()]
            else:
                missed = [m for m in self._kept if m["seq"] > last_seq and m["topic"] in topics]
        self._readers[queue] = topics
        try:
            for message in missed:
                yield message
            while True:
                following = await queue.get()
                if following is None:
                    yield self._reset()
                    return
                yield following
        finally:
            self._readers.pop(queue, None)

    def _put(self, queue: asyncio.Queue[Message | None], message: Message) -> None:
        if queue.qsize() >= _BEHIND - 1:
            self._readers.pop(queue, None)
            queue.put_nowait(None)
        else:
            queue.put_nowait(message)

    def _reset(self) -> Message:
        return {"epoch": self.epoch, "seq": self._seq, "topic": "live", "type": "reset", "data": {}}

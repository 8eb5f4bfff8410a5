"""Live events of a tenant: numbered without holes, kept for a while, replayed to who comes back, reset for who was away too long.

An event is `{epoch, seq, topic, type, at, data}`. `epoch` changes when the process does; `seq` grows by one within a tenant. A
reader gets every number: what is of a topic it does not follow comes empty, with topic `none`. A reader that cannot keep up
is told `reset`, fetches anew and is told what follows: it never holds up the platform.
"""

import asyncio
import uuid
from collections import deque
from collections.abc import AsyncGenerator, Mapping
from typing import Any, Final

from kernel.clock import Clock
from kernel.tenant import TenantId

_KEPT: Final = 5000
_BEHIND: Final = 1000
_NOT_YOURS: Final[Mapping[str, Any]] = {"topic": "none", "type": "none", "data": {}}

Message = dict[str, Any]  # Any: JSON


class LiveHub:
    """One process's events, tenant by tenant."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.epoch = uuid.uuid4().hex[:12]
        self._tenants: dict[TenantId, _Tenant] = {}

    def seq(self, tenant_id: TenantId) -> int:
        """The number of the tenant's latest event."""
        return self._of(tenant_id).seq

    def tell(self, tenant_id: TenantId, topic: str, type: str, data: Mapping[str, Any]) -> None:
        """Something happened; never waits."""
        tenant = self._of(tenant_id)
        tenant.seq += 1
        message: Message = {
            "epoch": self.epoch,
            "seq": tenant.seq,
            "topic": topic,
            "type": type,
            "at": self._clock.now().isoformat(),
            "data": dict(data),
        }
        tenant.kept.append(message)
        for queue in tuple(tenant.readers):
            self._put(tenant, queue, message)

    async def follow(
        self, tenant_id: TenantId, topics: Mapping[str, str], *, epoch: str | None = None, last_seq: int | None = None
    ) -> AsyncGenerator[Message]:
        """Events from now on, after those missed since `last_seq`; `reset` first when they are gone.

        `topics`: the topics that are followed, and the names by which the reader knows them.
        """
        tenant = self._of(tenant_id)
        queue: asyncio.Queue[Message | None] = asyncio.Queue(maxsize=_BEHIND)
        missed: list[Message] = []
        reset = False
        if last_seq is not None:
            oldest = tenant.kept[0]["seq"] if tenant.kept else tenant.seq + 1
            if epoch != self.epoch or last_seq < oldest - 1 or last_seq > tenant.seq:
                reset = True
            else:
                missed = [message for message in tenant.kept if message["seq"] > last_seq]
        tenant.readers.add(queue)
        try:
            if reset:
                yield self._reset(tenant)
            for message in missed:
                yield _seen(message, topics)
            while True:
                following = await queue.get()
                if following is None:  # it was too slow; from here on it is told everything again
                    tenant.readers.add(queue)
                    yield self._reset(tenant)
                else:
                    yield _seen(following, topics)
        finally:
            tenant.readers.discard(queue)

    def _of(self, tenant_id: TenantId) -> "_Tenant":
        return self._tenants.setdefault(tenant_id, _Tenant())

    def _put(self, tenant: "_Tenant", queue: asyncio.Queue[Message | None], message: Message) -> None:
        if queue.qsize() >= _BEHIND - 1:
            tenant.readers.discard(queue)
            queue.put_nowait(None)
        else:
            queue.put_nowait(message)

    def _reset(self, tenant: "_Tenant") -> Message:
        return {"type": "reset", "epoch": self.epoch, "seq": tenant.seq}


class _Tenant:
    def __init__(self) -> None:
        self.seq = 0
        self.kept: deque[Message] = deque(maxlen=_KEPT)
        self.readers: set[asyncio.Queue[Message | None]] = set()


def _seen(message: Message, topics: Mapping[str, str]) -> Message:
    name = topics.get(message["topic"])
    return {**message, "topic": name} if name is not None else {**message, **_NOT_YOURS}

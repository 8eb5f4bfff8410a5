"""The journal of a call: everything that happened in it, append only, numbered without gaps from 1."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NewType

from sqlalchemy import func, insert, select

from crm.errors import NotFound
from crm.storage.customer_tables import calls, journal
from crm.storage.storage import Storage
from kernel.clock import Clock
from kernel.tenant import Scope

Seq = NewType("Seq", int)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened. `data` is JSON; what was said stands in it, so its repr is left out."""

    kind: str
    data: Mapping[str, object] = field(default_factory=dict, repr=False)
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An event as it was written."""

    seq: Seq
    at: datetime
    kind: str
    data: Mapping[str, object] = field(repr=False)


class Journal:
    """Writes and reads journals."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def append(self, scope: Scope, call_id: int, *events: Event) -> Seq:
        """Write events, all or none; the number of the last. An event without a time happened now.

        Raises:
            NotFound: the tenant has no such call.
        """
        return await self.append_all(scope, call_id, events)

    async def append_all(self, scope: Scope, call_id: int, events: Sequence[Event]) -> Seq:
        """`append` of a sequence."""
        now = self._clock.now()
        async with self._storage.home(call_id).write() as connection:
            # the call's row is the lock on its numbering
            own = select(calls.c.id).where(calls.c.id == call_id, calls.c.tenant_id == scope.tenant_id)
            if await connection.scalar(own.with_for_update()) is None:
                raise NotFound("call", call_id)
            last = await connection.scalar(select(func.max(journal.c.seq)).where(journal.c.call_id == call_id)) or 0
            if events:
                rows = [
                    {
                        "call_id": call_id,
                        "seq": seq,
                        "tenant_id": scope.tenant_id,
                        "kind": event.kind,
                        "data": dict(event.data),
                        "at": event.at or now,
                    }
                    for seq, event in enumerate(events, last + 1)
                ]
                await connection.execute(insert(journal), rows)
        return Seq(last + len(events))

    async def read(self, scope: Scope, call_id: int, *, after: int = 0) -> list[Entry]:
        """The call's entries with numbers above `after`, in order."""
        query = (
            select(journal)
            .where(journal.c.call_id == call_id, journal.c.tenant_id == scope.tenant_id, journal.c.seq > after)
            .order_by(journal.c.seq)
        )
        async with self._storage.home(call_id).read() as connection:
            rows = await connection.execute(query)
            return [Entry(seq=Seq(row.seq), at=row.at, kind=row.kind, data=row.data) for row in rows]

    async def of_customer(self, scope: Scope, customer_id: int, kinds: Collection[str]) -> dict[int, list[Entry]]:
        """The entries of these kinds in all calls with the customer, in order, by the call's id."""
        query = (
            select(journal)
            .join(calls, calls.c.id == journal.c.call_id)
            .where(calls.c.customer_id == customer_id, calls.c.tenant_id == scope.tenant_id)
            .where(journal.c.tenant_id == scope.tenant_id, journal.c.kind.in_(kinds))
            .order_by(journal.c.call_id, journal.c.seq)
        )
        found: dict[int, list[Entry]] = {}
        async with self._storage.home(customer_id).read() as connection:
            for row in await connection.execute(query):
                entry = Entry(seq=Seq(row.seq), at=row.at, kind=row.kind, data=row.data)
                found.setdefault(row.call_id, []).append(entry)
        return found

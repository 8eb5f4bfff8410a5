"""Callbacks: a promise to call a customer at a time. It is moved, never lost.

A callback is BOOKED for `due_at`, CLAIMED by the one who keeps the promise, and DONE when that was done; when it could
not be (not now by quota, busy, a worker died) it is BOOKED again for later and remembers why. `promised_at` stays what
the customer was told. A lead has at most one open callback and is not called otherwise meanwhile.
Only this table moves it.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NewType

from sqlalchemy import Row, Select, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crm import lead as lead_
from crm.customer import CustomerId
from crm.errors import NotFound
from crm.lead import LeadId, lead_of, move_lead
from crm.storage.customer_tables import callbacks
from crm.storage.storage import Storage
from crm.timeline import Kind, add_entry
from kernel.clock import Clock
from kernel.ids import IdMaker
from kernel.machine import Table, step
from kernel.tenant import Scope, TenantId

CallbackId = NewType("CallbackId", int)


class State(StrEnum):
    """Where a callback is."""

    BOOKED = "booked"
    CLAIMED = "claimed"
    DONE = "done"
    CANCELLED = "cancelled"


class Event(StrEnum):
    """What moves it."""

    CLAIMED = "claimed"
    MOVED = "moved"
    DONE = "done"
    CANCELLED = "cancelled"


TABLE: Final[Table[State, Event]] = {
    (State.BOOKED, Event.CLAIMED): State.CLAIMED,
    (State.BOOKED, Event.MOVED): State.BOOKED,
    (State.BOOKED, Event.CANCELLED): State.CANCELLED,
    (State.CLAIMED, Event.MOVED): State.BOOKED,
    (State.CLAIMED, Event.DONE): State.DONE,
    (State.CLAIMED, Event.CANCELLED): State.CANCELLED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One postponement."""

    due_at: datetime
    because: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """One promise. `call_id` is the call in which it was given, `attempt_id` the latest that tried to keep it."""

    id: CallbackId
    tenant_id: TenantId
    campaign_id: int
    customer_id: CustomerId
    lead_id: LeadId
    call_id: int | None
    attempt_id: int | None
    state: State
    due_at: datetime
    promised_at: datetime
    note: str = field(repr=False)
    moves: tuple[Move, ...]
    worker: int | None


class Callbacks:
    """A tenant's callbacks."""

    def __init__(self, storage: Storage, ids: IdMaker, clock: Clock) -> None:
        self._storage = storage
        self._ids = ids
        self._clock = clock

    async def book(
        self, scope: Scope, lead_id: int, due_at: datetime, *, note: str = "", call_id: int | None = None
    ) -> Callback:
        """Promise the lead's customer a call. A promise that is booked already is replaced: the customer changed it.

        Raises:
            NotFound: the tenant has no such lead.
            IllegalTransition: the lead is stopped or still being imported.
        """
        now = self._clock.now()
        async with self._storage.home(lead_id).write() as connection:
            lead = await lead_of(connection, scope, lead_id)
            if lead.state not in (lead_.State.CALLING, lead_.State.CALLBACK):
                await move_lead(connection, lead, lead_.Event.PROMISED, now)
            await self._cancel_booked(connection, lead_id, now)
            callback_id = CallbackId(self._ids.child_of(lead_id))
            await connection.execute(
                insert(callbacks).values(
                    id=callback_id,
                    tenant_id=scope.tenant_id,
                    campaign_id=lead.campaign_id,
                    customer_id=lead.customer_id,
                    lead_id=lead_id,
                    call_id=call_id,
                    state=State.BOOKED,
                    due_at=due_at,
                    promised_at=due_at,
                    note=note,
                    moves=[],
                    created_at=now,
                )
            )
            callback = await callback_of(connection, scope, callback_id)
            await self._remember(connection, callback, Kind.CALLBACK_BOOKED, {"due_at": due_at.isoformat()})
        return callback

    async def get(self, scope: Scope, callback_id: int) -> Callback:
        """One callback.

        Raises:
            NotFound: the tenant has none with that id.
        """
        async with self._storage.home(callback_id).read() as connection:
            return await callback_of(connection, scope, callback_id)

    async def of_lead(self, scope: Scope, lead_id: int) -> Callback | None:
        """The lead's callback that is booked, if one is."""
        query = select(callbacks).where(
            callbacks.c.lead_id == lead_id,
            callbacks.c.tenant_id == scope.tenant_id,
            callbacks.c.state == State.BOOKED,
        )
        async with self._storage.home(lead_id).read() as connection:
            row = (await connection.execute(query)).one_or_none()
        return _from_row(row) if row is not None else None

    async def due(self, scope: Scope, now: datetime, limit: int, *, campaign_id: int | None = None) -> list[Callback]:
        """Booked callbacks whose time has come, longest overdue first. Asks every shard."""
        query = select(callbacks).where(callbacks.c.state == State.BOOKED, callbacks.c.due_at <= now)
        found = await self._everywhere(scope, query.limit(limit), campaign_id)
        return sorted(found, key=lambda callback: (callback.due_at, callback.id))[:limit]

    async def booked(self, scope: Scope, *, campaign_id: int | None = None, limit: int = 1000) -> list[Callback]:
        """Booked callbacks, the next one first. Asks every shard."""
        query = select(callbacks).where(callbacks.c.state == State.BOOKED).limit(limit)
        found = await self._everywhere(scope, query, campaign_id)
        return sorted(found, key=lambda callback: (callback.due_at, callback.id))[:limit]

    async def claim(self, scope: Scope, callback_id: int, worker: int) -> Callback | None:
        """Take it upon oneself to keep the promise; None: somebody else has, or it is closed. `Attempts.claim` with
        `callback_id` does this and the attempt in one step."""
        now = self._clock.now()
        async with self._storage.home(callback_id).write() as connection:
            callback = await callback_of(connection, scope, callback_id)
            if callback.state is not State.BOOKED:
                return None
            await move_callback(connection, callback, Event.CLAIMED, now, worker=worker, claimed_at=now)
            return await callback_of(connection, scope, callback_id)

    async def done(self, scope: Scope, callback_id: int) -> None:
        """The promise was kept without an attempt of ours (an agent called by hand); its lead is done.

        Raises:
            NotFound: the tenant has no such callback.
            IllegalTransition: it is not claimed.
        """
        now = self._clock.now()
        async with self._storage.home(callback_id).write() as connection:
            callback = await callback_of(connection, scope, callback_id)
            await move_callback(connection, callback, Event.DONE, now, closed_at=now)
            lead = await lead_of(connection, scope, callback.lead_id)
            if lead.state is lead_.State.CALLBACK:
                await move_lead(connection, lead, lead_.Event.FINISHED, now)

    async def move(self, scope: Scope, callback_id: int, due_at: datetime, because: str) -> Callback:
        """Keep the promise later.

        Raises:
            NotFound: the tenant has no such callback.
            IllegalTransition: it is done or cancelled.
        """
        async with self._storage.home(callback_id).write() as connection:
            callback = await callback_of(connection, scope, callback_id)
            await postpone_callback(connection, self._ids, callback, due_at, because, self._clock.now())
            return await callback_of(connection, scope, callback_id)

    async def cancel(self, scope: Scope, callback_id: int, because: str) -> None:
        """Withdraw the promise: the customer, or an agent for them, said so. The lead is ready again.

        Raises:
            NotFound: the tenant has no such callback.
            IllegalTransition: it is done or cancelled.
        """
        now = self._clock.now()
        async with self._storage.home(callback_id).write() as connection:
            callback = await callback_of(connection, scope, callback_id)
            await move_callback(connection, callback, Event.CANCELLED, now, closed_at=now)
            lead = await lead_of(connection, scope, callback.lead_id)
            if lead.state is lead_.State.CALLBACK:
                await move_lead(connection, lead, lead_.Event.WITHDRAWN, now, next_at=now)
            await self._remember(connection, callback, Kind.CALLBACK_CANCELLED, {"because": because})

    async def _cancel_booked(self, connection: AsyncConnection, lead_id: int, now: datetime) -> None:
        await connection.execute(
            update(callbacks)
            .where(callbacks.c.lead_id == lead_id, callbacks.c.state == State.BOOKED)
            .values(state=State.CANCELLED, closed_at=now)
        )

    async def _remember(
        self, connection: AsyncConnection, callback: Callback, kind: Kind, data: dict[str, object]
    ) -> None:
        at = self._clock.now()
        await add_entry(
            connection,
            self._ids,
            callback.tenant_id,
            callback.customer_id,
            kind,
            at,
            about_id=callback.id,
            data=data,
        )

    async def _everywhere(
        self,
        scope: Scope,
        query: Select[Any],  # Any: rows of many columns
        campaign_id: int | None,
    ) -> list[Callback]:
        query = query.where(callbacks.c.tenant_id == scope.tenant_id).order_by(callbacks.c.due_at, callbacks.c.id)
        if campaign_id is not None:
            query = query.where(callbacks.c.campaign_id == campaign_id)
        found: list[Callback] = []
        for shard in self._storage.shards():
            async with shard.read() as connection:
                found += [_from_row(row) for row in await connection.execute(query)]
        return found


async def callback_of(connection: AsyncConnection, scope: Scope, callback_id: int) -> Callback:
    """The callback, locked until the caller's transaction ends if that writes.

    Raises:
        NotFound: the tenant has none with that id.
    """
    query = select(callbacks).where(callbacks.c.id == callback_id, callbacks.c.tenant_id == scope.tenant_id)
    row = (await connection.execute(query.with_for_update())).one_or_none()
    if row is None:
        raise NotFound("callback", callback_id)
    return _from_row(row)


async def move_callback(
    connection: AsyncConnection, callback: Callback, event: Event, now: datetime, **changes: object
) -> None:
    """Take the event in the caller's transaction.

    Raises:
        IllegalTransition: the callback does not take it; nothing was changed.
    """
    state = step(TABLE, callback.state, event)
    await connection.execute(update(callbacks).where(callbacks.c.id == callback.id).values({**changes, "state": state}))


async def postpone_callback(
    connection: AsyncConnection, ids: IdMaker, callback: Callback, due_at: datetime, because: str, now: datetime
) -> None:
    """Book the callback for later in the caller's transaction."""
    moves = [*callback.moves, Move(due_at=due_at, because=because, at=now)]
    await move_callback(
        connection, callback, Event.MOVED, now, due_at=due_at, worker=None, moves=[_as_json(move) for move in moves]
    )
    await add_entry(
        connection,
        ids,
        callback.tenant_id,
        callback.customer_id,
        Kind.CALLBACK_MOVED,
        now,
        about_id=callback.id,
        data={"due_at": due_at.isoformat(), "because": because},
    )


def _as_json(move: Move) -> dict[str, str]:
    return {"due_at": move.due_at.isoformat(), "because": move.because, "at": move.at.isoformat()}


def _from_row(row: Row[Any]) -> Callback:
    return Callback(
        id=CallbackId(row.id),
        tenant_id=TenantId(row.tenant_id),
        campaign_id=row.campaign_id,
        customer_id=CustomerId(row.customer_id),
        lead_id=LeadId(row.lead_id),
        call_id=row.call_id,
        attempt_id=row.attempt_id,
        state=State(row.state),
        due_at=row.due_at,
        promised_at=row.promised_at,
        note=row.note,
        moves=tuple(
            Move(
                due_at=datetime.fromisoformat(move["due_at"]),
                because=move["because"],
                at=datetime.fromisoformat(move["at"]),
            )
            for move in row.moves
        ),
        worker=row.worker,
    )

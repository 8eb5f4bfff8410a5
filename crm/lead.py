"""Leads: a customer in a campaign, to be called.

A lead is READY from `next_at` on, CALLING while an attempt is open, in CALLBACK while a callback is promised (then only
the callback calls it), and DONE or STOPPED in the end. A lead of an import is HELD until the whole import is there. Its
customer may call us at any time: a lead that is STOPPED stays so then.
Only this table moves it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NewType

from sqlalchemy import Row, Select, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crm.customer import CustomerId
from crm.errors import NotFound
from crm.number import PhoneNumber
from crm.quota.decision import Decision
from crm.quota.window import Window
from crm.storage.customer_tables import callbacks, customers, leads, numbers
from crm.storage.storage import Storage
from crm.storage.windows import window_columns, window_of
from crm.subject import SubjectId
from crm.timeline import Kind, add_entry
from kernel.clock import Clock
from kernel.ids import IdMaker
from kernel.machine import Table, step
from kernel.tenant import Scope, TenantId

LeadId = NewType("LeadId", int)


class State(StrEnum):
    """Where a lead is."""

    HELD = "held"
    READY = "ready"
    CALLING = "calling"
    CALLBACK = "callback"
    DONE = "done"
    STOPPED = "stopped"


class Event(StrEnum):
    """What moves it."""

    IMPORTED = "imported"
    CLAIMED = "claimed"
    CALLED_IN = "called_in"  # the customer calls us
    RETRY = "retry"
    PROMISED = "promised"  # a callback was booked
    WITHDRAWN = "withdrawn"  # the callback was cancelled
    FINISHED = "finished"
    STOPPED = "stopped"  # never call again, or a person said so
    REOPENED = "reopened"


TABLE: Final[Table[State, Event]] = {
    (State.HELD, Event.IMPORTED): State.READY,
    (State.HELD, Event.STOPPED): State.STOPPED,
    (State.READY, Event.CLAIMED): State.CALLING,
    (State.HELD, Event.CALLED_IN): State.CALLING,
    (State.READY, Event.CALLED_IN): State.CALLING,
    (State.CALLBACK, Event.CALLED_IN): State.CALLING,
    (State.DONE, Event.CALLED_IN): State.CALLING,
    (State.READY, Event.PROMISED): State.CALLBACK,
    (State.READY, Event.STOPPED): State.STOPPED,
    (State.CALLING, Event.RETRY): State.READY,
    (State.CALLING, Event.PROMISED): State.CALLBACK,
    (State.CALLING, Event.FINISHED): State.DONE,
    (State.CALLING, Event.STOPPED): State.STOPPED,
    (State.CALLBACK, Event.CLAIMED): State.CALLING,
    (State.CALLBACK, Event.WITHDRAWN): State.READY,
    (State.CALLBACK, Event.FINISHED): State.DONE,
    (State.CALLBACK, Event.STOPPED): State.STOPPED,
    (State.DONE, Event.PROMISED): State.CALLBACK,
    (State.DONE, Event.REOPENED): State.READY,
    (State.DONE, Event.STOPPED): State.STOPPED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """A lead, with what calling its customer needs. `attempts` counts claims; higher `priority` goes first."""

    id: LeadId
    tenant_id: TenantId
    campaign_id: int
    customer_id: CustomerId
    number_id: int
    subject_id: SubjectId
    number: PhoneNumber
    name: str = field(repr=False)
    lang: str
    zone: str
    state: State
    priority: int
    attempts: int
    next_at: datetime
    window: Window | None
    customer_window: Window | None
    attributes: Mapping[str, object] = field(repr=False)
    last_result: str | None
    stopped_because: str | None


class Leads:
    """A tenant's leads."""

    def __init__(self, storage: Storage, ids: IdMaker, clock: Clock) -> None:
        self._storage = storage
        self._ids = ids
        self._clock = clock

    async def add(
        self,
        scope: Scope,
        campaign_id: int,
        customer_id: int,
        *,
        priority: int = 0,
        next_at: datetime | None = None,
        window: Window | None = None,
        attributes: Mapping[str, object] | None = None,
    ) -> Lead:
        """The customer's lead in the campaign, to be called on their first number; the one there is, unchanged, if any.

        Raises:
            NotFound: the tenant has no such customer.
        """
        now = self._clock.now()
        async with self._storage.home(customer_id).write() as connection:
            number_id = await connection.scalar(
                select(numbers.c.id)
                .where(numbers.c.customer_id == customer_id, numbers.c.tenant_id == scope.tenant_id)
                .order_by(numbers.c.position)
                .limit(1)
            )
            if number_id is None:
                raise NotFound("customer", customer_id)
            there = await connection.scalar(
                select(leads.c.id).where(leads.c.campaign_id == campaign_id, leads.c.customer_id == customer_id)
            )
            lead_id = there or self._ids.child_of(customer_id)
            if there is None:
                row = lead_row(
                    id=lead_id,
                    tenant_id=scope.tenant_id,
                    campaign_id=campaign_id,
                    customer_id=customer_id,
                    number_id=number_id,
                    now=now,
                    priority=priority,
                    next_at=next_at,
                    window=window,
                    attributes=attributes,
                )
                await connection.execute(insert(leads).values(row))
                data = {"campaign_id": campaign_id}
                await add_entry(
                    connection,
                    self._ids,
                    scope.tenant_id,
                    customer_id,
                    Kind.LEAD_ADDED,
                    now,
                    about_id=lead_id,
                    data=data,
                )
            return await lead_of(connection, scope, lead_id)

    async def get(self, scope: Scope, lead_id: int) -> Lead:
        """One lead.

        Raises:
            NotFound: the tenant has none with that id.
        """
        async with self._storage.home(lead_id).read() as connection:
            return await lead_of(connection, scope, lead_id)

    async def next_for(self, scope: Scope, campaign_id: int, now: datetime, limit: int) -> list[Lead]:
        """The campaign's leads that are ready and due: by priority, then by who waits longest. Asks every shard.

        Being listed is no right to dial: that is `Quota.reserve`, then `Attempts.claim`.
        """
        ready = (
            _whole()
            .where(
                leads.c.tenant_id == scope.tenant_id,
                leads.c.campaign_id == campaign_id,
                leads.c.state == State.READY,
                leads.c.next_at <= now,
            )
            .order_by(leads.c.lane, leads.c.next_at, leads.c.id)
            .limit(limit)
        )
        found = await self._everywhere(ready)
        return sorted(found, key=lambda lead: (-lead.priority, lead.next_at, lead.id))[:limit]

    async def of_campaign(self, scope: Scope, campaign_id: int, *, limit: int = 10_000) -> list[Lead]:
        """The campaign's leads, oldest first. Asks every shard."""
        query = (
            _whole()
            .where(leads.c.tenant_id == scope.tenant_id, leads.c.campaign_id == campaign_id)
            .order_by(leads.c.id)
            .limit(limit)
        )
        return sorted(await self._everywhere(query), key=lambda lead: lead.id)[:limit]

    async def of_customer(self, scope: Scope, customer_id: int) -> list[Lead]:
        """The customer's leads in all campaigns of the tenant."""
        query = _whole().where(leads.c.tenant_id == scope.tenant_id, leads.c.customer_id == customer_id)
        async with self._storage.home(customer_id).read() as connection:
            return [_from_row(row) for row in await connection.execute(query.order_by(leads.c.id))]

    async def counts(self, scope: Scope, campaign_id: int) -> dict[State, int]:
        """How many of the campaign's leads are in which state. Asks every shard."""
        query = (
            select(leads.c.state, func.count().label("number"))
            .where(leads.c.tenant_id == scope.tenant_id, leads.c.campaign_id == campaign_id)
            .group_by(leads.c.state)
        )
        counts = dict.fromkeys(State, 0)
        for shard in self._storage.shards():
            async with shard.read() as connection:
                for row in await connection.execute(query):
                    counts[State(row.state)] += row.number
        return counts

    async def due_at(self, scope: Scope, campaign_id: int) -> datetime | None:
        """When the next of the campaign's ready leads may be called, perhaps long ago; None: none is ready.
        Asks every shard."""
        query = select(func.min(leads.c.next_at)).where(
            leads.c.tenant_id == scope.tenant_id, leads.c.campaign_id == campaign_id, leads.c.state == State.READY
        )
        moments = []
        for shard in self._storage.shards():
            async with shard.read() as connection:
                moments.append(await connection.scalar(query))
        return min((moment for moment in moments if moment is not None), default=None)

    async def denied(self, scope: Scope, lead_id: int, decision: Decision) -> None:
        """Obey a denial: the lead waits until `retry_at`, or is stopped when that is never. Only if it is ready."""
        because = ",".join(decision.rules)
        async with self._storage.home(lead_id).write() as connection:
            lead = await lead_of(connection, scope, lead_id)
            if lead.state is not State.READY:
                return
            if decision.retry_at is None:
                await self._stop(connection, lead, because)
            else:
                values = {"next_at": decision.retry_at, "last_result": because[:40], "updated_at": self._clock.now()}
                await connection.execute(update(leads).where(leads.c.id == lead.id).values(values))

    async def postpone(self, scope: Scope, lead_id: int, until: datetime) -> None:
        """Do not call before `until`.

        Raises:
            NotFound: the tenant has no such lead.
        """
        async with self._storage.home(lead_id).write() as connection:
            lead = await lead_of(connection, scope, lead_id)
            values = {"next_at": until, "updated_at": self._clock.now()}
            await connection.execute(update(leads).where(leads.c.id == lead.id).values(values))

    async def stop(self, scope: Scope, lead_id: int, because: str) -> None:
        """Never call this lead again; a call under way goes on. Nothing when it is stopped already.

        Raises:
            NotFound: the tenant has no such lead.
        """
        async with self._storage.home(lead_id).write() as connection:
            await self._stop(connection, await lead_of(connection, scope, lead_id), because)

    async def reopen(self, scope: Scope, lead_id: int, *, next_at: datetime | None = None) -> None:
        """Call a done lead again.

        Raises:
            NotFound: the tenant has no such lead.
            IllegalTransition: it is not done.
        """
        async with self._storage.home(lead_id).write() as connection:
            lead = await lead_of(connection, scope, lead_id)
            await move_lead(connection, lead, Event.REOPENED, self._clock.now(), next_at=next_at or self._clock.now())

    async def _stop(self, connection: AsyncConnection, lead: Lead, because: str) -> None:
        if lead.stopped_because is not None:
            return
        await stop_lead(connection, self._ids, lead, because, self._clock.now())

    async def _everywhere(self, query: Select[Any]) -> list[Lead]:  # Any: rows of many columns
        found: list[Lead] = []
        for shard in self._storage.shards():
            async with shard.read() as connection:
                found += [_from_row(row) for row in await connection.execute(query)]
        return found


def lead_row(
    *,
    id: int,
    tenant_id: TenantId,
    campaign_id: int,
    customer_id: int,
    number_id: int,
    now: datetime,
    state: State = State.READY,
    priority: int = 0,
    next_at: datetime | None = None,
    window: Window | None = None,
    attributes: Mapping[str, object] | None = None,
    import_id: int | None = None,
) -> dict[str, object]:
    """A row of the leads table."""
    return {
        **window_columns(window),
        "id": id,
        "tenant_id": tenant_id,
        "campaign_id": campaign_id,
        "customer_id": customer_id,
        "number_id": number_id,
        "state": state,
        "lane": -priority,
        "attempts": 0,
        "next_at": next_at or now,
        "attributes": dict(attributes or {}),
        "import_id": import_id,
        "created_at": now,
        "updated_at": now,
    }


async def lead_of(connection: AsyncConnection, scope: Scope, lead_id: int) -> Lead:
    """The lead, locked until the caller's transaction ends if that writes.

    Raises:
        NotFound: the tenant has none with that id.
    """
    query = _whole().where(leads.c.id == lead_id, leads.c.tenant_id == scope.tenant_id)
    row = (await connection.execute(query.with_for_update())).one_or_none()
    if row is None:
        raise NotFound("lead", lead_id)
    return _from_row(row)


async def move_lead(connection: AsyncConnection, lead: Lead, event: Event, now: datetime, **changes: object) -> State:
    """Take the event in the caller's transaction.

    Raises:
        IllegalTransition: the lead does not take it; nothing was changed.
    """
    state = step(TABLE, lead.state, event)
    await connection.execute(
        update(leads).where(leads.c.id == lead.id).values({**changes, "state": state, "updated_at": now})
    )
    return state


async def stop_lead(connection: AsyncConnection, ids: IdMaker, lead: Lead, because: str, now: datetime) -> None:
    """Stop the lead and cancel its callbacks in the caller's transaction. A call under way goes on to its end."""
    changes = {"stopped_because": because[:40]}
    if lead.state is State.CALLING:
        await connection.execute(update(leads).where(leads.c.id == lead.id).values({**changes, "updated_at": now}))
    else:
        await move_lead(connection, lead, Event.STOPPED, now, **changes)
    await connection.execute(
        update(callbacks)
        .where(callbacks.c.lead_id == lead.id, callbacks.c.state == "booked")
        .values(state="cancelled", closed_at=now)
    )
    data = {"because": because}
    await add_entry(
        connection, ids, lead.tenant_id, lead.customer_id, Kind.LEAD_STOPPED, now, about_id=lead.id, data=data
    )


def _whole() -> Select[Any]:
    """Leads with their customer and number."""
    return (
        select(
            leads,
            numbers.c.subject_id,
            numbers.c.e164,
            customers.c.name,
            customers.c.lang,
            customers.c.zone,
            customers.c.window_from.label("own_window_from"),
            customers.c.window_to.label("own_window_to"),
        )
        .join(customers, customers.c.id == leads.c.customer_id)
        .join(numbers, numbers.c.id == leads.c.number_id)
    )


def _from_row(row: Row[Any]) -> Lead:
    return Lead(
        id=LeadId(row.id),
        tenant_id=TenantId(row.tenant_id),
        campaign_id=row.campaign_id,
        customer_id=CustomerId(row.customer_id),
        number_id=row.number_id,
        subject_id=SubjectId(row.subject_id),
        number=PhoneNumber(e164=row.e164),
        name=row.name,
        lang=row.lang,
        zone=row.zone,
        state=State(row.state),
        priority=-row.lane,
        attempts=row.attempts,
        next_at=row.next_at,
        window=window_of(row),
        customer_window=window_of(row, "own_window"),
        attributes=row.attributes,
        last_result=row.last_result,
        stopped_because=row.stopped_because,
    )

"""Attempts: the committed row is the only right to dial (docs/adr/0005).

An attempt is CLAIMED when its row is committed; DIALLING is committed right before the network is asked, so that from a
row alone everybody can tell whether the number may have rung; DIALLED when the network took the call; ANSWERED; ENDED.
Whoever finds an attempt open whose worker is gone knows what to do: claimed, nothing rang and the lead may be called;
dialling or later, it may have rung and is not rung again. Only this table moves it.

A call to us is an attempt too, DIALLED from the start. No quota is asked for it: no grant stands behind it, and its own id
stands where an outbound attempt names its grant.

An attempt's id is its call's id too.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NewType

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crm import callback as callback_
from crm import lead as lead_
from crm.callback import Callback, callback_of, move_callback, postpone_callback
from crm.customer import CustomerId
from crm.errors import NotFound
from crm.lead import Lead, LeadId, lead_of, move_lead
from crm.quota.grant import Grant, GrantId
from crm.storage.customer_tables import attempts, callbacks, calls, leads
from crm.storage.storage import Storage
from crm.timeline import Kind, add_entry
from kernel.clock import Clock
from kernel.errors import JingyinError
from kernel.ids import IdMaker
from kernel.machine import Table, step
from kernel.tenant import Scope, TenantId

AttemptId = NewType("AttemptId", int)


class GrantUsed(JingyinError):
    """The grant is another attempt's, or was given for another lead: one grant, one attempt."""

    code = "crm.grant_used"


class State(StrEnum):
    """Where an attempt is."""

    CLAIMED = "claimed"
    DIALLING = "dialling"
    DIALLED = "dialled"
    ANSWERED = "answered"
    ENDED = "ended"


class Event(StrEnum):
    """What moves it."""

    DIALLING = "dialling"  # the network is about to be asked
    DIALLED = "dialled"  # the network took it
    ANSWERED = "answered"
    ENDED = "ended"


TABLE: Final[Table[State, Event]] = {
    (State.CLAIMED, Event.DIALLING): State.DIALLING,
    (State.CLAIMED, Event.ENDED): State.ENDED,
    (State.DIALLING, Event.DIALLED): State.DIALLED,
    (State.DIALLING, Event.ENDED): State.ENDED,
    (State.DIALLED, Event.ANSWERED): State.ANSWERED,
    (State.DIALLED, Event.ENDED): State.ENDED,
    (State.ANSWERED, Event.ENDED): State.ENDED,
}

_MAY_HAVE_RUNG: Final = {State.DIALLING, State.DIALLED, State.ANSWERED}
_HAS_RUNG: Final = {State.DIALLED, State.ANSWERED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt. `rung` is known when it has ended: whether the number rang, or may have."""

    id: AttemptId
    tenant_id: TenantId
    campaign_id: int
    customer_id: CustomerId
    lead_id: LeadId
    number_id: int
    callback_id: int | None
    grant_id: GrantId
    attempt_no: int
    worker: int
    state: State
    rung: bool | None
    result: str | None
    claimed_at: datetime
    dialled_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None


class Attempts:
    """A tenant's attempts."""

    def __init__(self, storage: Storage, ids: IdMaker, clock: Clock) -> None:
        self._storage = storage
        self._ids = ids
        self._clock = clock

    async def claim(
        self, scope: Scope, lead_id: int, grant: Grant, *, mode: str = "three_stage", callback_id: int | None = None
    ) -> Attempt | None:
        """Take the right to dial: when this returns an attempt, its row is on the disk. The lead is CALLING, the callback
        (if it is one that is kept) CLAIMED, the call's row there.

        None: somebody else has the lead or the callback, the customer is in another call, or the lead may not be called
        now. Nothing was changed then, and the grant should be released.

        Raises:
            NotFound: the tenant has no such lead or callback.
            GrantUsed: the grant is another attempt's or lead's.
        """
        if (grant.lead_id, grant.tenant_id) != (lead_id, scope.tenant_id):
            raise GrantUsed(f"grant {grant.id} was given for lead {grant.lead_id}", remedy="Reserve one for this lead.")
        now = self._clock.now()
        async with self._storage.home(lead_id).write() as connection:
            lead = await lead_of(connection, scope, lead_id)
            callback = await self._callback(connection, scope, lead, callback_id, grant.worker)
            wanted = lead_.State.READY if callback is None else lead_.State.CALLBACK
            if lead.state is not wanted or (callback_id is not None and callback is None):
                return None
            if await self._taken(connection, lead, grant):
                return None
            attempt_id = AttemptId(self._ids.child_of(lead.customer_id))
            about = {
                "id": attempt_id,
                "tenant_id": scope.tenant_id,
                "campaign_id": lead.campaign_id,
                "customer_id": lead.customer_id,
                "lead_id": lead_id,
                "claimed_at": now,
            }
            await connection.execute(
                insert(attempts).values(
                    **about,
                    number_id=lead.number_id,
                    callback_id=callback_id,
                    grant_id=grant.id,
                    attempt_no=lead.attempts + 1,
                    worker=grant.worker,
                    state=State.CLAIMED,
                    open_customer_id=lead.customer_id,
                )
            )
            await connection.execute(insert(calls).values(**about, mode=mode, stage="dial"))
            await move_lead(connection, lead, lead_.Event.CLAIMED, now, attempts=lead.attempts + 1)
            if callback is not None:
                await self._hold(connection, callback, attempt_id, grant.worker, now)
            return await _attempt(connection, scope, attempt_id)

    async def receive(self, scope: Scope, lead_id: int, *, worker: int, mode: str = "inbound") -> Attempt | None:
        """The lead's customer calls us: an attempt that is DIALLED, its call's row; the lead is CALLING, unless STOPPED.

        None: the customer is in another call. Nothing was changed then.

        Raises:
            NotFound: the tenant has no such lead.
        """
        now = self._clock.now()
        async with self._storage.home(lead_id).write() as connection:
            lead = await lead_of(connection, scope, lead_id)
            if lead.state is lead_.State.CALLING or await self._in_a_call(connection, lead):
                return None
            attempt_id = AttemptId(self._ids.child_of(lead.customer_id))
            about = {
                "id": attempt_id,
                "tenant_id": scope.tenant_id,
                "campaign_id": lead.campaign_id,
                "customer_id": lead.customer_id,
                "lead_id": lead_id,
                "claimed_at": now,
            }
            await connection.execute(
                insert(attempts).values(
                    **about,
                    number_id=lead.number_id,
                    grant_id=attempt_id,
                    attempt_no=lead.attempts + 1,
                    worker=worker,
                    state=State.DIALLED,
                    dialled_at=now,
                    open_customer_id=lead.customer_id,
                )
            )
            await connection.execute(insert(calls).values(**about, mode=mode, stage="dial"))
            if lead.state is lead_.State.STOPPED:
                await connection.execute(update(leads).where(leads.c.id == lead.id).values(attempts=lead.attempts + 1))
            else:
                await move_lead(connection, lead, lead_.Event.CALLED_IN, now, attempts=lead.attempts + 1)
            return await _attempt(connection, scope, attempt_id)

    async def mark_dialling(self, scope: Scope, attempt_id: int) -> None:
        """The network is about to be asked. Only when this has returned may it be.

        Raises:
            NotFound: the tenant has no such attempt.
            IllegalTransition: it is not CLAIMED: somebody recovered it, it must not be dialled.
        """
        await self._mark(scope, attempt_id, Event.DIALLING, "dialling_at")

    async def mark_dialled(self, scope: Scope, attempt_id: int) -> None:
        """The network took the call.

        Raises:
            NotFound, IllegalTransition: as `mark_dialling`.
        """
        await self._mark(scope, attempt_id, Event.DIALLED, "dialled_at")

    async def mark_answered(self, scope: Scope, attempt_id: int) -> None:
        """Somebody, or something, answered.

        Raises:
            NotFound, IllegalTransition: as `mark_dialling`.
        """
        await self._mark(scope, attempt_id, Event.ANSWERED, "answered_at")

    async def end(
        self,
        scope: Scope,
        attempt_id: int,
        *,
        result: str,
        retry_at: datetime | None = None,
        rung: bool | None = None,
    ) -> Lead:
        """Close the attempt, its call and its callback, and say what becomes of the lead, in one transaction.

        `rung=False` when the gateway says the network never saw the call; by default what the state tells. The lead,
        which is returned: STOPPED if somebody stopped it meanwhile, in CALLBACK if one is booked, READY again at
        `retry_at`, else DONE. The callback that this attempt was to keep is done when the number rang and there is no
        `retry_at`; otherwise it is moved to `retry_at`, or stays due.

        Raises:
            NotFound: the tenant has no such attempt.
            IllegalTransition: it has ended before.
        """
        now = self._clock.now()
        async with self._storage.home(attempt_id).write() as connection:
            attempt = await _attempt(connection, scope, attempt_id)
            state = step(TABLE, attempt.state, Event.ENDED)
            rang = attempt.state in _HAS_RUNG or (attempt.state in _MAY_HAVE_RUNG and rung is not False)
            await connection.execute(
                update(attempts)
                .where(attempts.c.id == attempt_id)
                .values(state=state, open_customer_id=None, rung=rang, result=result, ended_at=now)
            )
            await connection.execute(update(calls).where(calls.c.id == attempt_id).values(stage="ended", ended_at=now))
            await connection.execute(
                update(calls).where(calls.c.id == attempt_id, calls.c.outcome.is_(None)).values(outcome=result)
            )
            await self._after(connection, scope, attempt, result, retry_at, rang=rang, now=now)
            data = {"result": result, "rung": rang, "attempt_no": attempt.attempt_no}
            await add_entry(
                connection,
                self._ids,
                scope.tenant_id,
                attempt.customer_id,
                Kind.CALL,
                now,
                about_id=attempt_id,
                data=data,
            )
            return await lead_of(connection, scope, attempt.lead_id)

    async def get(self, scope: Scope, attempt_id: int) -> Attempt:
        """One attempt.

        Raises:
            NotFound: the tenant has none with that id.
        """
        async with self._storage.home(attempt_id).read() as connection:
            return await _attempt(connection, scope, attempt_id)

    async def of_lead(self, scope: Scope, lead_id: int) -> list[Attempt]:
        """The lead's attempts, in order."""
        query = select(attempts).where(attempts.c.lead_id == lead_id, attempts.c.tenant_id == scope.tenant_id)
        async with self._storage.home(lead_id).read() as connection:
            rows = await connection.execute(query.order_by(attempts.c.attempt_no))
            return [_from_row(row) for row in rows]

    async def open_of(self, worker: int | None = None) -> list[Attempt]:
        """Open attempts of one worker, or of all, in every tenant: the platform's own question, for recovery. Asks every
        shard."""
        query = select(attempts).where(attempts.c.open_customer_id.is_not(None))
        if worker is not None:
            query = query.where(attempts.c.worker == worker)
        found: list[Attempt] = []
        for shard in self._storage.shards():
            async with shard.read() as connection:
                found += [_from_row(row) for row in await connection.execute(query)]
        return sorted(found, key=lambda attempt: attempt.id)

    async def by_grant(self, grant: Grant) -> Attempt | None:
        """The attempt that a grant was used for."""
        async with self._storage.home(grant.customer_id).read() as connection:
            row = (await connection.execute(select(attempts).where(attempts.c.grant_id == grant.id))).one_or_none()
        return None if row is None else _from_row(row)

    async def _mark(self, scope: Scope, attempt_id: int, event: Event, column: str) -> None:
        now = self._clock.now()
        async with self._storage.home(attempt_id).write() as connection:
            attempt = await _attempt(connection, scope, attempt_id)
            state = step(TABLE, attempt.state, event)
            await connection.execute(
                update(attempts).where(attempts.c.id == attempt_id).values({"state": state, column: now})
            )
            if event is Event.ANSWERED:
                await connection.execute(update(calls).where(calls.c.id == attempt_id).values(answered_at=now))

    async def _callback(
        self, connection: AsyncConnection, scope: Scope, lead: Lead, callback_id: int | None, worker: int
    ) -> Callback | None:
        """The callback if this worker may keep it now."""
        if callback_id is None:
            return None
        callback = await callback_of(connection, scope, callback_id)
        mine = callback.state is callback_.State.CLAIMED and callback.worker == worker
        free = callback.state is callback_.State.BOOKED
        return callback if callback.lead_id == lead.id and (mine or free) else None

    async def _taken(self, connection: AsyncConnection, lead: Lead, grant: Grant) -> bool:
        """True when the customer is in another call. The unique keys of the table say the same, if ever it came to that."""
        used = await connection.scalar(select(attempts.c.id).where(attempts.c.grant_id == grant.id))
        if used is not None:
            raise GrantUsed(f"grant {grant.id} is attempt {used}'s", remedy="Reserve another one.")
        return await self._in_a_call(connection, lead)

    async def _in_a_call(self, connection: AsyncConnection, lead: Lead) -> bool:
        query = select(attempts.c.id).where(attempts.c.open_customer_id == lead.customer_id)
        return await connection.scalar(query) is not None

    async def _hold(
        self, connection: AsyncConnection, callback: Callback, attempt_id: AttemptId, worker: int, now: datetime
    ) -> None:
        changes = {"worker": worker, "claimed_at": now, "attempt_id": attempt_id}
        if callback.state is callback_.State.BOOKED:
            await move_callback(connection, callback, callback_.Event.CLAIMED, now, **changes)
        else:
            await connection.execute(update(callbacks).where(callbacks.c.id == callback.id).values(changes))

    async def _after(
        self,
        connection: AsyncConnection,
        scope: Scope,
        attempt: Attempt,
        result: str,
        retry_at: datetime | None,
        *,
        rang: bool,
        now: datetime,
    ) -> None:
        """Move the lead and the callback that the attempt was to keep."""
        lead = await lead_of(connection, scope, attempt.lead_id)
        if lead.state is lead_.State.STOPPED:  # they called us, and we still may not call them
            await connection.execute(update(leads).where(leads.c.id == lead.id).values(last_result=result))
            return
        booked_query = select(callbacks.c.id).where(
            callbacks.c.lead_id == lead.id, callbacks.c.state == callback_.State.BOOKED
        )
        booked = await connection.scalar(booked_query) is not None
        kept = None if attempt.callback_id is None else await callback_of(connection, scope, attempt.callback_id)
        if kept is not None and kept.state is callback_.State.CLAIMED:
            if lead.stopped_because is not None:
                await move_callback(connection, kept, callback_.Event.CANCELLED, now, closed_at=now)
            elif booked or (rang and retry_at is None):
                await move_callback(connection, kept, callback_.Event.DONE, now, closed_at=now)
            else:
                await postpone_callback(connection, self._ids, kept, retry_at or kept.due_at, result, now)
                booked = True
        if lead.stopped_because is not None:
            event = lead_.Event.STOPPED
        elif booked:
            event = lead_.Event.PROMISED
        elif retry_at is not None:
            event = lead_.Event.RETRY
        else:
            event = lead_.Event.FINISHED
        changes: dict[str, object] = {"last_result": result}
        if retry_at is not None:
            changes["next_at"] = retry_at
        await move_lead(connection, lead, event, now, **changes)


async def _attempt(connection: AsyncConnection, scope: Scope, attempt_id: int) -> Attempt:
    query = select(attempts).where(attempts.c.id == attempt_id, attempts.c.tenant_id == scope.tenant_id)
    row = (await connection.execute(query.with_for_update())).one_or_none()
    if row is None:
        raise NotFound("attempt", attempt_id)
    return _from_row(row)


def _from_row(row: Row[Any]) -> Attempt:
    return Attempt(
        id=AttemptId(row.id),
        tenant_id=TenantId(row.tenant_id),
        campaign_id=row.campaign_id,
        customer_id=CustomerId(row.customer_id),
        lead_id=LeadId(row.lead_id),
        number_id=row.number_id,
        callback_id=row.callback_id,
        grant_id=GrantId(row.grant_id),
        attempt_no=row.attempt_no,
        worker=row.worker,
        state=State(row.state),
        rung=row.rung,
        result=row.result,
        claimed_at=row.claimed_at,
        dialled_at=row.dialled_at,
        answered_at=row.answered_at,
        ended_at=row.ended_at,
    )

"""Grants in the platform database: every decision is one write transaction, so two can never take the same place.

Nothing is counted in counters: attempts and simultaneous calls are counted from the grants themselves, so no crash can
leave a count wrong. On MySQL the rows locked first (the person's, then the platform's) put the deciders in line.
"""

from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crm.errors import NotFound
from crm.quota.decision import Decision, Denial, Request, denial
from crm.quota.grant import COUNTED, GONE, OPEN, TABLE, Event, Grant, GrantId, State
from crm.quota.rules import Policy, Reason, Seen, expires_at
from crm.quota.window import day_of
from crm.storage.database import Database
from crm.storage.platform_tables import denials, grants, meta, opt_outs, subjects
from kernel.ids import IdMaker
from kernel.machine import step
from kernel.tenant import TenantId

_CLOSED: Final = sorted(COUNTED - {State.RESERVED})


class SqlQuotaStore:
    """`crm.quota.store.QuotaStore` on SQL."""

    def __init__(self, platform: Database, ids: IdMaker) -> None:
        self._platform = platform
        self._ids = ids

    async def reserve(self, request: Request, policy: Policy, *, now: datetime, ttl: timedelta) -> Decision:
        async with self._platform.write() as connection:
            await _queue_up(connection, request.subject_id)
            seen = await _look(connection, request, now)
            denied = denial(seen, policy)
            if denied is not None:
                await self._record(connection, _about(request), denied, now)
                return denied
            grant = Grant(
                id=request.grant_id,
                **_about(request),
                worker=request.worker,
                state=State.RESERVED,
                reserved_at=now,
                expires_at=expires_at(seen, policy, ttl),
            )
            values = asdict(grant) | {"open_tenant_id": grant.tenant_id, "counted_at": now}
            await connection.execute(insert(grants).values(values))
        return Decision(grant=grant)

    async def objection(self, request: Request, policy: Policy, *, now: datetime) -> Decision | None:
        async with self._platform.read() as connection:
            return denial(await _look(connection, request, now), policy)

    async def commit(self, tenant_id: TenantId, grant_id: GrantId, *, now: datetime) -> Decision:
        async with self._platform.write() as connection:
            grant = await _grant(connection, tenant_id, grant_id)
            late = grant.state in GONE or (grant.state is State.RESERVED and now >= grant.expires_at)
            if late:
                if grant.state is State.RESERVED:
                    await _move(connection, grant, Event.EXPIRE, now)
                reason = Reason(
                    rule="grant_expired", limit=f"{grant.expires_at:%H:%M:%S} UTC", seen=f"{now:%H:%M:%S} UTC"
                )
                decision = Decision(reasons=(replace(reason, retry_at=now),), retry_at=now)
                await self._record(connection, _about(grant), decision, now)
                return decision
            if await connection.scalar(select(_opted_out(grant.subject_id))):
                await _move(connection, grant, Event.RELEASE, now)
                decision = Decision(reasons=(Reason(rule="opt_out", limit=0, seen=1),))
                await self._record(connection, _about(grant), decision, now)
                return decision
            return Decision(grant=await _move(connection, grant, Event.COMMIT, now))

    async def release(self, tenant_id: TenantId, grant_id: GrantId, *, rung: bool, now: datetime) -> bool:
        async with self._platform.write() as connection:
            grant = await _grant(connection, tenant_id, grant_id)
            if grant.state not in OPEN:
                return False
            await _move(connection, grant, Event.SPEND if rung else Event.RELEASE, now)
        return True

    async def expire(self, *, now: datetime) -> list[Grant]:
        late = select(grants).where(
            grants.c.open_tenant_id.is_not(None), grants.c.state == State.RESERVED, grants.c.expires_at <= now
        )
        async with self._platform.write() as connection:
            found = [_from_row(row) for row in (await connection.execute(late.with_for_update())).all()]
            return [await _move(connection, grant, Event.EXPIRE, now) for grant in found]

    async def open_grants(self) -> list[Grant]:
        async with self._platform.read() as connection:
            rows = await connection.execute(select(grants).where(grants.c.open_tenant_id.is_not(None)))
            return [_from_row(row) for row in rows]

    async def denials(self, tenant_id: TenantId, *, lead_id: int | None = None, limit: int = 1000) -> list[Denial]:
        query = select(denials).where(denials.c.tenant_id == tenant_id)
        if lead_id is not None:
            query = query.where(denials.c.lead_id == lead_id)
        async with self._platform.read() as connection:
            rows = await connection.execute(query.order_by(denials.c.at.desc(), denials.c.id.desc()).limit(limit))
            return [_denial(row) for row in rows]

    async def _record(
        self, connection: AsyncConnection, about: dict[str, Any], decision: Decision, now: datetime
    ) -> None:
        await connection.execute(
            insert(denials).values(
                id=self._ids.child_of(about["customer_id"]),
                **about,
                rule=decision.reasons[0].rule,
                reasons=[asdict(reason) | {"retry_at": _text(reason.retry_at)} for reason in decision.reasons],
                retry_at=decision.retry_at,
                at=now,
            )
        )


async def _queue_up(connection: AsyncConnection, subject_id: int) -> None:
    """Wait for those who decide about this person, or about the platform's load, right now. SQLite has done so already."""
    await connection.execute(select(subjects.c.id).where(subjects.c.id == subject_id).with_for_update())
    await connection.execute(select(meta.c.name).where(meta.c.name == "map").with_for_update())


async def _look(connection: AsyncConnection, request: Request, now: datetime) -> Seen:
    today, _ = day_of(now, request.zone)
    person, tenant = grants.c.subject_id == request.subject_id, grants.c.tenant_id == request.tenant_id
    holds = and_(
        grants.c.open_tenant_id.is_not(None),
        or_(grants.c.state == State.COMMITTED, and_(grants.c.state == State.RESERVED, grants.c.expires_at > now)),
    )
    counts = and_(
        person,
        grants.c.counted_at >= today,
        or_(grants.c.state.in_(_CLOSED), and_(grants.c.state == State.RESERVED, grants.c.expires_at > now)),
    )
    row = (
        await connection.execute(
            select(
                _opted_out(request.subject_id).label("opted_out"),
                _count(counts).label("attempts_platform"),
                _count(and_(counts, tenant)).label("attempts_tenant"),
                _count(holds).label("open_platform"),
                _count(and_(holds, grants.c.open_tenant_id == request.tenant_id)).label("open_tenant"),
                _count(and_(holds, person)).label("open_person"),
            )
        )
    ).one()
    counted = row._asdict()
    return Seen(now=now, zone=request.zone, **counted | {"opted_out": bool(counted["opted_out"])})


def _opted_out(subject_id: int) -> ColumnElement[bool]:
    return exists(select(opt_outs.c.id).where(opt_outs.c.subject_id == subject_id))


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    query: Select[int] = select(func.count()).select_from(grants).where(condition)
    return query.scalar_subquery()


async def _grant(connection: AsyncConnection, tenant_id: TenantId, grant_id: GrantId) -> Grant:
    query = select(grants).where(grants.c.id == grant_id, grants.c.tenant_id == tenant_id).with_for_update()
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        raise NotFound("grant", grant_id)
    return _from_row(row)


async def _move(connection: AsyncConnection, grant: Grant, event: Event, now: datetime) -> Grant:
    state = step(TABLE, grant.state, event)
    values: dict[str, object] = {"state": state}
    if state is State.COMMITTED:
        values["counted_at"] = now
    if state not in OPEN:
        values |= {"open_tenant_id": None, "closed_at": now}
    await connection.execute(update(grants).where(grants.c.id == grant.id).values(values))
    return replace(grant, state=state)


def _about(thing: Request | Grant | Row[Any]) -> dict[str, Any]:  # Any: ids, as keywords of several types
    names = ("tenant_id", "subject_id", "customer_id", "lead_id", "campaign_id")
    return {name: getattr(thing, name) for name in names}


def _from_row(row: Row[Any]) -> Grant:
    return Grant(
        id=GrantId(row.id),
        **_about(row),
        worker=row.worker,
        state=State(row.state),
        reserved_at=row.reserved_at,
        expires_at=row.expires_at,
    )


def _denial(row: Row[Any]) -> Denial:
    reasons = tuple(Reason(**reason | {"retry_at": _moment(reason["retry_at"])}) for reason in row.reasons)
    return Denial(**_about(row), reasons=reasons, retry_at=row.retry_at, at=row.at)


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)

"""Calls as people look at them: one row per attempt, same id. The dialer writes what its call lives through."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, Select, case, func, select, update

from crm.customer import CustomerId
from crm.errors import NotFound
from crm.lead import LeadId
from crm.storage.customer_tables import calls, customers
from crm.storage.storage import Storage
from crm.timeline import Kind, add_entry
from kernel.clock import Clock
from kernel.ids import IdMaker
from kernel.tenant import Scope, TenantId


@dataclass(frozen=True, slots=True, kw_only=True)
class CallResult:
    """What a call came to; None is not known (yet) and leaves what is written.

    `robot` is the machine's outcome and `handover` the times of the transfer, both JSON. `answered_s` and `decided_s`
    are seconds since the claim and since the answer; `wav` and `agent_wav` are paths below the recordings' folder.
    """

    outcome: str | None = None
    served: str | None = None
    grade_machine: str | None = None
    summary: str | None = field(default=None, repr=False)
    robot: Mapping[str, object] | None = field(default=None, repr=False)
    handover: Mapping[str, object] | None = None
    agent_id: int | None = None
    wav: str | None = None
    agent_wav: str | None = None
    answered_s: float | None = None
    decided_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecord:
    """One call. `stage` is dial, robot, human or ended."""

    id: int
    tenant_id: TenantId
    campaign_id: int
    customer_id: CustomerId
    lead_id: LeadId
    mode: str
    stage: str
    result: CallResult
    grade_human: str | None
    grade_human_by: int | None
    claimed_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None

    @property
    def grade(self) -> str | None:
        """Interest A-F: the human's word, else the machine's."""
        return self.grade_human or self.result.grade_machine


_ABANDONED: Final = "abandoned"
_VOICEMAIL: Final = "voicemail"
_RESULT: Final = tuple(CallResult.__dataclass_fields__)


class Calls:
    """A tenant's calls."""

    def __init__(self, storage: Storage, ids: IdMaker, clock: Clock) -> None:
        self._storage = storage
        self._ids = ids
        self._clock = clock

    async def get(self, scope: Scope, call_id: int) -> CallRecord:
        """One call.

        Raises:
            NotFound: the tenant has none with that id.
        """
        query = select(calls).where(calls.c.id == call_id, calls.c.tenant_id == scope.tenant_id)
        async with self._storage.home(call_id).read() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            raise NotFound("call", call_id)
        return _from_row(row)

    async def of_customer(self, scope: Scope, customer_id: int, *, limit: int = 100) -> list[CallRecord]:
        """The customer's calls, newest first."""
        query = select(calls).where(calls.c.customer_id == customer_id, calls.c.tenant_id == scope.tenant_id)
        async with self._storage.home(customer_id).read() as connection:
            rows = await connection.execute(query.order_by(calls.c.id.desc()).limit(limit))
            return [_from_row(row) for row in rows]

    async def of_campaign(
        self, scope: Scope, campaign_id: int, *, before: int | None = None, limit: int = 100
    ) -> list[CallRecord]:
        """The campaign's calls, newest first, with ids below `before`. Asks every shard."""
        query = select(calls).where(calls.c.campaign_id == campaign_id)
        return await self._everywhere(scope, query, before, limit)

    async def answered(self, scope: Scope, campaign_id: int, since: datetime) -> tuple[int, int]:
        """Of the campaign's calls that ended since: how many a person answered, and for how many of these nobody was there
        in time (outcome `abandoned`). Asks every shard."""
        query = (
            select(func.count(), func.sum(case((calls.c.outcome == _ABANDONED, 1), else_=0)))
            .where(calls.c.tenant_id == scope.tenant_id, calls.c.campaign_id == campaign_id, calls.c.ended_at >= since)
            .where(calls.c.answered_at.is_not(None), calls.c.outcome != _VOICEMAIL)
        )
        answered = abandoned = 0
        for shard in self._storage.shards():
            async with shard.read() as connection:
                row = (await connection.execute(query)).one()
                answered, abandoned = answered + int(row[0]), abandoned + int(row[1] or 0)
        return answered, abandoned

    async def robots(
        self, scope: Scope, *, campaign_id: int | None = None, limit: int = 50
    ) -> list[Mapping[str, object]]:
        """`robot` of the tenant's (or the campaign's) last calls in which a robot met a person, newest first. Not of abandoned
        calls, whose message waits for the end of the greeting. Asks every shard."""
        query = select(calls).where(
            calls.c.answered_at.is_not(None),
            calls.c.robot.is_not(None),
            calls.c.outcome.not_in((_ABANDONED, _VOICEMAIL)),
        )
        if campaign_id is not None:
            query = query.where(calls.c.campaign_id == campaign_id)
        return [call.result.robot or {} for call in await self._everywhere(scope, query, None, limit)]

    async def under_way(self, scope: Scope, *, limit: int = 1000) -> list[CallRecord]:
        """The tenant's calls that have not ended, newest first. Asks every shard."""
        return await self._everywhere(scope, select(calls).where(calls.c.ended_at.is_(None)), None, limit)

    async def set_stage(self, scope: Scope, call_id: int, stage: str, *, agent_id: int | None = None) -> None:
        """The call is with the robot, or with an agent, now.

        Raises:
            NotFound: the tenant has no such call.
        """
        changes: dict[str, object] = {"stage": stage}
        if agent_id is not None:
            changes["agent_id"] = agent_id
        await self._change(scope, call_id, changes)

    async def record(self, scope: Scope, call_id: int, result: CallResult) -> None:
        """Keep what is known of the result; the machine's grade becomes the customer's machine grade too.

        Raises:
            NotFound: the tenant has no such call.
        """
        given = {name: getattr(result, name) for name in _RESULT}
        await self._change(scope, call_id, {name: value for name, value in given.items() if value is not None})

    async def wrap_up(self, scope: Scope, call_id: int, *, outcome: str, grade: str | None) -> None:
        """An agent's word on the call, a line of the customer's timeline. Their grade of the customer's interest, A to F, stands
        over the machine's, on the customer too; None leaves it.

        Raises:
            NotFound: the tenant has no such call.
        """
        changes = {"grade_human": grade, "grade_human_by": scope.user_id} if grade else {}
        await self._change(scope, call_id, changes, said=(Kind.WRAPPED_UP, {"outcome": outcome, "grade": grade or ""}))

    async def _change(
        self,
        scope: Scope,
        call_id: int,
        changes: Mapping[str, object],
        *,
        said: tuple[Kind, Mapping[str, object]] | None = None,
    ) -> None:
        """`said` goes to the timeline in the place of the grades."""
        if not changes and said is None:
            return
        columns = calls.c.customer_id, calls.c.grade_machine, calls.c.grade_human
        own = select(*columns).where(calls.c.id == call_id, calls.c.tenant_id == scope.tenant_id)
        async with self._storage.home(call_id).write() as connection:
            before = (await connection.execute(own.with_for_update())).one_or_none()
            if before is None:
                raise NotFound("call", call_id)
            customer_id = before.customer_id
            if changes:
                await connection.execute(update(calls).where(calls.c.id == call_id).values(dict(changes)))
            grades = {name: changes[name] for name in ("grade_machine", "grade_human") if name in changes}
            now = self._clock.now()
            for name, grade in grades.items():
                await connection.execute(
                    update(customers).where(customers.c.id == customer_id).values({name: grade, "updated_at": now})
                )
            new = {name: grade for name, grade in grades.items() if grade != getattr(before, name)}
            lines = (
                [said] if said is not None else [(Kind.GRADED, _graded(name, by, scope)) for name, by in new.items()]
            )
            for kind, data in lines:
                await add_entry(
                    connection, self._ids, scope.tenant_id, customer_id, kind, now, about_id=call_id, data=data
                )

    async def _everywhere(
        self,
        scope: Scope,
        query: Select[Any],  # Any: rows of many columns
        before: int | None,
        limit: int,
    ) -> list[CallRecord]:
        query = query.where(calls.c.tenant_id == scope.tenant_id).order_by(calls.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(calls.c.id < before)
        found: list[CallRecord] = []
        for shard in self._storage.shards():
            async with shard.read() as connection:
                found += [_from_row(row) for row in await connection.execute(query)]
        return sorted(found, key=lambda call: -call.id)[:limit]


def _graded(column: str, grade: object, scope: Scope) -> dict[str, object]:
    return {"by": column.removeprefix("grade_"), "grade": grade, "user_id": scope.user_id}


def _from_row(row: Row[Any]) -> CallRecord:
    return CallRecord(
        id=row.id,
        tenant_id=TenantId(row.tenant_id),
        campaign_id=row.campaign_id,
        customer_id=CustomerId(row.customer_id),
        lead_id=LeadId(row.lead_id),
        mode=row.mode,
        stage=row.stage,
        result=CallResult(**{name: getattr(row, name) for name in _RESULT}),
        grade_human=row.grade_human,
        grade_human_by=row.grade_human_by,
        claimed_at=row.claimed_at,
        answered_at=row.answered_at,
        ended_at=row.ended_at,
    )

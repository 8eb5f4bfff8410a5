"""A customer's timeline: what happened with them, in order. Written in the transaction of what happened."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from crm.storage.customer_tables import timeline
from crm.storage.storage import Storage
from kernel.ids import IdMaker
from kernel.tenant import Scope, TenantId


class Kind(StrEnum):
    """What happened. The data of each kind is named in brackets."""

    REGISTERED = "registered"  # source, import_id
    NUMBER_ADDED = "number_added"
    ASSIGNED = "assigned"  # owner_id, before
    GRADED = "graded"  # by (machine, human), grade
    LEAD_ADDED = "lead_added"  # campaign_id
    LEAD_STOPPED = "lead_stopped"  # because
    CALL = "call"  # result, rung, attempt_no
    CALLBACK_BOOKED = "callback_booked"  # due_at
    CALLBACK_MOVED = "callback_moved"  # due_at, because
    CALLBACK_CANCELLED = "callback_cancelled"  # because
    OPTED_OUT = "opted_out"  # source
    CONSENT = "consent"  # purpose, given, source
    NOTE = "note"  # text
    WRAPPED_UP = "wrapped_up"  # outcome, grade: an agent's word on a call


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened. `about_id` is the row it is about (lead, call, callback, ...)."""

    id: int
    at: datetime
    kind: Kind
    about_id: int | None
    data: Mapping[str, object] = field(repr=False)


class Timeline:
    """Reads timelines."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    async def of(self, scope: Scope, customer_id: int, *, limit: int = 200) -> list[Entry]:
        """The latest entries, oldest first."""
        query = (
            select(timeline)
            .where(timeline.c.customer_id == customer_id, timeline.c.tenant_id == scope.tenant_id)
            .order_by(timeline.c.at.desc(), timeline.c.id.desc())
            .limit(limit)
        )
        async with self._storage.home(customer_id).read() as connection:
            rows = (await connection.execute(query)).all()
        return [
            Entry(id=row.id, at=row.at, kind=Kind(row.kind), about_id=row.about_id, data=row.data)
            for row in reversed(rows)
        ]


def entry_row(
    ids: IdMaker,
    tenant_id: TenantId,
    customer_id: int,
    kind: Kind,
    at: datetime,
    *,
    about_id: int | None = None,
    data: Mapping[str, object] = MappingProxyType({}),
) -> dict[str, object]:
    """A row of the timeline table, for those who insert many."""
    return {
        "id": ids.child_of(customer_id),
        "tenant_id": tenant_id,
        "customer_id": customer_id,
        "about_id": about_id,
        "kind": kind,
        "data": dict(data),
        "at": at,
    }


async def add_entry(
    connection: AsyncConnection,
    ids: IdMaker,
    tenant_id: TenantId,
    customer_id: int,
    kind: Kind,
    at: datetime,
    *,
    about_id: int | None = None,
    data: Mapping[str, object] = MappingProxyType({}),
) -> None:
    """Add an entry in the caller's transaction on the customer's shard."""
    row = entry_row(ids, tenant_id, customer_id, kind, at, about_id=about_id, data=data)
    await connection.execute(insert(timeline).values(row))

"""Agents as rows: who they are and what they can do. What they are doing now is handoff's."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NewType

from sqlalchemy import Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from crm.errors import NameTaken, NotFound
from crm.storage.database import Database
from crm.storage.platform_tables import agents
from kernel.clock import Clock
from kernel.ids import IdMaker
from kernel.tenant import Scope, TenantId

AgentId = NewType("AgentId", int)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentRow:
    """A person who takes calls. An agent who is not `active` cannot sign in."""

    id: AgentId
    tenant_id: TenantId
    name: str
    lang: str
    skills: frozenset[str]
    active: bool


class Agents:
    """A tenant's agents."""

    def __init__(self, platform: Database, ids: IdMaker, clock: Clock) -> None:
        self._platform = platform
        self._ids = ids
        self._clock = clock

    async def create(self, scope: Scope, name: str, *, lang: str = "en", skills: Iterable[str] = ()) -> AgentRow:
        """A new agent.

        Raises:
            NameTaken: the tenant has one of that name.
        """
        agent = AgentRow(
            id=AgentId(self._ids.make(0)),
            tenant_id=scope.tenant_id,
            name=name,
            lang=lang,
            skills=frozenset(skills),
            active=True,
        )
        try:
            async with self._platform.write() as connection:
                await connection.execute(
                    insert(agents).values(
                        id=agent.id,
                        tenant_id=scope.tenant_id,
                        name=name,
                        lang=lang,
                        skills=sorted(agent.skills),
                        active=True,
                        created_at=self._clock.now(),
                    )
                )
        except IntegrityError:
            raise NameTaken("agent", name) from None
        return agent

    async def get(self, scope: Scope, agent_id: int) -> AgentRow:
        """One agent.

        Raises:
            NotFound: the tenant has none with that id.
        """
        query = select(agents).where(agents.c.id == agent_id, agents.c.tenant_id == scope.tenant_id)
        async with self._platform.read() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            raise NotFound("agent", agent_id)
        return _from_row(row)

    async def named(self, scope: Scope, name: str) -> AgentRow | None:
        """The agent of that name."""
        query = select(agents).where(agents.c.name == name, agents.c.tenant_id == scope.tenant_id)
        async with self._platform.read() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else _from_row(row)

    async def all(self, scope: Scope) -> list[AgentRow]:
        """The tenant's agents, by name."""
        query = select(agents).where(agents.c.tenant_id == scope.tenant_id).order_by(agents.c.name)
        async with self._platform.read() as connection:
            return [_from_row(row) for row in await connection.execute(query)]

    async def update(
        self, scope: Scope, agent_id: int, *, skills: Iterable[str] | None = None, active: bool | None = None
    ) -> None:
        """Change what is given.

        Raises:
            NotFound: the tenant has no such agent.
        """
        given = {"skills": None if skills is None else sorted(set(skills)), "active": active}
        changes = {name: value for name, value in given.items() if value is not None}
        if not changes:
            await self.get(scope, agent_id)
            return
        async with self._platform.write() as connection:
            changed = await connection.execute(
                update(agents).where(agents.c.id == agent_id, agents.c.tenant_id == scope.tenant_id).values(changes)
            )
        if not changed.rowcount:
            raise NotFound("agent", agent_id)


def _from_row(row: Row[Any]) -> AgentRow:
    return AgentRow(
        id=AgentId(row.id),
        tenant_id=TenantId(row.tenant_id),
        name=row.name,
        lang=row.lang,
        skills=frozenset(row.skills),
        active=row.active,
    )

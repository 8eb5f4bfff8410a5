"""Tenants (business lines) and the limits they set themselves."""

from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from crm.errors import NameTaken, NotFound
from crm.quota.rules import Limits
from crm.storage.database import Database
from crm.storage.platform_tables import tenants
from crm.storage.windows import window_columns, window_of
from crm.zone import zone as known_zone
from kernel.clock import Clock
from kernel.ids import IdMaker
from kernel.tenant import Scope, Tenant, TenantId


class Tenants:
    """The tenants of the platform. `create`, `named` and `all` are the platform's own: no scope."""

    def __init__(self, platform: Database, ids: IdMaker, clock: Clock) -> None:
        self._platform = platform
        self._ids = ids
        self._clock = clock

    async def create(self, name: str, *, zone: str = "UTC", lang: str = "en", limits: Limits | None = None) -> Tenant:
        """A new tenant.

        Raises:
            NameTaken: another one has the name.
            ZoneUnknown: the zone is none.
        """
        known_zone(zone)
        tenant = Tenant(id=TenantId(self._ids.make(0)), name=name, zone=zone, lang=lang)
        values = {"id": tenant.id, "name": name, "zone": zone, "lang": lang, "created_at": self._clock.now()}
        try:
            async with self._platform.write() as connection:
                await connection.execute(insert(tenants).values(values | _columns(limits or Limits())))
        except IntegrityError:
            raise NameTaken("tenant", name) from None
        return tenant

    async def named(self, name: str) -> Tenant | None:
        """The tenant of that name."""
        async with self._platform.read() as connection:
            row = (await connection.execute(select(tenants).where(tenants.c.name == name))).one_or_none()
        return None if row is None else _from_row(row)

    async def all(self) -> list[Tenant]:
        """Every tenant, by name."""
        async with self._platform.read() as connection:
            return [_from_row(row) for row in await connection.execute(select(tenants).order_by(tenants.c.name))]

    async def get(self, scope: Scope) -> Tenant:
        """The scope's own tenant."""
        return _from_row(await self._row(scope))

    async def limits(self, scope: Scope) -> Limits:
        """What the tenant set for itself. The platform's limits hold besides."""
        row = await self._row(scope)
        return Limits(window=window_of(row), attempts_per_day=row.attempts_per_day, concurrency=row.concurrency)

    async def set_limits(self, scope: Scope, limits: Limits) -> None:
        """Set the tenant's own limits; they hold from the next reservation on. Looser than the platform's is no use."""
        async with self._platform.write() as connection:
            changed = await connection.execute(
                update(tenants).where(tenants.c.id == scope.tenant_id).values(_columns(limits))
            )
        if not changed.rowcount:
            raise NotFound("tenant", scope.tenant_id)

    async def _row(self, scope: Scope) -> Row[Any]:
        async with self._platform.read() as connection:
            row = (await connection.execute(select(tenants).where(tenants.c.id == scope.tenant_id))).one_or_none()
        if row is None:
            raise NotFound("tenant", scope.tenant_id)
        return row


def _columns(limits: Limits) -> dict[str, object]:
    return {
        **window_columns(limits.window),
        "attempts_per_day": limits.attempts_per_day,
        "concurrency": limits.concurrency,
    }


def _from_row(row: Row[Any]) -> Tenant:
    return Tenant(id=TenantId(row.id), name=row.name, zone=row.zone, lang=row.lang)

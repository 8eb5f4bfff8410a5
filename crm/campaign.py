"""Campaigns as rows. Their lifecycle is the dialer's: here `state` is a word that changes only from an expected one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NewType

from sqlalchemy import Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from crm.errors import NameTaken, NotFound
from crm.quota.window import Window
from crm.storage.database import Database
from crm.storage.platform_tables import campaigns
from crm.storage.windows import window_columns, window_of
from kernel.clock import Clock
from kernel.ids import IdMaker
from kernel.tenant import Scope, TenantId

CampaignId = NewType("CampaignId", int)


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A campaign: `mode` one_sentence, predictive or three_stage; `options` is the dialer's own, JSON."""

    id: CampaignId
    tenant_id: TenantId
    name: str
    mode: str
    assistant: str
    state: str
    window: Window | None
    options: Mapping[str, object] = field(default_factory=dict)
    created_at: datetime
    updated_at: datetime


class Campaigns:
    """A tenant's campaigns."""

    def __init__(self, platform: Database, ids: IdMaker, clock: Clock) -> None:
        self._platform = platform
        self._ids = ids
        self._clock = clock

    async def create(
        self,
        scope: Scope,
        name: str,
        *,
        assistant: str,
        state: str,
        mode: str = "three_stage",
        window: Window | None = None,
        options: Mapping[str, object] | None = None,
    ) -> Campaign:
        """A new campaign in its first state.

        Raises:
            NameTaken: the tenant has one of that name.
        """
        now = self._clock.now()
        campaign = Campaign(
            id=CampaignId(self._ids.make(0)),
            tenant_id=scope.tenant_id,
            name=name,
            mode=mode,
            assistant=assistant,
            state=state,
            window=window,
            options=dict(options or {}),
            created_at=now,
            updated_at=now,
        )
        values = {name: getattr(campaign, name) for name in Campaign.__dataclass_fields__ if name != "window"}
        try:
            async with self._platform.write() as connection:
                await connection.execute(insert(campaigns).values(values | window_columns(window)))
        except IntegrityError:
            raise NameTaken("campaign", name) from None
        return campaign

    async def get(self, scope: Scope, campaign_id: int) -> Campaign:
        """One campaign.

        Raises:
            NotFound: the tenant has none with that id.
        """
        query = select(campaigns).where(campaigns.c.id == campaign_id, campaigns.c.tenant_id == scope.tenant_id)
        async with self._platform.read() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            raise NotFound("campaign", campaign_id)
        return _from_row(row)

    async def named(self, scope: Scope, name: str) -> Campaign | None:
        """The campaign of that name."""
        query = select(campaigns).where(campaigns.c.name == name, campaigns.c.tenant_id == scope.tenant_id)
        async with self._platform.read() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else _from_row(row)

    async def all(self, scope: Scope, *, state: str | None = None) -> list[Campaign]:
        """The tenant's campaigns, those in a state or all, oldest first."""
        query = select(campaigns).where(campaigns.c.tenant_id == scope.tenant_id).order_by(campaigns.c.id)
        if state is not None:
            query = query.where(campaigns.c.state == state)
        async with self._platform.read() as connection:
            return [_from_row(row) for row in await connection.execute(query)]

    async def in_state(self, state: str) -> list[Campaign]:
        """Campaigns of every tenant in a state: the platform's own question, after a restart."""
        query = select(campaigns).where(campaigns.c.state == state).order_by(campaigns.c.id)
        async with self._platform.read() as connection:
            return [_from_row(row) for row in await connection.execute(query)]

    async def set_state(self, scope: Scope, campaign_id: int, state: str, *, expected: str) -> bool:
        """Change the state if it is still `expected`; False: somebody else changed it first.

        Raises:
            NotFound: the tenant has no such campaign.
        """
        async with self._platform.write() as connection:
            changed = await connection.execute(
                update(campaigns)
                .where(
                    campaigns.c.id == campaign_id,
                    campaigns.c.tenant_id == scope.tenant_id,
                    campaigns.c.state == expected,
                )
                .values(state=state, updated_at=self._clock.now())
            )
        if not changed.rowcount:
            await self.get(scope, campaign_id)
        return bool(changed.rowcount)

    async def update(
        self,
        scope: Scope,
        campaign_id: int,
        *,
        options: Mapping[str, object] | None = None,
        window: Window | None = None,
    ) -> None:
        """Change what is given; a window holds from the next reservation on.

        Raises:
            NotFound: the tenant has no such campaign.
        """
        changes: dict[str, object] = {"updated_at": self._clock.now()}
        if options is not None:
            changes["options"] = dict(options)
        if window is not None:
            changes |= window_columns(window)
        async with self._platform.write() as connection:
            changed = await connection.execute(
                update(campaigns)
                .where(campaigns.c.id == campaign_id, campaigns.c.tenant_id == scope.tenant_id)
                .values(changes)
            )
        if not changed.rowcount:
            raise NotFound("campaign", campaign_id)


def _from_row(row: Row[Any]) -> Campaign:
    return Campaign(
        id=CampaignId(row.id),
        tenant_id=TenantId(row.tenant_id),
        name=row.name,
        mode=row.mode,
        assistant=row.assistant,
        state=row.state,
        window=window_of(row),
        options=row.options,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )

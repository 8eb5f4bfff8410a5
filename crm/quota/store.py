"""Where grants are counted. The contract suite of every store: tests/contract/quota_store.py."""

from datetime import datetime, timedelta
from typing import Protocol

from crm.quota.decision import Decision, Denial, Request
from crm.quota.grant import Grant, GrantId
from crm.quota.rules import Policy
from kernel.tenant import TenantId


class QuotaStore(Protocol):
    """Counts, decides by `crm.quota.rules`, and takes, each in one atomic step.

    Raises (every method):
        StorageFailed: it cannot answer. Nothing was taken.
    """

    async def reserve(self, request: Request, policy: Policy, *, now: datetime, ttl: timedelta) -> Decision:
        """Take a grant if no rule speaks against it; otherwise take nothing and record the denial."""

    async def objection(self, request: Request, policy: Policy, *, now: datetime) -> Decision | None:
        """The denial that `reserve` would give at this moment; None when it would give a grant. Takes and records nothing."""

    async def commit(self, tenant_id: TenantId, grant_id: GrantId, *, now: datetime) -> Decision:
        """The last question before dialling: is the grant still good, has nobody opted out meanwhile?

        A no ends the grant and is recorded; `grant_expired` also when it was released meanwhile (by recovery).

        Raises:
            NotFound: the tenant has no such grant.
            IllegalTransition: it was committed or spent before.
        """

    async def release(self, tenant_id: TenantId, grant_id: GrantId, *, rung: bool, now: datetime) -> bool:
        """Give the place back; `rung`: the number was dialled and the attempt counts. False: it was over already.

        Raises:
            NotFound: the tenant has no such grant.
        """

    async def expire(self, *, now: datetime) -> list[Grant]:
        """End the reserved grants whose time is over, and return them."""

    async def open_grants(self) -> list[Grant]:
        """All grants that are reserved or committed, of every tenant."""

    async def denials(self, tenant_id: TenantId, *, lead_id: int | None = None, limit: int = 1000) -> list[Denial]:
        """A tenant's denials, newest first."""

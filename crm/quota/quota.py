"""Quota as the dialer uses it: `reserve` before anything, `commit` right before dialling, `release` in the end.

    decision = await quota.reserve(scope, lead)          # may this person be called now?
    attempt = await attempts.claim(scope, lead.id, decision.grant)   # the right to dial
    decision = await quota.commit(scope, decision.grant)  # still? it counts from here on
    await attempts.mark_dialling(scope, attempt.id)
    ... the call ...
    finally: await quota.release(scope, grant, rung=...)

When the store cannot answer, in time or at all, the answer is no (rule `store_unavailable`): reserve and commit do not
raise for it. `release` does: whatever it could not give back comes back by recovery.
"""

import asyncio
from datetime import timedelta
from typing import Final

from crm.campaign import Campaigns
from crm.lead import Lead
from crm.quota.decision import Decision, Denial, Request
from crm.quota.grant import Grant, GrantId
from crm.quota.rules import ASK_AGAIN, Limits, Policy, QuotaFacts, Reason
from crm.quota.store import QuotaStore
from crm.quota.window import Window
from crm.storage.errors import StorageFailed
from crm.tenant import Tenants
from crm.zone import ZoneUnknown, zone
from kernel.clock import Clock
from kernel.ids import IdMaker
from kernel.log import get_logger
from kernel.metrics import counter
from kernel.settings import QuotaSettings
from kernel.tenant import Scope

ANSWER_S: Final = 8.0  # longer than one wait for a busy database, shorter than a queue of them
NO_FACTS: Final = QuotaFacts()
ZONE_RETRY: Final = timedelta(hours=1)

DENIALS = counter("quota_denials", help="Attempts refused, by rule; one refusal may name several.", labels=("rule",))

log = get_logger(__name__)


class Quota:
    """May this person be called now? For one worker."""

    def __init__(
        self,
        store: QuotaStore,
        settings: QuotaSettings,
        tenants: Tenants,
        campaigns: Campaigns,
        ids: IdMaker,
        clock: Clock,
        worker: int,
    ) -> None:
        self._store = store
        self._platform = Limits(
            window=Window(start=settings.window_from, end=settings.window_to),
            attempts_per_day=settings.attempts_per_day,
            concurrency=settings.concurrency,
        )
        self._ttl = timedelta(seconds=settings.grant_ttl_s)
        self._tenants = tenants
        self._campaigns = campaigns
        self._ids = ids
        self._clock = clock
        self._worker = worker

    async def reserve(self, scope: Scope, lead: Lead, *, facts: QuotaFacts = NO_FACTS) -> Decision:
        """Ask for one attempt; the answer carries a grant, or every reason why not. A denial takes nothing."""
        try:
            async with asyncio.timeout(ANSWER_S):
                request, policy = self._request(scope, lead), await self._policy(scope, lead, facts)
                decision = await self._store.reserve(request, policy, now=self._clock.now(), ttl=self._ttl)
        except (StorageFailed, TimeoutError, ZoneUnknown) as exc:
            decision = self._undecided(exc, lead)
        return self._counted(decision, lead.id)

    async def objection(self, scope: Scope, lead: Lead, *, facts: QuotaFacts = NO_FACTS) -> Decision | None:
        """The denial that `reserve` would give at this moment; None when it would give a grant. Nothing is taken, counted or
        recorded, so another may take the place meanwhile.

        Raises:
            NotFound: the lead's campaign is not the tenant's.
        """
        try:
            async with asyncio.timeout(ANSWER_S):
                request, policy = self._request(scope, lead), await self._policy(scope, lead, facts)
                return await self._store.objection(request, policy, now=self._clock.now())
        except (StorageFailed, TimeoutError, ZoneUnknown) as exc:
            return self._undecided(exc, lead)

    async def commit(self, scope: Scope, grant: Grant) -> Decision:
        """The last question before dialling; the attempt counts from here on. Denied: do not dial, the grant is gone.

        Raises:
            NotFound: the tenant has no such grant.
            IllegalTransition: it was committed or spent before.
        """
        try:
            async with asyncio.timeout(ANSWER_S):
                decision = await self._store.commit(scope.tenant_id, grant.id, now=self._clock.now())
        except (StorageFailed, TimeoutError) as exc:
            decision = self._unavailable(exc)
        return self._counted(decision, grant.lead_id)

    async def release(self, scope: Scope, grant: Grant, *, rung: bool) -> bool:
        """Give the place back. `rung`: the number was dialled, the attempt counts; else it never was. False: over already.

        Raises:
            NotFound: the tenant has no such grant.
            StorageFailed: the store cannot answer; try again, or leave it to recovery.
        """
        return await self._store.release(scope.tenant_id, grant.id, rung=rung, now=self._clock.now())

    async def denials(self, scope: Scope, *, lead_id: int | None = None, limit: int = 1000) -> list[Denial]:
        """What was refused to the tenant, newest first."""
        return await self._store.denials(scope.tenant_id, lead_id=lead_id, limit=limit)

    def _request(self, scope: Scope, lead: Lead) -> Request:
        return Request(
            grant_id=GrantId(self._ids.child_of(lead.customer_id)),
            tenant_id=scope.tenant_id,
            subject_id=lead.subject_id,
            customer_id=lead.customer_id,
            lead_id=lead.id,
            campaign_id=lead.campaign_id,
            worker=self._worker,
            zone=zone(lead.zone),
        )

    async def _policy(self, scope: Scope, lead: Lead, facts: QuotaFacts) -> Policy:
        return Policy(
            platform=self._platform,
            tenant=await self._tenants.limits(scope),
            campaign=(await self._campaigns.get(scope, lead.campaign_id)).window,
            customer=lead.customer_window,
            lead=lead.window,
            trunks=facts.trunks,
        )

    def _undecided(self, exc: StorageFailed | TimeoutError | ZoneUnknown, lead: Lead) -> Decision:
        """No, when in doubt."""
        if not isinstance(exc, ZoneUnknown):
            return self._unavailable(exc)
        retry_at = self._clock.now() + ZONE_RETRY
        log.warning("lead has no usable time zone", lead=lead.id, error=exc.code)
        reason = Reason(rule="zone_unknown", limit="an IANA name", seen=lead.zone, retry_at=retry_at)
        return Decision(reasons=(reason,), retry_at=retry_at)

    def _unavailable(self, exc: StorageFailed | TimeoutError) -> Decision:
        what = exc.code if isinstance(exc, StorageFailed) else f"no answer in {ANSWER_S:g} s"
        log.error("quota cannot decide, so nobody is called", error=what)
        retry_at = self._clock.now() + ASK_AGAIN
        reason = Reason(rule="store_unavailable", limit="an answer", seen=what, retry_at=retry_at)
        return Decision(reasons=(reason,), retry_at=retry_at)

    def _counted(self, decision: Decision, lead_id: int) -> Decision:
        for rule in decision.rules:
            DENIALS.labels(rule=rule).inc()
        if not decision.allowed:
            log.info("attempt denied", lead=lead_id, rules=list(decision.rules), retry_at=decision.retry_at)
        return decision

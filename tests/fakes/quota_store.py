"""A quota store in memory, for tests above crm; it passes the contract suite of the real one."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from crm.errors import NotFound
from crm.quota.decision import Decision, Denial, Request, denial
from crm.quota.grant import COUNTED, GONE, OPEN, TABLE, Event, Grant, GrantId, State
from crm.quota.rules import Policy, Reason, Seen, expires_at
from crm.quota.window import day_of
from kernel.machine import step
from kernel.tenant import TenantId


@dataclass(slots=True)
class _Held:
    grant: Grant
    counted_at: datetime


@dataclass(slots=True)
class FakeQuotaStore:
    """Nothing awaits, so every method is atomic on one loop. `opted_out` are subjects."""

    opted_out: set[int] = field(default_factory=set)
    _held: dict[GrantId, _Held] = field(default_factory=dict)
    _denials: list[Denial] = field(default_factory=list)

    async def reserve(self, request: Request, policy: Policy, *, now: datetime, ttl: timedelta) -> Decision:
        seen = self._look(request, now)
        denied = denial(seen, policy)
        if denied is not None:
            return self._deny(request, denied, now)
        grant = Grant(
            id=request.grant_id,
            tenant_id=request.tenant_id,
            subject_id=request.subject_id,
            customer_id=request.customer_id,
            lead_id=request.lead_id,
            campaign_id=request.campaign_id,
            worker=request.worker,
            state=State.RESERVED,
            reserved_at=now,
            expires_at=expires_at(seen, policy, ttl),
        )
        self._held[grant.id] = _Held(grant, now)
        return Decision(grant=grant)

    async def objection(self, request: Request, policy: Policy, *, now: datetime) -> Decision | None:
        return denial(self._look(request, now), policy)

    async def commit(self, tenant_id: TenantId, grant_id: GrantId, *, now: datetime) -> Decision:
        held = self._find(tenant_id, grant_id)
        grant = held.grant
        if grant.state in GONE or (grant.state is State.RESERVED and now >= grant.expires_at):
            if grant.state is State.RESERVED:
                held.grant = replace(grant, state=State.EXPIRED)
            reason = Reason(rule="grant_expired", limit=str(grant.expires_at), seen=str(now), retry_at=now)
            return self._deny(grant, Decision(reasons=(reason,), retry_at=now), now)
        if grant.subject_id in self.opted_out:
            held.grant = replace(grant, state=step(TABLE, grant.state, Event.RELEASE))
            return self._deny(grant, Decision(reasons=(Reason(rule="opt_out", limit=0, seen=1),)), now)
        held.grant = replace(grant, state=step(TABLE, grant.state, Event.COMMIT))
        held.counted_at = now
        return Decision(grant=held.grant)

    async def release(self, tenant_id: TenantId, grant_id: GrantId, *, rung: bool, now: datetime) -> bool:
        held = self._find(tenant_id, grant_id)
        if held.grant.state not in OPEN:
            return False
        event = Event.SPEND if rung else Event.RELEASE
        held.grant = replace(held.grant, state=step(TABLE, held.grant.state, event))
        return True

    async def expire(self, *, now: datetime) -> list[Grant]:
        late = [
            held for held in self._held.values() if held.grant.state is State.RESERVED and held.grant.expires_at <= now
        ]
        for held in late:
            held.grant = replace(held.grant, state=State.EXPIRED)
        return [held.grant for held in late]

    async def open_grants(self) -> list[Grant]:
        return [held.grant for held in self._held.values() if held.grant.state in OPEN]

    async def denials(self, tenant_id: TenantId, *, lead_id: int | None = None, limit: int = 1000) -> list[Denial]:
        own = [denial for denial in reversed(self._denials) if denial.tenant_id == tenant_id]
        return [denial for denial in own if lead_id is None or denial.lead_id == lead_id][:limit]

    def _look(self, request: Request, now: datetime) -> Seen:
        today, _ = day_of(now, request.zone)
        holding = [held.grant for held in self._held.values() if held.grant.holds(now)]
        counted = [
            held.grant
            for held in self._held.values()
            if held.grant.subject_id == request.subject_id
            and held.counted_at >= today
            and held.grant.state in COUNTED
            and (held.grant.state is not State.RESERVED or now < held.grant.expires_at)
        ]
        return Seen(
            now=now,
            zone=request.zone,
            opted_out=request.subject_id in self.opted_out,
            attempts_platform=len(counted),
            attempts_tenant=sum(grant.tenant_id == request.tenant_id for grant in counted),
            open_platform=len(holding),
            open_tenant=sum(grant.tenant_id == request.tenant_id for grant in holding),
            open_person=sum(grant.subject_id == request.subject_id for grant in holding),
        )

    def _find(self, tenant_id: TenantId, grant_id: GrantId) -> _Held:
        held = self._held.get(grant_id)
        if held is None or held.grant.tenant_id != tenant_id:
            raise NotFound("grant", grant_id)
        return held

    def _deny(self, about: Request | Grant, decision: Decision, now: datetime) -> Decision:
        self._denials.append(
            Denial(
                tenant_id=about.tenant_id,
                subject_id=about.subject_id,
                customer_id=about.customer_id,
                lead_id=about.lead_id,
                campaign_id=about.campaign_id,
                reasons=decision.reasons,
                retry_at=decision.retry_at,
                at=now,
            )
        )
        return decision

"""What a reservation asks, and what quota answers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from crm.quota.grant import Grant, GrantId
from crm.quota.rules import Policy, Reason, Seen, decide, retry_at
from kernel.tenant import TenantId

_OF_ANYBODY: Final = frozenset(
    {"concurrency.platform", "concurrency.tenant", "concurrency.trunks", "store_unavailable"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One attempt that somebody wants to make. `grant_id` becomes the grant's, if it is allowed."""

    grant_id: GrantId
    tenant_id: TenantId
    subject_id: int
    customer_id: int
    lead_id: int
    campaign_id: int
    worker: int
    zone: ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Allowed with a grant, or denied with every reason. `retry_at`: when to ask again, None never (or allowed)."""

    reasons: tuple[Reason, ...] = ()
    retry_at: datetime | None = None
    grant: Grant | None = None

    @property
    def allowed(self) -> bool:
        return self.grant is not None

    @property
    def never(self) -> bool:
        """Denied for good: leave the lead alone."""
        return self.grant is None and self.retry_at is None

    @property
    def full(self) -> bool:
        """Denied for nothing about this person: every other lead would be denied now, too. Ask again at `retry_at`."""
        return self.grant is None and _OF_ANYBODY.issuperset(self.rules)

    @property
    def rules(self) -> tuple[str, ...]:
        """The codes of the reasons."""
        return tuple(reason.rule for reason in self.reasons)


def denial(seen: Seen, policy: Policy) -> Decision | None:
    """The no of the rules, with every reason; None: nothing speaks against the attempt."""
    reasons = decide(seen, policy)
    return Decision(reasons=reasons, retry_at=retry_at(reasons, seen, policy)) if reasons else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial:
    """A recorded no."""

    tenant_id: TenantId
    subject_id: int
    customer_id: int
    lead_id: int
    campaign_id: int
    reasons: tuple[Reason, ...]
    retry_at: datetime | None
    at: datetime

"""The rules, pure: what is known of a person and of the load, against the limits of every level.

Each level is judged by itself and any of them can deny, the platform first: so a tenant's looser limit changes nothing
and the strictest wins. All reasons are reported, not just the first.

| rule | denies when | allowed again |
|---|---|---|
| `opt_out` | the person said never again, to whichever tenant | never |
| `window.LEVEL` | outside the calling window of platform, tenant, campaign, customer or lead, on the customer's clock | when all windows are open together |
| `attempts_per_day.LEVEL` | the person has had the attempts of this day (their calendar day) | at their midnight |
| `concurrency.LEVEL` | as many calls are under way (platform, tenant, trunks), or this person is being called (person) | when a call ends |
| `zone_unknown` | the customer's time zone is not one | when it is corrected |
| `grant_expired` | the grant was not committed in time, or was released meanwhile (at commit only) | at once, by a new reservation |
| `store_unavailable` | the store cannot answer (docs/adr/0005) | when it answers |
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from crm.quota.window import Window, day_of, is_open, next_closed, next_open

ASK_AGAIN: Final = timedelta(seconds=5)  # when a place among simultaneous calls may be free; nobody knows better


class Level(StrEnum):
    """Whose limit it is."""

    PLATFORM = "platform"
    TENANT = "tenant"
    CAMPAIGN = "campaign"
    CUSTOMER = "customer"
    LEAD = "lead"
    TRUNKS = "trunks"
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """One level's limits; None is no limit of its own."""

    window: Window | None = None
    attempts_per_day: int | None = None
    concurrency: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaFacts:
    """What rooms above know and quota cannot: `trunks` is how many lines there are in all, None if unlimited."""

    trunks: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """All limits that apply to one attempt."""

    platform: Limits
    tenant: Limits = field(default_factory=Limits)
    campaign: Window | None = None
    customer: Window | None = None
    lead: Window | None = None
    trunks: int | None = None

    def windows(self) -> list[tuple[Level, Window]]:
        """The windows there are, platform first."""
        levels = (
            (Level.PLATFORM, self.platform.window),
            (Level.TENANT, self.tenant.window),
            (Level.CAMPAIGN, self.campaign),
            (Level.CUSTOMER, self.customer),
            (Level.LEAD, self.lead),
        )
        return [(level, window) for level, window in levels if window is not None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the store counted at one moment. Attempts are of the person, today on their clock; open counts calls now."""

    now: datetime
    zone: ZoneInfo
    opted_out: bool = False
    attempts_platform: int = 0
    attempts_tenant: int = 0
    open_platform: int = 0
    open_tenant: int = 0
    open_person: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One rule's no: its limit, what was seen, when this rule alone would allow (None: never)."""

    rule: str
    limit: int | str
    seen: int | str
    retry_at: datetime | None = None


def decide(seen: Seen, policy: Policy) -> tuple[Reason, ...]:
    """Every reason against the attempt, platform first; none: it is allowed."""
    return tuple(reason for rule in (_opt_out, _window, _attempts, _concurrency) for reason in rule(seen, policy))


def retry_at(reasons: tuple[Reason, ...], seen: Seen, policy: Policy) -> datetime | None:
    """The first moment at which, as far as is known now, nothing speaks against it; None: never."""
    moments = [reason.retry_at for reason in reasons]
    if not moments or None in moments:
        return None
    latest = max(moment for moment in moments if moment is not None)
    return next_open([window for _, window in policy.windows()], latest, seen.zone)


def expires_at(seen: Seen, policy: Policy, ttl: timedelta) -> datetime:
    """Until when an allowed attempt may be dialled: for `ttl`, but not beyond the calling window."""
    closed = next_closed([window for _, window in policy.windows()], seen.now, ttl, seen.zone)
    return closed or seen.now + ttl


def _opt_out(seen: Seen, policy: Policy) -> Iterator[Reason]:
    if seen.opted_out:
        yield Reason(rule="opt_out", limit=0, seen=1)


def _window(seen: Seen, policy: Policy) -> Iterator[Reason]:
    windows = policy.windows()
    closed = [(level, window) for level, window in windows if not is_open([window], seen.now, seen.zone)]
    if not closed:
        return
    opens = next_open([window for _, window in windows], seen.now, seen.zone)
    local = f"{seen.now.astimezone(seen.zone):%H:%M} {seen.zone.key}"
    for level, window in closed:
        yield Reason(rule=f"window.{level}", limit=str(window), seen=local, retry_at=opens)


def _attempts(seen: Seen, policy: Policy) -> Iterator[Reason]:
    counted = (
        (Level.PLATFORM, policy.platform.attempts_per_day, seen.attempts_platform),
        (Level.TENANT, policy.tenant.attempts_per_day, seen.attempts_tenant),
    )
    for level, limit, attempts in counted:
        if limit is not None and attempts >= limit:
            _, midnight = day_of(seen.now, seen.zone)
            never = limit <= 0
            yield Reason(
                rule=f"attempts_per_day.{level}", limit=limit, seen=attempts, retry_at=None if never else midnight
            )


def _concurrency(seen: Seen, policy: Policy) -> Iterator[Reason]:
    counted = (
        (Level.PLATFORM, policy.platform.concurrency, seen.open_platform),
        (Level.TENANT, policy.tenant.concurrency, seen.open_tenant),
        (Level.TRUNKS, policy.trunks, seen.open_platform),
        (Level.PERSON, 1, seen.open_person),
    )
    for level, limit, calls in counted:
        if limit is not None and calls >= limit:
            yield Reason(rule=f"concurrency.{level}", limit=limit, seen=calls, retry_at=seen.now + ASK_AGAIN)

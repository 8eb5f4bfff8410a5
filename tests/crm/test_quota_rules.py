"""The rules by the thousand: the strictest wins, a tenant can only tighten, every reason is told, and when it is over."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.quota.rules import Limits, Policy, Seen, decide, expires_at, retry_at
from crm.quota.window import Window, is_open
from tests.crm.test_quota_windows import places, windows

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
TTL = timedelta(seconds=120)

maybe = st.none() | st.integers(0, 5)
limits = st.builds(
    lambda window, attempts, calls: Limits(window=window, attempts_per_day=attempts, concurrency=calls),
    st.none() | windows,
    maybe,
    maybe,
)
policies = st.builds(
    lambda platform, tenant, campaign, customer, lead, trunks: Policy(
        platform=platform, tenant=tenant, campaign=campaign, customer=customer, lead=lead, trunks=trunks
    ),
    limits,
    limits,
    *(st.none() | windows,) * 3,
    maybe,
)


@st.composite
def sights(draw: st.DrawFn) -> Seen:
    """What might be counted: the platform sees at least what the tenant does."""
    now, zone = draw(places())
    attempts, open_ = draw(st.integers(0, 5)), draw(st.integers(0, 5))
    return Seen(
        now=now,
        zone=zone,
        opted_out=draw(st.booleans()),
        attempts_tenant=attempts,
        attempts_platform=attempts + draw(st.integers(0, 2)),
        open_tenant=open_,
        open_platform=open_ + draw(st.integers(0, 2)),
        open_person=draw(st.integers(0, 1)),
    )


@given(sights(), policies)
def test_a_tenant_can_tighten_and_never_loosen(seen: Seen, policy: Policy) -> None:
    without = replace(policy, tenant=Limits(), campaign=None, customer=None, lead=None)
    denied = {reason.rule for reason in decide(seen, without)}
    assert denied <= {reason.rule for reason in decide(seen, policy)}


@given(sights(), policies)
def test_it_is_allowed_exactly_when_every_level_alone_allows_it(seen: Seen, policy: Policy) -> None:
    p, t = policy.platform, policy.tenant
    wanted = (
        not seen.opted_out
        and is_open([window for _, window in policy.windows()], seen.now, seen.zone)
        and (p.attempts_per_day is None or seen.attempts_platform < p.attempts_per_day)
        and (t.attempts_per_day is None or seen.attempts_tenant < t.attempts_per_day)
        and (p.concurrency is None or seen.open_platform < p.concurrency)
        and (t.concurrency is None or seen.open_tenant < t.concurrency)
        and (policy.trunks is None or seen.open_platform < policy.trunks)
        and seen.open_person == 0
    )
    assert (decide(seen, policy) == ()) is wanted


@given(sights(), policies)
def test_nothing_speaks_against_it_at_the_moment_given(seen: Seen, policy: Policy) -> None:
    reasons = decide(seen, policy)
    again = retry_at(reasons, seen, policy)
    if again is None:
        return
    assert again >= seen.now
    day = seen.now.astimezone(seen.zone).date()
    new_day = again.astimezone(seen.zone).date() > day
    later = replace(
        seen,
        now=again,
        attempts_platform=0 if new_day else seen.attempts_platform,
        attempts_tenant=0 if new_day else seen.attempts_tenant,
        open_platform=0,
        open_tenant=0,
        open_person=0,
    )
    left = {reason.rule for reason in decide(later, policy)}
    assert left <= {"concurrency.platform", "concurrency.tenant", "concurrency.trunks"}  # those with a limit of 0


@given(sights(), policies)
def test_a_grant_lasts_no_longer_than_the_window(seen: Seen, policy: Policy) -> None:
    every = [window for _, window in policy.windows()]
    if not is_open(every, seen.now, seen.zone):
        return
    end = expires_at(seen, policy, TTL)
    assert seen.now < end <= seen.now + TTL
    assert is_open(every, end - timedelta(microseconds=1), seen.zone)
    assert end == seen.now + TTL or not is_open(every, end, seen.zone)


def _seen(**counted: object) -> Seen:
    return replace(Seen(now=NOW, zone=ZoneInfo("UTC")), **counted)  # type: ignore[arg-type]  # a test's own keywords


def test_every_reason_is_told_platform_first() -> None:
    policy = Policy(
        platform=Limits(window=Window(start=time(13), end=time(20)), attempts_per_day=3, concurrency=2),
        tenant=Limits(window=Window(start=time(14), end=time(18)), attempts_per_day=1, concurrency=1),
        lead=Window(start=time(15), end=time(16)),
        trunks=1,
    )
    seen = _seen(opted_out=True, attempts_platform=3, attempts_tenant=2, open_platform=2, open_tenant=1, open_person=1)
    assert [reason.rule for reason in decide(seen, policy)] == [
        "opt_out",
        "window.platform",
        "window.tenant",
        "window.lead",
        "attempts_per_day.platform",
        "attempts_per_day.tenant",
        "concurrency.platform",
        "concurrency.tenant",
        "concurrency.trunks",
        "concurrency.person",
    ]


def test_a_reason_says_the_limit_what_was_seen_and_when_it_is_over() -> None:
    (reason,) = decide(_seen(attempts_platform=3), Policy(platform=Limits(attempts_per_day=3)))
    assert (reason.rule, reason.limit, reason.seen) == ("attempts_per_day.platform", 3, 3)
    assert reason.retry_at == datetime(2026, 1, 6, tzinfo=UTC)
    closed = Policy(platform=Limits(window=Window(start=time(9), end=time(11, 30))))
    (reason,) = decide(_seen(), closed)
    assert (reason.rule, reason.limit, reason.seen) == ("window.platform", "09:00-11:30", "12:00 UTC")
    assert reason.retry_at == datetime(2026, 1, 6, 9, tzinfo=UTC)


def test_an_exhausted_day_is_retried_when_the_next_days_window_opens() -> None:
    policy = Policy(platform=Limits(window=Window(start=time(9), end=time(20)), attempts_per_day=1))
    seen = _seen(attempts_platform=1)
    assert retry_at(decide(seen, policy), seen, policy) == datetime(2026, 1, 6, 9, tzinfo=UTC)


def test_the_day_is_the_customers_not_the_servers() -> None:
    policy = Policy(platform=Limits(attempts_per_day=1))
    seen = replace(_seen(attempts_platform=1), zone=ZoneInfo("Asia/Shanghai"))
    assert retry_at(decide(seen, policy), seen, policy) == datetime(2026, 1, 5, 16, tzinfo=UTC)


@pytest.mark.parametrize("policy", [Policy(platform=Limits()), Policy(platform=Limits(attempts_per_day=0))])
def test_an_opt_out_and_a_limit_of_none_are_for_ever(policy: Policy) -> None:
    seen = _seen(opted_out=policy.platform.attempts_per_day is None)
    reasons = decide(seen, policy)
    assert len(reasons) == 1 and retry_at(reasons, seen, policy) is None

"""What every quota store must do. A store's test module inherits `QuotaStoreContract` and gives a fixture `world`."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from itertools import count
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from crm.errors import NotFound
from crm.quota.decision import Decision, Request
from crm.quota.grant import GrantId, State
from crm.quota.rules import Limits, Policy, Reason
from crm.quota.store import QuotaStore
from crm.quota.window import Window
from kernel.machine import IllegalTransition
from kernel.tenant import TenantId

NOON: Final = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
MIDNIGHT: Final = datetime(2026, 1, 6, tzinfo=UTC)
TTL: Final = timedelta(seconds=120)
SHOP, BANK = TenantId(1), TenantId(2)
ANYTHING: Final = Policy(platform=Limits())

_ids = count(1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A store, empty, and how somebody opts out in it (at the other tenant)."""

    store: QuotaStore
    opt_out: Callable[[int], Awaitable[None]]

    async def reserve(
        self, request: Request, policy: Policy = ANYTHING, *, now: datetime = NOON, ttl: timedelta = TTL
    ) -> Decision:
        """Ask at noon, for two minutes, unless told otherwise."""
        return await self.store.reserve(request, policy, now=now, ttl=ttl)

    async def called(self, request: Request, *, now: datetime = NOON) -> None:
        """An attempt from beginning to end."""
        assert (await self.reserve(request, now=now)).allowed
        assert (await self.store.commit(request.tenant_id, request.grant_id, now=now)).allowed
        assert await self.store.release(request.tenant_id, request.grant_id, rung=True, now=now)


def attempt(person: int = 1, *, tenant: TenantId = SHOP, zone: str = "UTC") -> Request:
    """An attempt to call somebody, with a grant id of its own."""
    return Request(
        grant_id=GrantId(next(_ids)),
        tenant_id=tenant,
        subject_id=person,
        customer_id=person,
        lead_id=person,
        campaign_id=1,
        worker=0,
        zone=ZoneInfo(zone),
    )


def limits(*, per_day: int | None = None, calls: int | None = None) -> Policy:
    """Limits of the platform."""
    return Policy(platform=Limits(attempts_per_day=per_day, concurrency=calls))


class QuotaStoreContract:
    """The suite."""

    async def test_an_allowed_reserve_gives_a_grant_that_expires(self, world: World) -> None:
        request = attempt()
        decision = await world.reserve(request)
        assert decision.allowed and decision.reasons == ()
        grant = decision.grant
        assert grant is not None
        assert (grant.id, grant.state, grant.expires_at) == (request.grant_id, State.RESERVED, NOON + TTL)
        assert await world.store.open_grants() == [grant]

    async def test_a_denied_reserve_takes_nothing(self, world: World) -> None:
        await world.called(attempt())
        denied = await world.reserve(attempt(), limits(per_day=1))
        assert denied.reasons == (Reason(rule="attempts_per_day.platform", limit=1, seen=1, retry_at=MIDNIGHT),)
        assert denied.retry_at == MIDNIGHT and not denied.allowed and not denied.never
        assert await world.store.open_grants() == []
        again = await world.reserve(attempt(), limits(per_day=2))
        assert again.allowed, "the denied attempt did not count"

    async def test_an_objection_is_what_a_reserve_would_say_and_takes_and_records_nothing(self, world: World) -> None:
        busy = attempt(2)
        await world.reserve(busy)
        await world.opt_out(3)
        closed = Policy(platform=Limits(window=Window(start=time(13), end=time(14))))
        for person, policy in ((1, ANYTHING), (2, ANYTHING), (3, ANYTHING), (1, closed), (1, limits(calls=1))):
            said = await world.store.objection(attempt(person), policy, now=NOON)
            assert await world.store.objection(attempt(person), policy, now=NOON) == said
            assert [grant.id for grant in await world.store.open_grants()] == [busy.grant_id]
            before = await world.store.denials(SHOP)
            request = attempt(person)
            decision = await world.reserve(request, policy)
            assert (said is None) == decision.allowed
            assert said is None or (said.reasons, said.retry_at) == (decision.reasons, decision.retry_at)
            assert len(await world.store.denials(SHOP)) == len(before) + (said is not None)
            if decision.allowed:
                await world.store.release(SHOP, request.grant_id, rung=False, now=NOON)

    async def test_a_denial_is_recorded_with_every_reason(self, world: World) -> None:
        await world.opt_out(1)
        policy = Policy(platform=Limits(window=Window(start=time(13), end=time(14))))
        request = attempt()
        decision = await world.reserve(request, policy)
        (denial,) = await world.store.denials(SHOP)
        assert denial.reasons == decision.reasons
        assert decision.rules == ("opt_out", "window.platform") and decision.never
        assert (denial.lead_id, denial.retry_at, denial.at) == (request.lead_id, None, NOON)
        assert await world.store.denials(BANK) == []
        assert await world.store.denials(SHOP, lead_id=99) == []

    async def test_a_reserved_grant_counts_before_it_is_committed(self, world: World) -> None:
        assert (await world.reserve(attempt(), limits(per_day=1))).allowed
        assert (await world.reserve(attempt(), limits(per_day=1))).rules == (
            "attempts_per_day.platform",
            "concurrency.person",
        )

    async def test_a_released_grant_counts_for_nothing(self, world: World) -> None:
        request = attempt()
        await world.reserve(request, limits(per_day=1, calls=1))
        assert await world.store.release(SHOP, request.grant_id, rung=False, now=NOON)
        assert (await world.reserve(attempt(), limits(per_day=1, calls=1))).allowed

    async def test_a_committed_grant_released_because_the_network_never_saw_it_counts_for_nothing(
        self, world: World
    ) -> None:
        request = attempt()
        await world.reserve(request, limits(per_day=1))
        await world.store.commit(SHOP, request.grant_id, now=NOON)
        assert await world.store.release(SHOP, request.grant_id, rung=False, now=NOON)
        assert (await world.reserve(attempt(), limits(per_day=1))).allowed

    async def test_a_call_frees_its_place_and_still_counts_for_the_day(self, world: World) -> None:
        await world.called(attempt())
        assert (await world.reserve(attempt(), limits(calls=1))).allowed
        denied = await world.reserve(attempt(2), limits(calls=1))
        assert denied.rules == ("concurrency.platform",)
        assert (await world.reserve(attempt(), limits(per_day=1))).rules[0] == "attempts_per_day.platform"

    async def test_attempts_count_over_all_tenants_for_the_platform_and_one_for_a_tenant(self, world: World) -> None:
        await world.called(attempt(tenant=BANK))
        await world.called(attempt(tenant=SHOP))
        own = Policy(platform=Limits(), tenant=Limits(attempts_per_day=2))
        assert (await world.reserve(attempt(), limits(per_day=2))).rules == ("attempts_per_day.platform",)
        assert (await world.reserve(attempt(), own)).allowed

    async def test_another_persons_attempts_do_not_count(self, world: World) -> None:
        await world.called(attempt(1))
        assert (await world.reserve(attempt(2), limits(per_day=1))).allowed

    async def test_the_day_ends_at_the_customers_midnight(self, world: World) -> None:
        await world.called(attempt(zone="Asia/Shanghai"))
        midnight = datetime(2026, 1, 5, 16, tzinfo=UTC)
        before = await world.reserve(
            attempt(zone="Asia/Shanghai"), limits(per_day=1), now=midnight - timedelta(seconds=1)
        )
        assert before.rules == ("attempts_per_day.platform",) and before.retry_at == midnight
        assert (await world.reserve(attempt(zone="Asia/Shanghai"), limits(per_day=1), now=midnight)).allowed

    async def test_an_attempt_at_midnight_belongs_to_the_new_day(self, world: World) -> None:
        await world.called(attempt(), now=MIDNIGHT)
        later = await world.reserve(attempt(), limits(per_day=1), now=MIDNIGHT + timedelta(hours=23))
        assert later.rules == ("attempts_per_day.platform",)

    async def test_an_attempt_counts_for_the_day_on_which_it_was_dialled(self, world: World) -> None:
        request = attempt()
        await world.reserve(request, now=MIDNIGHT - timedelta(seconds=5))
        await world.store.commit(SHOP, request.grant_id, now=MIDNIGHT + timedelta(seconds=5))
        await world.store.release(SHOP, request.grant_id, rung=True, now=MIDNIGHT + timedelta(seconds=60))
        later = MIDNIGHT + timedelta(hours=1)
        assert (await world.reserve(attempt(), limits(per_day=1), now=later)).rules == ("attempts_per_day.platform",)

    async def test_an_opt_out_at_another_tenant_denies_at_once_and_for_ever(self, world: World) -> None:
        assert (await world.reserve(attempt(1))).allowed
        await world.opt_out(1)
        for tenant in (SHOP, BANK):
            denied = await world.reserve(attempt(1, tenant=tenant), now=NOON + timedelta(days=1000))
            assert denied.rules == ("opt_out",) and denied.never
        assert (await world.reserve(attempt(2))).allowed

    async def test_an_opt_out_between_reserve_and_commit_stops_the_call(self, world: World) -> None:
        request = attempt()
        await world.reserve(request)
        await world.opt_out(1)
        assert (await world.store.commit(SHOP, request.grant_id, now=NOON)).rules == ("opt_out",)
        assert await world.store.open_grants() == []
        assert [denial.reasons[0].rule for denial in await world.store.denials(SHOP)] == ["opt_out"]

    async def test_a_grant_that_expired_is_not_committed_and_holds_no_place(self, world: World) -> None:
        request = attempt()
        await world.reserve(request, limits(calls=1))
        late = NOON + TTL
        assert (await world.reserve(attempt(2), limits(calls=1), now=late)).allowed
        decision = await world.store.commit(SHOP, request.grant_id, now=late)
        assert decision.rules == ("grant_expired",) and decision.retry_at == late

    async def test_expired_grants_are_swept_once(self, world: World) -> None:
        stale, fresh, spoken = attempt(1), attempt(2), attempt(3)
        await world.reserve(stale)
        await world.reserve(spoken)
        await world.store.commit(SHOP, spoken.grant_id, now=NOON)
        await world.reserve(fresh, now=NOON + timedelta(seconds=100))
        late = NOON + timedelta(seconds=150)
        assert [grant.id for grant in await world.store.expire(now=late)] == [stale.grant_id]
        assert await world.store.expire(now=late) == []
        assert {grant.id for grant in await world.store.open_grants()} == {fresh.grant_id, spoken.grant_id}
        assert not await world.store.release(SHOP, stale.grant_id, rung=False, now=late)
        assert (await world.store.commit(SHOP, stale.grant_id, now=late)).rules == ("grant_expired",)

    async def test_a_grant_ends_with_the_calling_window(self, world: World) -> None:
        policy = Policy(platform=Limits(window=Window(start=time(9), end=time(12, 1))))
        decision = await world.reserve(attempt(), policy)
        assert decision.grant is not None and decision.grant.expires_at == NOON + timedelta(minutes=1)

    async def test_nobody_is_in_two_calls_at_once(self, world: World) -> None:
        await world.reserve(attempt(1, tenant=BANK))
        assert (await world.reserve(attempt(1, tenant=SHOP))).rules == ("concurrency.person",)

    async def test_a_tenants_calls_are_its_own(self, world: World) -> None:
        policy = Policy(platform=Limits(concurrency=3), tenant=Limits(concurrency=1))
        assert (await world.reserve(attempt(1, tenant=BANK), policy)).allowed
        assert (await world.reserve(attempt(2, tenant=SHOP), policy)).allowed
        assert (await world.reserve(attempt(3, tenant=SHOP), policy)).rules == ("concurrency.tenant",)
        assert (await world.reserve(attempt(4, tenant=BANK), replace(policy, trunks=2))).rules == (
            "concurrency.tenant",
            "concurrency.trunks",
        )

    async def test_a_grant_is_committed_once(self, world: World) -> None:
        request = attempt()
        await world.reserve(request)
        await world.store.commit(SHOP, request.grant_id, now=NOON)
        with pytest.raises(IllegalTransition):
            await world.store.commit(SHOP, request.grant_id, now=NOON)

    async def test_a_grant_released_by_somebody_else_is_not_committed(self, world: World) -> None:
        request = attempt()
        await world.reserve(request)
        await world.store.release(SHOP, request.grant_id, rung=False, now=NOON)
        assert (await world.store.commit(SHOP, request.grant_id, now=NOON)).rules == ("grant_expired",)

    async def test_a_grant_is_released_once(self, world: World) -> None:
        request = attempt()
        await world.reserve(request)
        assert await world.store.release(SHOP, request.grant_id, rung=True, now=NOON)
        assert not await world.store.release(SHOP, request.grant_id, rung=False, now=NOON)
        assert (await world.reserve(attempt(), limits(per_day=1))).rules == ("attempts_per_day.platform",)

    async def test_another_tenants_grant_is_not_found(self, world: World) -> None:
        request = attempt()
        await world.reserve(request)
        with pytest.raises(NotFound):
            await world.store.commit(BANK, request.grant_id, now=NOON)
        with pytest.raises(NotFound):
            await world.store.release(BANK, request.grant_id, rung=False, now=NOON)

    async def test_fifty_at_once_take_no_more_than_there_is(self, world: World) -> None:
        decisions = await asyncio.gather(*(world.reserve(attempt(n), limits(calls=7)) for n in range(1, 51)))
        assert sum(decision.allowed for decision in decisions) == 7
        assert len(await world.store.open_grants()) == 7
        assert len(await world.store.denials(SHOP)) == 43

    async def test_fifty_at_once_for_one_person_make_one_call(self, world: World) -> None:
        decisions = await asyncio.gather(*(world.reserve(attempt(1)) for _ in range(50)))
        assert sum(decision.allowed for decision in decisions) == 1

"""The committed attempt row is the only right to dial; whatever dies, nobody is rung twice."""

import asyncio
import json
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from crm import lead as lead_
from crm.attempt import TABLE, Event, GrantUsed, State
from crm.errors import NotFound
from crm.quota import grant as grant_
from crm.recovery import LOST
from crm.room import Crm
from kernel.machine import IllegalTransition, Machine
from kernel.tenant import Scope
from tests.crm.world import MONDAY_NOON, Line, SetClock, line, opened

ROOT = Path(__file__).resolve().parents[2]


async def test_a_claim_is_on_the_disk_when_it_returns(crm: Crm, shop: Line, folder: Path) -> None:
    lead = await shop.lead(1)
    attempt = await crm.attempts.claim(shop.scope, lead.id, await shop.grant(lead))
    assert attempt is not None
    assert (attempt.state, attempt.attempt_no, attempt.worker) == (State.CLAIMED, 1, crm.worker)
    async with opened(folder) as other:
        assert await other.attempts.get(shop.scope, attempt.id) == attempt
        assert (await other.calls.get(shop.scope, attempt.id)).stage == "dial"
    assert (await crm.leads.get(shop.scope, lead.id)).state is lead_.State.CALLING
    assert await crm.leads.next_for(shop.scope, shop.campaign.id, MONDAY_NOON + timedelta(days=1), 10) == []


async def test_a_lead_is_claimed_by_one_of_many(crm: Crm, shop: Line) -> None:
    lead = await shop.lead(1)
    grant = await shop.grant(lead)
    claims = await asyncio.gather(
        *(crm.attempts.claim(shop.scope, lead.id, grant) for _ in range(20)), return_exceptions=True
    )
    assert sum(claim is not None and not isinstance(claim, BaseException) for claim in claims) == 1


async def test_a_customer_is_in_one_attempt_at_a_time(crm: Crm, shop: Line, clock: SetClock) -> None:
    lead = await shop.lead(1)
    other = await crm.campaigns.create(shop.scope, "summer", assistant="course_en", state="running")
    second = await crm.leads.add(shop.scope, other.id, lead.customer_id)
    grant = await shop.grant(lead)
    attempt = await crm.attempts.claim(shop.scope, lead.id, grant)
    assert attempt is not None
    # quota says no to a second call; even if it did not, the row would
    clock.forward(seconds=121)
    late = await shop.grant(second)
    assert await crm.attempts.claim(shop.scope, second.id, late) is None
    await crm.attempts.end(shop.scope, attempt.id, result="no_answer")
    assert await crm.attempts.claim(shop.scope, second.id, late) is not None


async def test_a_grant_is_good_for_one_attempt_of_its_lead(crm: Crm, shop: Line, clock: SetClock) -> None:
    first, second = await shop.lead(1), await shop.lead(2)
    grant = await shop.grant(first)
    with pytest.raises(GrantUsed):
        await crm.attempts.claim(shop.scope, second.id, grant)
    attempt = await crm.attempts.claim(shop.scope, first.id, grant)
    assert attempt is not None
    await crm.attempts.end(shop.scope, attempt.id, result="busy", retry_at=clock.now())
    with pytest.raises(GrantUsed):
        await crm.attempts.claim(shop.scope, first.id, grant)


async def test_a_call_from_claim_to_end(crm: Crm, shop: Line, clock: SetClock) -> None:
    lead = await shop.lead(1)
    attempt = await crm.attempts.claim(shop.scope, lead.id, await shop.grant(lead))
    assert attempt is not None
    await crm.attempts.mark_dialling(shop.scope, attempt.id)
    await crm.attempts.mark_dialled(shop.scope, attempt.id)
    clock.forward(seconds=9)
    await crm.attempts.mark_answered(shop.scope, attempt.id)
    clock.forward(seconds=50)
    after = await crm.attempts.end(shop.scope, attempt.id, result="completed")
    assert (after.state, after.last_result, after.attempts) == (lead_.State.DONE, "completed", 1)
    ended = await crm.attempts.get(shop.scope, attempt.id)
    assert (ended.state, ended.rung, ended.result) == (State.ENDED, True, "completed")
    assert ended.answered_at is not None and ended.ended_at is not None
    assert ended.ended_at - ended.answered_at == timedelta(seconds=50)
    call = await crm.calls.get(shop.scope, attempt.id)
    assert (call.stage, call.result.outcome, call.answered_at) == ("ended", "completed", ended.answered_at)
    assert [entry.kind for entry in await crm.timeline.of(shop.scope, lead.customer_id)] == [
        "registered",
        "lead_added",
        "call",
    ]


async def test_what_is_not_in_the_table_changes_nothing(crm: Crm, shop: Line) -> None:
    lead = await shop.lead(1)
    attempt = await crm.attempts.claim(shop.scope, lead.id, await shop.grant(lead))
    assert attempt is not None
    for wrong in (crm.attempts.mark_dialled, crm.attempts.mark_answered):
        with pytest.raises(IllegalTransition):
            await wrong(shop.scope, attempt.id)
    assert await crm.attempts.get(shop.scope, attempt.id) == attempt
    await crm.attempts.end(shop.scope, attempt.id, result="failed")
    with pytest.raises(IllegalTransition):
        await crm.attempts.mark_dialling(shop.scope, attempt.id)
    with pytest.raises(IllegalTransition):
        await crm.attempts.end(shop.scope, attempt.id, result="failed")


def test_no_path_rings_without_having_said_so_before() -> None:
    machine = Machine(TABLE, State.CLAIMED)
    for event in (Event.DIALLING, Event.DIALLED, Event.ANSWERED, Event.ENDED):
        machine.on(event)
    assert machine.ended
    assert not Machine(TABLE, State.CLAIMED).takes(Event.DIALLED)


async def test_a_failure_before_the_network_saw_the_call_may_be_retried(crm: Crm, shop: Line, clock: SetClock) -> None:
    lead = await shop.lead(1)
    attempt = await crm.attempts.claim(shop.scope, lead.id, await shop.grant(lead))
    assert attempt is not None
    await crm.attempts.mark_dialling(shop.scope, attempt.id)
    retry_at = clock.now() + timedelta(minutes=15)
    after = await crm.attempts.end(shop.scope, attempt.id, result="failed", rung=False, retry_at=retry_at)
    assert (after.state, after.next_at) == (lead_.State.READY, retry_at)
    assert (await crm.attempts.get(shop.scope, attempt.id)).rung is False


async def test_a_lead_stopped_in_mid_call_is_stopped_when_the_call_ends(crm: Crm, shop: Line) -> None:
    lead = await shop.lead(1)
    attempt = await crm.attempts.claim(shop.scope, lead.id, await shop.grant(lead))
    assert attempt is not None
    await crm.opt_outs.add(shop.scope, lead.subject_id, source="call", evidence="stop", customer_id=lead.customer_id)
    during = await crm.leads.get(shop.scope, lead.id)
    assert (during.state, during.stopped_because) == (lead_.State.CALLING, "opt_out")
    after = await crm.attempts.end(shop.scope, attempt.id, result="opted_out", retry_at=SetClock().now())
    assert after.state is lead_.State.STOPPED


@pytest.mark.parametrize("stage", ["claim", "commit", "dialling", "dialled", "answered"])
def test_killed_at_any_stage_nobody_is_rung_twice_and_grants_come_back(folder: Path, stage: str) -> None:
    victim = subprocess.run(
        [sys.executable, "-m", "tests.crm.victim", str(folder), stage],
        check=False,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert victim.returncode == -signal.SIGKILL
    left = json.loads(victim.stdout)
    asyncio.run(_after_the_crash(folder, stage, left))


async def _after_the_crash(folder: Path, stage: str, left: dict[str, int]) -> None:
    never_rang = stage in ("claim", "commit")
    async with opened(folder) as crm:
        (tenant,) = await crm.tenants.all()
        shop = Line(
            crm=crm,
            tenant=tenant,
            scope=Scope(tenant_id=tenant.id),
            campaign=(await crm.campaigns.in_state("running"))[0],
        )
        (open_before,) = await crm.attempts.open_of()
        assert open_before.id == left["attempt"]
        assert await crm.leads.next_for(shop.scope, shop.campaign.id, SetClock().now(), 9) == [], "not before recovery"
        found = await crm.recovery.run()
        recovered = found.never_rang if never_rang else found.may_have_rung
        assert [attempt.id for attempt in recovered] == [left["attempt"]]
        assert await crm.recovery.run() == type(found)(), "a second time there is nothing to do"
        attempt = await crm.attempts.get(shop.scope, left["attempt"])
        assert (attempt.state, attempt.result, attempt.rung) == (State.ENDED, LOST, not never_rang)
        assert [entry.kind for entry in await crm.journal.read(shop.scope, attempt.id)] == ["recovered"]
        lead = await crm.leads.get(shop.scope, left["lead"])
        ready = await crm.leads.next_for(shop.scope, shop.campaign.id, SetClock().now(), 9)
        assert ready == ([lead] if never_rang else [])
        # the grant gave its place back, and counts only if it may have rung
        (state,) = await _states(crm)
        assert state == (grant_.State.RELEASED if never_rang else grant_.State.SPENT)
        if never_rang:
            again = await crm.attempts.claim(shop.scope, lead.id, await shop.grant(lead))
            assert again is not None and again.attempt_no == 2


async def _states(crm: Crm) -> list[str]:
    async with crm.storage.platform.read() as connection:
        return [row.state for row in await connection.exec_driver_sql("SELECT state FROM grants")]


async def test_a_living_workers_attempts_are_left_alone(crm: Crm, shop: Line, folder: Path) -> None:
    lead = await shop.lead(1)
    grant = await shop.grant(lead)
    attempt = await crm.attempts.claim(shop.scope, lead.id, grant)
    assert attempt is not None
    async with opened(folder) as other:
        assert other.worker != crm.worker
        assert (await other.recovery.run()) == type(await other.recovery.run())()
        assert await other.attempts.get(shop.scope, attempt.id) == attempt
    assert (await crm.quota.commit(shop.scope, grant)).allowed


async def test_a_worker_that_was_recovered_may_not_dial(folder: Path) -> None:
    """Stopped for longer than its lease, it wakes up after another process has taken care of its calls."""
    clock = SetClock()
    async with opened(folder, clock) as asleep:
        shop = await line(asleep)
        lead = await shop.lead(1)
        grant = await shop.grant(lead)
        attempt = await asleep.attempts.claim(shop.scope, lead.id, grant)
        assert attempt is not None
        later = SetClock(clock.now() + timedelta(seconds=40))
        async with opened(folder, later) as awake:
            found = await awake.recovery.run()
            assert [recovered.id for recovered in found.never_rang] == [attempt.id]
        assert not (await asleep.quota.commit(shop.scope, grant)).allowed
        with pytest.raises(IllegalTransition):
            await asleep.attempts.mark_dialling(shop.scope, attempt.id)


async def test_a_grant_left_open_by_a_living_worker_comes_back_when_its_attempt_has_ended(crm: Crm, shop: Line) -> None:
    lead = await shop.lead(1)
    grant = await shop.grant(lead)
    attempt = await crm.attempts.claim(shop.scope, lead.id, grant)
    assert attempt is not None
    await crm.quota.commit(shop.scope, grant)
    await crm.attempts.mark_dialling(shop.scope, attempt.id)
    await crm.attempts.end(shop.scope, attempt.id, result="busy")
    found = await crm.recovery.run()  # the release had failed: the platform database was locked, say
    assert (found.grants, found.never_rang, found.may_have_rung) == (1, (), ())
    assert not await crm.quota.release(shop.scope, grant, rung=True)


async def test_attempts_of_another_tenant_are_not_found(crm: Crm, shop: Line, bank: Line) -> None:
    lead = await shop.lead(1)
    grant = await shop.grant(lead)
    with pytest.raises(GrantUsed):
        await crm.attempts.claim(bank.scope, lead.id, grant)
    attempt = await crm.attempts.claim(shop.scope, lead.id, grant)
    assert attempt is not None
    for action in (crm.attempts.mark_dialling, crm.attempts.get):
        with pytest.raises(NotFound):
            await action(bank.scope, attempt.id)


async def test_a_call_to_us_is_an_attempt_without_a_grant_that_has_rung(crm: Crm, shop: Line) -> None:
    lead = await shop.lead(1)
    attempt = await crm.attempts.receive(shop.scope, lead.id, worker=crm.worker)
    assert attempt is not None
    assert (attempt.state, attempt.attempt_no, attempt.grant_id) == (State.DIALLED, 1, attempt.id)
    assert (await crm.calls.get(shop.scope, attempt.id)).mode == "inbound"
    assert (await crm.leads.get(shop.scope, lead.id)).state is lead_.State.CALLING
    await crm.attempts.mark_answered(shop.scope, attempt.id)
    ended = await crm.attempts.end(shop.scope, attempt.id, result="completed")
    assert ended.state is lead_.State.DONE
    assert (await crm.attempts.get(shop.scope, attempt.id)).rung
    assert await crm.attempts.receive(shop.scope, lead.id, worker=crm.worker) is not None  # they may call again


async def test_a_customer_in_a_call_cannot_call_us_at_the_same_time(crm: Crm, shop: Line) -> None:
    lead = await shop.lead(1)
    assert await crm.attempts.claim(shop.scope, lead.id, await shop.grant(lead)) is not None
    other = await crm.campaigns.create(shop.scope, "callers", assistant="course_en", state="running", mode="inbound")
    second = await crm.leads.add(shop.scope, other.id, lead.customer_id)
    assert await crm.attempts.receive(shop.scope, second.id, worker=crm.worker) is None
    assert (await crm.leads.get(shop.scope, second.id)).state is lead_.State.READY


async def test_a_stopped_lead_whose_customer_calls_us_stays_stopped(crm: Crm, shop: Line) -> None:
    lead = await shop.lead(1)
    await crm.leads.stop(shop.scope, lead.id, "opt_out")
    attempt = await crm.attempts.receive(shop.scope, lead.id, worker=crm.worker)
    assert attempt is not None
    assert (await crm.leads.get(shop.scope, lead.id)).state is lead_.State.STOPPED
    ended = await crm.attempts.end(shop.scope, attempt.id, result="completed")
    assert (ended.state, ended.last_result) == (lead_.State.STOPPED, "completed")


async def test_answered_and_abandoned_calls_of_a_campaign_are_counted(crm: Crm, shop: Line) -> None:
    for n, (result, met) in enumerate(
        [("abandoned", True), ("handed_over", True), ("voicemail", True), ("busy", False)]
    ):
        lead = await shop.lead(n)
        attempt = await crm.attempts.claim(shop.scope, lead.id, await shop.grant(lead))
        assert attempt is not None
        await crm.attempts.mark_dialling(shop.scope, attempt.id)
        await crm.attempts.mark_dialled(shop.scope, attempt.id)
        if met:
            await crm.attempts.mark_answered(shop.scope, attempt.id)
        await crm.attempts.end(shop.scope, attempt.id, result=result)
    assert await crm.calls.answered(shop.scope, shop.campaign.id, MONDAY_NOON) == (2, 1)
    assert await crm.calls.answered(shop.scope, shop.campaign.id, MONDAY_NOON + timedelta(days=1)) == (0, 0)

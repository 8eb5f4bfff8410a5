"""Quota in the room: opt-outs of other tenants, windows of every level, no when in doubt."""

import sqlite3
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from crm.errors import NotFound
from crm.quota.grant import TABLE, Event, State
from crm.quota.quota import DENIALS
from crm.quota.rules import Limits, QuotaFacts
from crm.quota.window import Window
from crm.room import Crm
from kernel.machine import Machine, mermaid
from kernel.metrics import render
from tests.crm.world import MONDAY_NOON, Line, SetClock, line, number, opened


def test_no_sequence_of_events_leaves_a_final_grant() -> None:
    for final in (State.SPENT, State.RELEASED, State.EXPIRED):
        assert Machine(TABLE, final).ended
    assert not any(Machine(TABLE, State.COMMITTED).takes(event) for event in (Event.EXPIRE, Event.COMMIT))
    assert "reserved --> committed: commit" in mermaid(TABLE, State.RESERVED)


async def test_an_opt_out_in_another_tenant_denies_everywhere_at_once(crm: Crm, shop: Line, bank: Line) -> None:
    lead, other = await shop.lead(1), await bank.lead(1)
    assert other.subject_id == lead.subject_id and other.customer_id != lead.customer_id
    await crm.opt_outs.add(
        bank.scope, other.subject_id, source="call", evidence="do not call me again", customer_id=other.customer_id
    )
    for line_, theirs in ((shop, lead), (bank, other)):
        decision = await crm.quota.reserve(line_.scope, theirs)
        assert decision.rules == ("opt_out",) and decision.never
        (denial,) = await crm.quota.denials(line_.scope)
        assert denial.lead_id == theirs.id
    await crm.leads.denied(shop.scope, lead.id, decision)
    stopped = await crm.leads.get(shop.scope, lead.id)
    assert (stopped.state, stopped.stopped_because) == ("stopped", "opt_out")
    assert (await crm.leads.get(bank.scope, other.id)).state == "stopped"
    assert await crm.opt_outs.count() == 1
    assert await crm.opt_outs.of_tenant(shop.scope) == [], "who said it to whom is the other tenant's"


async def test_an_opt_out_seen_by_another_process_at_once(crm: Crm, shop: Line, folder: Path) -> None:
    lead = await shop.lead(1)
    async with opened(folder) as other:
        await other.opt_outs.add_number(shop.scope, number(1), source="letter", evidence="please stop")
    assert (await crm.quota.reserve(shop.scope, lead)).rules == ("opt_out",)


async def test_an_opt_out_covers_all_numbers_of_the_customer(crm: Crm, shop: Line, bank: Line) -> None:
    customer = await shop.customer(1)
    await crm.customers.add_number(shop.scope, customer.id, number(2))
    theirs = await bank.lead(2)
    await crm.opt_outs.add(
        shop.scope, customer.numbers[0].subject_id, source="call", evidence="stop", customer_id=customer.id
    )
    assert (await crm.quota.reserve(bank.scope, theirs)).rules == ("opt_out",)


async def test_windows_of_every_level_are_asked(folder: Path) -> None:
    clock = SetClock(datetime(2026, 1, 5, 7, 30, tzinfo=UTC))
    async with opened(folder, clock, window_from=time(9), window_to=time(20)) as crm:
        shop = await line(crm)
        await crm.tenants.set_limits(shop.scope, Limits(window=Window(start=time(10), end=time(18))))
        await crm.campaigns.update(shop.scope, shop.campaign.id, window=Window(start=time(11), end=time(18)))
        customer = await shop.customer(1, zone="Europe/Berlin", window=Window(start=time(12), end=time(18)))
        own = Window(start=time(13), end=time(14))
        lead = await crm.leads.add(shop.scope, shop.campaign.id, customer.id, window=own)
        decision = await crm.quota.reserve(shop.scope, lead)
        assert decision.rules == (
            "window.platform",
            "window.tenant",
            "window.campaign",
            "window.customer",
            "window.lead",
        )
        assert decision.reasons[0].seen == "08:30 Europe/Berlin"
        assert decision.retry_at == datetime(2026, 1, 5, 12, tzinfo=UTC)
        await crm.leads.denied(shop.scope, lead.id, decision)
        assert (await crm.leads.get(shop.scope, lead.id)).next_at == decision.retry_at
        assert await crm.leads.next_for(shop.scope, shop.campaign.id, clock.now(), 9) == []
        clock.at = decision.retry_at
        allowed = await crm.quota.reserve(shop.scope, lead)
        assert allowed.grant is not None and allowed.grant.expires_at == clock.now() + timedelta(seconds=120)


async def test_a_tenant_cannot_loosen_what_the_platform_set(folder: Path) -> None:
    async with opened(folder, attempts_per_day=1, concurrency=1) as crm:
        shop = await line(crm)
        await crm.tenants.set_limits(shop.scope, Limits(attempts_per_day=50, concurrency=50))
        first, second = await shop.lead(1), await shop.lead(2)
        grant = await shop.grant(first)
        assert (await crm.quota.reserve(shop.scope, second)).rules == ("concurrency.platform",)
        await crm.quota.commit(shop.scope, grant)
        await crm.quota.release(shop.scope, grant, rung=True)
        assert (await crm.quota.reserve(shop.scope, first)).rules == ("attempts_per_day.platform",)


async def test_the_lines_there_are_limit_too(crm: Crm, shop: Line) -> None:
    await shop.grant(await shop.lead(1))
    lead = await shop.lead(2)
    denied = await crm.quota.reserve(shop.scope, lead, facts=QuotaFacts(trunks=1))
    assert denied.rules == ("concurrency.trunks",) and denied.full, "no use in asking for another lead"
    assert not (await crm.quota.reserve(shop.scope, await shop.lead(1))).full, (
        "this person is in a call; others are not"
    )
    assert (await crm.quota.reserve(shop.scope, lead, facts=QuotaFacts(trunks=2))).allowed


async def test_when_the_store_cannot_answer_the_answer_is_no(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm.storage.database.BUSY_TIMEOUT_S", 0.1)
    async with opened(folder) as crm:
        shop = await line(crm)
        lead = await shop.lead(1)
        grant = await shop.grant(await shop.lead(2))
        other = sqlite3.connect(folder / "platform.db")
        other.execute("BEGIN IMMEDIATE")
        before = DENIALS.labels(rule="store_unavailable")._value.get()
        for decision in (await crm.quota.reserve(shop.scope, lead), await crm.quota.commit(shop.scope, grant)):
            assert decision.rules == ("store_unavailable",)
            assert decision.reasons[0].seen == "storage.busy"
            assert decision.retry_at == MONDAY_NOON + timedelta(seconds=5) and not decision.never
        assert DENIALS.labels(rule="store_unavailable")._value.get() == before + 2
        other.rollback()
        other.close()
        assert (await crm.quota.reserve(shop.scope, lead)).allowed
        assert (await crm.quota.commit(shop.scope, grant)).allowed


async def test_when_the_store_does_not_answer_in_time_the_answer_is_no(
    crm: Crm, shop: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm.quota.quota.ANSWER_S", 0.05)
    lead = await shop.lead(1)
    async with crm.storage.platform.write():
        decision = await crm.quota.reserve(shop.scope, lead)
    assert decision.rules == ("store_unavailable",)
    assert (await crm.quota.reserve(shop.scope, lead)).allowed


async def test_a_lead_in_no_known_zone_is_not_called(crm: Crm, shop: Line) -> None:
    lead = await shop.lead(1)
    async with crm.storage.home(lead.id).write() as connection:
        await connection.exec_driver_sql("UPDATE customers SET zone = 'Mars/Olympus'")
    decision = await crm.quota.reserve(shop.scope, await crm.leads.get(shop.scope, lead.id))
    assert decision.rules == ("zone_unknown",) and decision.retry_at is not None


async def test_denials_are_counted_by_rule(crm: Crm, shop: Line) -> None:
    lead = await shop.lead(1)
    await shop.grant(lead)
    await crm.quota.reserve(shop.scope, lead)
    assert b'jingyin_quota_denials_total{rule="concurrency.person"}' in render()


async def test_another_tenants_grant_is_not_found(crm: Crm, shop: Line, bank: Line) -> None:
    grant = await shop.grant(await shop.lead(1))
    with pytest.raises(NotFound):
        await crm.quota.commit(bank.scope, grant)
    with pytest.raises(NotFound):
        await crm.quota.release(bank.scope, grant, rung=False)

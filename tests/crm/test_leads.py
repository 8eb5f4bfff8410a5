"""Leads: who is next, across shards; campaigns and agents as rows."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.errors import NameTaken
from crm.lead import TABLE, Event, State
from crm.quota.decision import Decision
from crm.quota.rules import Reason
from crm.room import Crm
from kernel.machine import IllegalTransition, Machine
from tests.crm.world import MONDAY_NOON, Line, SetClock


async def test_the_next_leads_come_by_priority_then_by_who_waits_longest_over_all_shards(crm: Crm, shop: Line) -> None:
    for n in range(24):
        customer = await shop.customer(n)
        due = MONDAY_NOON - timedelta(minutes=n % 7)
        await crm.leads.add(shop.scope, shop.campaign.id, customer.id, priority=n % 3, next_at=due)
    found = await crm.leads.next_for(shop.scope, shop.campaign.id, MONDAY_NOON, 10)
    every = await crm.leads.of_campaign(shop.scope, shop.campaign.id)
    assert len(every) == 24
    assert found == sorted(every, key=lambda lead: (-lead.priority, lead.next_at, lead.id))[:10]
    assert len({lead.id >> 20 & 3 for lead in every}) > 1, "several shards are asked"


async def test_a_lead_is_due_from_its_time_on(crm: Crm, shop: Line) -> None:
    customer = await shop.customer(1)
    lead = await crm.leads.add(shop.scope, shop.campaign.id, customer.id, next_at=MONDAY_NOON + timedelta(hours=1))
    assert await crm.leads.next_for(shop.scope, shop.campaign.id, MONDAY_NOON, 9) == []
    assert await crm.leads.next_for(shop.scope, shop.campaign.id, MONDAY_NOON + timedelta(hours=1), 9) == [lead]
    assert await crm.leads.due_at(shop.scope, shop.campaign.id) == lead.next_at


async def test_a_customer_is_one_lead_of_a_campaign(crm: Crm, shop: Line) -> None:
    assert await shop.lead(1) == await shop.lead(1)
    assert (await crm.leads.counts(shop.scope, shop.campaign.id))[State.READY] == 1


async def test_a_denied_lead_waits_until_it_may_be_asked_again(crm: Crm, shop: Line) -> None:
    lead = await shop.lead(1)
    again = MONDAY_NOON + timedelta(hours=9)
    reason = Reason(rule="window.platform", limit="09:00-20:00", seen="08:00 UTC", retry_at=again)
    await crm.leads.denied(shop.scope, lead.id, Decision(reasons=(reason,), retry_at=again))
    waiting = await crm.leads.get(shop.scope, lead.id)
    assert (waiting.state, waiting.next_at, waiting.last_result) == (State.READY, again, "window.platform")
    never = Decision(reasons=(Reason(rule="opt_out", limit=0, seen=1),))
    await crm.leads.denied(shop.scope, lead.id, never)
    await crm.leads.denied(shop.scope, lead.id, never)
    assert (await crm.leads.get(shop.scope, lead.id)).state is State.STOPPED
    assert await crm.leads.due_at(shop.scope, shop.campaign.id) is None


async def test_a_done_lead_can_be_reopened_and_a_stopped_one_cannot(crm: Crm, shop: Line, clock: SetClock) -> None:
    lead = await shop.lead(1)
    attempt = await crm.attempts.claim(shop.scope, lead.id, await shop.grant(lead))
    assert attempt is not None
    await crm.attempts.end(shop.scope, attempt.id, result="not_interested")
    await crm.leads.reopen(shop.scope, lead.id, next_at=clock.now() + timedelta(days=30))
    assert (await crm.leads.get(shop.scope, lead.id)).state is State.READY
    await crm.leads.stop(shop.scope, lead.id, "supervisor")
    await crm.leads.stop(shop.scope, lead.id, "again")
    with pytest.raises(IllegalTransition):
        await crm.leads.reopen(shop.scope, lead.id)
    assert (await crm.leads.get(shop.scope, lead.id)).stopped_because == "supervisor"


async def test_a_postponed_lead_waits(crm: Crm, shop: Line) -> None:
    lead = await shop.lead(1)
    await crm.leads.postpone(shop.scope, lead.id, MONDAY_NOON + timedelta(days=2))
    assert await crm.leads.next_for(shop.scope, shop.campaign.id, MONDAY_NOON + timedelta(days=1), 9) == []


@given(st.lists(st.sampled_from(Event)))
def test_a_stopped_lead_is_never_called_again_whatever_happens(events: list[Event]) -> None:
    machine = Machine(TABLE, State.READY)
    stopped = False
    for event in events:
        if machine.takes(event):
            machine.on(event)
        stopped = stopped or (event is Event.STOPPED and machine.state is State.STOPPED)
        assert not stopped or machine.state is State.STOPPED


async def test_a_campaigns_state_changes_only_from_the_expected_one(crm: Crm, shop: Line) -> None:
    assert await crm.campaigns.set_state(shop.scope, shop.campaign.id, "paused", expected="running")
    assert not await crm.campaigns.set_state(shop.scope, shop.campaign.id, "running", expected="stopped")
    assert (await crm.campaigns.get(shop.scope, shop.campaign.id)).state == "paused"
    assert [campaign.id for campaign in await crm.campaigns.in_state("paused")] == [shop.campaign.id]
    assert await crm.campaigns.all(shop.scope, state="running") == []


async def test_campaign_options_are_kept(crm: Crm, shop: Line) -> None:
    options = {"queue": "sales", "p_warm": 0.25, "steps": [1, 2]}
    await crm.campaigns.update(shop.scope, shop.campaign.id, options=options)
    assert (await crm.campaigns.get(shop.scope, shop.campaign.id)).options == options


async def test_names_are_taken_once_per_tenant(crm: Crm, shop: Line, bank: Line) -> None:
    with pytest.raises(NameTaken, match="spring"):
        await crm.campaigns.create(shop.scope, "spring", assistant="x", state="draft")
    await crm.agents.create(shop.scope, "Bea")
    await crm.agents.create(bank.scope, "Bea")
    with pytest.raises(NameTaken, match="agent"):
        await crm.agents.create(shop.scope, "Bea")
    with pytest.raises(NameTaken, match="tenant"):
        await crm.tenants.create("shop")


async def test_agents_keep_their_skills(crm: Crm, shop: Line) -> None:
    agent = await crm.agents.create(shop.scope, "Bea", skills=["sales", "english"])
    await crm.agents.update(shop.scope, agent.id, skills=["sales", "french"], active=False)
    changed = await crm.agents.get(shop.scope, agent.id)
    assert changed.skills == {"sales", "french"} and not changed.active
    assert await crm.agents.all(shop.scope) == [changed]

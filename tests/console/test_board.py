"""The board's figures, from the rows that calls leave."""

import pytest

from crm.call_record import CallResult
from crm.campaign import Campaign
from crm.customer import CustomerDraft
from crm.number import parse_number
from dialer.campaign import State
from dialer.pacing import Decision
from handoff.agents import AgentId
from handoff.transfer import Request
from tests.console.conftest import Console, Shop
from tests.console.test_desk import BRIEFING


async def _called(console: Console, shop: Shop, campaign: Campaign, last: int, result: CallResult) -> None:
    """A call to number `last`, from the claim to the end."""
    crm, scope = console.platform.crm, shop.scope
    draft = CustomerDraft(number=parse_number(f"+1202555{last:04}"), zone="America/New_York")
    customer = (await crm.customers.register(scope, draft)).customer
    lead = await crm.leads.add(scope, campaign.id, customer.id)
    grant = (await crm.quota.reserve(scope, lead)).grant
    assert grant is not None
    attempt = await crm.attempts.claim(scope, lead.id, grant, mode=campaign.mode)
    assert attempt is not None
    await crm.attempts.mark_dialling(scope, attempt.id)
    await crm.attempts.mark_dialled(scope, attempt.id)
    await crm.attempts.mark_answered(scope, attempt.id)
    await crm.calls.record(scope, attempt.id, result)
    await crm.attempts.end(scope, attempt.id, result=result.outcome or "")
    await crm.quota.release(scope, grant, rung=True)


async def _predictive(console: Console, shop: Shop, name: str) -> Campaign:
    return await console.platform.crm.campaigns.create(
        shop.scope, name, assistant="apology_en", mode="predictive", state=State.DRAFT.value
    )


async def _tiles(console: Console, campaign: Campaign | None = None) -> dict[str, float | None]:
    async with console.browser("sue") as sue:
        query = {"campaign_id": str(campaign.id)} if campaign else {}
        return (await sue.get("/api/board", params=query)).json()["tiles"]


async def test_without_calls_there_are_no_figures(console: Console):
    tiles = await _tiles(console)
    assert (tiles["abandoned_percent"], tiles["answer_to_robot_ms"]) == (None, None)


async def test_abandoned_calls_are_counted_by_predictive_campaign_and_the_worst_is_shown(console: Console):
    shop = console.shop
    good, bad = [await _predictive(console, shop, name) for name in ("good", "bad")]
    met, lost = CallResult(outcome="handed_over", served="agent"), CallResult(outcome="abandoned", served="none")
    for last in range(100, 104):
        await _called(console, shop, good, last, met)
    await _called(console, shop, good, 104, CallResult(outcome="voicemail"))  # no person answered
    for last, result in ((110, met), (111, met), (112, met), (113, lost)):
        await _called(console, shop, bad, last, result)
    await _called(console, shop, shop.campaign, 120, met)  # not dialled ahead
    assert (await _tiles(console, good))["abandoned_percent"] == 0.0
    assert (await _tiles(console, bad))["abandoned_percent"] == 25.0
    assert (await _tiles(console, shop.campaign))["abandoned_percent"] is None
    assert (await _tiles(console))["abandoned_percent"] == 25.0


async def test_the_time_to_the_robots_first_sound_is_the_median_of_the_tenants_talks(console: Console):
    shop, other = console.shop, console.other
    for last, first_ms in ((130, 900), (131, 1100), (132, 5000)):
        talk = CallResult(outcome="not_interested", robot={"first_sound_ms": first_ms})
        await _called(console, shop, shop.campaign, last, talk)
    silent = CallResult(outcome="customer_left", robot={"first_sound_ms": None})
    await _called(console, shop, shop.campaign, 133, silent)
    await _called(console, other, other.campaign, 134, CallResult(outcome="completed", robot={"first_sound_ms": 1}))
    mailbox = CallResult(outcome="voicemail", robot={"first_sound_ms": 1})
    await _called(console, shop, shop.campaign, 135, mailbox)
    assert (await _tiles(console))["answer_to_robot_ms"] == 1100


async def test_not_ready_are_those_who_could_take_a_call_and_are_not_in_one(console: Console):
    shop, desk = console.shop, console.platform.desk
    async with console.browser("sue") as sue, console.browser("ann") as ann:
        for someone in (sue, ann):
            await someone.post("/api/desk/start-shift")
        assert (await _tiles(console))["not_ready"] == 2
        taken = Request(call_id="1", tenant_id=shop.scope.tenant_id, briefing=BRIEFING)
        ticket = desk.take_over(
            AgentId((await sue.get("/api/me")).json()["user_id"]), taken
        )  # with her status as it is
        assert (await _tiles(console))["not_ready"] == 1
        desk.bridged(ticket.transfer.id)
        desk.ended(ticket.transfer.id)
        tiles = await _tiles(console)
    assert (tiles["not_ready"], tiles["wrap_up"]) == (1, 1)


@pytest.mark.parametrize("action", ["pause", "stop"])
async def test_why_it_dials_at_a_pace_is_told_of_a_campaign_that_runs_only(console: Console, action: str):
    campaign = console.shop.campaign
    live = console.app.state.place.live
    async with console.browser("sue") as sue:

        async def pacing(action: str) -> object:
            done = await sue.post(f"/api/campaigns/{campaign.id}/action", json={"action": action})
            told = done.raise_for_status().json()
            assert (await sue.get("/api/campaigns")).json()[0]["pacing"] == told["pacing"]
            return told["pacing"]

        await pacing("start")
        live.paced(campaign, Decision(dial=0, because="5 in flight", limit="agents"))
        assert (await sue.get("/api/campaigns")).json()[0]["pacing"]["said"] == "5 in flight"
        assert await pacing(action) is None
        if action == "pause":
            assert await pacing("start") is None, "what it decided before the pause is not why it dials now"

"""Whole calls to us on virtual time: the robot or a queue by rule, with what happened before, whoever calls."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from crm import lead as lead_
from crm.attempt import State as AttemptState
from crm.timeline import Kind
from dialer import campaign as campaign_
from dialer.campaign import Event
from dialer.inbound_rules import InboundRulesInvalid
from handoff.news import Offer
from media.leg import Cause
from tests.calls.world import NUMBER, OURS, Customer, World, play_customer

INTERESTED = [({"ask_interest"}, "yes i would like to try it"), ({"offer_person"}, "yes please")]
STRANGER = "+12025550142"


async def open_line(world: World, *routes: dict[str, Any], **options: Any) -> Any:
    """A running inbound campaign."""
    campaign = await world.crm.campaigns.create(
        world.scope,
        "call-backs",
        assistant="course_en",
        mode="inbound",
        state=campaign_.State.DRAFT.value,
        options={"called": OURS, "routes": list(routes), **options},
    )
    await campaign_.move(world.crm, world.scope, campaign.id, Event.START)
    return campaign


@pytest.fixture
async def line(world: World) -> AsyncIterator[World]:
    await open_line(world, {"to": "queue", "queue": "default", "last": ["customer_left", "handed_over"]})
    yield world


def offers(world: World) -> list[Offer]:
    return [news for _, news in world.news if isinstance(news, Offer)]


async def test_an_unknown_caller_talks_with_the_robot_and_reaches_an_agent(line: World):
    line.agent("ada")
    await line.call_in(Customer(hello=None, says=INTERESTED), caller=STRANGER)
    told = await line.told_of(STRANGER)
    assert told.result == ("handed_over", "A", "agent")
    assert told.call.mode == "inbound"
    assert told.turns("robot")[0]["text"].startswith("Thank you for calling Lighthouse Languages")
    assert (told.attempt.state, told.attempt.rung) == (AttemptState.ENDED, True)
    assert told.attempt.answered_at is not None
    assert offers(line)[0].briefing.earlier == ()
    assert told.grants_open == 0


async def test_who_talked_with_us_before_is_put_to_the_queue_and_the_agent_sees_the_earlier_call(line: World):
    before = await line.call(Customer(leaves_on="ask_interest"))
    assert before.result[0] == "customer_left"
    line.agent("ada", talk_s=15)
    await line.call_in(Customer(hello=None))
    told = await line.told_of()
    assert told.result[0] == "handed_over"
    [routed] = [data for kind, data in told.journal if kind == "routed"]
    assert routed == {"to": "queue", "queue": "default", "because": "route 1"}
    [offer] = offers(line)
    [past] = [past for past in offer.briefing.earlier if past.kind == "call"]
    assert (past.mode, past.result, past.grade) == ("three_stage", "customer_left", "D")
    assert past.at == before.attempt.ended_at
    timeline = await line.crm.timeline.of(line.scope, line.lead.customer_id)
    assert [entry.data["result"] for entry in timeline if entry.kind is Kind.CALL] == ["customer_left", "handed_over"]


async def test_who_waits_in_the_queue_heard_first_who_we_are_and_that_it_is_recorded(line: World):
    await line.call(Customer(leaves_on="ask_interest"))
    line.agent("ada", talk_s=15)
    await line.call_in(Customer(hello=None))
    told = await line.told_of()
    first = told.turns("robot")[0]
    assert "this is Ada" in first["text"] and "recorded" in first["text"]
    words = len(first["text"].split())
    assert first["heard_s"] >= 0.3 * words  # all of it, though the agent took the offer after 1.5 s


@pytest.mark.parametrize("to", ["robot", "queue"])
async def test_robot_and_queue_put_the_caller_to_the_rules_queue_with_their_history(world: World, to: str):
    await world.call(Customer(leaves_on="ask_interest"))
    await open_line(world, {"to": to, "queue": "sales", "known": True})
    world.agent("ada", "ignore")
    world.agent("bea", talk_s=15, queues=("sales",))
    await world.call_in(Customer(hello=None, says=INTERESTED if to == "robot" else ()))
    told = await world.told_of()
    assert told.result[0] == "handed_over" and told.result[2] == "agent"
    assert [name for name, news in world.news if isinstance(news, Offer)] == ["bea"]
    [offer] = offers(world)
    assert [(past.kind, past.result) for past in offer.briefing.earlier] == [("call", "customer_left")]
    assert bool(offer.briefing.summary), "what the robot learnt"


async def test_the_agent_reads_that_a_caller_asked_for_no_more_calls(world: World):
    await world.call(Customer(says=[({"ask_interest"}, "do not call me again")]))
    await open_line(world, {"to": "queue"})
    world.agent("ada", talk_s=5)
    await world.call_in(Customer(hello=None))
    assert (await world.told_of()).result[0] == "handed_over"
    [offer] = offers(world)
    told = [(past.kind, past.result) for past in offer.briefing.earlier]
    assert sorted(told) == [("call", "opted_out"), ("opted_out", "")]
    assert await world.crm.opt_outs.stands(world.lead.subject_id)


async def test_nobody_serves_the_queue_and_the_caller_is_promised_a_call(world: World):
    await open_line(world, {"to": "queue", "queue": "sales"})
    world.agent("ada")
    await world.call_in(Customer(hello=None, says=[({"ask_callback_time"}, "tomorrow morning")]), caller=STRANGER)
    assert (await world.told_of(STRANGER)).result[2] == "callback"
    assert offers(world) == []


async def test_an_agent_who_hangs_up_before_they_are_joined_leaves_a_promise(line: World):
    await line.call(Customer(leaves_on="ask_interest"))
    line.agent("ada", talk_s=0)
    await line.call_in(Customer(hello=None))
    told = await line.told_of()
    assert told.result[2] == "callback"
    assert "agent_lost" in told.kinds() and "bridged" not in told.kinds()


async def test_a_caller_whose_agent_is_lost_for_good_is_called_back(world: World):
    campaign = await open_line(world, {"to": "queue", "queue": "default"})
    world.agent("ada", talk_s=500)
    world.later(20, lambda: world.far["ada"].hang_up(Cause.NETWORK_FAILURE))
    await world.call_in(Customer(hello=None), caller=STRANGER)
    told = await world.told_of(STRANGER)
    assert told.turns("robot")[-1]["because"] == "EXTERNAL_agent_calls_back"
    [booked] = await world.crm.callbacks.booked(world.scope)
    assert (booked.campaign_id, booked.call_id) == (campaign.id, told.call.id)


async def test_nobody_free_in_the_queue_becomes_a_callback_that_the_inbound_campaign_keeps(line: World):
    await line.call(Customer(leaves_on="ask_interest"))
    await campaign_.move(line.crm, line.scope, line.campaign.id, Event.STOP)
    await line.call_in(Customer(hello=None, says=[({"ask_callback_time"}, "tomorrow morning")]))
    told = await line.told_of()
    assert (told.result[0], told.result[2]) == ("callback_booked", "callback")
    [callback] = await line.crm.callbacks.booked(line.scope)
    assert callback.call_id == told.call.id
    assert (await line.crm.leads.get(line.scope, told.call.lead_id)).state is lead_.State.CALLBACK


async def test_a_callback_promised_to_a_caller_is_dialled(world: World):
    await open_line(world)
    await world.call_in(
        Customer(hello=None, says=[({"ask_interest"}, "call me back in five minutes")]), caller=STRANGER
    )
    [callback] = await world.crm.callbacks.booked(world.scope)
    await world.crm.callbacks.move(world.scope, callback.id, world.clock.now(), "the test does not wait")
    world.customer = Customer(says=INTERESTED)
    world.plays = lambda far: play_customer(world, far, world.recognizer.utterances)
    world.agent("ada")
    deadline = world.clock.monotonic() + 240
    while (told := await world.told_of(STRANGER)).call.id == callback.call_id or told.call.ended_at is None:
        await world.clock.sleep(1)
        assert world.clock.monotonic() < deadline
    assert told.result[0] == "handed_over"
    assert told.call.mode == "three_stage"  # we called


async def test_an_opt_out_on_their_own_call_holds_for_ours(line: World):
    await line.call_in(Customer(hello=None, says=[({"ask_interest"}, "remove my number")]))
    told = await line.told_of()
    assert told.result[0] == "opted_out"
    assert await line.crm.opt_outs.stands(line.lead.subject_id)
    decision = await line.crm.quota.reserve(line.scope, await line.crm.leads.get(line.scope, line.lead.id))
    assert decision.never
    assert (await line.crm.leads.get(line.scope, line.lead.id)).state is lead_.State.STOPPED


async def test_who_opted_out_may_call_us_and_stays_opted_out(line: World):
    await line.crm.opt_outs.add(line.scope, line.lead.subject_id, source="letter", evidence="wrote")
    await line.call_in(Customer(hello=None, says=INTERESTED))
    assert (await line.told_of()).result[1] == "A"
    assert await line.crm.opt_outs.stands(line.lead.subject_id)


async def test_a_call_back_for_who_opted_out_is_not_booked_and_the_call_goes_on(line: World):
    await line.call_in(Customer(hello=None, says=[({"ask_interest"}, "remove my number")]))
    later = [({"ask_interest"}, "call me back later"), ({"ask_callback_time"}, "tomorrow morning")]
    await line.call_in(Customer(hello=None, says=later))
    told = await line.told_of()
    assert (told.result[0], told.result[2]) == ("callback_booked", "none")
    assert "callback_not_booked" in told.kinds()
    assert await line.crm.callbacks.booked(line.scope) == []
    assert (await line.crm.leads.get(line.scope, told.call.lead_id)).state is lead_.State.STOPPED


async def test_a_call_to_us_takes_nothing_of_their_quota(line: World):
    for _ in range(4):  # one more than the platform may call them in a day
        await line.call_in(Customer(hello=None, leaves_on="ask_interest"))
    assert (await line.crm.quota.reserve(line.scope, line.lead)).allowed


async def test_a_number_that_nobody_answers_is_told_so(line: World):
    await campaign_.move(
        line.crm, line.scope, (await line.crm.campaigns.named(line.scope, "call-backs")).id, Event.STOP
    )
    far = await line.call_in(Customer(), caller=STRANGER)
    assert far.cause is Cause.NOT_IN_SERVICE


async def test_a_caller_without_a_number_is_refused(line: World):
    far = await line.call_in(Customer(), caller="")
    assert far.cause is Cause.REJECTED


async def test_a_caller_who_is_in_a_call_with_us_finds_us_busy(line: World):
    line.later(6.0, lambda: line.gateway.call_in(line.far["customer"].dial, lambda far: far.settled.wait()))
    await line.call_in(Customer(hello=None, says=[({"ask_interest"}, "i am not interested")] * 2))
    told = await line.told_of()
    assert told.result[0] == "not_interested"
    assert told.attempt.attempt_no == 1


@pytest.mark.parametrize(
    ("route", "says"),
    [
        ({"to": "agents"}, "robot"),
        ({"to": "queue", "last": ["maybe"]}, "maybe"),
        ({"to": "robot", "when": "noon"}, "when"),
        ({"to": "robot", "within_days": -1}, "within_days"),
        ({"to": "robot", "known": "yes"}, "known"),
    ],
)
async def test_a_campaign_whose_routes_are_wrong_is_not_started(world: World, route: dict[str, Any], says: str):
    with pytest.raises(InboundRulesInvalid, match=f"(?s)call-backs: route 1.*{says}"):
        await open_line(world, route)
    [campaign] = [one for one in await world.crm.campaigns.all(world.scope) if one.mode == "inbound"]
    assert campaign.state == campaign_.State.DRAFT.value
    assert NUMBER not in str(campaign.options)

"""Whole three-stage calls on virtual time: every truth of a customer, every way a transfer can go."""

import pytest

from crm import lead as lead_
from dialer.figures import answer_to_robot_ms
from handoff.agents import State as AgentState
from handoff.agents import Status
from handoff.news import Connected, Offer, OfferGone
from media.audio import FRAME_BYTES, level_dbfs
from media.leg import Cause
from tests.calls.world import Customer, World, loud_s, recorded

INTERESTED = [({"ask_interest"}, "yes i would like to try it"), ({"offer_person"}, "yes please")]


async def test_an_interested_customer_reaches_an_agent_who_was_shown_the_summary_first(world: World):
    world.agent("ada")
    told = await world.call(Customer(says=INTERESTED))
    assert told.result == ("handed_over", "A", "agent")
    kinds = [type(news) for _, news in world.news]
    assert kinds.index(Offer) < kinds.index(Connected)
    offer = next(news for _, news in world.news if isinstance(news, Offer))
    assert any("interested" in line.lower() for line in offer.briefing.summary)
    assert "0100" not in offer.briefing.masked_number[:-4]
    assert told.grants_open == 0
    assert world.desk.agents["ada"].state in (AgentState.WRAP_UP, AgentState.IDLE)


async def test_the_agent_sees_what_was_before_with_the_customer(world: World):
    await world.crm.customers.note(world.scope, world.lead.customer_id, "rather in the morning")
    world.agent("ada")
    await world.call(Customer(says=INTERESTED))
    offer = next(news for _, news in world.news if isinstance(news, Offer))
    assert [(past.kind, past.text) for past in offer.briefing.earlier] == [("note", "rather in the morning")]


async def test_after_the_bridge_the_agent_hears_the_customer_and_not_the_robot(world: World):
    world.agent("ada", talk_s=6)
    await world.call(Customer(says=[*INTERESTED, ({"hold_line"}, "okay thank you")]))
    world.far["ada"].hang_up()
    heard = b"".join([chunk.pcm async for chunk in world.far["ada"].receive()])
    assert loud_s(heard) <= 1.2  # at most the customer's three words; the robot would be seconds


@pytest.mark.parametrize(
    ("says", "expected"),
    [
        ([({"ask_interest"}, "how much does it cost"), *INTERESTED], ("handed_over", "A", "agent")),
        ([({"ask_interest"}, "i want to talk to a human")], ("handed_over", "A", "agent")),
        (
            [({"ask_interest"}, "call me back later"), ({"ask_callback_time"}, "tomorrow morning")],
            ("callback_booked", "C", "callback"),
        ),
        (
            [({"ask_interest"}, "i am not interested"), ({"ask_interest"}, "no thank you")],
            ("not_interested", "E", "none"),
        ),
        ([({"ask_interest"}, "do not call me again")], ("opted_out", "F", "none")),
    ],
    ids=["price", "person", "callback", "refusal", "opt-out"],
)
async def test_truths(world: World, says, expected):
    world.agent("ada")
    told = await world.call(Customer(says=says))
    assert told.result == expected
    assert told.grants_open == 0


async def test_an_opt_out_is_a_suppression_at_once_and_everywhere(world: World):
    told = await world.call(Customer(says=[({"ask_interest"}, "remove my number")]))
    assert await world.crm.opt_outs.stands(world.lead.subject_id)
    opted = told.kinds().index("opted_out")
    assert opted < len(told.kinds()) - 1  # written while the call went on
    decision = await world.crm.quota.reserve(world.scope, await world.crm.leads.get(world.scope, world.lead.id))
    assert not decision.allowed
    assert decision.never


@pytest.mark.parametrize("hello", ["hello", None])
async def test_the_time_to_the_robots_first_sound_is_what_the_customer_heard(world: World, hello: str | None):
    customer = Customer(
        hello=hello, says=[({"ask_interest"}, "i am not interested"), ({"ask_interest"}, "no thank you")]
    )
    await world.call(customer)
    frames = [customer.heard[at : at + FRAME_BYTES] for at in range(0, len(customer.heard), FRAME_BYTES)]
    heard_ms = 20 * next(index for index, frame in enumerate(frames) if level_dbfs(bytes(frame)) > -50)
    counted_ms = await answer_to_robot_ms(world.crm, world.scope)
    assert abs(counted_ms - heard_ms) <= 60
    assert await answer_to_robot_ms(world.crm, world.scope, world.campaign.id) == counted_ms
    assert await answer_to_robot_ms(world.crm, world.scope, world.campaign.id + 1) is None


async def test_silence_is_asked_twice_and_ends_politely(world: World):
    told = await world.call(Customer(hello=None))
    assert told.result == ("no_response", "D", "none")
    because = [turn["because"] for turn in told.turns("robot")]
    assert [why.rpartition(", ")[2] for why in because[1:3]] == ["re-prompt 1", "re-prompt 2"]
    assert len(because) == 4


async def test_muted_sound_ends_as_silence_whatever_the_script(world: World):
    told = await world.call(Customer(says=INTERESTED, muted=True))
    assert told.result == ("no_response", "D", "none")
    assert told.turns("customer") == []


async def test_what_is_heard_follows_the_sound_not_the_script(world: World):
    other = {"yes i would like to try it": "i am not interested", "yes please": "no thank you"}
    told = await world.call(Customer(says=INTERESTED, voices=other))
    assert [turn["text"] for turn in told.turns("customer")][1] == "i am not interested"
    assert told.result[1] != "A"


async def test_a_customer_who_hangs_up_in_the_talk(world: World):
    told = await world.call(Customer(leaves_on="ask_interest"))
    assert told.result == ("customer_left", "D", "none")
    assert told.grants_open == 0


@pytest.mark.parametrize(
    ("cause", "outcome"),
    [
        (Cause.BUSY, "busy"),
        (Cause.NO_ANSWER, "no_answer"),
        (Cause.SWITCHED_OFF, "switched_off"),
        (Cause.NOT_IN_SERVICE, "not_in_service"),
        (Cause.REJECTED, "rejected"),
        (Cause.NETWORK_FAILURE, "failed"),
    ],
)
async def test_calls_that_nobody_answers(world: World, cause: Cause, outcome: str):
    told = await world.call(Customer(cause=cause))
    assert told.result[:2] == (outcome, None)
    assert told.attempt.rung


async def test_a_mailbox_is_told_by_its_sound_and_tried_again_later(world: World):
    told = await world.call(Customer(voicemail=True))
    assert told.result[:2] == ("voicemail", None)
    assert (await world.crm.leads.get(world.scope, world.lead.id)).state is lead_.State.READY


async def test_a_declined_offer_goes_to_the_next_agent(world: World):
    world.agent("ada", "decline")
    world.agent("bea")
    told = await world.call(Customer(says=INTERESTED))
    assert told.result == ("handed_over", "A", "agent")
    assert [name for name, news in world.news if isinstance(news, Offer)] == ["ada", "bea"]


async def test_a_missed_offer_makes_the_agent_not_ready_and_the_next_one_gets_it(world: World):
    world.agent("ada", "ignore")
    world.agent("bea")
    told = await world.call(Customer(says=INTERESTED))
    assert told.result == ("handed_over", "A", "agent")
    assert world.desk.agents["ada"].status is Status.NOT_READY


async def test_nobody_free_becomes_a_promised_callback(world: World):
    told = await world.call(Customer(says=[*INTERESTED, ({"ask_callback_time"}, "tomorrow morning")]))
    assert told.result == ("callback_booked", "A", "callback")
    [callback] = await world.crm.callbacks.booked(world.scope)
    assert callback.call_id == told.call.id
    assert (await world.crm.leads.get(world.scope, world.lead.id)).state is lead_.State.CALLBACK


async def test_the_robot_speaks_to_who_waits_and_obeys_forget_it(world: World):
    told = await world.call(
        Customer(says=[*INTERESTED, ({"hold_line"}, "okay thank you"), ({"hold_line"}, "forget it please")])
    )
    assert "person_withdrawn" in told.kinds()
    assert any("hold the line" in turn["text"] for turn in told.turns("robot"))


async def test_a_customer_who_hangs_up_while_offered_leaves_the_agent_their_place(world: World):
    world.agent("ada", "ignore")
    since = world.desk.agents["ada"].idle_since_s
    told = await world.call(Customer(says=INTERESTED, leaves_on="hold_line"))
    assert any(isinstance(news, OfferGone) for _, news in world.news)
    assert world.desk.agents["ada"].idle_since_s == since
    assert world.desk.agents["ada"].available
    assert told.grants_open == 0


async def test_an_agent_who_is_lost_in_the_call_ends_it_cleanly(world: World):
    world.agent("ada", talk_s=60)

    async def lose() -> None:
        while world.desk.agents["ada"].state is not AgentState.TALKING:
            await world.clock.sleep(0.1)
        await world.clock.sleep(2)
        world.far["ada"].hang_up(Cause.NETWORK_FAILURE)

    world._background.start(lose())  # the harness
    told = await world.call(Customer(says=INTERESTED))
    assert told.result == ("handed_over", "A", "agent")
    assert told.grants_open == 0


async def test_a_lost_recogniser_is_asked_again_once(world: World):
    world.recognizer.lost = True
    told = await world.call(Customer(hello=None, says=[*INTERESTED, ({"reprompt"}, "yes i would like to try it")]))
    asked_again = [turn for turn in told.turns("robot") if turn["because"] == "fallback: hearing lost"]
    assert len(asked_again) == 1
    assert told.result[1] == "A"


async def test_the_recording_holds_what_both_sides_heard_from_the_answer_to_the_end(world: World):
    world.agent("ada", talk_s=6)
    customer = Customer(says=[*INTERESTED, ({"hold_line"}, "okay thank you")])
    told = await world.call(customer)
    left, right = (side.tobytes() for side in recorded(world, told))
    heard = bytes(customer.heard)
    at = heard.index(
        next(heard[i : i + FRAME_BYTES] for i in range(0, len(heard), FRAME_BYTES) if any(heard[i : i + FRAME_BYTES]))
    )
    assert heard[at : at + 8000 * 2 * 5] in right  # five seconds of greeting, sample for sample
    turns = told.turns("customer")
    for turn in turns:
        inside = left[turn["start_ms"] * 16 : turn["end_ms"] * 16]
        assert loud_s(inside) > 0.8 * (turn["end_ms"] - turn["start_ms"]) / 1000
    assert loud_s(left[: turns[0]["start_ms"] * 16]) <= 0.04
    assert told.call.ended_at is not None
    lasted_s = (told.call.ended_at - told.call.answered_at).total_seconds()
    assert abs(len(right) / 16000 - lasted_s) < 1.0  # to the end, the agent's part with it


async def test_a_recording_that_fails_is_journalled_and_the_call_goes_on(world: World):
    world.recordings.parent.mkdir(exist_ok=True)
    world.recordings.write_text("a file where the folder should be")
    told = await world.call(Customer(says=[({"ask_interest"}, "do not call me again")]))
    assert told.result == ("opted_out", "F", "none")
    assert told.call.result.wav is None
    assert told.kinds()[-1] == "recording_failed"


async def test_a_campaign_whose_assistant_is_not_here_is_left_to_other_workers(world: World):
    other = await world.crm.campaigns.create(world.scope, "theirs", assistant="course_xx", state="running")
    told = await world.call(Customer(cause=Cause.BUSY))
    assert told.result[0] == "busy"
    assert (await world.crm.campaigns.get(world.scope, other.id)).state == "running"


async def test_a_key_is_obeyed(world: World):
    told = await world.call(Customer(presses=("ask_interest", "9")))
    assert told.result == ("opted_out", "F", "none")

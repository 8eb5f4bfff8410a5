"""Whole calls on virtual time: what a call tells of its words, and of nobody being free."""

import json

import pytest

from bot.host import NobodyFree
from dialer.call import State
from handoff.news import Offer
from tests.calls.test_three_stage_calls import INTERESTED
from tests.calls.world import Customer, World

NUMBER = "call me on one three eight one two three four five six seven eight"


def _whole(told: object) -> list[str]:
    text = json.dumps(told, default=str, ensure_ascii=False)
    return [form for form in ("eight one", "three four", "four five", "seven eight", "1381", "2345") if form in text]


async def test_a_number_that_a_customer_says_is_whole_nowhere(world: World):
    world.agent("ada")
    says = [({"ask_interest"}, NUMBER), *INTERESTED, ({"hold_line"}, "okay thank you")]
    told = await world.call(Customer(says=says))
    assert any("***5678" in turn["text"] for turn in told.turns("customer"))
    offer = next(news for _, news in world.news if isinstance(news, Offer))
    assert _whole(told.journal) == []
    assert _whole(world.live) == []
    assert (
        _whole([offer.briefing.summary, offer.briefing.evidence, [said.text for said in offer.briefing.transcript]])
        == []
    )
    assert _whole([told.call.result.summary, told.call.result.robot]) == []
    assert told.result == ("handed_over", "A", "agent")


async def test_a_time_that_a_customer_names_is_understood_and_shown(world: World):
    told = await world.call(
        Customer(says=[({"ask_interest"}, "call me back later"), ({"ask_callback_time"}, "tomorrow at ten thirty")])
    )
    assert told.result[0] == "callback_booked"
    assert "tomorrow at ten thirty" in [turn["text"] for turn in told.turns("customer")]


@pytest.mark.parametrize("into_s", [0.5, 1.5, 2.5])
async def test_a_hold_line_is_said_to_its_end_although_nobody_is_free(world: World, into_s: float):
    call = world.begin(Customer(says=[*INTERESTED, ({"ask_callback_time"}, "tomorrow morning")]))
    await world.until(lambda: world.loop.running and world.runner.call.state is State.HOLDING)
    robot = world.runner.life.robot
    assert robot is not None
    await world.until(lambda: robot.speaking)
    await world.clock.sleep(into_s)
    assert robot.speaking
    robot.tell(NobodyFree(reason="nobody_free"))
    told = await call
    turns = told.turns("robot")
    hold = next(at for at, turn in enumerate(turns) if "putting you through" in turn["text"])
    words = len(turns[hold]["text"].split())
    assert turns[hold]["heard_s"] == pytest.approx(0.3 * words, abs=0.1)
    assert 0 <= turns[hold + 1]["start_ms"] - turns[hold]["end_ms"] < 700
    assert told.result == ("callback_booked", "A", "callback")


async def test_who_forgets_it_while_nobody_is_free_is_not_asked_when_to_call(world: World):
    call = world.begin(Customer(says=INTERESTED))
    await world.until(lambda: world.loop.running and world.runner.call.state is State.HOLDING)
    robot = world.runner.life.robot
    assert robot is not None
    await world.until(lambda: robot.speaking)
    world.customer.say_now.append("forget it please")
    await world.clock.sleep(0.4)
    robot.tell(NobodyFree(reason="nobody_free"))
    told = await call
    assert "person_withdrawn" in told.kinds()
    assert not any("nobody free" in turn["because"] for turn in told.turns("robot"))

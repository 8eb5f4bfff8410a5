"""The supervisor's ladder in the other modes: what may be done at each stage, what is heard, and what the recording holds."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest

from bot.assistant import Assistant, load_assistant
from console.board import call_view
from dialer.figures import abandoned_percent
from dialer.human import NotNow
from dialer.modes.predictive import GRACE_S
from handoff.agents import AgentId, Status
from media.leg import Cause, LegState
from media.mix import Monitor
from tests.calls.ears import heard_by, hum, level_of, sources
from tests.calls.test_inbound_calls import open_line
from tests.calls.test_one_sentence_calls import DATA, SENTENCE
from tests.calls.world import Customer, Told, World, open_world, recorded

ADA, SUE = AgentId("ada"), AgentId("sue")
LADDER = ["listen", "whisper", "barge", "take_over"]
SETTLE_S = 0.8


@pytest.fixture(scope="session")
def assistants(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Assistant]:
    cache = tmp_path_factory.mktemp("nlu")
    names = {"one_sentence": "reminder_en", "predictive": "apology_en"}
    return {mode: load_assistant(Path("bot/assistants") / name, cache=cache) for mode, name in names.items()}


@asynccontextmanager
async def _supervised(assistant: Assistant, empty: Path, folder: Path, mode: str) -> AsyncIterator[World]:
    attributes = DATA if mode == "one_sentence" else None
    async with open_world(assistant, empty, folder, mode=mode, attributes=attributes) as world:
        world.phone("sue")
        world.hums |= {"ada": hum("A"), "sue": hum("S")}
        yield world


@pytest.fixture
async def reminding(assistants: dict[str, Assistant], empty: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with _supervised(assistants["one_sentence"], empty, tmp_path / "data", "one_sentence") as world:
        yield world


@pytest.fixture
async def predicting(assistants: dict[str, Assistant], empty: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with _supervised(assistants["predictive"], empty, tmp_path / "data", "predictive") as world:
        yield world


@pytest.fixture
async def called(world: World) -> World:
    world.phone("sue")
    world.hums |= {"ada": hum("A"), "sue": hum("S")}
    return world


def actions(world: World) -> list[str]:
    return world.runner.supervision.actions


def talks(world: World) -> bool:
    """The robot is heard."""
    return bool(abs(heard_by(world, "customer", 0.2).astype(int)).max(initial=0) > 500)


def take_over(world: World) -> None:
    world.desk.sign_in(SUE, world.scope.tenant_id, name="Sue")
    world.runner.supervision.take_over(SUE)


async def heard(world: World, who: str) -> str:
    return "".join(sorted(sources(heard_by(world, who))))


async def refused(world: World, *modes: Monitor) -> None:
    for mode in modes:
        with pytest.raises(NotNow):
            world.runner.supervision.monitor(SUE, mode)


async def has_talk(world: World) -> None:
    """Sue has the customer now, for a while; then she ends the call."""
    await world.until(lambda: world.runner.human is not None, within_s=20)
    assert world.runner.agent == SUE and actions(world) == LADDER
    world.customer.hum = hum("C")
    await world.clock.sleep(SETTLE_S)
    assert (await heard(world, "customer"), await heard(world, "sue")) == ("S", "C")
    await world.clock.sleep(1)
    world.runner.hang_up_agent(SUE)


def holds_both_people(world: World, told: Told, *, hangs_up_s: float = 0.1) -> None:
    """The last second of the file has the customer on one side and the supervisor on the other, and neither on both."""
    left, right = (side[-int((hangs_up_s + 1) * 8000) : -int(hangs_up_s * 8000)] for side in recorded(world, told))
    for side, mine, other in ((left, "C", "S"), (right, "S", "C")):
        assert level_of(side, mine) > 0.5 and level_of(side, other) < 0.02


def robot_s(world: World, told: Told) -> float:
    """Seconds of the robot that were recorded: sound to the customer without the supervisor's tone."""
    _, right = recorded(world, told)
    pieces = [right[at : at + 800] for at in range(0, len(right) - 800, 800)]
    return 0.1 * sum(bool(np.abs(piece.astype(int)).max() > 300) and level_of(piece, "S") < 0.3 for piece in pieces)


async def test_a_one_sentence_call_is_listened_to_and_taken_over(reminding: World):
    world = reminding
    task = world.begin(Customer())
    await world.until(lambda: world.loop.running and world.runner.life.leg is not None)
    assert actions(world) == [], "it rings"
    await world.until(lambda: talks(world))
    assert actions(world) == ["listen", "take_over"]
    await refused(world, Monitor.WHISPER, Monitor.BARGE)
    world.runner.supervision.monitor(SUE, Monitor.LISTEN)
    seen = call_view(world.runner, world.clock.now())
    assert (seen.monitored, seen.monitored_by) == ("listen", SUE), "every page of hers finds the call by it"
    await world.until(lambda: any(SENTENCE in turn.text for turn in world.runner.turns))
    assert abs(heard_by(world, "sue", 2.0).astype(int)).max() > 500, "she heard the sentence"
    assert level_of(heard_by(world, "customer", 2.0), "S") < 0.02
    take_over(world)
    await has_talk(world)
    told = await task
    assert told.result[0] == "handed_over" and told.result[2] == "agent"
    assert ("taken_over", {"agent": None, "to": "sue"}) in told.journal
    holds_both_people(world, told)
    assert robot_s(world, told) > 3, "who calls, and the sentence, are on the file too"
    assert told.grants_open == 0
    assert world.desk.agents[SUE].state.value in ("wrap_up", "idle")


async def test_whose_supervisor_is_lost_in_a_one_sentence_call_is_not_called_back_by_another_sentence(reminding: World):
    world = reminding
    task = world.begin(Customer())
    await world.until(lambda: world.loop.running and any(SENTENCE in turn.text for turn in world.runner.turns))
    take_over(world)
    await world.until(lambda: world.runner.human is not None)
    world.far["sue"].hang_up(Cause.NETWORK_FAILURE)
    told = await task
    assert told.turns("robot")[-1]["because"] == "EXTERNAL_agent_lost"
    assert "callback_promised" not in told.kinds()


async def test_a_supervisor_who_takes_the_sentence_at_its_beginning_comes_after_who_calls_was_said(reminding: World):
    world = reminding
    task = world.begin(Customer(hello=None))
    await world.until(lambda: world.loop.running and talks(world))
    take_over(world)
    assert actions(world) == ["listen"], "she is about to be joined: nobody else may come between"
    await has_talk(world)
    told = await task
    words = " ".join(turn["text"] for turn in told.turns("robot"))
    assert "this is Lighthouse" in words and "recorded" in words
    assert told.result[0] == "handed_over"


@pytest.mark.parametrize("hello", ["hello", None], ids=["while-they-say-hello", "in-silence"])
async def test_a_supervisor_who_takes_a_call_before_its_first_word_comes_after_who_calls_was_said(
    reminding: World, hello: str | None
):
    world = reminding
    task = world.begin(Customer(hello=hello))
    await world.until(lambda: world.loop.running and "take_over" in actions(world))
    assert not world.runner.turns and not talks(world)
    take_over(world)
    await has_talk(world)
    told = await task
    words = " ".join(turn["text"] for turn in told.turns("robot"))
    assert "this is Lighthouse" in words and "recorded" in words
    assert "payment" not in words, "the sentence is theirs to say"
    assert told.result[0] == "handed_over"


async def test_before_an_agent_is_there_a_predictive_call_is_listened_to_and_then_can_be_taken(predicting: World):
    world = predicting
    ada = world.agent("ada")
    world.later(1.0, lambda: world.desk.set_status(ada, Status.NOT_READY, "lunch"))
    task = world.begin(Customer(hello="hello there this is mary speaking"))
    await world.until(lambda: world.loop.running and actions(world))
    assert actions(world) == ["listen"], "nobody knows yet who answered"
    with pytest.raises(NotNow):
        take_over(world)
    world.runner.supervision.monitor(SUE, Monitor.LISTEN)
    await world.until(lambda: world.runner.call.state.value == "holding", within_s=10)
    assert actions(world) == ["listen", "take_over"]
    await refused(world, Monitor.WHISPER, Monitor.BARGE)
    await world.clock.sleep(0.5)
    assert abs(heard_by(world, "sue", 2.5).astype(int)).max() > 500, "she heard the greeting"
    assert not heard_by(world, "customer", 2.0).any(), "they hear nobody yet"
    take_over(world)
    await has_talk(world)
    told = await task
    assert told.result == ("handed_over", None, "agent")
    times = told.call.result.handover
    assert 0 <= times["bridged_s"] - times["greeted_s"] <= GRACE_S, "a person was there in time"
    assert told.turns("robot") == []
    assert await abandoned_percent(world.crm, world.scope, world.campaign.id, world.clock.now()) == 0.0
    holds_both_people(world, told)
    assert world.desk.agents[ADA].state.value == "idle"


async def test_the_message_of_an_abandoned_call_is_listened_to_and_taken_over_and_it_stays_abandoned(predicting: World):
    world = predicting
    ada = world.agent("ada")
    world.later(1.0, lambda: world.desk.set_status(ada, Status.NOT_READY, "lunch"))
    task = world.begin(Customer())
    await world.until(lambda: world.loop.running and world.runner.life.abandoned and talks(world))
    assert actions(world) == ["listen", "take_over"]
    await refused(world, Monitor.WHISPER, Monitor.BARGE)
    world.runner.supervision.monitor(SUE, Monitor.LISTEN)
    await world.clock.sleep(2.0)
    assert abs(heard_by(world, "sue", 1.0).astype(int)).max() > 500
    take_over(world)
    await has_talk(world)
    told = await task
    assert told.result[0] == "abandoned" and told.result[2] == "agent"
    kinds = told.kinds()
    assert kinds.index("abandoned") < kinds.index("taken_over") < kinds.index("bridged")
    assert await abandoned_percent(world.crm, world.scope, world.campaign.id, world.clock.now()) == 100.0
    assert "Lighthouse Languages" in told.turns("robot")[0]["text"]
    holds_both_people(world, told)


async def test_the_whole_ladder_with_the_agent_of_a_predictive_call(predicting: World):
    world = predicting
    world.agent("ada", talk_s=300)
    task = world.begin(Customer())
    await world.until(lambda: world.loop.running and world.runner.human is not None)
    world.customer.hum = hum("C")
    heard_so = {Monitor.LISTEN: ("A", "C", "AC"), Monitor.WHISPER: ("A", "CS", "AC"), Monitor.BARGE: ("AS", "CS", "AC")}
    for mode, expected in heard_so.items():
        assert actions(world) == LADDER
        world.runner.supervision.monitor(SUE, mode)
        await world.clock.sleep(SETTLE_S)
        assert tuple([await heard(world, ear) for ear in ("customer", "ada", "sue")]) == expected
    take_over(world)
    await has_talk(world)
    told = await task
    assert told.result == ("handed_over", None, "agent")
    assert ("taken_over", {"agent": "ada", "to": "sue"}) in told.journal
    assert [data["mode"] for kind, data in told.journal if kind == "monitored"] == ["listen", "whisper", "barge"]
    holds_both_people(world, told)


@pytest.mark.parametrize("to", ["robot", "queue"])
async def test_a_call_to_us_is_listened_to_and_taken_over_from_robot_and_queue(called: World, to: str):
    world = called
    await open_line(world, {"to": to})
    world.agent("ada", "ignore")
    world._background.start(world.call_in(Customer(hello=None)))
    await world.until(lambda: world.loop.running and actions(world))
    if to == "queue":
        await world.until(lambda: world.runner.call.state.value == "holding")
    assert actions(world) == ["listen", "take_over"]
    await refused(world, Monitor.WHISPER, Monitor.BARGE)
    world.runner.supervision.monitor(SUE, Monitor.LISTEN)
    await world.until(lambda: abs(heard_by(world, "sue", 0.5).astype(int)).max() > 500, within_s=12)
    runner = world.runner
    take_over(world)
    await has_talk(world)
    await world.until(lambda: not world.loop.running and world.far["customer"].leg.state is LegState.ENDED)
    told = await world.told_of()
    assert told.result[0] == "handed_over" and told.result[2] == "agent"
    assert told.call.mode == "inbound" and runner.call.served.value == "agent"
    holds_both_people(world, told)
    assert world.desk.agents[ADA].state.value in ("idle", "offered")

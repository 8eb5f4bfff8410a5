"""Every source, ear and mode of a call with people, on recordings of what each leg was really sent, in whole calls."""

from collections.abc import Callable
from typing import Any

import pytest

from console.api.shapes import LiveCall
from console.board import call_view
from dialer.human import NotNow, request_of
from dialer.runner import CallRunner
from handoff.agents import AgentId
from media.leg import Cause
from media.mix import Monitor
from tests.calls.ears import heard_by, hum, level_of, sources
from tests.calls.test_three_stage_calls import INTERESTED
from tests.calls.world import Customer, World

ADA, SUE = AgentId("ada"), AgentId("sue")
SETTLE_S = 0.8  # concealment fades, and 0.4 s are measured

# What the customer, the agent and the supervisor hear: C customer, A agent, S supervisor, M music; by mode and state.
TABLE = {
    "none": {"": ("A", "C", ""), "hold": ("M", "", ""), "mute": ("", "C", ""), "hold mute": ("M", "", "")},
    "listen": {"": ("A", "C", "CA"), "hold": ("M", "", "A"), "mute": ("", "C", "C"), "hold mute": ("M", "", "")},
    "whisper": {"": ("A", "CS", "CA"), "hold": ("M", "S", "A"), "mute": ("", "CS", "C"), "hold mute": ("M", "S", "")},
    "barge": {"": ("AS", "CS", "CA"), "hold": ("M", "S", "A"), "mute": ("S", "CS", "C"), "hold mute": ("M", "S", "")},
    "taken over": {"": ("S", "", "C"), "hold": ("M", "", ""), "mute": ("", "", "C"), "hold mute": ("M", "", "")},
}
LOST = {"none": ("M", "", ""), "listen": ("M", "", ""), "whisper": ("M", "", ""), "barge": ("S", "", "C")}


async def bridged(world: World):
    """A call with ada on it, sue's phone up, everybody humming; the task of the call."""
    world.agent("ada", talk_s=300)
    world.phone("sue")
    world.hums |= {"ada": hum("A"), "sue": hum("S")}
    customer = Customer(says=INTERESTED)
    task = world.begin(customer)
    await world.until(lambda: world.loop.running and world.runner.human is not None)
    customer.hum = hum("C")
    return task


async def heard(world: World) -> tuple[str, ...]:
    """What the customer, the agent and the supervisor hear now; a leg that is lost hears nothing."""
    await world.clock.sleep(SETTLE_S)
    ears = ("customer", "ada", "sue")
    return tuple("" if world.far[ear].over else "".join(sorted(sources(heard_by(world, ear)))) for ear in ears)


def expected(row: tuple[str, str, str]) -> tuple[str, ...]:
    return tuple("".join(sorted(one)) for one in row)


def begin_mode(world: World, runner: CallRunner, mode: str) -> None:
    if mode == "taken over":
        world.desk.sign_in(SUE, world.scope.tenant_id, name="Sue")
        runner.supervision.take_over(SUE)
    elif mode != "none":
        runner.supervision.monitor(SUE, Monitor(mode))


@pytest.mark.parametrize("mode", TABLE)
async def test_the_human_leg(world: World, mode: str):
    task = await bridged(world)
    runner = world.runner
    begin_mode(world, runner, mode)
    human = runner.human
    assert human is not None
    for state, row in TABLE[mode].items():
        human.hold("hold" in state)
        human.mute("mute" in state)
        assert await heard(world) == expected(row), (mode, state)
    human.hold(False)
    human.mute(False)
    assert await heard(world) == expected(TABLE[mode][""])
    assert runner.hang_up_agent(SUE if mode == "taken over" else ADA)
    await task


@pytest.mark.parametrize("mode", LOST)
async def test_the_human_leg_while_the_agents_phone_is_lost(world: World, mode: str):
    task = await bridged(world)
    begin_mode(world, world.runner, mode)
    world.far["ada"].hang_up(Cause.NETWORK_FAILURE)
    assert await heard(world) == expected(LOST[mode])
    world.phone("ada", phone_id=world.phones._phones[ADA].id)
    await world.clock.sleep(1.2)
    assert await heard(world) == expected(TABLE[mode][""])
    world.runner.hang_up_agent(ADA)
    await task


class Wall(list[tuple[str, dict[str, Any]]]):
    """What is told of a call, each time with the call as a board shows it at that moment."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.last: LiveCall | None = None

    def append(self, told: tuple[str, dict[str, Any]]) -> None:
        super().append(told)
        if self._world.loop.running:
            self.last = call_view(self._world.runner, self._world.clock.now())


async def test_the_board_is_told_when_the_customer_hears_music(world: World):
    def shown() -> tuple[bool, str | None, bool]:
        assert wall.last is not None
        return wall.last.held, wall.last.transfer_to, wall.last.phone_lost

    world.live = wall = Wall(world)
    task = await bridged(world)
    world.agent("bea", "ignore")
    human = world.runner.human
    assert human is not None and shown() == (False, None, False)
    human.hold(True)
    assert shown() == (True, None, False)
    human.hold(False)
    human.transfer(to_agent="bea")
    assert shown() == (True, "bea", False)
    human.hold(False)
    world.far["ada"].hang_up(Cause.NETWORK_FAILURE)
    await world.clock.sleep(1)
    assert shown() == (False, None, True)
    world.phone("ada", phone_id=world.phones._phones[ADA].id)
    await world.clock.sleep(1)
    assert shown() == (False, None, False)
    world.runner.hang_up_agent(ADA)
    await task


async def test_a_supervisor_who_left_hears_nothing_and_is_heard_by_nobody(world: World):
    task = await bridged(world)
    world.runner.supervision.monitor(SUE, Monitor.BARGE)
    await heard(world)
    world.runner.supervision.leave(SUE)
    assert await heard(world) == expected(TABLE["none"][""])
    world.runner.hang_up_agent(ADA)
    await task


async def test_a_supervisor_whose_phone_is_lost_is_back_at_listening(world: World):
    task = await bridged(world)
    world.runner.supervision.monitor(SUE, Monitor.BARGE)
    await heard(world)
    world.far["sue"].hang_up(Cause.NETWORK_FAILURE)
    await world.clock.sleep(1)
    assert world.runner.supervision.mode is Monitor.LISTEN
    world.phone("sue", phone_id=world.phones._phones[SUE].id)
    assert await heard(world) == expected(TABLE["listen"][""])
    world.far["sue"].hang_up(Cause.NETWORK_FAILURE)
    await world.clock.sleep(31)
    assert world.runner.supervision.mode is None
    world.runner.hang_up_agent(ADA)
    told = await task
    kinds = [kind for kind in told.kinds() if kind.startswith("monitor")]
    assert kinds == ["monitored", "monitor_lost", "monitored", "monitor_lost", "monitor_left"]
    [first] = [data for kind, data in told.journal if kind == "monitored"][:1]
    assert first == {"by": "sue", "mode": "barge"}


@pytest.mark.parametrize("refused", [Monitor.WHISPER, Monitor.BARGE])
async def test_the_robot_has_no_ear_for_a_supervisor(world: World, refused: Monitor):
    world.phone("sue")
    world.hums["sue"] = hum("S")
    task = world.begin(Customer(says=[({"ask_interest"}, "do not call me again")]))
    await world.until(lambda: world.loop.running and world.runner.turns)
    assert world.runner.supervision.actions == ["listen", "take_over"]
    with pytest.raises(NotNow):
        world.runner.supervision.monitor(SUE, refused)
    assert world.runner.supervision.mode is None
    told = await task
    assert told.result == ("opted_out", "F", "none")


def _loud(far_sound) -> bool:
    return bool(abs(far_sound.astype(int)).max() > 500) if len(far_sound) else False


async def test_the_robots_leg_listened_to(world: World):
    """R is the robot: what the customer is sent. The supervisor hears both, and hums all the time; nobody hears them."""
    world.phone("sue")
    world.hums["sue"] = hum("S")
    customer = Customer(says=[({"ask_interest"}, "do not call me again")])
    task = world.begin(customer)
    await world.until(lambda: world.loop.running and world.runner.supervision.actions)
    before = heard_by(world, "sue")
    assert not before.any()
    world.runner.supervision.monitor(SUE, Monitor.LISTEN)
    await world.until(lambda: _loud(heard_by(world, "customer")))
    await world.clock.sleep(1.5)
    robot = heard_by(world, "customer", 1.0)
    for_sue = heard_by(world, "sue", 2.0)
    assert _same(robot[2400:6400], for_sue)  # the robot's very sound, a little later
    assert level_of(robot, "S") < 0.02
    await world.until(lambda: world.runner.turns and world.runner.turns[-1].speaker.value == "customer")
    told = await task
    assert told.result == ("opted_out", "F", "none")  # the hum was no word of the customer's
    assert [turn["text"] for turn in told.turns("customer")][-1] == "do not call me again"
    said = world.recognizer.utterances.pcm("do not call me again")
    everything = b"".join(chunk.pcm for chunk in world.far["sue"]._heard)
    assert said[3200:9600] in everything  # the customer's voice, sample for sample


def _same(piece, sound) -> bool:
    return piece.tobytes() in sound.tobytes()


@pytest.mark.parametrize("when", ["talking", "waiting"])
async def test_taking_a_call_over_from_the_robot(world: World, when: str):
    world.phone("sue")
    world.agent("ada", "ignore")
    world.hums |= {"sue": hum("S"), "ada": hum("A")}
    customer = Customer(says=[] if when == "talking" else INTERESTED, hello="hello")
    task = world.begin(customer)
    ready: Callable[[], object] = (
        (lambda: world.loop.running and len(world.runner.turns) >= 2)
        if when == "talking"
        else (lambda: world.loop.running and world.runner.agent == ADA)
    )
    await world.until(ready)
    world.desk.sign_in(SUE, world.scope.tenant_id, name="Sue")
    world.runner.supervision.monitor(SUE, Monitor.LISTEN)
    world.runner.supervision.take_over(SUE)
    await world.until(lambda: world.runner.human is not None)
    assert world.runner.supervision.mode is None
    customer.hum = hum("C")
    assert await heard(world) == ("S", "", "C")
    world.runner.hang_up_agent(SUE)
    told = await task
    assert told.result[0] == "handed_over" and told.result[2] == "agent"
    [taken] = [data for kind, data in told.journal if kind == "taken_over"]
    assert taken == {"agent": None, "to": "sue"}
    assert world.desk.agents[ADA].state.value in ("idle", "offered")
    assert told.grants_open == 0


async def test_who_is_taken_over_from_wraps_up_and_the_journal_says_who_took_it(world: World):
    task = await bridged(world)
    world.desk.sign_in(SUE, world.scope.tenant_id, name="Sue")
    world.runner.supervision.take_over(SUE)
    assert world.desk.agents[ADA].state.value == "wrap_up"
    assert world.desk.taken_over_by(ADA) == SUE
    assert world.runner.agent == SUE
    assert not world.runner.hang_up_agent(ADA)  # it is not hers any more
    await world.clock.sleep(1)
    world.runner.hang_up_agent(SUE)
    told = await task
    assert ("taken_over", {"agent": "ada", "to": "sue"}) in told.journal
    assert told.result == ("handed_over", "A", "agent")


async def lost_for_good(world: World) -> None:
    world.far["ada"].hang_up(Cause.NETWORK_FAILURE)
    await world.clock.sleep(31)


async def test_a_barging_supervisor_inherits_the_customer_of_an_agent_who_is_lost_for_good(world: World):
    task = await bridged(world)
    world.runner.supervision.monitor(SUE, Monitor.BARGE, name="Sue")
    world.far["ada"].hang_up(Cause.NETWORK_FAILURE)
    assert await heard(world) == ("S", "", "C")
    await world.clock.sleep(28)
    assert world.runner.agent == ADA  # she may still come back
    await world.clock.sleep(2)
    assert await heard(world) == ("S", "", "C")
    assert (world.runner.agent, world.runner.supervision.mode) == (SUE, None)
    human = world.runner.human
    assert human is not None and human.actions == ["hold", "mute", "transfer", "hang_up"]
    assert world.desk.agents[SUE].name == "Sue"
    assert world.desk.agents[SUE].state.value == "talking" and world.desk.agents[ADA].state.value == "gone"
    world.runner.hang_up_agent(SUE)
    told = await task
    assert told.result == ("handed_over", "A", "agent")
    assert ("taken_over", {"agent": "ada", "to": "sue"}) in told.journal
    assert "agent_lost" not in told.kinds(), "the customer was never told that their agent is lost"
    assert world.desk.agents[SUE].state.value == "wrap_up"
    assert world.desk.taken_over_by(SUE) is None


@pytest.mark.parametrize("mode", [Monitor.LISTEN, Monitor.WHISPER])
async def test_a_supervisor_who_does_not_speak_with_the_customer_inherits_nobody(world: World, mode: Monitor):
    task = await bridged(world)
    world.runner.supervision.monitor(SUE, mode)
    await lost_for_good(world)
    told = await task
    assert "agent_lost" in told.kinds() and "taken_over" not in told.kinds()
    assert SUE not in world.desk.agents


async def test_a_supervisor_who_is_offered_another_customer_keeps_the_one_they_speak_with(world: World):
    task = await bridged(world)
    world.agent("sue", "ignore")
    world.runner.supervision.monitor(SUE, Monitor.BARGE)
    world.far["ada"].hang_up(Cause.NETWORK_FAILURE)
    await world.clock.sleep(28)
    request = request_of(world.runner.life)
    waiting = [world.desk.request(request).transfer for _ in range(2)]
    assert world.desk.agents[SUE].state.value == "offered"
    await world.clock.sleep(3)
    assert world.runner.agent == SUE
    assert [transfer.state.value for transfer in waiting] == ["waiting", "waiting"]
    world.runner.hang_up_agent(SUE)
    for transfer in waiting:
        world.desk.withdraw(transfer.id)
    await task


async def test_a_barging_supervisor_inherits_when_the_colleague_who_was_asked_does_not_come_either(world: World):
    task = await bridged(world)
    world.agent("bea", "ignore")
    world.runner.supervision.monitor(SUE, Monitor.BARGE)
    human = world.runner.human
    assert human is not None
    world.far["ada"].hang_up(Cause.NETWORK_FAILURE)
    await world.clock.sleep(28)
    human.transfer(to_agent="bea")
    await world.clock.sleep(4)
    assert world.runner.agent == ADA, "bea is being asked"
    await world.until(lambda: world.runner.agent == SUE)
    assert await heard(world) == ("S", "", "C")
    world.runner.hang_up_agent(SUE)
    told = await task
    assert told.result[0] == "handed_over"

"""The bridge on virtual time: who hears whom, how late, how it ends, and what a tape of its legs holds."""

import wave
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from kernel.clock import LoopClock
from kernel.tasks import Background, alongside
from media.audio import FRAME_BYTES, FRAME_SAMPLES, SILENT_FRAME, level_dbfs
from media.bridge import BridgeFailed, MixingBridge
from media.leg import Cause, Dial, LegState
from media.loopback import FarEnd
from media.mix import Monitor, Party
from media.music import hold_music
from media.recorder import StereoRecorder
from media.ticker import Ticker
from tests.contract.gateway import tone

pytestmark = pytest.mark.virtual_time


@dataclass
class World:
    """Legs on one heartbeat. `ended` is who ended the bridge, once it has."""

    clock: LoopClock
    ticker: Ticker
    background: Background
    ended: list[Party | None | BridgeFailed]

    def party(self, name: str) -> FarEnd:
        far = FarEnd(Dial(number="1", caller_id="2", ring_timeout_s=9, call_id=name), self.clock, self.ticker)
        far.answer()
        return far

    def join(self, customer: FarEnd, agent: FarEnd) -> MixingBridge:
        bridge = MixingBridge(ticker=self.ticker, clock=self.clock, customer=customer.leg, agent=agent.leg)
        self.background.start(self._run(bridge))
        return bridge

    async def _run(self, bridge: MixingBridge) -> None:
        try:
            self.ended.append(await bridge.run())
        except BridgeFailed as exc:
            self.ended.append(exc)

    async def talk(self, seconds: float, **values: tuple[FarEnd, int]) -> None:
        """Each far end sends its tone, a frame every 20 ms."""
        for _ in range(round(seconds * 50)):
            for far, value in values.values():
                if not far.over:
                    far.send(tone(value))
            await self.clock.sleep(0.02)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    clock = LoopClock()
    ticker = Ticker(clock)
    async with alongside(ticker.run()) as background:
        yield World(clock, ticker, background, [])


def heard(far: FarEnd) -> np.ndarray:
    return np.frombuffer(b"".join(chunk.pcm for chunk in far._heard), np.int16)


async def test_two_parties_hear_each_other_and_not_themselves(world: World):
    customer, agent = world.party("customer"), world.party("agent")
    bridge = world.join(customer, agent)
    await world.talk(2, customer=(customer, 1000), agent=(agent, 300))
    assert set(heard(agent).tolist()) == {0, 1000}
    assert set(heard(customer).tolist()) == {0, 300}
    bridge.stop()
    await world.clock.sleep(0.1)
    assert world.ended == [None]
    assert customer.leg.state is agent.leg.state is LegState.ANSWERED


async def test_a_joined_party_is_heard_within_the_jitter_target_and_stays_so(world: World):
    customer, agent = world.party("customer"), world.party("agent")
    bridge = world.join(customer, agent)
    await world.talk(0.1)
    began_s = world.clock.monotonic()
    await world.talk(20, customer=(customer, 1000))
    assert bridge.first_customer_frame_at_s == pytest.approx(began_s + 0.04, abs=0.021)
    assert (agent.leg.queued, customer.leg.queued) == (0, 0)
    sound = heard(agent)
    first = int(np.argmax(sound > 0))
    assert (sound[first:] == 1000).all()
    assert first / 8000 - began_s <= 0.061


async def test_what_the_robot_had_still_queued_delays_nobody(world: World):
    customer, agent = world.party("customer"), world.party("agent")
    customer.leg.send(tone(7, 80000))
    await world.talk(0.1, customer=(customer, 1000))
    world.join(customer, agent)
    await world.talk(1, customer=(customer, 1000), agent=(agent, 300))
    assert heard(customer)[-FRAME_SAMPLES:].tolist() == [300] * FRAME_SAMPLES


@pytest.mark.parametrize("who", [Party.CUSTOMER, Party.AGENT])
async def test_whoever_leaves_ends_it_and_the_other_leg_is_left_up(world: World, who: Party):
    parties = {Party.CUSTOMER: world.party("customer"), Party.AGENT: world.party("agent")}
    world.join(parties[Party.CUSTOMER], parties[Party.AGENT])
    await world.talk(0.5)
    leaver = parties.pop(who)
    leaver.hang_up(Cause.NETWORK_FAILURE)
    await world.talk(0.1)
    assert world.ended == [who]
    (other,) = parties.values()
    assert other.leg.state is LegState.ANSWERED
    other.send(tone(9))  # and can be read by whoever owns it
    assert (await anext(other.leg.receive())).pcm == tone(9)


@pytest.mark.parametrize(
    ("mode", "customer_hears", "agent_hears"),
    [(Monitor.LISTEN, {200}, {100}), (Monitor.WHISPER, {200}, {100 + 7}), (Monitor.BARGE, {200 + 7}, {100 + 7})],
)
async def test_a_supervisor(world: World, mode: Monitor, customer_hears: set[int], agent_hears: set[int]):
    customer, agent, supervisor = (world.party(name) for name in ("customer", "agent", "supervisor"))
    bridge = world.join(customer, agent)
    voices = {"customer": (customer, 100), "agent": (agent, 200), "supervisor": (supervisor, 7)}
    await world.talk(0.5, **voices)
    bridge.supervise(supervisor.leg, Monitor.LISTEN)
    await world.talk(0.5, **voices)
    bridge.supervise(supervisor.leg, mode)
    await world.talk(0.5, **voices)
    assert set(heard(customer)[-FRAME_SAMPLES:].tolist()) == customer_hears
    assert set(heard(agent)[-FRAME_SAMPLES:].tolist()) == agent_hears
    assert set(heard(supervisor)[-FRAME_SAMPLES:].tolist()) == {300}
    supervisor.hang_up()  # is not the end of the call
    await world.talk(0.5, **voices)
    assert world.ended == []
    assert set(heard(customer)[-FRAME_SAMPLES:].tolist()) == {200}
    bridge.unsupervise()
    bridge.stop()


async def test_a_mixer_that_breaks_is_told_and_the_legs_stay_up(world: World, monkeypatch):
    customer, agent = world.party("customer"), world.party("agent")
    world.join(customer, agent)
    await world.talk(0.1)
    monkeypatch.setattr("media.bridge.mixed", lambda frames: 1 // 0)
    await world.talk(0.1)
    assert [type(end) for end in world.ended] == [BridgeFailed]
    assert customer.leg.state is agent.leg.state is LegState.ANSWERED


async def test_an_unanswered_agent_leg_gathers_no_delay(world: World):
    customer = world.party("customer")
    agent = FarEnd(Dial(number="1", caller_id="2", ring_timeout_s=9, call_id="agent"), world.clock, world.ticker)
    world.join(customer, agent)
    await world.talk(1, customer=(customer, 1000))
    assert agent.leg.queued == 0


async def test_a_tape_of_the_customers_leg_goes_on_from_robot_to_agent(world: World, tmp_path: Path):
    customer, agent = world.party("customer"), world.party("agent")
    path = tmp_path / "call.wav"
    recorder = StereoRecorder(path)
    end_tape = customer.leg.tape(received=recorder.left, sent=recorder.right)
    at = customer.leg.send(tone(50, 4000))
    await world.talk(1, customer=(customer, 1000))
    bridge = world.join(customer, agent)
    await world.talk(1, customer=(customer, 1000), agent=(agent, 300))
    bridge.stop()
    await world.talk(0.5)  # the customer's stream has a gap
    await world.talk(0.5, customer=(customer, 2000))
    end_tape()
    await world.talk(0.1, customer=(customer, 3000))
    recorder.close()
    with wave.open(str(path)) as file:
        left, right = np.frombuffer(file.readframes(file.getnframes()), np.int16).reshape(-1, 2).T
    assert right[at : at + 4000].tolist() == [50] * 4000
    assert right.tolist() == heard(customer)[: len(right)].tolist()
    spans = {value: np.flatnonzero(left == value) / 8000 for value in (1000, 2000)}
    assert spans[1000][0] == pytest.approx(0, abs=0.021)
    assert spans[1000][-1] == pytest.approx(2.0, abs=0.021)
    assert spans[2000][0] == pytest.approx(2.5, abs=0.021)  # where it arrived, not where the gap began
    assert spans[2000][-1] == pytest.approx(3.0, abs=0.021)
    assert 3000 not in left


async def test_frames_of_any_size_are_bridged(world: World):
    customer, agent = world.party("customer"), world.party("agent")
    world.join(customer, agent)
    for _ in range(100):
        customer.send(tone(1000, 80))
        await world.clock.sleep(0.01)
    assert (heard(agent) == 1000).sum() > 7000
    assert all(len(chunk.pcm) == FRAME_BYTES for chunk in agent._heard)
    assert SILENT_FRAME == bytes(FRAME_BYTES)


def _level(far: FarEnd, seconds: float = 0.5) -> np.ndarray:
    return heard(far)[-round(seconds * 8000) :]


def _is_music(sound: np.ndarray) -> bool:
    return len(sound) > 0 and sound.tobytes() in hold_music() * 3


async def test_a_held_customer_hears_music_and_nobody_hears_them(world: World):
    customer, agent, supervisor = (world.party(name) for name in ("customer", "agent", "supervisor"))
    bridge = world.join(customer, agent)
    bridge.supervise(supervisor.leg, Monitor.BARGE)
    voices = {"customer": (customer, 100), "agent": (agent, 200), "supervisor": (supervisor, 7)}
    await world.talk(0.5, **voices)
    bridge.hold(True)
    await world.talk(2, **voices)
    assert _is_music(_level(customer, 1.5))
    assert set(_level(agent).tolist()) == {7}
    assert set(_level(supervisor).tolist()) == {200}
    bridge.hold(False)
    await world.talk(0.5, **voices)
    assert set(_level(customer, 0.3).tolist()) == {207}
    assert set(_level(agent, 0.3).tolist()) == {107}
    bridge.stop()


async def test_a_muted_agent_is_heard_by_nobody_and_hears_all(world: World):
    customer, agent, supervisor = (world.party(name) for name in ("customer", "agent", "supervisor"))
    bridge = world.join(customer, agent)
    bridge.supervise(supervisor.leg, Monitor.LISTEN)
    voices = {"customer": (customer, 100), "agent": (agent, 200), "supervisor": (supervisor, 7)}
    bridge.mute(True)
    await world.talk(1, **voices)
    assert set(heard(customer).tolist()) == {0}
    assert set(_level(supervisor).tolist()) == {100}
    assert set(_level(agent).tolist()) == {100}
    bridge.mute(False)
    await world.talk(0.5, **voices)
    assert set(_level(customer, 0.3).tolist()) == {200}
    bridge.stop()


async def test_an_agent_who_is_lost_and_comes_back_finds_the_call_at_the_target_delay(world: World):
    customer, agent, again = (world.party(name) for name in ("customer", "agent", "again"))
    bridge = MixingBridge(ticker=world.ticker, clock=world.clock, customer=customer.leg, agent=agent.leg, keeps=True)
    world.background.start(world._run(bridge))
    await world.talk(1, customer=(customer, 100), agent=(agent, 200))
    agent.hang_up(Cause.NETWORK_FAILURE)
    await world.talk(5, customer=(customer, 100))
    assert world.ended == [] and bridge.situation.away
    assert _is_music(_level(customer, 4))
    for _ in range(12):  # a burst, as a phone sends that had stalled
        again.send(tone(300))
    bridge.seat(again.leg)
    await world.talk(2, customer=(customer, 100), again=(again, 300))
    assert set(_level(customer).tolist()) == {300}
    assert set(_level(again).tolist()) == {100}
    assert bridge._buffers[Party.AGENT].depth_ms <= 60
    bridge.stop()
    await world.clock.sleep(0.1)
    assert world.ended == [None]


async def test_a_supervisor_who_barged_talks_on_while_the_agent_is_away(world: World):
    customer, agent, supervisor = (world.party(name) for name in ("customer", "agent", "supervisor"))
    bridge = MixingBridge(ticker=world.ticker, clock=world.clock, customer=customer.leg, agent=agent.leg, keeps=True)
    world.background.start(world._run(bridge))
    bridge.supervise(supervisor.leg, Monitor.BARGE)
    agent.hang_up(Cause.NETWORK_FAILURE)
    await world.talk(1, customer=(customer, 100), supervisor=(supervisor, 7))
    assert set(_level(customer).tolist()) == {7}
    assert set(_level(supervisor).tolist()) == {100}
    bridge.supervise(supervisor.leg, Monitor.LISTEN)
    await world.talk(1, customer=(customer, 100), supervisor=(supervisor, 7))
    assert _is_music(_level(customer))
    bridge.stop()


def test_hold_music_is_gentle_and_has_no_seam():
    loop = np.frombuffer(hold_music(), np.int16).astype(float)
    assert len(hold_music()) % FRAME_BYTES == 0
    assert -33 < level_dbfs(hold_music()) < -22
    twice = np.abs(np.diff(np.concatenate([loop, loop])))
    assert twice[len(loop) - 5 : len(loop) + 5].max() <= np.abs(np.diff(loop)).max()
    frames = loop[: len(loop) // 4000 * 4000].reshape(-1, 4000)
    assert np.sqrt((frames**2).mean(axis=1)).min() > 100  # no half second of it is a hole

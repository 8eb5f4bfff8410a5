"""The leg behind every gateway: what does not fit its life is ignored, its end is told once, a broken way out ends it."""

import wave
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.clock import LoopClock
from kernel.machine import Machine, mermaid
from kernel.tasks import alongside
from media.leg import TABLE, Answered, Cause, EarlyMedia, KeyPressed, LegEnded, LegState, Ringing
from media.line_leg import LineLeg
from media.recorder import StereoRecorder
from media.ticker import Ticker
from tests.contract.gateway import life, tone
from tests.media.test_ticker import Over, StallingClock

EVENTS = [
    Ringing(at_s=0),
    EarlyMedia(at_s=0),
    Answered(at_s=0),
    KeyPressed(digit="1", at=0, at_s=0),
    LegEnded(cause=Cause.BUSY, at_s=0),
]


@dataclass
class Way:
    """Where a leg's calls go."""

    frames: list[bytes] = field(default_factory=list)
    dismissed: list[Cause] = field(default_factory=list)
    released: list[bool] = field(default_factory=list)


def make(ticker: Ticker, way: Way, *, transmit: Callable[[bytes], None] | None = None) -> LineLeg:
    return LineLeg(
        "leg-1",
        clock=LoopClock(),
        ticker=ticker,
        transmit=transmit or way.frames.append,
        dismiss=way.dismissed.append,
        released=lambda: way.released.append(True),
    )


@given(st.lists(st.sampled_from(EVENTS), max_size=12))
def test_an_ended_leg_stays_ended_and_no_order_of_events_breaks_the_table(events):
    machine: Machine = Machine(TABLE, LegState.TRYING)
    ended = False
    for event in events:
        if machine.takes(event):
            assert not ended
            machine.on(event)
        ended |= isinstance(event, LegEnded)
        assert (machine.state is LegState.ENDED) == ended
    assert machine.ended == ended


def test_the_life_can_be_drawn():
    assert "trying --> ringing: Ringing" in mermaid(TABLE, LegState.TRYING)


@pytest.mark.virtual_time
@pytest.mark.parametrize("ours", [True, False], ids=["we hang up", "they hang up"])
async def test_the_end_is_told_once(ours: bool):
    way = Way()
    leg = make(Ticker(LoopClock()), way)
    leg.answered()
    leg.ringing()  # late: ignored
    if ours:
        await leg.hang_up(Cause.REJECTED)
    else:
        leg.ended(Cause.REJECTED)
    leg.ended(Cause.BUSY)
    await leg.hang_up()
    leg.answered()
    leg.key("1")
    leg.on_audio(tone(1))
    assert way.dismissed == ([Cause.REJECTED] if ours else [])
    assert way.released == [True]
    assert leg.cause is Cause.REJECTED
    assert [type(event) for event in await life(leg)] == [Answered, LegEnded]


@pytest.mark.virtual_time
async def test_an_ended_leg_is_off_the_heartbeat():
    clock, way = LoopClock(), Way()
    ticker = Ticker(clock)
    leg = make(ticker, way)
    async with alongside(ticker.run()):
        leg.answered()
        await clock.sleep(0.1)
        await leg.hang_up()
        sent = len(way.frames)
        await clock.sleep(0.1)
    assert len(way.frames) == sent >= 4


@pytest.mark.virtual_time
async def test_a_way_out_that_breaks_ends_its_leg():
    clock = LoopClock()
    ticker = Ticker(clock)

    def transmit(frame: bytes) -> None:
        raise OSError("no way")

    way = Way()
    broken, good = make(ticker, Way(), transmit=transmit), make(ticker, way)
    async with alongside(ticker.run()):
        broken.answered()
        good.answered()
        await clock.sleep(0.1)
        assert (await life(broken))[-1].cause is Cause.NETWORK_FAILURE
    assert len(way.frames) >= 4
    assert way.released == []


async def test_after_a_stall_the_two_sides_of_a_tape_stand_beside_each_other_and_no_sound_is_lost(tmp_path):
    """A second and a half in which nothing is sent, while the other side's sound waits in the socket."""
    clock = StallingClock(stop_s=12.0)
    ticker, way = Ticker(clock), Way()
    leg = make(ticker, way)
    leg.answered()
    recorder, ticks, heard = StereoRecorder(tmp_path / "call.wav"), 0, 0
    leg.tape(received=recorder.left, sent=recorder.right)
    leg.send(tone(2, 80000))

    def far_end() -> None:
        nonlocal ticks, heard
        ticks += 1
        while heard < round((clock.now_s - 100.0) * 50):  # what it has said by now
            heard += 1
            leg.on_audio(tone(1))
        if ticks == 100:
            clock.stall(1.5)

    ticker.add(far_end)
    with pytest.raises(Over):
        await ticker.run()
    recorder.close()
    with wave.open(str(tmp_path / "call.wav")) as file:
        both = np.frombuffer(file.readframes(file.getnframes()), dtype=np.int16).reshape(-1, 2)
    assert len(both) == pytest.approx(12.0 * 8000, abs=1600)
    left, right = ((np.abs(both[:, channel].reshape(-1, 160)).max(axis=1) > 0) for channel in (0, 1))
    assert left.mean() > 0.98, "they spoke all the time"
    quiet = np.flatnonzero(~right[: 9 * 50])
    assert len(quiet) == pytest.approx(1.3 * 50, abs=2) and np.ptp(quiet) == len(quiet) - 1, "one gap, of the stall"
    assert right.sum() == 10 * 50, "all that was said to them is on it"
    assert leg.playout_position == pytest.approx(leg.received, abs=1600)
    [(at, lost)] = leg.stalls
    assert (at, lost) == (pytest.approx(2.0 * 8000, abs=320), pytest.approx(1.3 * 8000, abs=320))


@pytest.mark.virtual_time
async def test_sound_that_nobody_is_to_read_is_not_counted_as_dropped():
    ticker = Ticker(LoopClock())
    leg = make(ticker, Way())
    leg.answered()
    for _ in range(100):
        leg.on_audio(tone(1))
    assert leg.dropped == 0
    sound = leg.receive()
    assert (await anext(sound)).start == 50 * 160, "the latest second is kept"
    for _ in range(100):
        leg.on_audio(tone(1))
    assert leg.dropped == 99, "the reader is a second and more behind"
    await sound.aclose()
    for _ in range(100):
        leg.on_audio(tone(1))
    assert leg.dropped == 99

"""The leg behind every gateway: what does not fit its life is ignored, its end is told once, a broken way out ends it."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.clock import LoopClock
from kernel.machine import Machine, mermaid
from kernel.tasks import alongside
from media.leg import TABLE, Answered, Cause, EarlyMedia, KeyPressed, LegEnded, LegState, Ringing
from media.line_leg import LineLeg
from media.ticker import Ticker
from tests.contract.gateway import life, tone

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

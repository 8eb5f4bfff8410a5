"""What every gateway and its legs must do; a real telephone gateway will have to pass it too.

A test module makes a subclass with a `gateway` fixture that yields a `Bench`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Protocol

import pytest

from media.audio import FRAME_BYTES, FRAME_SAMPLES, SILENT_FRAME
from media.leg import (
    Answered,
    Cause,
    Dial,
    EarlyMedia,
    Gateway,
    Incoming,
    KeyPressed,
    Leg,
    LegEnded,
    LegEvent,
    LegState,
    Ringing,
)


class Customer(Protocol):
    """The far end as a test plays it."""

    async def ring(self) -> None: ...
    async def early_media(self) -> None: ...
    async def answer(self) -> None: ...
    async def send(self, pcm: bytes) -> None: ...
    async def press(self, digit: str) -> None: ...
    async def hang_up(self, cause: Cause) -> None: ...
    async def hear(self, count: int) -> bytes:
        """At least `count` bytes of what the platform sent since the answer."""

    async def dismissed(self) -> None:
        """Returns when the platform has hung up."""

    async def taken(self) -> bool:
        """Of a call to us: waits until the platform took it; False when it did not want it."""


@dataclass
class Bench:
    """A gateway under test; `play` says what its next far end does (in order); `pause(s)` lets time pass; `call_in` has
    somebody call us (their number, ours)."""

    gateway: Gateway
    play: Callable[[Callable[[Customer], Awaitable[None]]], None]
    pause: Callable[[float], Awaitable[None]]
    call_in: Callable[[str, str, Callable[[Customer], Awaitable[None]]], None]


DIAL = Dial(number="+12025550123", caller_id="+12025550100", ring_timeout_s=20, call_id="call-1")


async def life(leg: Leg) -> list[LegEvent]:
    """All events, to the end."""
    return [event async for event in leg.events()]


async def answered(leg: Leg) -> None:
    """Wait for the answer."""
    async for event in leg.events():
        if isinstance(event, Answered):
            return
    raise AssertionError("ended unanswered")


async def next_call(bench: Bench) -> Incoming:
    """The next call to us."""
    async for call in bench.gateway.incoming():
        return call
    raise AssertionError("a gateway's calls never end")


def tone(value: int, samples: int = FRAME_SAMPLES) -> bytes:
    """A sound that is recognised again."""
    return value.to_bytes(2, "little") * samples


class GatewayContract:
    """The suite."""

    async def test_a_call_rings_is_answered_and_ended_by_the_customer(self, bench: Bench):
        async def customer(far: Customer) -> None:
            await far.ring()
            await far.answer()
            await bench.pause(0.1)
            await far.hang_up(Cause.NORMAL)

        bench.play(customer)
        leg = await bench.gateway.originate(DIAL)
        events = await life(leg)
        assert [type(event) for event in events] == [Ringing, Answered, LegEnded]
        assert events[-1].cause is Cause.NORMAL
        assert leg.state is LegState.ENDED

    @pytest.mark.parametrize("cause", [cause for cause in Cause if cause is not Cause.NORMAL], ids=lambda c: c.name)
    async def test_a_call_nobody_answers_ends_with_its_cause(self, bench: Bench, cause: Cause):
        async def customer(far: Customer) -> None:
            await far.hang_up(cause)

        bench.play(customer)
        leg = await bench.gateway.originate(DIAL)
        assert [(type(e), e.cause) for e in await life(leg)] == [(LegEnded, cause)]

    async def test_ringing_ends_when_the_dial_says_so(self, bench: Bench):
        async def customer(far: Customer) -> None:
            await far.ring()
            await far.dismissed()

        bench.play(customer)
        leg = await bench.gateway.originate(replace(DIAL, ring_timeout_s=0.3))
        events = await life(leg)
        assert [type(event) for event in events] == [Ringing, LegEnded]
        assert events[-1].cause is Cause.NO_ANSWER
        assert events[-1].at_s - events[0].at_s >= 0.25

    async def test_a_late_reader_gets_the_whole_life_and_the_next_one_nothing(self, bench: Bench):
        async def customer(far: Customer) -> None:
            await far.ring()
            await far.answer()
            await far.hang_up(Cause.NORMAL)

        bench.play(customer)
        leg = await bench.gateway.originate(DIAL)
        while leg.state is not LegState.ENDED:
            await bench.pause(0.02)
        events = await life(leg)
        assert [type(event) for event in events] == [Ringing, Answered, LegEnded]
        assert [event.at_s for event in events] == sorted(event.at_s for event in events)
        assert await life(leg) == []

    async def test_a_ringing_leg_can_be_given_up(self, bench: Bench):
        seen: list[str] = []

        async def customer(far: Customer) -> None:
            await far.ring()
            await far.dismissed()
            seen.append("dismissed")

        bench.play(customer)
        leg = await bench.gateway.originate(DIAL)
        await leg.hang_up(Cause.CANCELLED)
        events = await life(leg)
        assert isinstance(events[-1], LegEnded)
        assert events[-1].cause is Cause.CANCELLED
        await bench.pause(0.2)
        assert seen == ["dismissed"]

    async def test_early_media_is_heard_before_the_answer(self, bench: Bench):
        sound = (1000).to_bytes(2, "little") * FRAME_SAMPLES

        async def customer(far: Customer) -> None:
            await far.early_media()
            await far.send(sound)
            await bench.pause(0.2)
            await far.hang_up(Cause.SWITCHED_OFF)

        bench.play(customer)
        leg = await bench.gateway.originate(DIAL)
        heard = b"".join([chunk.pcm async for chunk in leg.receive()])
        assert sound in heard
        events = await life(leg)
        assert [type(event) for event in events] == [EarlyMedia, LegEnded]
        assert events[-1].cause is Cause.SWITCHED_OFF

    async def test_sound_arrives_in_order_with_its_sample_index(self, bench: Bench):
        frames = [(100 + n).to_bytes(2, "little") * FRAME_SAMPLES for n in range(20)]

        async def customer(far: Customer) -> None:
            await far.answer()
            for frame in frames:
                await far.send(frame)
            await bench.pause(0.2)
            await far.hang_up(Cause.NORMAL)

        bench.play(customer)
        leg = await bench.gateway.originate(DIAL)
        position, heard = 0, b""
        async for chunk in leg.receive():
            assert chunk.start == position
            position = chunk.end
            heard += chunk.pcm
        assert b"".join(frames) in heard
        await leg.hang_up()

    async def test_positions_go_on_from_early_media_through_the_answer(self, bench: Bench):
        async def customer(far: Customer) -> None:
            await far.early_media()
            await far.send(tone(1))
            await bench.pause(0.1)
            await far.answer()
            await far.send(tone(2))
            await bench.pause(0.1)
            await far.hang_up(Cause.NORMAL)

        bench.play(customer)
        leg = await bench.gateway.originate(DIAL)
        chunks = [chunk async for chunk in leg.receive()]
        assert b"".join(chunk.pcm for chunk in chunks) == tone(1) + tone(2)
        assert [chunk.start for chunk in chunks] == [0, FRAME_SAMPLES]
        assert leg.received == 2 * FRAME_SAMPLES

    async def test_a_second_reader_takes_over(self, bench: Bench):
        async def customer(far: Customer) -> None:
            await far.answer()
            for n in range(3):
                await far.send(tone(n))
                await bench.pause(0.1)
            await far.dismissed()

        bench.play(customer)
        leg = await bench.gateway.originate(DIAL)
        first = leg.receive()
        assert (await anext(first)).pcm == tone(0)
        second = leg.receive()
        assert (await anext(second)).pcm == tone(1)
        with pytest.raises(StopAsyncIteration):
            await anext(first)
        assert (await anext(second)).pcm == tone(2)
        await leg.hang_up()
        with pytest.raises(StopAsyncIteration):
            await anext(second)

    async def test_sound_nobody_reads_is_kept_for_a_second(self, bench: Bench):
        async def customer(far: Customer) -> None:
            await far.answer()
            for n in range(150):
                await far.send(tone(n))
            await bench.pause(0.2)
            await far.hang_up(Cause.NORMAL)

        bench.play(customer)
        leg = await bench.gateway.originate(DIAL)
        await life(leg)
        chunks = [chunk async for chunk in leg.receive()]
        assert sum(chunk.count for chunk in chunks) == 8000
        assert chunks[-1].pcm == tone(149)
        assert chunks[-1].end == leg.received == 150 * FRAME_SAMPLES

    async def test_two_calls_do_not_hear_each_other(self, bench: Bench):
        got: dict[int, bytes] = {}

        def customer(n: int) -> Callable[[Customer], Awaitable[None]]:
            async def play(far: Customer) -> None:
                await far.answer()
                await far.send(tone(n))
                got[n] = await far.hear(50 * FRAME_BYTES)
                await far.hang_up(Cause.NORMAL)

            return play

        legs = []
        for n in (1, 2):
            bench.play(customer(n))
            legs.append(await bench.gateway.originate(replace(DIAL, call_id=f"call-{n}")))
        for n, leg in enumerate(legs, start=1):
            await answered(leg)
            leg.send(tone(10 + n))
        for n, leg in enumerate(legs, start=1):
            assert b"".join([chunk.pcm async for chunk in leg.receive()]) == tone(n)
            assert leg.id == f"call-{n}"
            assert tone(10 + n) in got[n]
            assert set(got[n]) == {0, 10 + n}

    async def test_what_is_queued_before_the_answer_goes_out_first(self, bench: Bench):
        got: list[bytes] = []

        async def customer(far: Customer) -> None:
            await far.ring()
            await bench.pause(0.2)
            await far.answer()
            got.append(await far.hear(2 * FRAME_BYTES))
            await far.hang_up(Cause.NORMAL)

        bench.play(customer)
        leg = await bench.gateway.originate(DIAL)
        assert leg.send(tone(7)) == 0
        await bench.pause(0.1)
        assert leg.playout_position == 0
        await life(leg)
        assert got[0][:FRAME_BYTES] == tone(7)

    async def test_a_frame_leaves_every_20_ms_silence_included(self, bench: Bench):
        async def customer(far: Customer) -> None:
            await far.answer()
            await far.hear(25 * FRAME_BYTES)
            await far.hang_up(Cause.NORMAL)

        bench.play(customer)
        leg = await bench.gateway.originate(DIAL)
        await life(leg)
        assert leg.playout_position >= 25 * FRAME_SAMPLES
        assert leg.playout_position % FRAME_SAMPLES == 0

    async def test_what_is_sent_is_heard_at_the_promised_index_and_silence_around_it(self, bench: Bench):
        got: list[bytes] = []

        async def customer(far: Customer) -> None:
            await far.answer()
            got.append(await far.hear(FRAME_BYTES * 60))
            await far.hang_up(Cause.NORMAL)

        bench.play(customer)
        leg = await bench.gateway.originate(DIAL)
        await answered(leg)
        await bench.pause(0.1)
        sound = (777).to_bytes(2, "little") * 1000
        at = leg.send(sound)
        assert leg.queued == 1000
        assert await leg.drained() == at + 1000  # to the sample, though frames are 160
        await life(leg)
        assert got[0][2 * at : 2 * at + 2000] == sound
        assert got[0][: 2 * at] == bytes(2 * at)

    async def test_flush_drops_the_rest_and_tells_what_was_heard(self, bench: Bench):
        got: list[bytes] = []

        async def customer(far: Customer) -> None:
            await far.answer()
            got.append(await far.hear(110 * FRAME_BYTES))
            await far.hang_up(Cause.NORMAL)

        bench.play(customer)
        leg = await bench.gateway.originate(DIAL)
        await answered(leg)
        leg.send((5).to_bytes(2, "little") * 16000)
        await bench.pause(0.5)
        before = leg.queued
        heard_s = leg.flush_playout()
        assert 16000 - before == round(heard_s * 8000)
        assert 0 < heard_s < 2
        assert leg.queued == 0
        assert await leg.drained() == leg.playout_position
        await life(leg)
        assert got[0].count(5) == round(heard_s * 8000)  # nothing of it afterwards

    async def test_keys_are_events(self, bench: Bench):
        async def customer(far: Customer) -> None:
            await far.answer()
            await far.send(SILENT_FRAME)
            await far.press("9")
            await bench.pause(0.1)
            await far.hang_up(Cause.NORMAL)

        bench.play(customer)
        leg = await bench.gateway.originate(DIAL)
        assert [e.digit for e in await life(leg) if isinstance(e, KeyPressed)] == ["9"]

    async def test_hanging_up_reaches_the_customer_and_ends_readers(self, bench: Bench):
        seen: list[str] = []

        async def customer(far: Customer) -> None:
            await far.answer()
            await far.dismissed()
            seen.append("dismissed")

        bench.play(customer)
        leg = await bench.gateway.originate(DIAL)
        await answered(leg)
        await leg.hang_up()
        await leg.hang_up()
        async for _ in leg.receive():  # ends, whatever was still to be read
            pass
        await bench.pause(0.2)
        assert seen == ["dismissed"]
        assert leg.send(tone(1)) == leg.playout_position
        assert leg.queued == 0
        async for _ in leg.receive():
            raise AssertionError("an ended leg hears nothing")

    async def test_an_end_wakes_whoever_waits_for_the_last_sample(self, bench: Bench):
        async def customer(far: Customer) -> None:
            await far.answer()
            await bench.pause(0.2)
            await far.hang_up(Cause.NORMAL)

        bench.play(customer)
        leg = await bench.gateway.originate(DIAL)
        await answered(leg)
        leg.send(tone(5, 80000))
        assert await leg.drained() <= leg.playout_position
        assert leg.state is LegState.ENDED

    # -- calls to us ---------------------------------------------------------------------------------------------
    async def test_a_call_to_us_rings_and_is_heard_both_ways_when_it_is_taken(self, bench: Bench):
        got: list[bytes] = []

        async def caller(far: Customer) -> None:
            assert await far.taken()
            await far.send(tone(3))
            got.append(await far.hear(25 * FRAME_BYTES))
            await far.press("7")
            await bench.pause(0.1)
            await far.hang_up(Cause.NORMAL)

        bench.call_in("+12025550123", "+12025550100", caller)
        call = await next_call(bench)
        assert (call.caller, call.called) == ("+12025550123", "+12025550100")
        assert call.leg.state is LegState.RINGING
        assert "555" not in repr(call)
        call.leg.send(tone(9))
        call.answer()
        heard = b"".join([chunk.pcm async for chunk in call.leg.receive()])
        events = await life(call.leg)
        assert [type(event) for event in events] == [Ringing, Answered, KeyPressed, LegEnded]
        assert tone(3) in heard
        assert got[0][:FRAME_BYTES] == tone(9)

    async def test_a_call_to_us_that_is_not_wanted_hears_so(self, bench: Bench):
        seen: list[bool] = []

        async def caller(far: Customer) -> None:
            seen.append(await far.taken())

        bench.call_in("+12025550123", "+12025550100", caller)
        call = await next_call(bench)
        await call.leg.hang_up(Cause.BUSY)
        assert [type(event) for event in await life(call.leg)] == [Ringing, LegEnded]
        await bench.pause(0.3)
        assert seen == [False]

    async def test_a_caller_may_give_up_before_they_are_answered(self, bench: Bench):
        async def caller(far: Customer) -> None:
            await bench.pause(0.1)
            await far.hang_up(Cause.CANCELLED)

        bench.call_in("", "+12025550100", caller)
        call = await next_call(bench)
        assert call.caller == ""
        events = await life(call.leg)
        assert isinstance(events[-1], LegEnded) and events[-1].cause is Cause.CANCELLED

    async def test_calls_to_us_come_in_order_and_wait_for_their_reader(self, bench: Bench):
        async def caller(far: Customer) -> None:
            await far.taken()

        for n in range(3):
            bench.call_in(f"+1202555010{n}", "+12025550100", caller)
            await bench.pause(0.05)
        calls = [await next_call(bench) for _ in range(3)]
        assert [call.caller[-1] for call in calls] == ["0", "1", "2"]
        for call in calls:
            await call.leg.hang_up(Cause.REJECTED)

    async def test_when_nobody_takes_calls_most_of_them_find_us_busy(self, bench: Bench):
        refused: list[int] = []

        def caller(n: int) -> Callable[[Customer], Awaitable[None]]:
            async def play(far: Customer) -> None:
                if not await far.taken():
                    refused.append(n)

            return play

        for n in range(30):
            bench.call_in(f"+120255501{n:02d}", "+12025550100", caller(n))
        await bench.pause(0.5)
        assert refused and min(refused) > 0
        for _ in range(30 - len(refused)):
            await (await next_call(bench)).leg.hang_up(Cause.BUSY)

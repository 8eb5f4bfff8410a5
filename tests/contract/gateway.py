"""What every gateway and its legs must do; a real telephone gateway will have to pass it too.

A test module makes a subclass with a `gateway` fixture that yields a `Bench`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from media.audio import FRAME_BYTES, FRAME_SAMPLES, SILENT_FRAME
from media.leg import Answered, Cause, Dial, EarlyMedia, Gateway, KeyPressed, LegEnded, LegEvent, LegState, Ringing


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


@dataclass
class Bench:
    """A gateway under test; `play` is what its next far end does; `pause(s)` lets time pass."""

    gateway: Gateway
    play: Callable[[Callable[[Customer], Awaitable[None]]], None]
    pause: Callable[[float], Awaitable[None]]


DIAL = Dial(number="+12025550123", caller_id="+12025550100", ring_timeout_s=20, call_id="call-1")


async def life(leg: object) -> list[LegEvent]:
    return [event async for event in leg.events()]  # type: ignore[attr-defined]


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

    async def test_a_busy_line_ends_with_its_cause(self, bench: Bench):
        async def customer(far: Customer) -> None:
            await far.hang_up(Cause.BUSY)

        bench.play(customer)
        leg = await bench.gateway.originate(DIAL)
        assert [(type(e), e.cause) for e in await life(leg)] == [(LegEnded, Cause.BUSY)]

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

    async def test_what_is_sent_is_heard_at_the_promised_index_and_silence_around_it(self, bench: Bench):
        got: list[bytes] = []

        async def customer(far: Customer) -> None:
            await far.answer()
            got.append(await far.hear(FRAME_BYTES * 30))
            await far.hang_up(Cause.NORMAL)

        bench.play(customer)
        leg = await bench.gateway.originate(DIAL)
        async for event in leg.events():
            if isinstance(event, Answered):
                break
        await bench.pause(0.1)
        sound = (777).to_bytes(2, "little") * 1000
        at = leg.send(sound)
        assert leg.queued == 1000
        assert await leg.drained() >= at + 1000
        await life(leg)
        assert got[0][2 * at : 2 * at + 2000] == sound
        assert got[0][: 2 * at] == bytes(2 * at)

    async def test_flush_drops_the_rest_and_tells_what_was_heard(self, bench: Bench):
        async def customer(far: Customer) -> None:
            await far.answer()
            await far.dismissed()

        bench.play(customer)
        leg = await bench.gateway.originate(DIAL)
        async for event in leg.events():
            if isinstance(event, Answered):
                break
        leg.send((5).to_bytes(2, "little") * 16000)
        await bench.pause(0.5)
        before = leg.queued
        heard_s = leg.flush_playout()
        assert 16000 - before == round(heard_s * 8000)
        assert 0.3 <= heard_s <= 1.0
        assert leg.queued == 0
        await leg.hang_up()

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
        async for event in leg.events():
            if isinstance(event, Answered):
                break
        await leg.hang_up()
        await leg.hang_up()
        async for _ in leg.receive():  # ends, whatever was still to be read
            pass
        await bench.pause(0.2)
        assert seen == ["dismissed"]
        assert leg.send(b"\0\0") == leg.playout_position

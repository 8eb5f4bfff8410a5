"""The in-process gateway passes the contract, in virtual and in real time."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from kernel.clock import LoopClock
from kernel.tasks import alongside
from media.audio import FRAME_BYTES
from media.leg import Cause, Dial
from media.loopback import FarEnd, LoopbackGateway, Mark
from media.ticker import Ticker
from tests.contract.gateway import DIAL, Bench, Customer, GatewayContract, life, tone


class Player:
    """The contract's customer on a `FarEnd`."""

    def __init__(self, far: FarEnd) -> None:
        self._far = far

    async def ring(self) -> None:
        self._far.ring()

    async def early_media(self) -> None:
        self._far.early_media()

    async def answer(self) -> None:
        self._far.answer()

    async def send(self, pcm: bytes) -> None:
        self._far.send(pcm)

    async def press(self, digit: str) -> None:
        self._far.press(digit)

    async def hang_up(self, cause: Cause) -> None:
        self._far.hang_up(cause)

    async def hear(self, count: int) -> bytes:
        heard = b""
        async for chunk in self._far.receive():
            heard += chunk.pcm
            if len(heard) >= count:
                break
        return heard

    async def dismissed(self) -> None:
        async for _ in self._far.receive():
            pass

    async def taken(self) -> bool:
        await self._far.settled.wait()
        return not self._far.over


async def make_bench() -> AsyncIterator[Bench]:
    clock = LoopClock()
    ticker = Ticker(clock)
    script: list[Callable[[Customer], Awaitable[None]]] = []

    async def answer(far: FarEnd) -> None:
        await script.pop(0)(Player(far))

    async with alongside(ticker.run()) as background:
        gateway = LoopbackGateway(clock=clock, ticker=ticker, background=background, answer=answer)

        def call_in(caller: str, called: str, play: Callable[[Customer], Awaitable[None]]) -> None:
            dial = Dial(number=called, caller_id=caller, ring_timeout_s=20, call_id=f"in-{caller[-2:]}")
            gateway.call_in(dial, lambda far: play(Player(far)))

        yield Bench(gateway=gateway, play=script.append, pause=clock.sleep, call_in=call_in)


@pytest.mark.virtual_time
class TestVirtualTime(GatewayContract):
    @pytest.fixture
    async def bench(self) -> AsyncIterator[Bench]:
        async for bench in make_bench():
            yield bench

    async def test_a_frame_is_on_its_way_within_a_tick_and_received_without_delay(self, bench: Bench):
        """Virtual milliseconds: the platform echoes; the far end hears itself at the next tick."""

        async def customer(far: Customer) -> None:
            await far.answer()
            await bench.pause(0.105)
            await far.send(tone(9))
            heard = await far.hear(10 * FRAME_BYTES)
            assert heard.index(tone(9)) == 5 * FRAME_BYTES  # the frame of 120 ms, the sixth
            await far.hang_up(Cause.NORMAL)

        bench.play(customer)
        leg = await bench.gateway.originate(DIAL)
        async for chunk in leg.receive():
            leg.send(chunk.pcm)
        assert (await life(leg))[-1].at_s == pytest.approx(0.2)


@pytest.mark.virtual_time
async def test_marks_reach_the_far_end_and_a_script_that_returns_has_hung_up():
    clock = LoopClock()
    ticker = Ticker(clock)
    seen: list[FarEnd] = []

    async def answer(far: FarEnd) -> None:
        seen.append(far)
        far.answer()
        await clock.sleep(1)

    async with alongside(ticker.run()) as background:
        gateway = LoopbackGateway(clock=clock, ticker=ticker, background=background, answer=answer)
        leg = await gateway.originate(DIAL)
        leg.prompt_started(("greeting", "identity"), 160)
        leg.prompt_ended(("greeting", "identity"), 900)
        assert (await life(leg))[-1].cause is Cause.NORMAL
    assert seen[0].marks == [
        Mark(what="started", moves=("greeting", "identity"), at=160),
        Mark(what="ended", moves=("greeting", "identity"), at=900),
    ]


class TestRealTime(GatewayContract):
    @pytest.fixture
    async def bench(self) -> AsyncIterator[Bench]:
        async for bench in make_bench():
            yield bench

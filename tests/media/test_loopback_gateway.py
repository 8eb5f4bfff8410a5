"""The in-process gateway passes the contract, in virtual and in real time, and rings no longer than told."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from kernel.clock import LoopClock
from kernel.tasks import alongside
from media.leg import Cause, LegEnded
from media.loopback import FarEnd, LoopbackGateway
from media.ticker import Ticker
from tests.contract.gateway import DIAL, Bench, Customer, GatewayContract, life


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


async def make_bench() -> AsyncIterator[Bench]:
    clock = LoopClock()
    ticker = Ticker(clock)
    script: list[Callable[[Customer], Awaitable[None]]] = []

    async def answer(far: FarEnd) -> None:
        await script.pop()(Player(far))

    async with alongside(ticker.run()) as background:
        gateway = LoopbackGateway(clock=clock, ticker=ticker, background=background, answer=answer)
        yield Bench(gateway=gateway, play=script.append, pause=clock.sleep)


@pytest.mark.virtual_time
class TestVirtualTime(GatewayContract):
    @pytest.fixture
    async def bench(self) -> AsyncIterator[Bench]:
        async for bench in make_bench():
            yield bench

    async def test_ringing_ends_at_the_timeout(self, bench: Bench):
        async def customer(far: Customer) -> None:
            await far.ring()
            await bench.pause(100)

        bench.play(customer)
        leg = await bench.gateway.originate(DIAL)
        last = (await life(leg))[-1]
        assert isinstance(last, LegEnded)
        assert last.cause is Cause.NO_ANSWER
        assert last.at_s == pytest.approx(20, abs=0.1)


class TestRealTime(GatewayContract):
    @pytest.fixture
    async def bench(self) -> AsyncIterator[Bench]:
        async for bench in make_bench():
            yield bench

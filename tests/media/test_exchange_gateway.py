"""The exchange gateway passes the contract against a scripted exchange on real sockets, and survives a bad one."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID

import pytest

from kernel.clock import LoopClock
from kernel.tasks import Background, alongside
from media.audiosocket import AudioSocketServer, Decoder, Kind, frame
from media.exchange import ExchangeGateway
from media.leg import Cause, GatewayUnavailable, LegEnded, LegState
from media.ticker import Ticker
from tests.contract.gateway import DIAL, Bench, Customer, GatewayContract, life


class Party:
    """The contract's customer, played over signalling lines and AudioSocket."""

    def __init__(self, exchange: "Exchange", order: dict) -> None:
        self._exchange = exchange
        self._uuid: str = order["uuid"]
        host, port = order["audio"].rsplit(":", 1)
        self._audio = (host, int(port))
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self.gone = asyncio.Event()

    def tell(self, event: str, **more: object) -> None:
        self._exchange.tell({"event": event, "uuid": self._uuid, **more})

    async def connect(self) -> None:
        if self._streams is None:
            self._streams = await asyncio.open_connection(*self._audio)
            self._streams[1].write(frame(Kind.UUID, UUID(self._uuid).bytes))

    async def ring(self) -> None:
        self.tell("ringing")

    async def early_media(self) -> None:
        await self.connect()
        self.tell("early_media")

    async def answer(self) -> None:
        await self.connect()
        self.tell("answered")

    async def send(self, pcm: bytes) -> None:
        assert self._streams
        self._streams[1].write(frame(Kind.SLIN, pcm))

    async def press(self, digit: str) -> None:
        self.tell("dtmf", digit=digit)

    async def hang_up(self, cause: Cause) -> None:
        self.tell("ended", sip=cause.sip, q850=cause.q850)

    async def hear(self, count: int) -> bytes:
        assert self._streams
        decoder, heard = Decoder(), b""
        while len(heard) < count:
            for kind, payload in decoder.feed(await self._streams[0].read(4096)):
                heard += payload if kind is Kind.SLIN else b""
        return heard

    async def dismissed(self) -> None:
        await self.gone.wait()

    def close(self) -> None:
        if self._streams:
            self._streams[1].close()


class Exchange:
    """An exchange that plays one scripted customer a call."""

    def __init__(self, background: Background) -> None:
        self.script: list[Callable[[Customer], Awaitable[None]]] = []
        self._background = background
        self._writer: asyncio.StreamWriter | None = None
        self.parties: dict[str, Party] = {}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        while line := await reader.readline():
            order = json.loads(line)
            if order["op"] == "originate":
                party = self.parties[order["uuid"]] = Party(self, order)
                party.tell("trying")
                self._background.start(self._play(party))
            elif order["op"] == "hangup":
                self.parties[order["uuid"]].gone.set()
        writer.close()

    async def _play(self, party: Party) -> None:
        await self.script.pop()(party)
        await asyncio.sleep(0.3)
        party.close()

    def tell(self, message: dict) -> None:
        assert self._writer
        self._writer.write(json.dumps(message).encode() + b"\n")


@pytest.fixture
async def world() -> AsyncIterator[tuple[ExchangeGateway, Exchange, AudioSocketServer]]:
    clock = LoopClock()
    ticker = Ticker(clock)
    audio = AudioSocketServer(clock=clock, ticker=ticker)
    await audio.start()
    async with alongside(ticker.run()) as background:
        exchange = Exchange(background)
        server = await asyncio.start_server(exchange.serve, "127.0.0.1", 0)
        host, port = server.sockets[0].getsockname()[:2]
        gateway = ExchangeGateway(host=host, port=port, audio=audio, clock=clock)
        background.start(gateway.run())
        async with asyncio.timeout(5):
            while not gateway.connected:
                await asyncio.sleep(0.01)
        yield gateway, exchange, audio
        for party in exchange.parties.values():
            party.close()
        server.close()
        await audio.close()
    await asyncio.sleep(0.05)


class TestExchangeGateway(GatewayContract):
    @pytest.fixture
    def bench(self, world: tuple[ExchangeGateway, Exchange, AudioSocketServer]) -> Bench:
        gateway, exchange, _ = world
        return Bench(gateway=gateway, play=exchange.script.append, pause=asyncio.sleep)


async def test_a_party_that_dies_ends_its_leg_as_network_failure(world):
    gateway, exchange, _ = world

    async def customer(far: Party) -> None:
        await far.answer()
        await asyncio.sleep(0.1)
        far.close()
        await asyncio.sleep(0.2)

    exchange.script.append(customer)
    leg = await gateway.originate(DIAL)
    last = (await life(leg))[-1]
    assert isinstance(last, LegEnded)
    assert last.cause is Cause.NETWORK_FAILURE


@pytest.mark.parametrize(
    "garbage",
    [b"\x77\x00\x01a", b"\x10\xff\xff" + bytes(100), frame(Kind.SLIN, bytes(320)), frame(Kind.UUID, bytes(16))],
    ids=["unknown kind", "oversize", "sound first", "unknown uuid"],
)
async def test_garbage_is_dropped_and_hurts_nobody(world, garbage: bytes):
    gateway, exchange, audio = world

    async def customer(far: Party) -> None:
        await far.answer()
        await asyncio.sleep(0.4)
        await far.hang_up(Cause.NORMAL)

    exchange.script.append(customer)
    leg = await gateway.originate(DIAL)
    reader, writer = await asyncio.open_connection(audio.host, audio.port)
    writer.write(garbage)
    assert await reader.read() == b""
    writer.close()
    assert leg.state is not LegState.ENDED
    assert (await life(leg))[-1].cause is Cause.NORMAL


async def test_no_exchange_is_a_clear_error_before_the_network():
    clock = LoopClock()
    audio = AudioSocketServer(clock=clock, ticker=Ticker(clock))
    gateway = ExchangeGateway(host="127.0.0.1", port=1, audio=audio, clock=clock)
    with pytest.raises(GatewayUnavailable, match="no exchange listens"):
        await gateway.run()
    with pytest.raises(GatewayUnavailable) as failure:
        await gateway.originate(DIAL)
    assert failure.value.before_network

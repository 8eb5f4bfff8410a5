"""The exchange gateway passes the contract against a scripted exchange on real sockets, and survives a bad one."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import ANY
from uuid import UUID, uuid4

import pytest

from kernel.clock import LoopClock
from kernel.tasks import Background, alongside
from media.audiosocket import AudioSocketServer, Decoder, Kind, frame
from media.exchange import ExchangeGateway, cause_of
from media.leg import Cause, GatewayUnavailable, KeyPressed, LegState
from media.ticker import Ticker
from tests.contract.gateway import DIAL, Bench, GatewayContract, answered, life


def address(order: dict) -> tuple[str, int]:
    """Where its sound is to go; nowhere yet for a call to the platform."""
    host, _, port = order.get("audio", ":0").rpartition(":")
    return host, int(port)


class Party:
    """The contract's customer, played over signalling lines and AudioSocket."""

    def __init__(self, exchange: "Exchange", order: dict) -> None:
        self._exchange = exchange
        self._uuid: str = order["uuid"]
        self._audio = address(order)
        self._answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self.gone = asyncio.Event()
        self.settled = False

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
        self.settled = True
        self.tell("answered")

    async def send(self, pcm: bytes) -> None:
        assert self._streams
        self._streams[1].write(frame(Kind.SLIN, pcm))

    async def raw(self, data: bytes) -> None:
        assert self._streams
        self._streams[1].write(data)

    async def press(self, digit: str) -> None:
        self.tell("dtmf", digit=digit)

    async def hang_up(self, cause: Cause) -> None:
        self.settled = True
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

    async def taken(self) -> bool:
        if not await self._answer:
            return False
        await self.answer()
        return True

    def on_answer(self, order: dict | None) -> None:
        """The platform takes the call, or (None) does not want it."""
        if order is not None:
            self._audio = address(order)
        if not self._answer.done():
            self._answer.set_result(order is not None)

    def close(self) -> None:
        if self._streams:
            self._streams[1].close()


class Exchange:
    """An exchange that plays one scripted customer a call. `mute`: takes orders and says nothing."""

    def __init__(self, background: Background) -> None:
        self.script: list[Callable[[Party], Awaitable[None]]] = []
        self.orders: list[dict[str, Any]] = []
        self.mute = False
        self.rings_for_ever = False
        self.writer: asyncio.StreamWriter | None = None
        self.parties: dict[str, Party] = {}
        self._background = background

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        while line := await reader.readline():
            order = json.loads(line)
            self.orders.append(order)
            if order["op"] == "originate" and not self.mute:
                party = self.parties[order["uuid"]] = Party(self, order)
                party.tell("trying")
                self._background.start(self._play(party))
                if not self.rings_for_ever:
                    self._background.start(self._stop_ringing(party, order["ring_timeout_s"]))
            elif order["op"] == "answer":
                self.parties[order["uuid"]].on_answer(order)
            elif order["op"] == "hangup" and order["uuid"] in self.parties:
                self.parties[order["uuid"]].gone.set()
                self.parties[order["uuid"]].on_answer(None)
        writer.close()

    def call_in(self, caller: str, called: str, play: Callable[[Party], Awaitable[None]]) -> None:
        """Somebody calls the platform."""
        party = Party(self, {"uuid": str(uuid4())})
        self.parties[party._uuid] = party  # the two are one harness
        party.tell("incoming", **{"from": caller, "to": called})
        self._background.start(self._play(party, play))

    async def _play(self, party: Party, play: Callable[[Party], Awaitable[None]] | None = None) -> None:
        await (play or self.script.pop(0))(party)
        await asyncio.sleep(0.3)
        party.close()

    async def _stop_ringing(self, party: Party, ring_timeout_s: float) -> None:
        await asyncio.sleep(ring_timeout_s)
        if not party.settled:
            party.tell("ended", sip=408, q850=19)
            party.gone.set()

    def tell(self, message: dict[str, object]) -> None:
        self.say(json.dumps(message).encode() + b"\n")

    def say(self, raw: bytes) -> None:
        assert self.writer
        self.writer.write(raw)


@dataclass
class World:
    """A gateway, its audio server, and an exchange to play with. `failures`: how `gateway.run` ended."""

    gateway: ExchangeGateway
    exchange: Exchange
    audio: AudioSocketServer
    background: Background
    failures: list[GatewayUnavailable]


@pytest.fixture
async def world() -> AsyncIterator[World]:
    clock = LoopClock()
    ticker = Ticker(clock)
    audio = AudioSocketServer(clock=clock, ticker=ticker)
    await audio.start()
    async with alongside(ticker.run()) as background:
        exchange = Exchange(background)
        server = await asyncio.start_server(exchange.serve, "127.0.0.1", 0)
        host, port = server.sockets[0].getsockname()[:2]
        gateway = ExchangeGateway(host=host, port=port, audio=audio, clock=clock)
        failures: list[GatewayUnavailable] = []
        background.start(run(gateway, failures))
        await until(lambda: gateway.connected and exchange.writer is not None)
        yield World(gateway, exchange, audio, background, failures)
        for party in exchange.parties.values():
            party.close()
        server.close()
        await audio.close()
    await asyncio.sleep(0.05)


async def run(gateway: ExchangeGateway, failures: list[GatewayUnavailable]) -> None:
    try:
        await gateway.run()
    except GatewayUnavailable as exc:
        failures.append(exc)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)


class TestExchangeGateway(GatewayContract):
    @pytest.fixture
    def bench(self, world: World) -> Bench:
        exchange = world.exchange
        return Bench(gateway=world.gateway, play=exchange.script.append, pause=asyncio.sleep, call_in=exchange.call_in)


class TestExchangeGatewayOnUvloop(TestExchangeGateway):
    @pytest.fixture
    def anyio_backend(self) -> tuple[str, dict[str, object]]:
        return ("asyncio", {"use_uvloop": True})


async def test_a_party_that_dies_ends_its_leg_as_network_failure_and_no_other(world: World):
    async def dies(far: Party) -> None:
        await far.answer()
        await asyncio.sleep(0.1)
        far.close()

    async def lives(far: Party) -> None:
        await far.answer()
        await far.dismissed()

    world.exchange.script += [dies, lives]
    dead, alive = [await world.gateway.originate(DIAL) for _ in range(2)]
    assert (await life(dead))[-1].cause is Cause.NETWORK_FAILURE
    assert alive.state is LegState.ANSWERED
    await alive.hang_up()


async def test_the_networks_word_counts_even_if_the_sound_ended_before_it(world: World):
    async def customer(far: Party) -> None:
        await far.early_media()
        far.close()
        await asyncio.sleep(0.1)
        await far.hang_up(Cause.SWITCHED_OFF)

    world.exchange.script.append(customer)
    leg = await world.gateway.originate(DIAL)
    assert (await life(leg))[-1].cause is Cause.SWITCHED_OFF


async def test_a_party_that_breaks_the_protocol_loses_its_leg_and_the_network_is_not_asked(world: World):
    async def customer(far: Party) -> None:
        await far.answer()
        await far.raw(b"\x77\x00\x00")

    world.exchange.script.append(customer)
    leg = await world.gateway.originate(DIAL)
    assert (await life(leg))[-1].cause is Cause.NETWORK_FAILURE


@pytest.mark.parametrize(
    "nonsense",
    [
        b"hello\n",
        b"[1,2]\n",
        b"\xff\xfe\n",
        b'{"event":"ended"}\n',
        b'{"event":"ended","uuid":"00000000-0000-0000-0000-000000000000","sip":"x"}\n',
        b"[" * 5000 + b"\n",
    ],
    ids=["no JSON", "a list", "no UTF-8", "no uuid", "nobody's", "too deep"],
)
async def test_nonsense_from_the_exchange_is_skipped(world: World, nonsense: bytes):
    async def customer(far: Party) -> None:
        world.exchange.say(nonsense)
        far.tell("sings")
        far.tell("ended", sip="x", q850=None)  # ended it is, for reasons unknown

    world.exchange.script.append(customer)
    leg = await world.gateway.originate(DIAL)
    assert (await life(leg))[-1].cause is Cause.NETWORK_FAILURE
    assert world.gateway.connected


async def test_an_exchange_that_goes_away_ends_all_calls_and_can_be_connected_again(world: World):
    async def customer(far: Party) -> None:
        await far.answer()
        await far.gone.wait()

    world.exchange.script += [customer, customer]
    legs = [await world.gateway.originate(DIAL) for _ in range(2)]
    for leg in legs:
        await answered(leg)
    assert world.exchange.writer
    world.exchange.writer.transport.abort()
    assert [(await life(leg))[-1].cause for leg in legs] == [Cause.NETWORK_FAILURE] * 2
    await until(lambda: bool(world.failures))
    assert not world.failures[0].before_network
    with pytest.raises(GatewayUnavailable) as failure:
        await world.gateway.originate(DIAL)
    assert failure.value.before_network
    world.background.start(run(world.gateway, world.failures))
    await until(lambda: world.gateway.connected)
    for party in world.exchange.parties.values():
        party.gone.set()


async def test_an_exchange_lost_while_it_should_take_a_call_is_no_call_that_may_be_repeated(world: World):
    world.exchange.mute = True
    world.background.start(asyncio.sleep(0))
    async with asyncio.TaskGroup() as tasks:
        dialling = tasks.create_task(refused(world.gateway))
        await until(lambda: bool(world.exchange.orders))
        assert world.exchange.writer
        world.exchange.writer.transport.abort()
    assert not dialling.result().before_network
    assert world.gateway.calls == world.audio.expected == 0


async def test_an_exchange_that_does_not_take_a_call_is_told_to_forget_it(world: World, monkeypatch):
    monkeypatch.setattr("media.exchange._TRYING_WITHIN_S", 0.1)
    world.exchange.mute = True
    assert not (await refused(world.gateway)).before_network
    await until(lambda: [order["op"] for order in world.exchange.orders] == ["originate", "hangup"])
    assert world.gateway.calls == world.audio.expected == 0


async def refused(gateway: ExchangeGateway) -> GatewayUnavailable:
    with pytest.raises(GatewayUnavailable) as failure:
        await gateway.originate(DIAL)
    return failure.value


async def test_a_dialler_that_is_cancelled_takes_the_call_back(world: World):
    world.exchange.mute = True
    async with asyncio.TaskGroup() as tasks:
        dialling = tasks.create_task(world.gateway.originate(DIAL))
        await until(lambda: bool(world.exchange.orders))
        dialling.cancel()
    await until(lambda: world.exchange.orders[-1]["op"] == "hangup")
    assert world.gateway.calls == world.audio.expected == 0


async def test_an_answer_without_sound_is_a_network_failure(world: World, monkeypatch):
    monkeypatch.setattr("media.exchange._SOUND_WITHIN_S", 0.1)

    async def customer(far: Party) -> None:
        far.settled = True
        far.tell("answered")
        await far.gone.wait()

    world.exchange.script.append(customer)
    leg = await world.gateway.originate(DIAL)
    assert (await life(leg))[-1].cause is Cause.NETWORK_FAILURE
    await until(lambda: world.exchange.orders[-1] == {"op": "hangup", "uuid": ANY, "q850": 38})


async def test_an_exchange_that_rings_for_ever_is_not_believed(world: World, monkeypatch):
    monkeypatch.setattr("media.exchange._RING_GRACE_S", 0.1)
    world.exchange.rings_for_ever = True

    async def customer(far: Party) -> None:
        await far.ring()
        await far.gone.wait()

    world.exchange.script.append(customer)
    leg = await world.gateway.originate(replace(DIAL, ring_timeout_s=0.1))
    assert (await life(leg))[-1].cause is Cause.NO_ANSWER
    await until(lambda: world.exchange.orders[-1] == {"op": "hangup", "uuid": ANY, "q850": 19})


async def test_what_is_said_on_the_wire(world: World):
    """The wire of SPEC and ADR 0003, as an exchange sees it."""

    async def customer(far: Party) -> None:
        await far.answer()
        await far.dismissed()

    world.exchange.script.append(customer)
    leg = await world.gateway.originate(DIAL)
    await answered(leg)
    leg.prompt_started(["greeting", "identity"], 320)
    leg.prompt_ended(["greeting", "identity"], 4000)
    await leg.hang_up()
    await until(lambda: len(world.exchange.orders) == 4)
    originate, started, ended, hangup = world.exchange.orders
    uuid = originate["uuid"]
    assert originate == {
        "op": "originate",
        "uuid": str(UUID(uuid)),
        "to": DIAL.number,
        "from": DIAL.caller_id,
        "ring_timeout_s": DIAL.ring_timeout_s,
        "audio": f"{world.audio.host}:{world.audio.port}",
    }
    moves = ["greeting", "identity"]
    assert started == {"op": "mark", "uuid": uuid, "what": "started", "moves": moves, "at": 320}
    assert ended == {"op": "mark", "uuid": uuid, "what": "ended", "moves": moves, "at": 4000}
    assert hangup == {"op": "hangup", "uuid": uuid, "q850": 16}


async def test_keys_may_come_with_the_sound_and_nonsense_is_no_key(world: World):
    async def customer(far: Party) -> None:
        await far.answer()
        await asyncio.sleep(0.1)
        await far.raw(frame(Kind.DTMF, b"#"))
        await asyncio.sleep(0.1)
        far.tell("dtmf", digit="12")
        far.tell("dtmf")
        far.tell("dtmf", digit="5")
        await far.hang_up(Cause.NORMAL)

    world.exchange.script.append(customer)
    leg = await world.gateway.originate(DIAL)
    assert [event.digit for event in await life(leg) if isinstance(event, KeyPressed)] == ["#", "5"]


async def test_ended_calls_leave_nothing_behind(world: World):
    async def busy(far: Party) -> None:
        await far.hang_up(Cause.BUSY)

    async def talks(far: Party) -> None:
        await far.answer()
        await far.hang_up(Cause.NORMAL)

    world.exchange.script += [busy, talks]
    for _ in range(2):
        await life(await world.gateway.originate(DIAL))
    assert world.gateway.calls == world.audio.expected == 0


async def test_no_exchange_is_a_clear_error_before_the_network():
    clock = LoopClock()
    audio = AudioSocketServer(clock=clock, ticker=Ticker(clock))
    gateway = ExchangeGateway(host="127.0.0.1", port=1, audio=audio, clock=clock)
    with pytest.raises(GatewayUnavailable, match="no exchange listens"):
        await gateway.run()
    assert (await refused(gateway)).before_network


@pytest.mark.parametrize("cause", Cause)
def test_causes_are_known_by_their_numbers(cause: Cause):
    assert cause_of(cause.sip, cause.q850) is cause
    assert cause_of(cause.sip, 0) is cause
    assert cause_of(0, cause.q850) is cause
    assert cause_of(599, 99) is Cause.NETWORK_FAILURE

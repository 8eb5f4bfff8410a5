"""The platform's end of the loopback exchange: calls placed over JSON lines, their sound over AudioSocket.

An exchange is another process that plays the telephone network. One signalling connection carries lines, one JSON object
each, joined to the sound by the call's UUID:

    gateway -> exchange   {"op":"originate","uuid","to","from","ring_timeout_s","audio":"host:port"}
                          {"op":"hangup","uuid","q850"}    {"op":"mark","uuid","what","moves":[...],"at":tx index}
                          {"op":"answer","uuid","audio":"host:port"}
    exchange -> gateway   {"event":"trying"|"ringing"|"early_media"|"answered"|"ended","uuid","sip","q850"}
                          {"event":"dtmf","uuid","digit"}    {"event":"incoming","uuid","from","to"}

Who plays the call opens the AudioSocket connection to `audio` when early media or the answer begins. A key may come on
either connection. A call to us is `incoming`, with a UUID of the exchange's; it is over by `ended`, or by our `hangup`, or
it is taken by our `answer`: then its sound comes, and `answered`. Why: docs/adr/0003-loopback-speaks-audiosocket.md.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Final
from uuid import UUID, uuid4

from kernel.clock import Clock
from kernel.log import get_logger
from media.audiosocket import AudioSocketServer, at_once
from media.dtmf import KEYS
from media.leg import Cause, Dial, GatewayUnavailable, Incoming, LegState
from media.line_leg import LineLeg

_LONGEST_LINE: Final = 64 * 1024  # bytes
_TRYING_WITHIN_S: Final = 5.0
_SOUND_WITHIN_S: Final = 5.0  # after the answer
_RING_GRACE_S: Final = 2.0  # over the ring time the exchange was told
_WAITING_CALLS: Final = 20  # to us, that nobody has looked at yet
_UNSENT_BYTES: Final = 1 << 20  # an exchange that does not read its orders

log = get_logger(__name__)

_BY_PAIR: Final = {(cause.sip, cause.q850): cause for cause in Cause}
_BY_SIP: Final = {cause.sip: cause for cause in Cause}
_BY_Q850: Final = {cause.q850: cause for cause in Cause}


def cause_of(sip: int, q850: int) -> Cause:
    """The cause with these numbers; by the SIP status alone, then by Q.850 alone, where no pair fits."""
    return _BY_PAIR.get((sip, q850)) or _BY_SIP.get(sip) or _BY_Q850.get(q850) or Cause.NETWORK_FAILURE


def line(message: Mapping[str, object]) -> bytes:
    """A message as one line."""
    return json.dumps(message, separators=(",", ":")).encode() + b"\n"


def message_of(raw: bytes) -> dict[str, object] | None:
    """The message of a line; None when it holds no JSON object."""
    try:
        message = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return message if isinstance(message, dict) else None


class ExchangeGateway:
    """A `Gateway`. `run` works the signalling connection; when it is lost every call on it ends as NETWORK_FAILURE. `place`
    is the exchange's address, for messages."""

    def __init__(self, *, host: str, port: int, audio: AudioSocketServer, clock: Clock) -> None:
        self._address = (host, port)
        self.place = f"{host}:{port}"
        self._audio = audio
        self._clock = clock
        self._writer: asyncio.StreamWriter | None = None
        self._legs: dict[str, LineLeg] = {}
        self._taken: dict[str, asyncio.Future[bool]] = {}
        self._incoming: asyncio.Queue[Incoming] = asyncio.Queue(maxsize=_WAITING_CALLS)

    @property
    def connected(self) -> bool:
        """True while calls can be placed."""
        return self._writer is not None

    @property
    def calls(self) -> int:
        """Legs that have not ended."""
        return len(self._legs)

    async def run(self) -> None:
        """Connect, then follow the exchange's word until it is gone or this is cancelled. May be run again.

        Raises:
            GatewayUnavailable: there is no exchange at the address, or it went away.
        """
        try:
            reader, writer = await asyncio.open_connection(*self._address, limit=_LONGEST_LINE)
        except OSError as exc:
            raise GatewayUnavailable("no exchange listens", where=self.place, before_network=True) from exc
        at_once(writer.transport)
        self._writer = writer
        try:
            while raw := await reader.readline():
                self._on_line(raw)
        except ValueError as exc:
            raise GatewayUnavailable(
                f"the exchange sent a line of over {_LONGEST_LINE} bytes", where=self.place, before_network=False
            ) from exc
        except OSError as exc:
            raise GatewayUnavailable("the exchange went away", where=self.place, before_network=False) from exc
        finally:
            self._writer = None
            writer.transport.abort()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
            self._lose_all()
        raise GatewayUnavailable("the exchange went away", where=self.place, before_network=False)

    async def incoming(self) -> AsyncGenerator[Incoming]:
        """See `Gateway.incoming`."""
        while True:
            yield await self._incoming.get()

    async def originate(self, dial: Dial) -> LineLeg:
        """See `Gateway.originate`. An exchange that lets it ring too long is not believed: NO_ANSWER."""
        if self._writer is None:
            raise GatewayUnavailable("not connected to the exchange", where=self.place, before_network=True)
        loop = asyncio.get_running_loop()
        uuid = uuid4()
        name = str(uuid)
        leg = self._expect(uuid, dial.call_id)
        self._taken[name] = taken = loop.create_future()
        self._send(
            {
                "op": "originate",
                "uuid": name,
                "to": dial.number,
                "from": dial.caller_id,
                "ring_timeout_s": dial.ring_timeout_s,
                "audio": f"{self._audio.host}:{self._audio.port}",
            }
        )
        accepted = False
        try:
            async with asyncio.timeout(_TRYING_WITHIN_S):
                accepted = await taken
        except TimeoutError:
            pass  # told below
        finally:
            self._taken.pop(name, None)
            if not accepted:
                await leg.hang_up(Cause.CANCELLED)
        if not accepted:
            raise GatewayUnavailable("the exchange does not take the call", where=self.place, before_network=False)
        loop.call_later(dial.ring_timeout_s + _RING_GRACE_S, self._stop_ringing, name)
        return leg

    # -- inside --------------------------------------------------------------------------------------------------
    def _expect(self, uuid: UUID, id: str) -> LineLeg:
        name = str(uuid)
        leg = self._legs[name] = self._audio.expect(
            uuid,
            id=id,
            answers=False,
            dismiss=lambda cause: self._send({"op": "hangup", "uuid": name, "q850": cause.q850}),
            released=lambda: self._on_released(name),
            mark=lambda what, moves, at: self._on_mark(name, what, moves, at),
        )
        return leg

    def _on_incoming(self, name: str, message: Mapping[str, object]) -> None:
        """Somebody calls us."""
        try:
            uuid = UUID(name)
        except ValueError:
            log.warning("a call to us without a UUID")
            return
        leg = self._expect(uuid, name)
        leg.ringing()
        audio = f"{self._audio.host}:{self._audio.port}"
        call = Incoming(
            caller=str(message.get("from", "")),
            called=str(message.get("to", "")),
            leg=leg,
            answer=lambda: self._send({"op": "answer", "uuid": name, "audio": audio}),
        )
        try:
            self._incoming.put_nowait(call)
        except asyncio.QueueFull:
            self._give_up(name, leg, Cause.BUSY)

    def _on_line(self, raw: bytes) -> None:
        message = message_of(raw)
        if message is None:
            log.warning("the exchange spoke nonsense", length=len(raw))
            return
        name, event = str(message.get("uuid", "")), message.get("event")
        leg = self._legs.get(name)
        if leg is None:
            if event == "incoming":
                self._on_incoming(name, message)
            return  # else a call that has ended here already
        taken = self._taken.get(name)
        if taken is not None and not taken.done():
            taken.set_result(True)
        match event:
            case "trying":
                pass
            case "ringing":
                leg.ringing()
            case "early_media":
                leg.early_media()
            case "answered":
                leg.answered()
                asyncio.get_running_loop().call_later(_SOUND_WITHIN_S, self._need_sound, name)
            case "dtmf":
                digit = str(message.get("digit", ""))
                if len(digit) == 1 and digit in KEYS:
                    leg.key(digit)
            case "ended":
                leg.ended(cause_of(_number(message.get("sip")), _number(message.get("q850"))))
            case _:
                log.warning("unknown word of the exchange", word=str(event)[:40])

    def _on_released(self, name: str) -> None:
        self._legs.pop(name, None)

    def _on_mark(self, name: str, what: str, moves: Sequence[str], at: int) -> None:
        self._send({"op": "mark", "uuid": name, "what": what, "moves": list(moves), "at": at})

    def _stop_ringing(self, name: str) -> None:
        leg = self._legs.get(name)
        if leg is not None and leg.state is not LegState.ANSWERED:
            log.warning("the exchange rang too long", leg=leg.id)
            self._give_up(name, leg, Cause.NO_ANSWER)

    def _need_sound(self, name: str) -> None:
        leg = self._legs.get(name)
        if leg is not None and not self._audio.connected(UUID(name)):
            log.warning("answered, and no sound came", leg=leg.id)
            self._give_up(name, leg, Cause.NETWORK_FAILURE)

    def _give_up(self, name: str, leg: LineLeg, cause: Cause) -> None:
        self._send({"op": "hangup", "uuid": name, "q850": cause.q850})
        leg.ended(cause)

    def _lose_all(self) -> None:
        for taken in tuple(self._taken.values()):
            if not taken.done():
                taken.set_result(False)
        for leg in tuple(self._legs.values()):
            leg.ended(Cause.NETWORK_FAILURE)

    def _send(self, message: Mapping[str, object]) -> None:
        if self._writer is None:
            return
        self._writer.write(line(message))
        if self._writer.transport.get_write_buffer_size() > _UNSENT_BYTES:
            log.error("the exchange does not read its orders")
            self._writer.transport.abort()


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0

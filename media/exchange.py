"""The platform's end of the loopback exchange: calls placed over JSON lines, their sound over AudioSocket.

An exchange is another process that plays the telephone network. One signalling connection carries lines, one JSON object
each, joined to the sound by the call's UUID:

    gateway -> exchange   {"op":"originate","uuid","to","from","ring_timeout_s","audio":"host:port"}
                          {"op":"hangup","uuid","q850"}    {"op":"mark","uuid","what","moves":[...],"at":tx index}
    exchange -> gateway   {"event":"trying"|"ringing"|"early_media"|"answered"|"ended","uuid","sip","q850"}
                          {"event":"dtmf","uuid","digit"}

Who plays the call opens the AudioSocket connection to `audio` when early media or the answer begins.
"""

import asyncio
import contextlib
import json
from collections.abc import Sequence
from typing import Any, Final
from uuid import uuid4

from kernel.clock import Clock
from kernel.log import get_logger
from media.audiosocket import AudioSocketServer
from media.leg import Cause, Dial, GatewayUnavailable
from media.line_leg import LineLeg

_LONGEST_LINE: Final = 64 * 1024
_TRYING_WITHIN_S: Final = 5.0

log = get_logger(__name__)


def cause_of(sip: int, q850: int) -> Cause:
    """The cause with these numbers; by the SIP status alone, then by Q.850 alone, where no pair fits."""
    by_pair = {(cause.sip, cause.q850): cause for cause in Cause}
    by_sip = {cause.sip: cause for cause in Cause}
    by_q850 = {cause.q850: cause for cause in Cause}
    return by_pair.get((sip, q850)) or by_sip.get(sip) or by_q850.get(q850) or Cause.NETWORK_FAILURE


def line(message: dict[str, Any]) -> bytes:
    """A message as one line."""
    return json.dumps(message, separators=(",", ":")).encode() + b"\n"


class ExchangeGateway:
    """A `Gateway`. `run` works the signalling connection; when it is lost every call on it ends as NETWORK_FAILURE."""

    def __init__(self, *, host: str, port: int, audio: AudioSocketServer, clock: Clock) -> None:
        self._address = (host, port)
        self._audio = audio
        self._clock = clock
        self._writer: asyncio.StreamWriter | None = None
        self._legs: dict[str, LineLeg] = {}
        self._taken: dict[str, asyncio.Future[None]] = {}

    async def run(self) -> None:
        """Connect, then follow the exchange's word until it is gone or this is cancelled.

        Raises:
            GatewayUnavailable: there is no exchange at the address, or it went away.
        """
        place = f"{self._address[0]}:{self._address[1]}"
        try:
            reader, writer = await asyncio.open_connection(*self._address, limit=_LONGEST_LINE)
        except OSError as exc:
            raise GatewayUnavailable("no exchange listens", where=place, before_network=True) from exc
        self._writer = writer
        try:
            while raw := await reader.readline():
                self._on_line(raw)
        except (ValueError, ConnectionError) as exc:
            raise GatewayUnavailable("the exchange spoke nonsense", where=place, before_network=False) from exc
        finally:
            self._writer = None
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
            for leg in tuple(self._legs.values()):
                leg.ended(Cause.NETWORK_FAILURE)
            self._legs.clear()
            for waiting in self._taken.values():
                if not waiting.done():
                    waiting.cancel()
        raise GatewayUnavailable("the exchange went away", where=place, before_network=False)

    @property
    def connected(self) -> bool:
        """True while calls can be placed."""
        return self._writer is not None

    async def originate(self, dial: Dial) -> LineLeg:
        """See `Gateway.originate`."""
        place = f"{self._address[0]}:{self._address[1]}"
        if self._writer is None:
            raise GatewayUnavailable("not connected to the exchange", where=place, before_network=True)
        uuid = uuid4()
        name = str(uuid)
        leg = self._audio.expect(
            uuid,
            id=dial.call_id,
            answers=False,
            dismiss=lambda cause: self._dismiss(name, cause),
            mark=lambda what, moves, at: self._mark(name, what, moves, at),
        )
        self._legs[name] = leg
        self._taken[name] = taken = asyncio.get_running_loop().create_future()
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
        try:
            async with asyncio.timeout(_TRYING_WITHIN_S):
                await taken
        except (TimeoutError, asyncio.CancelledError) as exc:
            self._legs.pop(name, None)
            await leg.hang_up(Cause.CANCELLED)
            if isinstance(exc, asyncio.CancelledError) and self._writer is not None:
                raise
            raise GatewayUnavailable("the exchange does not take the call", where=place, before_network=False) from exc
        finally:
            self._taken.pop(name, None)
        return leg

    # -- inside --------------------------------------------------------------------------------------------------
    def _on_line(self, raw: bytes) -> None:
        message = json.loads(raw)
        name, event = str(message.get("uuid", "")), message.get("event")
        leg = self._legs.get(name)
        if leg is None:
            return  # a call that has ended here already
        waiting = self._taken.get(name)
        if waiting is not None and not waiting.done():
            waiting.set_result(None)
        match event:
            case "trying":
                pass
            case "ringing":
                leg.ringing()
            case "early_media":
                leg.early_media()
            case "answered":
                leg.answered()
            case "dtmf":
                leg.key(str(message.get("digit", ""))[:1])
            case "ended":
                self._legs.pop(name, None)
                leg.ended(cause_of(int(message.get("sip", 0)), int(message.get("q850", 0))))
            case _:
                log.warning("unknown word of the exchange", event=str(event))

    def _dismiss(self, name: str, cause: Cause) -> None:
        self._legs.pop(name, None)
        self._send({"op": "hangup", "uuid": name, "q850": cause.q850})

    def _mark(self, name: str, what: str, moves: Sequence[str], at: int) -> None:
        self._send({"op": "mark", "uuid": name, "what": what, "moves": list(moves), "at": at})

    def _send(self, message: dict[str, Any]) -> None:
        if self._writer is not None:
            self._writer.write(line(message))

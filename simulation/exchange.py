"""The simulated telephone network: a process that takes calls over signalling lines and forks a party for each.

    python -m simulation.exchange --personas FILE --seed N --out DIR --numbers FILE [--port 0] [--calls FILE]

It prints one JSON line with its port when it is ready, and writes a line to `orders.jsonl` for every call it is asked to place. `--numbers` is a JSON list of numbers: the n-th is answered by the
n-th persona, in turn; any other number is not in service. `--calls` is a JSON list of `{number, to, after_s}`: these
customers call the platform. `--out` is made where it is missing. The wire is described in media.exchange.
"""

import argparse
import asyncio
import json
import os
import random
import signal
import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from kernel.errors import JingyinError
from kernel.process import end_with_parent
from kernel.tasks import Background, alongside
from simulation.party import Order, Party
from simulation.personas import PersonaFile, read_personas
from simulation.voices import Mouth, draw_speaker

_LONGEST_LINE: Final = 64 * 1024
_CALLER_WAITS_S: Final = 25.0


class NumbersInvalid(JingyinError):
    """The file of numbers, or of calls, is none."""

    code = "simulation.numbers_invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The customer with `number` calls the platform's number `to`, so long after it connected."""

    number: str
    to: str
    after_s: float


def read_numbers(path: Path) -> list[str]:
    """Who answers where.

    Raises:
        NumbersInvalid: it is no JSON list of texts.
    """
    numbers = _read(path)
    if not isinstance(numbers, list) or not all(isinstance(number, str) for number in numbers):
        raise NumbersInvalid("not a list of numbers", where=str(path), remedy='Write ["+12025550100", ...].')
    return numbers


def read_callers(path: Path, numbers: Sequence[str]) -> list[Caller]:
    """Who calls the platform; `numbers` are everybody's.

    Raises:
        NumbersInvalid: it is no list of calls, or a number is nobody's.
    """
    callers = []
    calls = _read(path)
    for at, call in enumerate(calls if isinstance(calls, list) else [calls]):
        where = f"{path}, call {at + 1}"
        try:
            caller = Caller(number=str(call["number"]), to=str(call["to"]), after_s=float(call["after_s"]))
        except (KeyError, TypeError, ValueError):
            remedy = 'Write [{"number": "+12025550100", "to": "+12025550199", "after_s": 5}, ...].'
            raise NumbersInvalid("not a call", where=where, remedy=remedy) from None
        if caller.number not in numbers:
            remedy = "Who calls must be somebody: add the number to --numbers."
            raise NumbersInvalid(f"{caller.number} is not in --numbers", where=where, remedy=remedy)
        callers.append(caller)
    return callers


def _read(path: Path) -> Any:  # Any: JSON
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        what = exc.strerror if isinstance(exc, OSError) else "is no JSON"
        raise NumbersInvalid(f"cannot be read: {what}", where=str(path), remedy="Name a JSON file.") from None


@dataclass(slots=True, kw_only=True)
class _Child:
    pid: int
    connection: socket.socket
    ended: bool = False


class Exchange:
    """Serves one platform. `numbers`: who answers where."""

    def __init__(
        self, *, personas: PersonaFile, numbers: list[str], seed: int, folder: Path, background: Background
    ) -> None:
        self._personas = personas
        self._place = {number: at for at, number in enumerate(numbers)}
        self._seed = seed
        self._folder = folder
        self._mouth = Mouth()  # never speaks itself: its forks do
        self._writer: asyncio.StreamWriter | None = None
        self._children: dict[str, _Child] = {}
        self._background = background
        self._connected = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One platform's connection."""
        self._writer = writer
        self._connected.set()
        try:
            while line := await reader.readline():
                self._on_order(json.loads(line))
        except (ConnectionError, ValueError) as exc:
            print(f"exchange: connection lost: {exc}", file=sys.stderr)
        finally:
            self._writer = None
            self.stop()

    def stop(self) -> None:
        """End every party."""
        for child in self._children.values():
            if not child.ended:
                os.kill(child.pid, signal.SIGKILL)

    def _on_order(self, order: dict[str, Any]) -> None:  # Any: JSON
        uuid = str(order["uuid"])
        if order["op"] == "originate":
            self._originate(uuid, order)
            return
        child = self._children.get(uuid)
        if child is not None and not child.ended:
            try:
                child.connection.sendall(json.dumps(order).encode() + b"\n")
            except OSError:
                pass  # it is just dying: the watch reports that

    def _originate(self, uuid: str, order: dict[str, Any]) -> None:  # Any: JSON
        self._tell({"event": "trying", "uuid": uuid})
        number = str(order["to"])
        with (self._folder / "orders.jsonl").open("a", encoding="utf-8") as orders:  # what was really asked to ring
            orders.write(json.dumps({"number": number, "uuid": uuid}) + "\n")
        place = self._place.get(number)
        if place is None:
            self._tell({"event": "ended", "uuid": uuid, "sip": 404, "q850": 1})
            return
        host, port = str(order["audio"]).rsplit(":", 1)
        self._fork(uuid, number, place, audio=(host, int(port)), ring_timeout_s=float(order["ring_timeout_s"]))

    async def call_in(self, caller: Caller) -> None:
        """A customer calls the platform."""
        await self._connected.wait()
        await asyncio.sleep(caller.after_s)
        place = self._place[caller.number]
        self._fork(str(uuid4()), caller.number, place, audio=("", 0), ring_timeout_s=_CALLER_WAITS_S, calls=caller.to)

    def _fork(
        self, uuid: str, number: str, place: int, *, audio: tuple[str, int], ring_timeout_s: float, calls: str = ""
    ) -> None:
        """A party of its own process: called, or calling."""
        persona = self._personas.personas[place % len(self._personas.personas)]
        seed = random.Random(f"{self._seed}/{place}").randrange(1 << 30)
        call = Order(
            uuid=uuid,
            number=number,
            audio=audio,
            ring_timeout_s=ring_timeout_s,
            calls=calls,
            persona=persona,
            speaker=draw_speaker(persona, random.Random(seed), unseen=place % 3 == self._seed % 3),
            seed=seed,
            folder=self._folder,
        )
        ours, theirs = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            _become_party(call, theirs, ours, self._mouth)
        theirs.close()
        ours.setblocking(False)
        self._children[uuid] = _Child(pid=pid, connection=ours)
        self._background.start(self._watch(uuid, self._children[uuid]), name=f"party-{uuid}")

    async def _watch(self, uuid: str, child: _Child) -> None:
        """Pass the party's words on; report one that died without a word."""
        loop = asyncio.get_running_loop()
        rest, said_end = b"", False
        while True:
            try:
                data = await loop.sock_recv(child.connection, 65536)
            except OSError:
                data = b""
            if not data:
                break
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                message = json.loads(line)
                said_end = said_end or message["event"] == "ended"
                self._tell(message)
        child.ended = True
        child.connection.close()
        await asyncio.to_thread(os.waitpid, child.pid, 0)
        if not said_end:
            self._tell({"event": "ended", "uuid": uuid, "sip": 503, "q850": 38})

    def _tell(self, message: dict[str, Any]) -> None:  # Any: JSON
        if self._writer is not None:
            self._writer.write(json.dumps(message).encode() + b"\n")


def _become_party(order: Order, exchange: socket.socket, parents: socket.socket, mouth: Mouth) -> None:
    """In the fork: live the call and leave. Never returns."""
    status = 1
    try:
        end_with_parent()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        keep = {0, 1, 2, exchange.fileno()}
        for number in map(int, os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else ():
            if number not in keep:
                try:
                    os.close(number)
                except OSError:
                    pass
        Party(order, exchange, mouth).run()
        status = 0
    except BaseException as exc:  # noqa: BLE001  # a fork must never go on in its parent's loop
        print(f"party {order.persona.id}: {type(exc).__name__}: {exc}", file=sys.stderr)
    finally:
        os._exit(status)


async def _main(arguments: argparse.Namespace) -> None:
    personas = read_personas(Path(arguments.personas))
    numbers = read_numbers(Path(arguments.numbers))
    callers = read_callers(Path(arguments.calls), numbers) if arguments.calls else []
    folder = Path(arguments.out)
    folder.mkdir(parents=True, exist_ok=True)
    async with alongside() as background:
        exchange = Exchange(
            personas=personas,
            numbers=numbers,
            seed=arguments.seed,
            folder=folder,
            background=background,
        )
        server = await asyncio.start_server(exchange.serve, "127.0.0.1", arguments.port, limit=_LONGEST_LINE)
        for caller in callers:
            background.start(exchange.call_in(caller))
        stopped = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
        print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
        await stopped.wait()
        exchange.stop()
        server.close()


def main() -> None:
    """The process."""
    parser = argparse.ArgumentParser(prog="python -m simulation.exchange")
    parser.add_argument("--personas", required=True)
    parser.add_argument("--numbers", required=True)
    parser.add_argument("--calls", help="who calls the platform: JSON [{number, to, after_s}], numbers of --numbers")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", required=True)
    parser.add_argument("--port", type=int, default=0)
    arguments = parser.parse_args()
    end_with_parent()
    try:
        asyncio.run(_main(arguments))
    except JingyinError as exc:
        print(exc, file=sys.stderr)
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()

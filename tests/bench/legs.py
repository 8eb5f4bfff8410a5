"""CPU of the media path in the worker: legs over AudioSocket, alone, taped, and bridged. The far ends live in a child process.

    python -m tests.bench.legs [--quick] [--json FILE]

Every leg receives and sends a frame each 20 ms and is read by a task, as a robot reads it. Values are per cent of one core
by the operating system's account of this process, with the cost of an empty heartbeat subtracted.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from uuid import UUID, uuid4

import uvloop

from kernel.clock import LoopClock
from kernel.tasks import Background, alongside
from media.audio import FRAME_BYTES
from media.audiosocket import AudioSocketServer, Kind, frame
from media.bridge import MixingBridge
from media.line_leg import LineLeg
from media.recorder import StereoRecorder
from media.ticker import Ticker


async def far_ends(port: int, uuids: list[UUID]) -> None:
    """Parties that send a frame every 20 ms and throw away what they hear."""

    class Party(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            transports.append(transport)  # type: ignore[arg-type]  # a Transport

    transports: list[asyncio.Transport] = []
    loop = asyncio.get_running_loop()
    for uuid in uuids:
        await loop.create_connection(Party, "127.0.0.1", port)
        transports[-1].write(frame(Kind.UUID, uuid.bytes))
    sound = frame(Kind.SLIN, os.urandom(FRAME_BYTES))
    due_s = loop.time()
    while not all(transport.is_closing() for transport in transports):
        due_s += 0.02
        await asyncio.sleep(max(0.0, due_s - loop.time()))
        for transport in transports:
            if not transport.is_closing():
                transport.write(sound)


@asynccontextmanager
async def answered_legs(audio: AudioSocketServer, count: int) -> AsyncIterator[list[LineLeg]]:
    """Legs whose far ends have connected."""
    uuids = [uuid4() for _ in range(count)]
    legs = [audio.expect(uuid) for uuid in uuids]
    names = [str(uuid) for uuid in uuids]
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.legs", "--far-ends", str(audio.port), *names
    )
    for leg in legs:
        await anext(leg.events())
    try:
        yield legs
    finally:
        for leg in legs:
            await leg.hang_up()
        await child.wait()


async def read(leg: LineLeg) -> None:
    """As the robot does: every frame as it comes."""
    async for _ in leg.receive():
        pass


async def alone(legs: list[LineLeg], background: Background, stack: AsyncExitStack) -> None:
    """Receive, read, send."""
    for leg in legs:
        background.start(read(leg))


async def taped(legs: list[LineLeg], background: Background, stack: AsyncExitStack) -> None:
    """The same, recorded in stereo."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    for number, leg in enumerate(legs):
        recorder = StereoRecorder(folder / f"{number}.wav")
        stack.callback(recorder.close)
        leg.tape(received=recorder.left, sent=recorder.right)
    await alone(legs, background, stack)


def bridged(ticker: Ticker, clock: LoopClock) -> Callable[..., object]:
    """Pairs of legs, mixed."""

    async def start(legs: list[LineLeg], background: Background, stack: AsyncExitStack) -> None:
        for customer, agent in zip(legs[::2], legs[1::2], strict=True):
            background.start(MixingBridge(ticker=ticker, clock=clock, customer=customer, agent=agent).run())

    return start


async def measure(count: int, seconds: float) -> dict[str, tuple[float, int]]:
    """Per cent of a core a leg, and late ticks of how many, by way of use."""
    clock = LoopClock()
    ticker = Ticker(clock)
    audio = AudioSocketServer(clock=clock, ticker=ticker)
    await audio.start()
    found: dict[str, tuple[float, int]] = {}
    async with alongside(ticker.run()):
        idle = await cpu_percent(seconds / 2)
        for name, use in (("leg", alone), ("taped_leg", taped), ("bridged_leg", bridged(ticker, clock))):
            async with AsyncExitStack() as stack, alongside() as background:
                legs = await stack.enter_async_context(answered_legs(audio, count))
                await use(legs, background, stack)  # type: ignore[misc]  # one of the three above
                await asyncio.sleep(1)
                late = ticker.late
                found[f"{name}_cpu_percent"] = ((await cpu_percent(seconds) - idle) / count, count)
                found[f"{name}_late_ticks"] = (ticker.late - late, round(seconds * 50))
        await audio.close()
    return found


async def cpu_percent(seconds: float) -> float:
    """Of one core, by this process, over the next `seconds`."""
    wall, cpu = time.perf_counter(), time.process_time()
    await asyncio.sleep(seconds)
    return 100 * (time.process_time() - cpu) / (time.perf_counter() - wall)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--far-ends", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.far_ends:
        port, *uuids = options.far_ends
        uvloop.run(far_ends(int(port), [UUID(uuid) for uuid in uuids]))
        return
    count, seconds = (10, 3.0) if options.quick else (50, 10.0)
    results = []
    for loop, run in (("asyncio", asyncio.run), ("uvloop", uvloop.run)):
        for name, (value, n) in run(measure(count, seconds)).items():
            unit = "% of a core" if name.endswith("percent") else "ticks"
            results.append({"name": f"{loop}_{name}", "value": round(value, 3), "unit": unit, "n": n})
            print(f"{loop}_{name:28} {value:8.3f} {unit} (n={n})")
    report = {"bench": "legs", "cores": os.cpu_count(), "python": sys.version.split()[0], "results": results}
    if options.json:
        options.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

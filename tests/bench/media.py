"""The media plane under load: is every frame on time, what does a bridged call cost, how late do two people hear each other?

    python -m tests.bench.media [--quick] [--json FILE]

20 customers on AudioSocket are bridged with 20 agents on WebRTC (PCMA) and recorded; then 20 robots talk as well, with the real
recogniser and synthesiser. Customers, callers of robots and agents are in two processes of their own. Every frame carries a number,
so what is measured is what arrived:

- `late_frames`: frames that came more than 10 ms after their deadline (`numbered.lateness_s`), at both ends.
  The far ends' own lateness is in it; what the machine does to timers just now is `late_sends`, the share of the far ends' frames
  that left more than 10 ms late: compare the two.
- `cpu_per_bridged_call`: of this process, by the operating system, less an empty heartbeat's, recording included.
- `one_way_ms`: from the moment a frame leaves one of the far ends to its arrival at the other, 95th percentile.
- `recovery_s`: after ten seconds in which 5 % of an agent's packets were lost and the rest delayed by 0 to 60 ms, from the moment
  the line is good until the delay stays within a frame of what it was before (`numbered.recovered_after_s`). `speech` pauses now
  and then, `unbroken` never. A call that did not recover counts as the 8 s that were watched.

WebRTC goes over this host's own address: ICE does not use 127.0.0.1. Loss and delay are made where the agents send: what they
receive passes no buffer of ours.
"""

import argparse
import asyncio
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import numpy as np
import uvloop

from bot.events import Action, BookCallback, OptOut, WithdrawCallback
from bot.host import NobodyFree
from bot.outcome import RobotOutcome
from bot.robot import Robot
from bot.turn import Turn
from console.site import settings_of
from dialer.robots import Robots
from dialer.wiring.speech import open_speech
from kernel.clock import LoopClock
from kernel.folders import cache_folder
from kernel.log import LogFormat, configure_logging
from kernel.tasks import Background, alongside
from media.audiosocket import AudioSocketServer
from media.bridge import MixingBridge
from media.leg import Answered, Leg
from media.line_leg import LineLeg
from media.recorder import StereoRecorder
from media.ticker import Ticker
from media.webrtc import Codec, WebRtcLegs
from speech.prompt import Move
from tests.bench.demo_runs import Result
from tests.bench.numbered import PERIOD_S, Arrivals, delays_s, lateness_s, recovered_after_s

LATE_S: Final = 0.010
LOSS: Final = 0.05
JITTER_S: Final = 0.060
IMPAIRED_S: Final = 10.0
RECOVERS_WITHIN_S: Final = 8.0  # watched so long
Json = dict[str, Any]


class FarEnds:
    """One of the processes."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.heard: asyncio.Queue[Json] = asyncio.Queue()

    async def listen(self) -> None:
        """Its lines, as they come."""
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            self.heard.put_nowait(json.loads(line))

    def order(self, op: str, **what: object) -> None:
        """Have it do something."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"op": op, **what}).encode() + b"\n")


@asynccontextmanager
async def far_ends(role: str, folder: Path) -> AsyncIterator[FarEnds]:
    """The process while the body runs."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.far_ends", role, str(folder), stdin=pipe, stdout=pipe, limit=1 << 20
    )
    ends = FarEnds(process)
    try:
        async with alongside(ends.listen()):
            assert (await ends.heard.get())["ready"] == role
            yield ends
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@dataclass(slots=True)
class Host:
    """A robot's host who finds no agent."""

    robot: Robot | None = None

    turns: int = 0

    def turn(self, turn: Turn) -> None:
        self.turns += 1

    def partial(self, text: str, intent: str) -> None: ...
    def decided(self, actions: Sequence[Action]) -> None: ...
    def moves(self, started: bool, moves: tuple[Move, ...], at: int) -> None: ...
    def decided_to_greet(self, at_ms: int) -> None: ...
    def withdraw_person(self) -> None: ...
    def book_callback(self, action: BookCallback) -> None: ...
    def withdraw_callback(self, action: WithdrawCallback) -> None: ...
    def opt_out(self, action: OptOut) -> None: ...

    def want_person(self, so_far: RobotOutcome) -> None:
        assert self.robot is not None
        asyncio.get_running_loop().call_later(10.0, self.robot.tell, NobodyFree(reason="the bench has no agents"))


@dataclass(slots=True, kw_only=True)
class Worker:
    """The platform's media, as a worker has it."""

    clock: LoopClock
    ticker: Ticker
    audio: AudioSocketServer
    webrtc: WebRtcLegs
    background: Background
    customers: FarEnds
    agents: FarEnds
    folder: Path
    robot_turns: int = 0
    talking: dict[str, LineLeg] = field(default_factory=dict)

    async def bridge(self, count: int, stack: AsyncExitStack) -> None:
        """So many calls, recorded; even ones speak with pauses, odd ones without."""
        for number in range(count):
            uuid, unbroken = uuid4(), bool(number % 2)
            customer = self.audio.expect(uuid)
            self.customers.order("call", uuid=str(uuid), port=self.audio.port, number=number, unbroken=unbroken)
            agent = await self._agent(number, unbroken=unbroken)
            await _answered(customer)
            recorder = StereoRecorder(self.folder / f"{number}.wav")
            stack.callback(recorder.close)
            customer.tape(received=recorder.left, sent=recorder.right)
            bridge = MixingBridge(ticker=self.ticker, clock=self.clock, customer=customer, agent=agent)
            self.background.start(bridge.run())

    async def _agent(self, number: int, *, unbroken: bool) -> LineLeg:
        self.agents.order("offer", number=number, unbroken=unbroken)
        offer = await self.agents.heard.get()
        answer, leg = await self.webrtc.answer(offer["sdp"], id=f"agent-{number}", codec=Codec.PCMA)
        self.agents.order("answer", number=number, sdp=answer)
        await _answered(leg)
        return leg

    async def talk(self, robots: Robots, called_at: datetime) -> None:
        """A robot's call, and the next one when it is over, until cancelled."""
        while True:
            uuid, host = uuid4(), Host()
            leg = self.audio.expect(uuid)
            dialogue = robots.dialogue(called_at=called_at, zone="UTC", slots={})
            await robots.prompts.prepare(robots.first_prompts(dialogue))
            self.customers.order("talk", uuid=str(uuid), port=self.audio.port)
            await _answered(leg)
            host.robot = robots.robot(dialogue, leg, host)
            self.talking[str(uuid)] = leg
            try:
                await host.robot.run()
            finally:
                del self.talking[str(uuid)]
                self.robot_turns += host.turns
                await leg.hang_up()


async def _answered(leg: Leg) -> None:
    async with asyncio.timeout(20):
        async for event in leg.events():
            if isinstance(event, Answered):
                return
    raise SystemExit(f"{leg.id} was not answered")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of time, by the machine's clock, and what this process used and missed in it."""

    from_s: float
    to_s: float
    cpu_percent: float
    ticks: int
    late_ticks: int
    skipped: int


async def watch(ticker: Ticker, seconds: float) -> Span:
    """The next `seconds`."""
    from_s, cpu, ticks, late, lost = time.monotonic(), time.process_time(), ticker.ticks, ticker.late, ticker.skipped
    await asyncio.sleep(seconds)
    to_s = time.monotonic()
    used = 100 * (time.process_time() - cpu) / (to_s - from_s)
    return Span(
        from_s=from_s,
        to_s=to_s,
        cpu_percent=used,
        ticks=ticker.ticks - ticks,
        late_ticks=ticker.late - late,
        skipped=ticker.skipped - lost,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """When what was done."""

    idle: Span
    bridged: Span
    loaded: Span | None
    before: Span
    good_from_s: float
    robots: int
    robot_turns: int


async def run(count: int, robots: int, seconds: float, folder: Path) -> Run:
    """Everything, with what the far ends wrote down in the folder."""
    clock = LoopClock()
    ticker = Ticker(clock)
    audio = AudioSocketServer(clock=clock, ticker=ticker)
    await audio.start()
    async with (
        AsyncExitStack() as stack,
        far_ends("customers", folder) as customers,
        far_ends("agents", folder) as agents,
        alongside(ticker.run()) as background,
    ):
        idle = await watch(ticker, seconds / 3)
        worker = Worker(
            clock=clock,
            ticker=ticker,
            audio=audio,
            webrtc=WebRtcLegs(clock=clock, ticker=ticker, background=background),
            background=background,
            customers=customers,
            agents=agents,
            folder=folder,
        )
        await worker.bridge(count, stack)
        await asyncio.sleep(2)
        bridged = await watch(ticker, seconds)
        loaded = await _with_robots(worker, robots, seconds) if robots else None
        await asyncio.sleep(2)
        before = await watch(ticker, 4)
        agents.order("impair", loss=LOSS, jitter_s=JITTER_S)
        await asyncio.sleep(IMPAIRED_S)
        agents.order("impair", loss=0, jitter_s=0)
        good_from_s = time.monotonic() + JITTER_S  # the last delayed packet
        await asyncio.sleep(RECOVERS_WITHIN_S)
        for ends in (customers, agents):
            ends.order("end")
            while "saved" not in await ends.heard.get():
                pass
        background.cancel()
        await audio.close()
    return Run(
        idle=idle,
        bridged=bridged,
        loaded=loaded,
        before=before,
        good_from_s=good_from_s,
        robots=robots,
        robot_turns=worker.robot_turns,
    )


async def _with_robots(worker: Worker, count: int, seconds: float) -> Span:
    settings = settings_of()
    name = next(iter(settings.assistants))
    async with open_speech(settings, name, worker.clock, cache=cache_folder()) as speech:
        robots = Robots(
            assistant=speech.assistant, recognizer=speech.recognizer, prompts=speech.prompts, clock=worker.clock
        )
        async with alongside() as calls:
            for _ in range(count):
                calls.start(worker.talk(robots, datetime(2026, 3, 2, 15, tzinfo=UTC)))
                await asyncio.sleep(0.25)  # as calls come: not all in one moment
            await asyncio.sleep(3)
            span = await watch(worker.ticker, seconds)
            for leg in list(worker.talking.values()):
                await leg.hang_up()
            calls.cancel()
    return span


Rows = dict[str, tuple[Arrivals, dict[int, float]]]  # by far end: what it got, and when it sent which number


def read(folder: Path, count: int) -> Rows:
    """What the far ends wrote down."""
    found: Rows = {}
    for name in [f"{role}-{number}" for role in ("customer", "agent") for number in range(count)]:
        with np.load(folder / f"{name}.npz") as book:
            got, sent = book["got"], book["sent"]
        arrivals = Arrivals(index=got[:, 0].astype(int), number=got[:, 1].astype(int), at_s=got[:, 2])
        found[name] = arrivals, {int(number): at_s for number, at_s in sent}
    return found


def other(name: str) -> str:
    """Whom this far end hears."""
    role, number = name.split("-")
    return f"{'agent' if role == 'customer' else 'customer'}-{number}"


def late_percent(rows: Rows, span: Span) -> tuple[float, int]:
    """Of the frames that came in the span, those that were late; and how many there were."""
    late = [lateness_s(arrivals.between(span.from_s, span.to_s)) for arrivals, _ in rows.values()]
    every = np.concatenate(late)
    return 100 * float((every > LATE_S).mean()), len(every)


def late_sends_percent(rows: Rows, span: Span) -> tuple[float, int]:
    """Of the frames that the far ends sent in the span, those that left late; and how many there were."""
    late = []
    for _, sent in rows.values():
        numbers, at_s = np.array(list(sent)), np.array(list(sent.values()))
        left = Arrivals(index=numbers, number=numbers, at_s=at_s).between(span.from_s, span.to_s)
        late.append(lateness_s(left))
    every = np.concatenate(late)
    return 100 * float((every > LATE_S).mean()), len(every)


def one_way_ms(rows: Rows, span: Span, role: str) -> np.ndarray:
    """Delays of what came to that role's far ends in the span."""
    found = [
        delays_s(arrivals.between(span.from_s, span.to_s), rows[other(name)][1])[1]
        for name, (arrivals, _) in rows.items()
        if name.startswith(role)
    ]
    return 1000 * np.concatenate(found)


def recoveries_s(rows: Rows, done: Run, *, unbroken: bool) -> list[float]:
    """Of each call, how long the customer heard the agent late after the line was good."""
    found = []
    for name, (arrivals, _) in rows.items():
        role, number = name.split("-")
        if role != "customer" or int(number) % 2 != unbroken:
            continue
        at, delay = delays_s(arrivals, rows[other(name)][1])
        before = delay[(at >= done.before.from_s) & (at < done.before.to_s)]
        target_s = float(np.quantile(before, 0.95)) + PERIOD_S
        after = recovered_after_s(at, delay, end_s=done.good_from_s, target_s=target_s)
        found.append(RECOVERS_WITHIN_S if after is None else after)
    return found


def results(rows: Rows, done: Run, count: int) -> list[Result]:
    """The figures."""
    found: list[Result] = []

    def add(name: str, value: float, unit: str, n: int) -> None:
        found.append(Result(name=name, value=round(value, 2), unit=unit, n=n))

    cpu = (done.bridged.cpu_percent - done.idle.cpu_percent) / count
    add("cpu_per_bridged_call", cpu, "% of a core", count)
    spans = {"bridged": done.bridged} | ({"with_robots": done.loaded} if done.loaded else {})
    for name, span in spans.items():
        late, n = late_percent(rows, span)
        add(f"late_frames_{name}", late, "%", n)
        sends, sent = late_sends_percent(rows, span)
        add(f"late_sends_{name}", sends, "%", sent)
        add(f"skipped_ticks_{name}", span.skipped, "ticks", span.ticks)
        add(f"late_ticks_{name}", 100 * span.late_ticks / max(1, span.ticks), "%", span.ticks)
        for role in ("customer", "agent"):
            delays = one_way_ms(rows, span, role)
            add(f"one_way_to_{role}_p50_{name}", float(np.quantile(delays, 0.5)), "ms", len(delays))
            add(f"one_way_to_{role}_p95_{name}", float(np.quantile(delays, 0.95)), "ms", len(delays))
    for kind, unbroken in (("speech", False), ("unbroken", True)):
        times = recoveries_s(rows, done, unbroken=unbroken)
        add(f"recovery_{kind}_median", float(np.median(times)), "s", len(times))
        add(f"recovery_{kind}_worst", max(times), "s", len(times))
    if done.loaded:
        add("robot_turns", done.robot_turns, "turns", done.robots)
        add("cpu_with_robots", done.loaded.cpu_percent, "% of a core", 1)
    return found


def machine() -> Json:
    """Where this was measured, and how busy others kept it."""
    return {
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "python": sys.version.split()[0],
        "nice": os.nice(0),
        "load_average": [round(load, 2) for load in os.getloadavg()],
    }


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="6 calls, no robots, short")
    parser.add_argument("--calls", type=int, default=None, help="bridged calls (20)")
    parser.add_argument("--robots", type=int, default=None, help="robot calls beside them (20)")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    count = given.calls or (6 if given.quick else 20)
    robots = given.robots if given.robots is not None else (0 if given.quick else 20)
    configure_logging(level="ERROR", format=LogFormat.TEXT)
    before = machine()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        done = uvloop.run(run(count, robots, 5.0 if given.quick else 20.0, folder))
        found = results(read(folder, count), done, count)
    after = machine()
    print(
        f"{before['cores']} cores, nice {before['nice']}, load {before['load_average'][0]} before, {after['load_average'][0]} after"
    )
    for one in found:
        print(f"{one.name:36} {one.value!s:>9} {one.unit:12} n={one.n}")
    if given.json:
        rows = [{"name": one.name, "value": one.value, "unit": one.unit, "n": one.n} for one in found]
        given.json.write_text(
            json.dumps({"bench": "media", "before": before, "after": after, "results": rows}, indent=1)
        )


if __name__ == "__main__":
    main()

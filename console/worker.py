"""`jingyin worker`: a platform that dials for the campaigns that run, until it is told to stop.

SIGTERM or SIGINT drains it: no new call, those under way get `dialer.drain_s` to end, with agents and console as before. A
second signal ends them now, cleanly all the same. What a worker leaves that is killed, the next one ends (crm.recovery).
"""

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import AsyncExitStack
from functools import partial

from console.board import LiveBoard
from console.live import LiveHub
from console.serving import Listening, listen, serve
from dialer.wiring.platform import Platform, open_platform
from kernel.clock import LoopClock
from kernel.folders import cache_folder
from kernel.log import get_logger
from kernel.settings import Settings

log = get_logger(__name__)


def run_worker(settings: Settings, *, console: bool, say: Callable[[str], None]) -> int:
    """Work until a signal; the exit code: 0 when every call had ended by itself, 1 when some were cut.

    Raises:
        JingyinError: it could not begin (or its worker number was lost); nothing is left running.
    """
    import uvloop  # here: only a running platform needs it

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        listening = listen(settings, LoopClock(), kept_in=settings.storage.directory / "tls") if console else None
        for line in listening.told() if listening else ():
            say(line)
        return runner.run(_work(settings, listening, say))


async def _work(settings: Settings, listening: Listening | None, say: Callable[[str], None]) -> int:
    clock, signals = LoopClock(), Signals()
    hub = LiveHub(clock)
    live = LiveBoard(hub, clock)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, partial(signals.take, number))
    async with AsyncExitStack() as stack:
        if listening is not None:
            stack.enter_context(listening)
        platform = await stack.enter_async_context(
            open_platform(settings, clock, cache=cache_folder(), live=live.told, told=live.paced)
        )
        live.attach(platform)
        url = "none"
        if listening is not None:
            url = await stack.enter_async_context(serve(platform, hub, live, listening))
        say(f"worker {platform.crm.worker} (process {os.getpid()}) is ready, console: {url}")
        await signals.first.wait()
        return await _drain(platform, signals, settings.dialer.drain_s, say)


async def _drain(platform: Platform, signals: "Signals", within_s: float, say: Callable[[str], None]) -> int:
    running = len(platform.loop.running)
    say(f"stopping: {running} calls under way get {within_s:.0f} s; a second signal ends them now")
    signals.on_second = platform.hurry
    cut = await platform.drain(within_s)
    log.info("drained", calls=running, cut=cut)
    say(f"stopped: {running - cut} calls ended, {cut} cut")
    return 1 if cut else 0


class Signals:
    """The first signal asks to stop, any later one to hurry."""

    def __init__(self) -> None:
        self.first = asyncio.Event()
        self.on_second: Callable[[], None] = lambda: None

    def take(self, number: int) -> None:
        """For the loop's signal handlers."""
        log.info("signal", name=signal.Signals(number).name, first=not self.first.is_set())
        if self.first.is_set():
            self.on_second()
        self.first.set()

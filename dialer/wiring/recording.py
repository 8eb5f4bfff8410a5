"""A robot on a WAV file: the recording is the customer, an in-process leg the telephone. No database, no network.

Recognition and synthesis are the real engines in their processes, so this runs in real time, as a call would.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.events import Action, BookCallback, OptOut, WithdrawCallback
from bot.host import NobodyFree
from bot.outcome import RobotOutcome
from bot.turn import Turn
from dialer.robots import Robots
from dialer.wiring.speech import open_speech
from kernel.clock import Clock
from kernel.errors import JingyinError
from kernel.settings import Settings
from kernel.tasks import alongside
from media.audio import FRAME_BYTES, FRAME_SAMPLES, SILENT_FRAME
from media.leg import Dial
from media.loopback import FarEnd
from media.recorder import StereoRecorder
from media.ticker import Ticker
from speech.prompt import Move

_AFTER_S = 25.0  # how long the robot may go on after the recording is over


class RecordingInTheWay(JingyinError):
    """The two-channel WAV of a talk would be written over the recording that is talked to, or has no place."""

    code = "dialer.recording_in_the_way"


def check_out(recording: Path, out: Path) -> None:
    """Refuse a place for the two-channel WAV where it cannot be written, or would be written over the recording.

    Raises:
        RecordingInTheWay: it is the recording itself, by whatever name, or a folder, or its folder is missing.
    """
    if out.exists() and out.samefile(recording):
        raise RecordingInTheWay("it is the recording itself", where=str(out), remedy="Name another file with --out.")
    if out.is_dir() or not out.absolute().parent.is_dir():
        wrong = "it is a folder" if out.is_dir() else "there is no such folder"
        raise RecordingInTheWay(wrong, where=str(out), remedy="Name a file in a folder that is there with --out.")


@dataclass(slots=True, kw_only=True)
class _Printer:
    """A `RobotHost` that tells what happens as lines. There are no agents: a wish for one finds nobody."""

    tell: Callable[[str], None]
    robot: object = None

    def turn(self, turn: Turn) -> None:
        when = f"{turn.start_ms / 1000:7.2f} {turn.end_ms / 1000:7.2f}"
        why = f"  [{turn.because}]" if turn.because else f"  [{turn.intent} {turn.confidence or 0:.2f}]"
        self.tell(f"{when} {turn.speaker.value:8} {turn.kind:11} {turn.text}{why}")

    def partial(self, text: str, intent: str) -> None:
        self.tell(f"{'':15} …        {text}  [{intent}]")

    def decided(self, actions: Sequence[Action]) -> None:
        """The turns say why."""

    def moves(self, started: bool, moves: tuple[Move, ...], at: int) -> None:
        """Nobody to tell."""

    def decided_to_greet(self, at_ms: int) -> None:
        self.tell(f"{at_ms / 1000:7.2f}         robot    greets")

    def want_person(self, so_far: RobotOutcome) -> None:
        self.tell(f"{'':15} action   wants a person: {' '.join(so_far.summary)}")
        tell = getattr(self.robot, "tell", None)
        if tell is not None:
            asyncio.get_running_loop().call_later(4.0, tell, NobodyFree(reason="there are no agents here"))

    def withdraw_person(self) -> None:
        self.tell(f"{'':15} action   wants no person any more")

    def book_callback(self, action: BookCallback) -> None:
        self.tell(f"{'':15} action   callback at {action.at:%Y-%m-%d %H:%M}")

    def withdraw_callback(self, action: WithdrawCallback) -> None:
        """See `RobotHost`."""

    def opt_out(self, action: OptOut) -> None:
        self.tell(f"{'':15} action   never call again ({action.evidence})")


async def talk_to_recording(
    pcm: bytes,
    *,
    settings: Settings,
    assistant: str,
    clock: Clock,
    cache: Path,
    out: Path,
    called_at: datetime,
    tell: Callable[[str], None],
) -> RobotOutcome:
    """Let the robot talk with `pcm` (s16le mono 8 kHz); writes the stereo WAV `out`, left the recording, right the robot: when
    the talk is over, or not at all.

    Raises:
        JingyinError: an engine does not start, or the WAV cannot be written.
    """
    ticker = Ticker(clock)
    far = FarEnd(Dial(number="+12025550100", caller_id="", ring_timeout_s=20, call_id="recording"), clock, ticker)
    async with open_speech(settings, assistant, clock, cache=cache) as speech:
        robots = Robots(assistant=speech.assistant, recognizer=speech.recognizer, prompts=speech.prompts, clock=clock)
        dialogue = robots.dialogue(called_at=called_at, zone="UTC", slots={})
        host = _Printer(tell=tell)
        robot = host.robot = robots.robot(dialogue, far.leg, host)
        far.answer()
        part = out.with_name(f"{out.name}.part")
        recorder = StereoRecorder(part)
        try:
            try:
                async with alongside(ticker.run(), _play(far, pcm, clock, recorder), _keep(far, recorder)):
                    outcome = await robot.run()
            finally:
                await asyncio.to_thread(recorder.close)
            part.replace(out)
        finally:
            part.unlink(missing_ok=True)
    return outcome


async def _play(far: FarEnd, pcm: bytes, clock: Clock, recorder: StereoRecorder) -> None:
    """The recording, then silence, then the customer hangs up."""
    start_s = clock.monotonic()
    frames = len(pcm) // FRAME_BYTES + round(_AFTER_S / 0.02)
    for number in range(frames):
        await clock.sleep_until(start_s + 0.02 * (number + 1))
        if far.over:
            return
        frame = pcm[number * FRAME_BYTES : (number + 1) * FRAME_BYTES].ljust(FRAME_BYTES, b"\0") or SILENT_FRAME
        far.send(frame)
        recorder.left(number * FRAME_SAMPLES, frame)
    far.hang_up()


async def _keep(far: FarEnd, recorder: StereoRecorder) -> None:
    async for chunk in far.receive():
        recorder.right(chunk.start, chunk.pcm)

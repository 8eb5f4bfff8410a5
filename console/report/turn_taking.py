"""Turn taking measured on a call's stereo recording: what a listener with a stop watch would write down.

Left: the customer's clean speech as sent; right: what the customer hears; one clock. Speech is 20 ms frames above -50 dBFS,
gaps under 300 ms closed, bursts under 60 ms dropped. Every customer turn is exactly one `Verdict`.
"""

import wave
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from media.audio import FRAME_MS

_FRAME_S: Final = FRAME_MS / 1000
_SPEECH_DBFS: Final = -50.0
_CLOSE_GAP_S: Final = 0.3
_LEAST_S: Final = 0.06
_REPLY_WITHIN_S: Final = 5.0
_MARGIN_S: Final = 0.1
_AFTER_ALL: Final = 1e9


class Verdict(StrEnum):
    """What became of a customer's turn."""

    RESPONSE = "response"  # the robot was silent, and spoke first afterwards
    CUT_OFF = "cut_off"  # the robot began to speak in its course
    BARGE_IN = "barge_in"  # began inside robot speech and was meant to interrupt
    RESUMED = "resumed"  # a backchannel, and the robot went on
    STOPPED = "stopped"  # a backchannel, and the robot did not
    DOUBLE_TALK = "double_talk"
    NO_REPLY = "no_reply"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Speech from `start_s` to `end_s`."""

    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared(Span):
    """A customer's turn as the simulator declared it; `kind` speech, interrupts, backchannel or announcement."""

    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A verdict, with its time in ms where it has one (response, barge-in)."""

    verdict: Verdict
    ms: float | None = None


@dataclass(slots=True, kw_only=True)
class Measured:
    """One recording. `first_robot_s`: the first robot sample; `undeclared` customer speech outside every turn."""

    judged: list[Judged] = field(default_factory=list)
    first_robot_s: float | None = None
    undeclared: int = 0


def spans(samples: npt.NDArray[np.int16], rate_hz: int) -> list[Span]:
    """Where there is speech."""
    size = int(rate_hz * _FRAME_S)
    frames = samples[: len(samples) // size * size].reshape(-1, size).astype(np.float64) / 32768
    loud = 10 * np.log10((frames**2).mean(axis=1) + 1e-12) > _SPEECH_DBFS
    edges = np.flatnonzero(np.diff(np.concatenate(([0], loud.astype(np.int8), [0])))) * _FRAME_S
    found: list[list[float]] = []
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if found and start - found[-1][1] < _CLOSE_GAP_S:
            found[-1][1] = float(end)
        else:
            found.append([float(start), float(end)])
    return [Span(start_s=a, end_s=b) for a, b in found if b - a >= _LEAST_S - 1e-9]


def measure(wav: Path, turns: Sequence[Declared], bridged_s: float | None) -> Measured:
    """Judge every declared turn before the agent was there.

    Raises:
        OSError, wave.Error: the recording cannot be read.
    """
    with wave.open(str(wav)) as file:
        rate = file.getframerate()
        data = np.frombuffer(file.readframes(file.getnframes()), np.int16).reshape(-1, 2)
    until = _AFTER_ALL if bridged_s is None else bridged_s
    spoken = [span for span in spans(data[:, 0], rate) if span.start_s < until]
    robot = [
        Span(start_s=span.start_s, end_s=min(span.end_s, until))
        for span in spans(data[:, 1], rate)
        if span.start_s < until
    ]
    result = Measured(first_robot_s=robot[0].start_s if robot else None)
    heard: list[Declared] = []
    used: set[int] = set()
    for turn in sorted((one for one in turns if one.start_s < until), key=lambda one: one.start_s):
        mine = [
            at
            for at, span in enumerate(spoken)
            if span.start_s < turn.end_s + _MARGIN_S and span.end_s > turn.start_s - _MARGIN_S
        ]
        if mine:
            used.update(mine)
            heard.append(Declared(start_s=spoken[mine[0]].start_s, end_s=spoken[mine[-1]].end_s, kind=turn.kind))
    result.undeclared = len(spoken) - len(used)
    for at, turn in enumerate(heard):
        following = heard[at + 1].start_s if at + 1 < len(heard) else _AFTER_ALL
        if turn.kind != "announcement":
            result.judged.append(_judge(turn, following, robot))
    return result


def _judge(turn: Declared, following_s: float, robot: Sequence[Span]) -> Judged:
    inside = next((s for s in robot if s.start_s <= turn.start_s - _MARGIN_S and s.end_s > turn.start_s), None)
    began = any(turn.start_s < s.start_s < turn.end_s - _MARGIN_S for s in robot)
    if inside is not None:
        return _judge_overlap(turn, inside, robot)
    if began:
        return Judged(verdict=Verdict.CUT_OFF if turn.kind == "speech" else Verdict.DOUBLE_TALK)
    after = next((s.start_s for s in robot if s.start_s >= turn.end_s - _MARGIN_S), _AFTER_ALL)
    if after < min(following_s, turn.end_s + _REPLY_WITHIN_S):
        return Judged(verdict=Verdict.RESPONSE, ms=(after - turn.end_s) * 1000)
    return Judged(verdict=Verdict.NO_REPLY)


def _judge_overlap(turn: Declared, inside: Span, robot: Sequence[Span]) -> Judged:
    if turn.kind == "backchannel":
        went_on = inside.end_s > turn.end_s + 0.06 or any(
            turn.end_s - _MARGIN_S <= s.start_s <= turn.end_s + 1.5 for s in robot
        )
        return Judged(verdict=Verdict.RESUMED if went_on else Verdict.STOPPED)
    if turn.kind == "interrupts":
        last_s = inside.end_s
        for span in robot:
            if span.start_s > inside.start_s and span.start_s - last_s < 1.0 and span.start_s < turn.end_s:
                last_s = max(last_s, span.end_s)
        return Judged(verdict=Verdict.BARGE_IN, ms=(last_s - turn.start_s) * 1000)
    return Judged(verdict=Verdict.DOUBLE_TALK)

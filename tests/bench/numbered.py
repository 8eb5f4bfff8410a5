"""Frames that carry a number through PCM and A-law, and what their arrivals tell. Pure; times in seconds of one clock.

A frame repeats four digits of its number and four of a checksum, each digit an A-law code, 20 times: what arrives whole is
read exactly, and what was concealed, faded or cut is not taken for a frame. Loud frames are speech to a jitter buffer (about
-14 dBFS), quiet ones a pause (below -48 dBFS).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from media.audio import FRAME_MS, FRAME_SAMPLES
from media.g711 import alaw_decode, alaw_encode

PERIOD_S: Final = FRAME_MS / 1000
NUMBERS: Final = 1 << 16
_DIGITS: Final = 8
_QUIET: Final = bytes((sign | step) ^ 0x55 for sign in (0x80, 0) for step in range(8))
_LOUD: Final = bytes((sign | 0x60 | step) ^ 0x55 for sign in (0x80, 0) for step in range(8))
_TURN_FRAMES: Final = 80  # 1.6 s: a second of speech, then a pause
_SPEECH_FRAMES: Final = 50
_SMOOTH: Final = 11  # frames
_SECOND: Final = 50  # frames
_STAYS_S: Final = 1.0


def _digits(number: int) -> list[int]:
    check = (number * 40503 >> 3 ^ 0x5A5A) & 0xFFFF  # of 0, too: silence is no number
    whole = check << 16 | number
    return [whole >> 4 * place & 0xF for place in range(_DIGITS)]


def frame_of(number: int, *, quiet: bool = False) -> bytes:
    """20 ms of s16le that say `number` (0 .. 65535)."""
    return alaw_decode(payload_of(number, quiet=quiet))


def payload_of(number: int, *, quiet: bool = False) -> bytes:
    """The same as A-law."""
    table = _QUIET if quiet else _LOUD
    return bytes(table[digit] for digit in _digits(number % NUMBERS)) * (FRAME_SAMPLES // _DIGITS)


def number_in(payload: bytes) -> int | None:
    """The number of 20 ms of A-law; None when it is no whole frame of ours."""
    head = payload[:_DIGITS]
    table = _LOUD if head and head[0] in _LOUD else _QUIET
    digits = [table.find(code) for code in head]
    if len(payload) != FRAME_SAMPLES or min(digits) < 0 or payload != head * (FRAME_SAMPLES // _DIGITS):
        return None
    number = sum(digit << 4 * place for place, digit in enumerate(digits[:4]))
    return number if digits == _digits(number) else None


def number_in_pcm(pcm: bytes) -> int | None:
    """The same of s16le."""
    return number_in(alaw_encode(pcm))


def in_pause(number: int, *, unbroken: bool) -> bool:
    """True where frame `number` of a speaker lies in a pause; an `unbroken` one never pauses."""
    return not unbroken and number % _TURN_FRAMES >= _SPEECH_FRAMES


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """What one end got of one direction: `at_s[i]` is when frame `index[i]` of the sender's heartbeat came, and `number[i]` the
    number in it (-1: none)."""

    index: np.ndarray
    number: np.ndarray
    at_s: np.ndarray

    def between(self, from_s: float, to_s: float) -> "Arrivals":
        """Those that came then."""
        kept = (self.at_s >= from_s) & (self.at_s < to_s)
        return Arrivals(index=self.index[kept], number=self.number[kept], at_s=self.at_s[kept])


def lateness_s(arrivals: Arrivals) -> np.ndarray:
    """How long after its deadline each frame came. Deadlines are 20 ms apart; the least late frame of the second before, or of
    the second after, was on time: so beats that were skipped, and not made up, move the deadlines."""
    offset = arrivals.at_s - arrivals.index * PERIOD_S
    if not len(offset):
        return offset
    beyond = np.full(_SECOND - 1, np.inf)
    before = sliding_window_view(np.concatenate([beyond, offset]), _SECOND).min(axis=1)
    after = sliding_window_view(np.concatenate([offset, beyond]), _SECOND).min(axis=1)
    late: np.ndarray = offset - np.maximum(before, after)
    return late


def delays_s(arrivals: Arrivals, sent: Mapping[int, float]) -> tuple[np.ndarray, np.ndarray]:
    """(when it came, how long it took) of each frame that came whole, with `sent` the time at which each number left."""
    found = [
        (at, at - sent[number])
        for number, at in zip(arrivals.number.tolist(), arrivals.at_s.tolist(), strict=True)
        if number in sent
    ]
    both = np.array(found, dtype=np.float64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def recovered_after_s(
    at_s: Sequence[float] | np.ndarray, delay_s: Sequence[float] | np.ndarray, *, end_s: float, target_s: float
) -> float | None:
    """From `end_s`, when the line was good again, until the delay (its median over 220 ms: one late frame is no delay) stays
    at the target or below for a second. None: it never did."""
    at, delay = np.asarray(at_s, dtype=np.float64), np.asarray(delay_s, dtype=np.float64)
    if len(at) < _SMOOTH:
        return None
    smooth = np.median(sliding_window_view(delay, _SMOOTH), axis=1)
    when = at[_SMOOTH - 1 :]
    kept = when >= end_s
    smooth, when = smooth[kept], when[kept]
    over = when[smooth > target_s]
    begins = [end_s, *over.tolist()]
    for begin, following in zip(begins, [*over.tolist(), float(when[-1]) if len(when) else end_s], strict=True):
        if following - begin >= _STAYS_S:
            return float(begin) - end_s
    return None

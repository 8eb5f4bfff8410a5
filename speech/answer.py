"""Who answered: a person, a voicemail box or nobody, told by the sound alone.

A person says a short word and waits; a voicemail box talks on without waiting, and beeps. Networks answer for a voicemail
box with a normal 200, so nothing but the sound tells. Asterisk's `app_amd` gates the greeting on a verdict and takes
"喂，你好" for a machine (FACTS); here the greeting never waits longer than `greet_by_ms`, and a voicemail verdict may
still come while the robot already speaks.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from media.audio import FRAME_MS, FRAME_SAMPLES, RATE_HZ
from speech.vad import Activity


class Verdict(StrEnum):
    """PERSON: spoke and waits. SILENCE: nothing heard in time. SPEAKING: still talking in time. VOICEMAIL: a machine."""

    PERSON = "person"
    SILENCE = "silence"
    SPEAKING = "speaking"
    VOICEMAIL = "voicemail"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSettings:
    """Times in ms from the answer.

    `hello_gap_ms` of quiet after speech means that a person waits; after a whole sentence (`sentence_ms`), which may be a
    mailbox's first, `sentence_gap_ms`. When nothing has been said by `greet_by_ms` the robot greets; what has begun by then is
    heard out: talking into it would cut it off. Sound that never ends is greeted after `hear_out_ms`. Speech that began by
    `early_ms` and runs on for `monologue_ms` with no gap of `breath_ms` is an announcement (longer than a
    sentence that somebody begins with: a choice, not a measurement on real calls); so is a pure tone of `beep_ms`. `listen_ms`: after that no verdict of a machine is given any more.
    """

    hello_gap_ms: int = 240
    sentence_ms: int = 1500
    sentence_gap_ms: int = 600
    greet_by_ms: int = 1200
    hear_out_ms: int = 6000
    early_ms: int = 2200
    monologue_ms: int = 4000
    breath_ms: int = 700
    beep_ms: int = 180
    listen_ms: int = 25_000


_LOWEST_BEEP_BIN: Final = 7  # 350 Hz at 50 Hz a bin: above dial tones' hum, below it voices have their fundamental
_HIGHEST_BEEP_BIN: Final = 46
_PURE: Final = 0.93


class AnswerDetector:
    """Feed every 20 ms frame from the answer on; `frame` returns a verdict at the moment it is reached.

    The first verdict is PERSON, SILENCE or SPEAKING (greet now), or VOICEMAIL; VOICEMAIL may also follow later, once.
    """

    def __init__(self, settings: AnswerSettings | None = None) -> None:
        self._settings = settings or AnswerSettings()
        self._at_ms = 0
        self._run_from: int | None = None  # speech without a breath since
        self._last_ms = 0
        self._sounded = 0
        self._tone_ms = 0
        self._tone_bin = 0
        self._greeted = False
        self._decided = False

    def frame(self, pcm: bytes, activity: Activity) -> Verdict | None:
        """The next 20 ms."""
        self._at_ms += FRAME_MS
        if self._decided or self._at_ms > self._settings.listen_ms:
            return None
        self._follow(activity)
        if self._is_machine(pcm, activity):
            self._decided = True
            return Verdict.VOICEMAIL
        if not self._greeted:
            verdict = self._first()
            self._greeted = verdict is not None
            return verdict
        return None

    def _follow(self, activity: Activity) -> None:
        if activity is Activity.SPEECH:
            if self._run_from is None:
                self._run_from = self._at_ms
            self._sounded += FRAME_MS
        if activity is not Activity.QUIET:
            self._last_ms = self._at_ms
        elif self._run_from is not None and self._at_ms - self._last_ms >= self._settings.breath_ms:
            self._run_from = None

    def _first(self) -> Verdict | None:
        spoke = self._sounded >= 3 * FRAME_MS
        settings, quiet_ms = self._settings, self._at_ms - self._last_ms
        long = self._run_from is not None and self._last_ms - self._run_from >= settings.sentence_ms
        gap_ms = max(settings.hello_gap_ms, settings.sentence_gap_ms) if long else settings.hello_gap_ms
        if spoke and quiet_ms >= gap_ms:
            return Verdict.PERSON
        begun = self._sounded > 0 and quiet_ms < gap_ms
        if self._at_ms >= settings.hear_out_ms or (self._at_ms >= settings.greet_by_ms and not begun):
            return Verdict.SPEAKING if spoke else Verdict.SILENCE
        return None

    def _is_machine(self, pcm: bytes, activity: Activity) -> bool:
        if activity is Activity.QUIET:
            self._tone_ms = 0
            return False
        run = self._run_from
        if (
            run is not None
            and run <= self._settings.early_ms
            and self._at_ms - run >= self._settings.monologue_ms
            and self._sounded >= self._settings.monologue_ms // 2
        ):
            return True
        return self._beeps(pcm)

    def _beeps(self, pcm: bytes) -> bool:
        samples = np.frombuffer(pcm, dtype=np.int16)
        if len(samples) != FRAME_SAMPLES:
            return False
        power = np.abs(np.fft.rfft(samples * np.hanning(FRAME_SAMPLES))) ** 2
        peak = int(np.argmax(power))
        lobe = float(power[max(0, peak - 2) : peak + 3].sum())
        pure = lobe / (float(power.sum()) + 1.0) > _PURE and _LOWEST_BEEP_BIN <= peak <= _HIGHEST_BEEP_BIN
        same = abs(peak - self._tone_bin) <= 1
        self._tone_ms = self._tone_ms + FRAME_MS if pure and (same or self._tone_ms == 0) else 0
        self._tone_bin = peak
        return self._tone_ms >= self._settings.beep_ms


assert RATE_HZ // FRAME_SAMPLES == 50  # a bin of the 20 ms spectrum is 50 Hz wide

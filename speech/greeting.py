"""Hears a person's greeting out, before anybody of ours speaks: who answered, and when they had said their hello.

For calls that an agent is to take at once. Nobody of ours need speak first, so a longer quiet may be waited for than a robot
waits before it greets: an announcement's first comma is not taken for the end of a hello.
"""

from contextlib import aclosing
from dataclasses import dataclass
from typing import Final

from media.audio import FRAME_BYTES, FRAME_MS
from media.leg import Leg
from speech.answer import AnswerDetector, AnswerSettings, Verdict
from speech.vad import Activity, VoiceActivity

GREETING: Final = AnswerSettings(hello_gap_ms=480)


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """PERSON (said hello and waits), SILENCE (said nothing) or VOICEMAIL. Times in ms of audio since the answer:
    `ended_ms` when the hello was over (now, where there was none), `heard_ms` what was heard in all."""

    verdict: Verdict
    ended_ms: int
    heard_ms: int


async def hear_greeting(leg: Leg, settings: AnswerSettings = GREETING) -> Greeting | None:
    """Listen to an answered leg until it is clear who is there; None: the leg ended first."""
    detector, activity, rest = AnswerDetector(settings), VoiceActivity(), b""
    now_ms = last_ms = 0
    speaking_on = False
    async with aclosing(leg.receive()) as chunks:  # type: ignore[type-var]  # a generator in every leg
        async for chunk in chunks:
            rest += chunk.pcm
            while len(rest) >= FRAME_BYTES:
                frame, rest = rest[:FRAME_BYTES], rest[FRAME_BYTES:]
                now_ms += FRAME_MS
                heard = activity.frame(frame)
                last_ms = now_ms if heard is not Activity.QUIET else last_ms
                verdict = detector.frame(frame, heard)
                if verdict is Verdict.SPEAKING:
                    speaking_on = True
                elif verdict is not None:
                    ended_ms = now_ms if verdict is Verdict.SILENCE else last_ms
                    return Greeting(verdict=verdict, ended_ms=ended_ms, heard_ms=now_ms)
                if speaking_on and now_ms - last_ms >= settings.hello_gap_ms:
                    return Greeting(verdict=Verdict.PERSON, ended_ms=last_ms, heard_ms=now_ms)
    return None

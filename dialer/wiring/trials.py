"""Whom one can talk with, language by language, and which recogniser hears a person there.

The recognition model that ships knows the voices of the simulator, and hears a person badly: it never hears one. Who listens
instead: the Vosk model that the settings name for the language, else pocketsphinx with the assistant's phrases, Mandarin ones spelled in English
sounds, in a process that begins with the first voice. Any other language is for typing.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dialer.robots import Robots
from dialer.trials import Ear, Hearing, Partner, Trials
from dialer.wiring.speech import Speech, SpeechNotReady, pocketsphinx
from kernel.clock import Clock
from kernel.settings import Settings
from kernel.shipped import shipped
from kernel.tasks import Background
from media.ticker import Ticker
from media.webrtc import WebRtcLegs
from speech.asr_process import ProcessRecognizer
from speech.recognition import Recognizer

_READY_WITHIN_S: Final = 30.0
_SPOKEN: Final = ("en", "zh")
_SPHINX: Final = "pocketsphinx, the phrases it expects"
# Figures: tests/bench/rejection.py --clean: right .64, refused .18, intent right .69, foreign speech refused .65.
_EXPECT_SPHINX: Final = (
    "Understands about two in three of the phrases it expects and refuses one in six; of anything else it refuses two in three "
    "and mishears the rest. Measured with synthetic voices, not with yours."
)
_SPELLED: Final = "pocketsphinx, the phrases it expects, spelled in English sounds"
# The same with --lang zh.
_EXPECT_SPELLED: Final = (
    "Hears Mandarin with a model of English: about half of the phrases it expects are understood. For a talk that goes somewhere, "
    "type, or name a Mandarin Vosk model in the settings. Measured with synthetic voices, not with yours."
)
_EXPECT_OWN: Final = "A model of your own choice: how well it hears you was not measured here."


def open_trials(
    settings: Settings,
    speeches: Mapping[str, Speech],
    robots: Mapping[str, Robots],
    *,
    webrtc: WebRtcLegs,
    clock: Clock,
    ticker: Ticker,
    background: Background,
    cache: Path,
) -> Trials:
    """Talks with the first assistant of each language. Nothing is started before the first voice."""
    partners: dict[str, Partner] = {}
    for name, speech in speeches.items():
        lang = speech.assistant.project.language
        if lang not in partners:
            ear = _ear(settings, speech, clock, background, cache=cache)
            partners[lang] = Partner(robots=robots[name], ear=ear)
    return Trials(partners, phones=webrtc, settings=settings.talk, clock=clock, ticker=ticker, background=background)


def _ear(settings: Settings, speech: Speech, clock: Clock, background: Background, *, cache: Path) -> Ear | None:
    if settings.speech.recognizer == "pocketsphinx":
        return _Shared(hearing=Hearing.PHRASES, name=_SPHINX, expect=_EXPECT_SPHINX, recognizer=speech.recognizer)
    own = settings.speech.models.get(speech.assistant.project.language)
    if own is not None and own.resolve() not in {
        shipped(Path(f"models/vosk_micro_{one}")).resolve() for one in _SPOKEN
    }:
        return _Shared(hearing=Hearing.OWN, name=f"vosk {own.name}", expect=_EXPECT_OWN, recognizer=speech.recognizer)
    if speech.assistant.project.language not in _SPOKEN:
        return None
    return _Sphinx(speech, clock, background, cache=cache)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shared:
    """The recogniser of calls: it is one for people."""

    hearing: Hearing
    name: str
    expect: str
    recognizer: Recognizer

    async def open(self) -> Recognizer:
        """See `Ear`."""
        return self.recognizer


class _Sphinx:
    """pocketsphinx for trials alone; its process begins when somebody first speaks, and stays."""

    def __init__(self, speech: Speech, clock: Clock, background: Background, *, cache: Path) -> None:
        english = speech.assistant.project.language == "en"
        self.hearing = Hearing.PHRASES if english else Hearing.SPELLED
        self.name, self.expect = (_SPHINX, _EXPECT_SPHINX) if english else (_SPELLED, _EXPECT_SPELLED)
        self._assistant = speech.assistant
        self._clock = clock
        self._background = background
        self._cache = cache
        self._starting = asyncio.Lock()
        self._recognizer: ProcessRecognizer | None = None

    async def open(self) -> Recognizer:
        """See `Ear`.

        Raises:
            SpeechNotReady: it does not come up within half a minute.
        """
        async with self._starting:
            if self._recognizer is None:
                self._recognizer = await pocketsphinx(self._assistant, self._clock, cache=self._cache)
                self._background.start(self._recognizer.run(), name="talk-ear")
        try:
            async with asyncio.timeout(_READY_WITHIN_S):
                await self._recognizer.wait_ready()
        except TimeoutError:
            raise SpeechNotReady(
                "the recogniser for people does not start",
                remedy="Its own errors are in the log above; type meanwhile.",
            ) from None
        return self._recognizer

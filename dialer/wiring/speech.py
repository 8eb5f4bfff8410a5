"""The speech engines as the settings name them: one recogniser and one voice for all calls of a worker."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.assistant import Assistant, load_assistant
from kernel.clock import Clock
from kernel.errors import JingyinError
from kernel.settings import Settings
from kernel.shipped import shipped
from kernel.tasks import alongside
from speech.asr_process import Engine, ProcessRecognizer
from speech.graph.build import assistant_model
from speech.prompts import PromptStore
from speech.spelled import spelled
from speech.synthesis import Voice
from speech.tts_process import EspeakSynthesizer

_READY_WITHIN_S: Final = 60.0
_MODELS: Final = {"en": Path("models/vosk_micro_en"), "zh": Path("models/vosk_micro_zh")}
# espeak's Mandarin at 165 takes twice as long for what English says in as many seconds.
_VOICES: Final = {"en": ("en-us+f3", 165), "zh": ("cmn+f2", 280)}


class SpeechNotReady(JingyinError):
    """Recogniser or synthesiser did not start."""

    code = "dialer.speech_not_ready"


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """Ready engines and the assistant they serve."""

    assistant: Assistant
    recognizer: ProcessRecognizer
    synthesizer: EspeakSynthesizer
    prompts: PromptStore


@asynccontextmanager
async def open_speech(settings: Settings, assistant_name: str, clock: Clock, *, cache: Path) -> AsyncIterator[Speech]:
    """Start the engines for an assistant; its prompts without slots are rendered.

    Raises:
        AssistantInvalid: its files are wrong.
        SpeechNotReady: an engine did not come up within a minute.
    """
    folder = settings.assistants.get(assistant_name)
    if folder is None:
        raise SpeechNotReady(
            f"no assistant {assistant_name!r}",
            where="platform.assistants",
            remedy=f"There are: {', '.join(settings.assistants)}.",
        )
    assistant = load_assistant(folder, cache=cache / "nlu")
    recognizer = await _recognizer(settings, assistant, clock, cache=cache)
    synthesizer = EspeakSynthesizer(clock)
    lang = assistant.project.language
    prompts = PromptStore(synthesizer, voice_of(settings, lang), folder=cache / "prompts", lang=lang)
    async with alongside(recognizer.run(), synthesizer.run()):
        await _ready(recognizer, synthesizer)
        await prompts.prepare(assistant.prompts())
        yield Speech(assistant=assistant, recognizer=recognizer, synthesizer=synthesizer, prompts=prompts)


async def _recognizer(settings: Settings, assistant: Assistant, clock: Clock, *, cache: Path) -> ProcessRecognizer:
    """Vosk with the assistant's words in its graph, or pocketsphinx with the assistant's phrases as its grammar."""
    name = assistant.project.name
    if settings.speech.recognizer == "pocketsphinx":
        return await pocketsphinx(assistant, clock, cache=cache)
    base = base_model(settings, assistant.project.language)
    model = await assistant_model(base, assistant.phrases, cache=cache)
    return ProcessRecognizer(model=model, clock=clock, name=f"vosk:{base.name}+{name}")


async def pocketsphinx(assistant: Assistant, clock: Clock, *, cache: Path) -> ProcessRecognizer:
    """With the assistant's phrases as its grammar, Mandarin ones spelled in its phones; not yet running."""
    name = assistant.project.name
    phrases = cache / "phrases" / f"{name}.txt"
    said: Sequence[str] = assistant.phrases.phrases
    if assistant.project.language == "zh":
        model = await assistant_model(shipped(_MODELS["zh"]), assistant.phrases, cache=cache)
        said, dictionary = await asyncio.to_thread(spelled, model / "graph" / "lexicon.txt", said)
        await asyncio.to_thread(_write, phrases.with_suffix(".dict"), "\n".join(dictionary) + "\n")
    await asyncio.to_thread(_write, phrases, "\n".join(said))
    return ProcessRecognizer(model=phrases, clock=clock, name=f"pocketsphinx:en-us+{name}", engine=Engine.POCKETSPHINX)


def base_model(settings: Settings, lang: str) -> Path:
    """Vosk's model for assistants of a language: the one that is set for it, else the shipped one (English's for others)."""
    return settings.speech.models.get(lang) or shipped(_MODELS.get(lang, _MODELS["en"]))


def voice_of(settings: Settings, lang: str) -> Voice:
    """The robot's voice for assistants of a language: as it is set, else the language's own."""
    name, rate_wpm = _VOICES.get(lang, _VOICES["en"])
    tts = settings.tts
    return Voice(name=tts.voice or name, rate_wpm=tts.rate_wpm or rate_wpm, pitch=tts.pitch)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


async def _ready(recognizer: ProcessRecognizer, synthesizer: EspeakSynthesizer) -> None:
    try:
        async with asyncio.timeout(_READY_WITHIN_S):
            await recognizer.wait_ready()
            await synthesizer.wait_ready()
    except TimeoutError:
        raise SpeechNotReady(
            "recogniser or synthesiser does not start",
            remedy="Their own errors are in the log above; try `jingyin doctor`.",
        ) from None

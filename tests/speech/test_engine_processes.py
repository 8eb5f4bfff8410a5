"""The real engines in their processes: what they hear and say, and what becomes of calls when one is killed."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from kernel.clock import LoopClock
from kernel.shipped import shipped
from kernel.tasks import alongside
from media.audio import FRAME_BYTES, level_dbfs
from speech.asr_process import Engine, ProcessRecognizer
from speech.asr_vosk import ModelUnreadable, VoskModel
from speech.endpointing import PhraseSet
from speech.graph.build import assistant_model, known_words
from speech.prompt import Prompt
from speech.prompts import PromptStore
from speech.recognition import Grammar, Hypothesis, RecognizerLost
from speech.synthesis import SynthesizerLost, Voice
from speech.tts_process import EspeakSynthesizer, UnknownVoice, sentences

VOICE = Voice(name="en-us+f3")
PHRASES = PhraseSet(lang="en", name="test", phrases=("forget it please", "yeah the lesson is recorded"))


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = shipped(Path("models/vosk_micro_en"))
    return asyncio.run(assistant_model(base, PHRASES, cache=tmp_path_factory.mktemp("graphs")))


@pytest.fixture
async def engines(model: Path) -> AsyncIterator[tuple[ProcessRecognizer, EspeakSynthesizer]]:
    clock = LoopClock()
    recognizer = ProcessRecognizer(model=model, clock=clock, name="test")
    synthesizer = EspeakSynthesizer(clock, seed=3)
    async with alongside(recognizer.run(), synthesizer.run()):
        await recognizer.wait_ready()
        await synthesizer.wait_ready()
        yield recognizer, synthesizer


async def said(synthesizer: EspeakSynthesizer, text: str) -> bytes:
    return b"".join([chunk async for chunk in synthesizer.synthesize(text, VOICE)])


async def hear(
    recognizer: ProcessRecognizer, pcm: bytes, grammar: Grammar = Grammar.FREE
) -> tuple[Hypothesis, list[str]]:
    partials: list[str] = []
    stream = recognizer.open(grammar=grammar, on_partial=lambda hypothesis: partials.append(hypothesis.text))
    for at in range(0, len(pcm), FRAME_BYTES):
        stream.feed(pcm[at : at + FRAME_BYTES])
        await asyncio.sleep(0.001)
    await asyncio.sleep(0.1)
    return await stream.finish(), partials


def test_the_graph_keeps_its_words_and_has_the_assistants(model: Path):
    base = known_words(shipped(Path("models/vosk_micro_en")))
    built = known_words(model)
    assert base <= built
    assert {"forget", "yeah", "lesson", "recorded"} <= built - base


async def test_what_is_said_is_heard_also_new_words_and_twice_the_same(engines):
    recognizer, synthesizer = engines
    for text in ("how much does it cost", "forget it please", "yeah the lesson is recorded"):
        pcm = bytes(3200) + await said(synthesizer, text) + bytes(3200)
        first, partials = await hear(recognizer, pcm)
        again, _ = await hear(recognizer, pcm)
        assert first.text == again.text == text
        assert first.final and first.words
        assert partials and all(text.startswith(p.split(" ")[0]) for p in partials[-1:])


async def test_a_grammar_hears_its_words_only(engines):
    recognizer, synthesizer = engines
    yes, _ = await hear(recognizer, bytes(3200) + await said(synthesizer, "yes") + bytes(3200), Grammar.YES_NO)
    assert yes.text == "yes"
    digits, _ = await hear(
        recognizer, bytes(3200) + await said(synthesizer, "five two one") + bytes(3200), Grammar.DIGITS
    )
    assert digits.text == "five two one"


def on_a_line(pcm: bytes) -> bytes:
    """With 0.2 s before and after it, and line noise 30 dB below the speech throughout: no line is digitally silent."""
    clip = np.frombuffer(bytes(3200) + pcm + bytes(3200), dtype=np.int16).astype(np.float64)
    level = np.sqrt(np.mean(np.square(clip))) * 10 ** (-30 / 20)
    noise = np.random.default_rng(1).normal(0, level, len(clip))
    return np.clip(clip + noise, -32768, 32767).astype(np.int16).tobytes()


async def test_pocketsphinx_hears_phrases_of_its_grammar_in_the_same_process_kind(tmp_path: Path):
    phrases = tmp_path / "phrases.txt"
    phrases.write_text("how much does it cost\nwho is calling\ni am not interested\ncall me back tomorrow\nyes please")
    clock = LoopClock()
    recognizer = ProcessRecognizer(model=phrases, clock=clock, name="test", engine=Engine.POCKETSPHINX)
    synthesizer = EspeakSynthesizer(clock, seed=3)
    async with alongside(recognizer.run(), synthesizer.run()):
        await recognizer.wait_ready()
        await synthesizer.wait_ready()
        for text in ("how much does it cost", "i am not interested"):
            heard, partials = await hear(recognizer, on_a_line(await said(synthesizer, text)))
            assert heard.text == text
            assert partials
        answer = on_a_line(await said(synthesizer, "no thank you"))
        assert (await hear(recognizer, answer, Grammar.YES_NO))[0].text == "no thank you"
        for foreign in ("computers are useful for scientific research", "the weather in paris is lovely today"):
            refused, _ = await hear(recognizer, on_a_line(await said(synthesizer, foreign)))
            assert (refused.text, refused.unknown, refused.confidence) == ("", 1, 0.0)


async def test_many_streams_at_once_do_not_mix(engines):
    recognizer, synthesizer = engines
    texts = ["how much is it", "who is calling", "i am not interested", "call me later"]
    sounds = [bytes(3200) + await said(synthesizer, text) + bytes(3200) for text in texts]
    heard = await asyncio.gather(*(hear(recognizer, sound) for sound in sounds))
    assert [hypothesis.text for hypothesis, _ in heard] == texts


async def test_a_killed_recogniser_loses_open_streams_and_is_replaced(engines):
    recognizer, synthesizer = engines
    pcm = bytes(3200) + await said(synthesizer, "who is calling") + bytes(3200)
    streams = [recognizer.open(grammar=Grammar.FREE, on_partial=lambda hypothesis: None) for _ in range(3)]
    for stream in streams:
        stream.feed(pcm[:9600])
    first = recognizer.pid
    os.kill(first, signal.SIGKILL)
    for stream in streams:
        with pytest.raises(RecognizerLost):
            await stream.finish()
    heard, _ = await hear(recognizer, pcm)  # opened while there is none: waits for the replacement
    assert heard.text == "who is calling"
    assert recognizer.pid not in (None, first)


async def test_prompts_begin_and_end_with_sound_and_have_no_long_gap(engines):
    _, synthesizer = engines
    pcm = await said(synthesizer, "Hello, this is Ada. You can stop at any time, of course!")
    frames = [pcm[at : at + FRAME_BYTES] for at in range(0, len(pcm), FRAME_BYTES)]
    loud = [level_dbfs(frame) > -50 for frame in frames]
    assert loud[0] and loud[-1]
    quiet = np.diff(np.flatnonzero(loud)).max() - 1
    assert quiet * 20 <= 250
    assert -24 < level_dbfs(pcm) < -17


async def test_an_unknown_voice_names_the_nearest(engines):
    _, synthesizer = engines
    with pytest.raises(UnknownVoice, match="en-us"):
        [chunk async for chunk in synthesizer.synthesize("hello", Voice(name="en-us+f33"))]


async def test_a_killed_synthesiser_is_replaced_and_the_prompt_is_said(engines):
    _, synthesizer = engines
    store = PromptStore(synthesizer, VOICE)
    os.kill(synthesizer.pid, signal.SIGKILL)
    sound = await store.audio(Prompt(key="utter_hello", text="Hello, this is Ada."))
    assert len(sound) > 8000


async def test_a_synthesiser_that_dies_in_mid_sentence_says_so(engines):
    _, synthesizer = engines
    text = " ".join(["This is a long sentence to be said."] * 60)
    with pytest.raises(SynthesizerLost):
        async for _ in synthesizer.synthesize(text, VOICE):
            os.kill(synthesizer.pid, signal.SIGKILL)
            await asyncio.sleep(0.2)


async def test_prompts_are_kept_by_content_and_damaged_files_are_made_again(engines, tmp_path: Path):
    _, synthesizer = engines
    prompt = Prompt(key="utter_a", text="One moment, please.")
    sound = await PromptStore(synthesizer, VOICE, folder=tmp_path).audio(prompt)
    fresh = PromptStore(synthesizer, VOICE, folder=tmp_path)
    assert fresh.get_nowait(prompt) is None
    assert await fresh.audio(prompt) == sound
    [file] = list(tmp_path.glob("*/*"))
    file.write_bytes(b"jyp1" + bytes(40))
    assert await PromptStore(synthesizer, VOICE, folder=tmp_path).audio(prompt) == sound


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path):
    with pytest.raises(ModelUnreadable, match="no Vosk model"):
        VoskModel(tmp_path)


def test_sentences():
    assert sentences("Hello! It is free. Really?") == ["Hello!", "It is free.", "Really?"]

"""The simulator's customers on virtual time: their own script, voice and line on a loopback leg.

`ScriptedVoice` speaks in the sounds that the scripted recogniser knows; `simulation.voices.Mouth` speaks really.
"""

import random
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from kernel.clock import Clock
from kernel.tasks import alongside
from media.audio import FRAME_SAMPLES, RATE_HZ
from media.leg import Cause
from media.loopback import FarEnd
from simulation.personas import PAUSE, Persona, Result, read_personas
from simulation.talker import Talker, Voice
from simulation.voices import Clip, Speaker
from speech.prompt import Move
from tests.calls.world import Told, World
from tests.fakes.speech import Utterances, seconds_of, voice

_CAUSES = {
    Result.BUSY: Cause.BUSY,
    Result.NO_ANSWER: Cause.NO_ANSWER,
    Result.SWITCHED_OFF: Cause.SWITCHED_OFF,
    Result.NOT_IN_SERVICE: Cause.NOT_IN_SERVICE,
    Result.REJECTED: Cause.REJECTED,
}


SPEAKER = Speaker(voice="en-us", rate_wpm=160, pitch=50, unseen=False)


class ScriptedVoice:
    """Says texts in sounds that `utterances` knows again. A mailbox says what nobody knows."""

    def __init__(self, utterances: Utterances) -> None:
        self._utterances = utterances

    def say(self, text: str, speaker: Speaker, seed: int) -> Clip:
        return _clip(voice(1.1 * seconds_of(text), seed))

    def line(self, text: str, speaker: Speaker, seed: int, pauses: random.Random) -> Clip:
        parts: list[Clip] = []
        for piece in filter(None, map(str.strip, text.split(PAUSE))):
            if parts:
                parts.append(np.zeros(round(pauses.uniform(0.4, 0.8) * RATE_HZ / FRAME_SAMPLES) * FRAME_SAMPLES))
            parts.append(_clip(self._utterances.pcm(piece)))
        return np.concatenate(parts)


class OtherVoice:
    """One person's sound under another's script: for every text the sound of the text that `words` has for it."""

    def __init__(self, inner: Voice, words: Mapping[str, str]) -> None:
        self._inner = inner
        self._words = words

    def say(self, text: str, speaker: Speaker, seed: int) -> Clip:
        return self._inner.say(text, speaker, seed)

    def line(self, text: str, speaker: Speaker, seed: int, pauses: random.Random) -> Clip:
        return self._inner.line(self._words.get(text, text), speaker, seed, pauses)


class Clean:
    """A line that does nothing to sound."""

    def carry(self, clean: np.ndarray) -> bytes:
        return clean.astype(np.int16).tobytes()


class Muted:
    """A line on which nothing of the customer arrives."""

    def carry(self, clean: np.ndarray) -> bytes:
        return bytes(2 * FRAME_SAMPLES)


async def play(far: FarEnd, persona: Persona, talker: Talker, clock: Clock, draw: random.Random) -> None:
    """The customer's side of the leg, from the first ring to the end."""
    if persona.result in (Result.BUSY, Result.NOT_IN_SERVICE):
        far.hang_up(_CAUSES[persona.result])
        return
    far.ring()
    await clock.sleep(draw.uniform(*persona.ring_s))
    if persona.result in _CAUSES:
        far.hang_up(_CAUSES[persona.result])
        return
    far.answer()
    talker.answer()
    start, tick, told = clock.monotonic(), 0, 0

    async def listen() -> None:
        async for chunk in far.receive():
            talker.take(chunk.pcm)

    async with alongside(listen()):
        while not far.over:
            for mark in far.marks[told:]:
                told += 1
                talker.mark(mark.at, mark.what, [Move(move) for move in mark.moves])
            step = talker.step()
            if step.press:
                far.press(step.press)
            far.send(step.pcm)
            if step.hang_up:
                far.hang_up()
            tick += 1
            await clock.sleep_until(start + 0.02 * tick)


async def call(
    world: World,
    folder: Path,
    *,
    hello: str = '["hello"]',
    after_s: float = 0.4,
    turns: str = "",
    react_s: float = 0.4,
    lang: str = "en",
) -> Told:
    """One customer with these turns."""
    (folder / "people.yml").write_text(
        f"""
lang: {lang}
defaults: {{patience_s: 60, react_s: [{react_s}, {react_s}], hello_after_s: [{after_s}, {after_s}]}}
personas:
  - {{id: one, truth: interested, line: {{ring_s: [1, 1.1]}}, hello: {hello}, turns: [{turns}]}}
"""
    )
    [persona] = read_personas(folder / "people.yml").personas
    draw = random.Random(1)
    voice = ScriptedVoice(world.recognizer.utterances)
    talker = Talker(persona=persona, speaker=SPEAKER, draw=draw, voice=voice, wire=Clean())
    return await world.call_by(lambda far: play(far, persona, talker, world.clock, draw))


def over(move: str, text: str, *, after_s: float = 0.5) -> str:
    """A turn that interrupts what has this move."""
    return f'{{on: [{move}], interrupt_after_s: {after_s}, kind: interrupts, say: ["{text}"]}}'


def _clip(pcm: bytes) -> Clip:
    return np.frombuffer(pcm, dtype=np.int16).astype(np.float64)

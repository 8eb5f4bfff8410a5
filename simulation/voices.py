"""The simulator's own espeak (GPL-3: in the simulator's processes only), and how a seed draws a voice.

A sound is reproducible when an engine that has never spoken is seeded and forked (FACTS): the exchange starts the engine,
every party is a fork of it and speaks each line in a fork of its own.
"""

import ctypes
import os
import random
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import espeakng_loader
import numpy as np

from media.audio import FRAME_SAMPLES, RATE_HZ
from media.resample import resampled
from simulation.personas import PAUSE, Persona


def _names(text: str) -> list[str]:
    return text.split()


# The voices that the shipped recognisers' models were trained on, by language, and voices that they never heard.
TRAINED: Final = {
    "en": _names(
        "en-us en-us+f1 en-us+f2 en-us+f3 en-us+f5 en-us+m1 en-us+m2 en-us+m4 en-us+m5 en-us+m6 en-us+m7 en "
        "en+f1 en+f2 en+m1 en+m4 en-us+Annie en-us+Alex en-us+Denis en+Gene en-us+Hugo en-us+Jacky en+Mario "
        "en-us+Michael en+Mike en-us+Reed en-us+adam en-us+anika en-us+antonio en+belinda en-us+benjamin "
        "en-us+boris en-us+caleb en+ed en-us+edward en-us+iven en+john en-us+linda en+max en-us+norbert "
        "en-us+pablo en+paul en-us+quincy en-us+rob en-us+sandro en-us+shelby en+steph en-us+travis en-us+zac "
        "en-gb-x-rp en-gb-scotland en-us-nyc en+victor en+Marco "
    ),
    "zh": _names(
        "cmn cmn+f1 cmn+f2 cmn+f5 cmn+m1 cmn+m2 cmn+m4 cmn+m5 cmn+m6 cmn+m7 cmn+Annie cmn+Alex cmn+Denis "
        "cmn+Gene cmn+Hugo cmn+Jacky cmn+Mario cmn+Michael cmn+Mike cmn+Reed cmn+adam cmn+anika cmn+antonio "
        "cmn+belinda cmn+benjamin cmn+boris cmn+caleb cmn+ed cmn+edward cmn+iven cmn+john cmn+linda cmn+max "
        "cmn+norbert cmn+pablo cmn+paul cmn+quincy cmn+rob cmn+sandro cmn+shelby cmn+steph cmn+travis cmn+zac "
    ),
}
UNSEEN: Final = {
    "en": _names(
        "en-us+f4 en+m3 en-us+m8 en-us+Andrea en+Lee en-us+david en-us+klatt3 en-us+robert en-us+steph3 en+f4"
    ),
    "zh": _names("cmn+f4 cmn+m3 cmn+m8 cmn+Andrea cmn+Lee cmn+david cmn+klatt3 cmn+robert cmn+steph3 cmn+f3"),
}
_LEVEL_DBFS: Final = -20.0
_THRESHOLD: Final = 10 ** (-50 / 20) * 32768
_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
Clip = np.ndarray  # float64 samples at 8000 Hz, int16 scale


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """How a party speaks."""

    voice: str
    rate_wpm: int
    pitch: int
    unseen: bool


def draw_speaker(persona: Persona, draw: random.Random, *, unseen: bool) -> Speaker:
    """A voice for a persona: its own, else drawn, from the voices the model was not trained on when `unseen`."""
    voice = persona.voice or draw.choice((UNSEEN if unseen else TRAINED)[persona.lang])
    rate, pitch = draw.randint(135, 190), draw.randint(35, 65)
    return Speaker(
        voice=voice,
        rate_wpm=persona.rate_wpm or rate,
        pitch=persona.pitch if persona.pitch is not None else pitch,
        unseen=voice in UNSEEN[persona.lang],
    )


class Mouth:
    """The engine of this process. `say` must be called in forks only if the same seed is to give the same sound."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        self._hz: int = self._library.espeak_Initialize(2, 50, espeakng_loader.get_data_path().encode(), 0)
        self._library.espeak_Synth.argtypes = [
            ctypes.c_char_p,
            ctypes.c_size_t,
            ctypes.c_uint,
            ctypes.c_int,
            ctypes.c_uint,
            ctypes.c_uint,
            ctypes.c_void_p,
            ctypes.c_void_p,
        ]
        self._pieces: list[bytes] = []
        self._callback = _CALLBACK(self._on_sound)
        self._library.espeak_SetSynthCallback(self._callback)

    def say(self, text: str, speaker: Speaker, seed: int) -> Clip:
        """The sound of a text in a fork: the same for the same arguments. Trimmed to its first and last sounding frame."""
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            with suppress(BaseException):
                os.close(reading)
                data = self._speak(text, speaker, seed)
                with os.fdopen(writing, "wb") as pipe:
                    pipe.write(data)
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            raw = pipe.read()
        os.waitpid(child, 0)
        return tidy(np.frombuffer(resampled(raw, self._hz, RATE_HZ), dtype=np.int16).astype(np.float64))

    def line(self, text: str, speaker: Speaker, seed: int, pauses: random.Random) -> Clip:
        """A line with its pauses for thought: the pieces are spoken apart, with 0.4-0.8 s between them."""
        pieces = [piece.strip() for piece in text.split(PAUSE) if piece.strip()]
        parts: list[Clip] = []
        for number, piece in enumerate(pieces):
            if number:
                parts.append(np.zeros(round(pauses.uniform(0.4, 0.8) * RATE_HZ / FRAME_SAMPLES) * FRAME_SAMPLES))
            parts.append(self.say(piece, speaker, seed + number))
        return np.concatenate(parts) if parts else np.zeros(0)

    def _speak(self, text: str, speaker: Speaker, seed: int) -> bytes:
        self._library.espeak_ng_SetRandSeed(ctypes.c_long(seed))
        if self._library.espeak_SetVoiceByName(speaker.voice.encode()) != 0:
            return b""
        for parameter, value in ((1, speaker.rate_wpm), (3, speaker.pitch), (4, 50)):
            self._library.espeak_SetParameter(parameter, value, 0)
        data = text.encode()
        self._library.espeak_Synth(data, len(data) + 1, 0, 0, 0, 1, None, None)
        self._library.espeak_Synchronize()
        return b"".join(self._pieces)

    def _on_sound(self, samples: object, count: int, events: object) -> int:
        if count > 0 and samples:
            self._pieces.append(ctypes.string_at(samples, 2 * count))  # type: ignore[arg-type]  # a ctypes pointer
        return 0


def tidy(sound: Clip) -> Clip:
    """Levelled to -20 dBFS of its sounding frames; begins with the first frame above -50 dBFS, ends with the last; whole
    frames."""
    frames = sound[: len(sound) // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES)
    if not len(frames):
        return np.zeros(0)
    rms = np.sqrt((frames**2).mean(axis=1))
    if rms.max() < 1:
        return np.zeros(0)
    active = np.sqrt((rms[rms > rms.max() / 20] ** 2).mean())
    gain = 10 ** (_LEVEL_DBFS / 20) * 32768 / active
    sounding = np.flatnonzero(rms * gain > _THRESHOLD)
    kept = frames[sounding[0] : sounding[-1] + 1] * gain
    clipped: Clip = np.clip(kept.ravel(), -32000, 32000)
    return clipped

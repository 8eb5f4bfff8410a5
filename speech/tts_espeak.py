"""espeak-ng by ctypes. GPL-3: loaded in processes of its own only (speech.tts_process), never in the worker.

The library's state is global, so one engine a process. It is not reproducible: the same text twice differs for 68 of 76
voices (FACTS). `reproducible` forks an engine that has never spoken for each text, with the same seed: 11 ms each.
"""

import ctypes
import os
import struct
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import espeakng_loader

from media.audio import RATE_HZ
from media.resample import resampled
from speech.tidy import tidy

_RETRIEVAL: Final = 2  # AUDIO_OUTPUT_SYNCHRONOUS in espeak-ng's speak_lib.h
_BUFFER_MS: Final = 50
_UTF8: Final = 1
_RATE, _PITCH, _RANGE = 1, 3, 4  # espeak_PARAMETER

_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


class EspeakFailed(RuntimeError):
    """The library refused."""


class Espeak:
    """The one engine of this process."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        self._native_hz: int = self._library.espeak_Initialize(
            _RETRIEVAL, _BUFFER_MS, espeakng_loader.get_data_path().encode(), 0
        )
        if self._native_hz <= 0:
            raise EspeakFailed("espeak-ng does not start: its data is missing")
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
        self._stop: Callable[[], bool] = lambda: False
        self._callback = _CALLBACK(self._on_sound)  # kept: the library holds only a pointer
        self._library.espeak_SetSynthCallback(self._callback)

    def knows(self, voice: str) -> bool:
        """True when there is such a voice. (espeak itself takes any variant after a `+` and speaks without it.)"""
        _, plus, variant = voice.partition("+")
        if plus and variant not in variants():
            return False
        return bool(self._library.espeak_SetVoiceByName(voice.encode()) == 0)

    def speak(self, text: str, *, voice: str, rate_wpm: int, pitch: int, stop: Callable[[], bool]) -> bytes:
        """s16le mono 8 kHz of one sentence, levelled, its silences trimmed; empty when `stop` said so.

        `stop` is asked after every 50 ms of sound.

        Raises:
            EspeakFailed: there is no such voice.
        """
        if not self.knows(voice):
            raise EspeakFailed(f"no voice {voice!r}")
        for parameter, value in ((_RATE, rate_wpm), (_PITCH, pitch), (_RANGE, 50)):
            self._library.espeak_SetParameter(parameter, value, 0)
        self._pieces, self._stop = [], stop
        data = text.encode()
        self._library.espeak_Synth(data, len(data) + 1, 0, 0, 0, _UTF8, None, None)
        self._library.espeak_Synchronize()
        if stop():
            return b""
        return tidy(resampled(b"".join(self._pieces), self._native_hz, RATE_HZ))

    def reproduce(self, text: str, *, voice: str, rate_wpm: int, pitch: int, seed: int) -> bytes:
        """The same sound for the same arguments, always: spoken by a fork. This engine itself must never have spoken."""
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            with suppress(BaseException):
                os.close(reading)
                self._library.espeak_ng_SetRandSeed(ctypes.c_long(seed))
                pcm = self.speak(text, voice=voice, rate_wpm=rate_wpm, pitch=pitch, stop=lambda: False)
                with os.fdopen(writing, "wb") as pipe:
                    pipe.write(struct.pack("<I", len(pcm)) + pcm)
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            data = pipe.read()
        os.waitpid(child, 0)
        if len(data) < 4:
            raise EspeakFailed(f"cannot speak with voice {voice!r}")
        return data[4:]

    def _on_sound(self, samples: object, count: int, events: object) -> int:
        if count > 0 and samples:
            self._pieces.append(ctypes.string_at(samples, 2 * count))  # type: ignore[arg-type]  # a ctypes pointer
        return 1 if self._stop() else 0


def variants() -> frozenset[str]:
    """The names that may follow the `+` of a voice."""
    return frozenset(path.name for path in (Path(espeakng_loader.get_data_path()) / "voices" / "!v").iterdir())

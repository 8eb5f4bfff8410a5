"""espeak's phones of a text, word by word. GPL: imported only by `speech.graph.build`, in a process of its own.

espeak reports, while it synthesises, an event where each word and each phone begins. Its phones are those after all its
rules for connected speech, which is what our acoustic models were trained on.
"""

import ctypes
import re
from collections.abc import Sequence
from typing import Any, Final

import espeakng_loader

from kernel.errors import JingyinError

_RETRIEVAL: Final = 2  # espeak_AUDIO_OUTPUT: AUDIO_OUTPUT_SYNCHRONOUS
_PHONEME_EVENTS: Final = 1  # espeakINITIALIZE_PHONEME_EVENTS
_BUFFER_MS: Final = 50
_UTF8: Final = 1
_END, _WORD, _PHONEME = 0, 1, 7  # espeak_EVENT_TYPE
_RATE: Final = 1  # espeak_PARAMETER: espeakRATE
_RATE_WPM: Final = 165

# Allophones that our models do not tell apart. `a` of "about" and the like keep phones of their own.
_MERGED: Final = {
    "?": "t", "@2": "@", "r-": "r", "n-": "n", "aI2": "aI", "aI3": "aI", "I#": "I", "I2": "I", "w#": "w", "t2": "t",
    "t#": "t", "@-": "@", "N-": "N", "A:": "A@", "i@": "i@3", "U@": "U@", "@5": "@L", "IR": "3:", "VR": "3:",
    "aI@": "aI", "e@": "e@", "o@": "O@", "y@": "y", "@r": "@", "uai": "ai", "u@": "u",
}  # fmt: skip
_PAUSES: Final = frozenset({"_", "_:", "_!", "__"})
_MARKS: Final = frozenset({"_|", "", ";", "|", "-", "||"})  # belong to the phone before them


class EspeakFailed(JingyinError):
    """espeak does not start or lacks a voice: the recogniser's graph cannot be built."""

    code = "speech.espeak_failed"


class _Id(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    )


_Callback: Final = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


class Espeak:
    """The library, whose state is the process's: one instance a process."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = espeakng_loader.get_data_path().encode()
        if self._library.espeak_Initialize(_RETRIEVAL, _BUFFER_MS, data, _PHONEME_EVENTS) <= 0:
            raise EspeakFailed("espeak does not start", where=str(data))
        self._callback = _Callback(self._on_events)  # kept: the library holds only its address
        self._library.espeak_SetSynthCallback(self._callback)
        self._library.espeak_SetParameter(_RATE, _RATE_WPM, 0)
        self._voice = ""
        self._events: list[tuple[int, int, str]] = []

    def words(self, text: str, voice: str) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
        """The words of `text` with their phones. espeak runs some words together ("of the"): those come as one entry.

        Raises:
            EspeakFailed: no such voice.
        """
        if voice != self._voice:
            if self._library.espeak_SetVoiceByName(voice.encode()) != 0:
                raise EspeakFailed(f"espeak has no voice {voice}")
            self._voice = voice
        self._events = []
        data = text.encode()
        self._library.espeak_Synth(data, ctypes.c_size_t(len(data) + 1), 0, 0, 0, _UTF8, None, None)
        self._library.espeak_Synchronize()
        return _by_word(text.split(" "), self._events)

    def _on_events(self, _samples: Any, _count: int, events: Any) -> int:  # Any: ctypes pointers
        at = 0
        while (event := events[at]).type != _END:
            if event.type in (_WORD, _PHONEME):
                name = bytes(event.id.string).decode("utf-8", "replace") if event.type == _PHONEME else ""
                self._events.append((event.type, event.text_position, name))
            at += 1
        return 0


def _by_word(
    words: Sequence[str], events: Sequence[tuple[int, int, str]]
) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """A WORD event comes at its first phone; text positions count characters from 1."""
    starts = []
    position = 1
    for word in words:
        starts.append(position)
        position += len(word) + 1
    spoken: dict[int, list[str]] = {}
    current: list[str] | None = None
    for kind, text_position, name in events:
        if kind == _WORD:
            index = max((i for i, start in enumerate(starts) if start <= text_position), default=0)
            current = spoken.setdefault(index, [])
        elif current is not None and (phone := _phone(name)):
            current.append(phone)
    firsts = [index for index, phones in spoken.items() if phones]
    return [
        (tuple(words[first:after]), tuple(spoken[first]))
        for first, after in zip(firsts, [*firsts[1:], len(words)], strict=False)  # no word, no end
    ]


def _phone(mnemonic: str) -> str:
    """The model's phone of an espeak mnemonic; empty for pauses and for marks that belong to the phone before."""
    name = re.sub(r"^[',\"%=|]+", "", mnemonic)  # stress
    if name in _PAUSES or name in _MARKS or name.isdigit():
        return ""
    name = name.split("/")[0]
    return _MERGED.get(name, name)

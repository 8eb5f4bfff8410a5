"""Recorded prompts: a WAV file, or for a template with slots a folder of pieces, spliced with what fills the slots.

For the template "Hello {name}, this is Ada." the folder holds `0.wav` ("Hello"), `1.wav` (", this is Ada.") and, where there are
recordings of them, `name=Mary.wav` for the values of the slot; other values are spoken by the synthesiser. Every piece is levelled,
so that voice and recording match; pieces are joined 40 ms apart with faded ends.
"""

import re
from collections.abc import Awaitable, Callable
from typing import Final

import numpy as np

from media.audio import RATE_HZ
from speech.prompt import Prompt
from speech.tidy import tidy
from speech.wav import RecordingUnreadable, read_wav

_FADE: Final = RATE_HZ * 8 // 1000
_SLOT: Final = re.compile(r"\{(\w+)\}")
_GAP: Final = bytes(2 * RATE_HZ * 40 // 1000)


def content(prompt: Prompt) -> bytes:
    """What of the recording shapes the sound: its bytes, to be hashed."""
    path = prompt.recording
    if path is None:
        return b""
    files = sorted(path.glob("*.wav")) if path.is_dir() else [path]
    return b"".join(file.name.encode() + file.read_bytes() for file in files if file.is_file())


async def recorded(prompt: Prompt, speak: Callable[[str], Awaitable[bytes]]) -> bytes:
    """s16le 8 kHz of a prompt that has a recording; `speak` says a slot's value that was not recorded.

    Raises:
        RecordingUnreadable: a file or a piece is missing, or no WAV.
    """
    path = prompt.recording
    assert path is not None
    if not path.is_dir():
        if _SLOT.search(prompt.template):
            raise RecordingUnreadable(
                f"{prompt.key} has slots", where=str(path), remedy="Record its pieces 0.wav, 1.wav, ... into a folder."
            )
        return tidy(read_wav(path))
    slots = dict(prompt.slots)
    pieces: list[bytes] = []
    number = 0
    for at, part in enumerate(_SLOT.split(prompt.template)):
        if at % 2 == 0:
            if re.search(r"\w", part):
                pieces.append(tidy(read_wav(path / f"{number}.wav")))
            number += 1
        elif slots.get(part):
            own = path / f"{part}={slots[part]}.wav"
            pieces.append(tidy(read_wav(own)) if own.is_file() else await speak(slots[part]))
    return joined(pieces)


def joined(pieces: list[bytes]) -> bytes:
    """One after the other, 40 ms apart, with faded ends so that nothing clicks."""
    return _GAP.join(_faded(piece) for piece in pieces if piece)


def _faded(piece: bytes) -> bytes:
    samples = np.frombuffer(piece, dtype=np.int16).astype(np.float64)
    length = min(_FADE, len(samples) // 2)
    ramp = np.linspace(0.0, 1.0, length)
    samples[:length] *= ramp
    samples[len(samples) - length :] *= ramp[::-1]
    return samples.astype(np.int16).tobytes()

"""Spans of recordings as WAV, also of one that is still being written (its header does not know its length yet)."""

import io
import wave
from pathlib import Path
from typing import Final

from media.audio import RATE_HZ

_HEADER: Final = 44  # bytes of a canonical PCM WAV header, as media.recorder writes it
_FRAME: Final = 4  # bytes of both channels' sample


def whole(path: Path) -> float:
    """Seconds that are on disk."""
    return max(0, path.stat().st_size - _HEADER) // _FRAME / RATE_HZ


def span_as_wav(path: Path, start_ms: int, end_ms: int | None) -> bytes:
    """The span [start, end) of a stereo recording as a WAV file; what is not on disk yet is left out. None: to the end."""
    first = max(0, start_ms) * RATE_HZ // 1000
    with path.open("rb") as file:
        file.seek(_HEADER + first * _FRAME)
        count = -1 if end_ms is None else max(0, end_ms * RATE_HZ // 1000 - first) * _FRAME
        samples = file.read(count)
    out = io.BytesIO()
    with wave.open(out, "wb") as wav:
        wav.setnchannels(2)
        wav.setsampwidth(2)
        wav.setframerate(RATE_HZ)
        wav.writeframes(samples[: len(samples) // _FRAME * _FRAME])
    return out.getvalue()

"""WAV files in: any rate from 8 to 48 kHz, mono or stereo, 16 bits; out of it comes telephone audio."""

import wave
from enum import StrEnum
from pathlib import Path
from typing import Final

import numpy as np

from kernel.errors import JingyinError
from media.audio import RATE_HZ
from media.resample import resampled

_LOWEST_HZ: Final = 8000
_HIGHEST_HZ: Final = 48_000


class RecordingUnreadable(JingyinError):
    """A recording is missing, empty, no WAV, or of a format that is not taken."""

    code = "speech.recording_unreadable"


_UNKNOWN_LENGTH: Final = 0x7FFF_0000  # what programs write that do not know how long it will be


class Side(StrEnum):
    """A channel of a stereo file."""

    LEFT = "left"
    RIGHT = "right"


_CHANNELS: Final = {Side.LEFT: 0, Side.RIGHT: 1}
_HEADS: Final = {
    b"ID3": "an MP3 file",
    b"\xff\xfb": "an MP3 file",
    b"fLaC": "a FLAC file",
    b"OggS": "an Ogg file",
    b"FORM": "an AIFF file",
    b"caff": "a CAF file",
    b"RIFX": "a big-endian WAV",
    b"RF64": "a WAV of more than 4 GB (RF64)",
}
_HEAD_BYTES: Final = 512


def read_wav(path: Path, *, side: Side | None = Side.LEFT) -> bytes:
    """The sound of a file as s16le mono 8 kHz; of a stereo file that `side`. None: it must be one side alone.

    Raises:
        RecordingUnreadable: see there.
    """
    where = str(path)
    try:
        with wave.open(str(path)) as file:
            channels, width, rate = file.getnchannels(), file.getsampwidth(), file.getframerate()
            promised = file.getnframes()
            data = file.readframes(promised)
    except FileNotFoundError:
        raise RecordingUnreadable("there is no such file", where=where, remedy="Check the path.") from None
    except OSError as exc:
        raise RecordingUnreadable(
            f"it cannot be read: {exc.strerror}", where=where, remedy="Name a WAV file."
        ) from None
    except (wave.Error, EOFError) as exc:
        what = f"it is {_what_it_is(path, str(exc))}"
        raise RecordingUnreadable(what, where=where, remedy="Convert it to 16-bit PCM WAV.") from None
    if channels > 1 and side is None:
        raise RecordingUnreadable(
            f"it has {channels} channels, and one side of a call is wanted",
            where=where,
            remedy="Say which channel the customer is: --side left or --side right.",
        )
    if width != 2:
        raise RecordingUnreadable(f"{8 * width} bits a sample", where=where, remedy="Convert it to 16 bits.")
    if not _LOWEST_HZ <= rate <= _HIGHEST_HZ:
        raise RecordingUnreadable(
            f"a rate of {rate} Hz", where=where, remedy=f"Convert it to {_LOWEST_HZ}-{_HIGHEST_HZ} Hz; 8000 is best."
        )
    if len(data) < promised * width * channels and promised * width * channels < _UNKNOWN_LENGTH:
        raise RecordingUnreadable("it is shorter than its header says", where=where, remedy="Copy or record it again.")
    samples = np.frombuffer(data[: len(data) // (2 * channels) * 2 * channels], dtype="<i2").reshape(-1, channels)
    if not len(samples):
        raise RecordingUnreadable("there is no sound in it", where=where, remedy="Name a recording.")
    return resampled(
        np.ascontiguousarray(samples[:, min(_CHANNELS[side or Side.LEFT], channels - 1)]).tobytes(), rate, RATE_HZ
    )


def _what_it_is(path: Path, wrong: str) -> str:
    """What a file is that is no WAV with plain samples, in words for people."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if not head:
        return "empty"
    for begins, what in _HEADS.items():
        if head.startswith(begins):
            return f"{what}, no WAV with plain samples"
    if head.startswith(b"RIFF"):
        return f"a WAV without plain samples ({wrong})" if wrong else "a WAV that breaks off in its head"
    try:
        text = head.decode("utf-8", errors="strict" if len(head) < _HEAD_BYTES else "ignore")
    except UnicodeDecodeError:
        return "no WAV, and nothing else that is known here"
    plain = all(one.isprintable() or one.isspace() for one in text)
    return "a text file, no WAV" if plain else "no WAV, and nothing else that is known here"

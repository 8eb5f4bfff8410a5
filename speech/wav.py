"""WAV files in: any rate from 8 to 48 kHz, mono or stereo, 16 bits; out of it comes telephone audio."""

import wave
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


def read_wav(path: Path) -> bytes:
    """The sound of a file as s16le mono 8 kHz; of a stereo file the left channel.

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
        what = "it is empty" if path.stat().st_size == 0 else f"no WAV with plain samples ({exc})"
        raise RecordingUnreadable(what, where=where, remedy="Convert it to 16-bit PCM WAV.") from None
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
    return resampled(np.ascontiguousarray(samples[:, 0]).tobytes(), rate, RATE_HZ)

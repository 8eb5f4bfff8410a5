"""A customer's side of a call as a WAV file, by espeak, for a browser's fake microphone: `python -m tests.e2e.spoken FILE PART...`.

A part is seconds of silence, or words. There is the faint noise of a room, as any microphone has. 48 kHz, as sound cards give it.
"""

import sys
import wave
from pathlib import Path

import numpy as np

from media.audio import RATE_HZ
from media.resample import resampled
from simulation.voices import Mouth, Speaker

_ROOM_DBFS = -55.0
_CARD_HZ = 48_000
_VOICE = Speaker(voice="en-us", rate_wpm=150, pitch=50, unseen=False)


def main() -> None:
    """Write it."""
    file, *parts = sys.argv[1:]
    mouth, pcm = Mouth(), bytearray()
    for number, part in enumerate(parts):
        if part.replace(".", "").isdecimal():
            pcm += bytes(2 * round(float(part) * RATE_HZ))
        else:
            pcm += mouth.say(part, _VOICE, number).astype("<i2").tobytes()
    room = np.random.default_rng(1).normal(0, 32768 * 10 ** (_ROOM_DBFS / 20), len(pcm) // 2)
    noisy = np.clip(np.frombuffer(pcm, "<i2") + room, -32768, 32767).astype("<i2").tobytes()
    with wave.open(str(Path(file)), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(_CARD_HZ)
        out.writeframes(resampled(noisy, RATE_HZ, _CARD_HZ))


if __name__ == "__main__":
    main()

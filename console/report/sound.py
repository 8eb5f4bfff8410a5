"""Recordings made small enough to stand inside a page: Opus in Ogg, as a data address."""

import base64
import io
from pathlib import Path

import av

BITS_A_SECOND = 24_000


def data_address(wav: Path) -> str:
    """`data:audio/ogg;base64,…` of a WAV file, mono or stereo.

    Raises:
        OSError: the file cannot be read.
        av.error.FFmpegError: it is no sound.
    """
    packed = io.BytesIO()
    with av.open(str(wav)) as source, av.open(packed, "w", format="ogg") as target:
        channels = source.streams.audio[0].layout.nb_channels
        layout = "stereo" if channels == 2 else "mono"
        stream = target.add_stream("libopus", rate=48_000, layout=layout)
        stream.bit_rate = BITS_A_SECOND
        resampler = av.AudioResampler(format="s16", layout=layout, rate=48_000)
        for frame in source.decode(audio=0):
            for resampled in resampler.resample(frame):
                target.mux(stream.encode(resampled))
        for resampled in resampler.resample(None):
            target.mux(stream.encode(resampled))
        target.mux(stream.encode(None))
    return "data:audio/ogg;base64," + base64.b64encode(packed.getvalue()).decode()

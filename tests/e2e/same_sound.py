"""Is what was received what was sent? Correlation of sounds whose clocks and delays differ.

    python -m tests.e2e.same_sound DEMO_FOLDER TRACK TRACK_SINCE MICROPHONE

judges one call of a demo, its first row's, whose agent was a browser: TRACK is what the browser received since the UNIX time
TRACK_SINCE, MICROPHONE what its fake microphone played over and over, the row's recording what the customer said (left) and
heard (right). One JSON line.

A correlation is Pearson's, of a stretch of speech and the equally long stretch of the other sound that lies `lag` later. All
at 48 kHz: half a sample at 8 kHz is enough to cost a vowel a tenth of its correlation. The two ends have clocks of their own,
and a browser's jitter buffer makes sound shorter or longer to keep its delay, in pauses or in mid-word. So each line has a lag
of its own, sought near that of the whole.
"""

import json
import sys
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from media.resample import resampled

FINE_HZ: Final = 48_000
_NEAR_S: Final = 0.25  # how far a line's lag may lie from that of the whole
_QUIET: Final = 0.02  # of a sound's peak: below it, its ends are silence
_SHORTEST_S: Final = 0.25

Sound = np.ndarray[tuple[int], np.dtype[np.float64]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Where a stretch of one sound fits another best. `lag_s`: from its place in the one to its place in the other."""

    lag_s: float
    correlation: float


def read(path: Path, channel: int = 0) -> Sound:
    """One channel of a 16-bit WAV file at 48 kHz."""
    with wave.open(str(path), "rb") as file:
        frames = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, file.getnchannels())
        mono = np.ascontiguousarray(frames[:, channel])
        return np.frombuffer(resampled(mono.tobytes(), file.getframerate(), FINE_HZ), "<i2").astype(np.float64)


def best_match(part: Sound, whole: Sound, *, at: int = 0, lags: tuple[int, int] | None = None) -> Match:
    """Where `part`, which lies at sample `at` of its own sound, fits `whole` best.

    `lags`: the first and the last that are looked at, in samples; None: all.
    """
    first, last = lags if lags is not None else (-at, len(whole) - at)
    begin, end = max(0, at + first), min(len(whole), at + last + len(part))
    searched = whole[begin:end]
    if len(searched) < len(part) or not part.any():
        return Match(lag_s=0.0, correlation=0.0)
    found = _correlations(part, searched)
    place = int(np.argmax(found))
    return Match(lag_s=(begin + place - at) / FINE_HZ, correlation=float(found[place]))


def spans_of_speech(sound: Sound, *, pause_s: float = 0.4) -> list[tuple[int, int]]:
    """Stretches between pauses, without the silence at their ends; those under a quarter of a second are left out."""
    loud = np.flatnonzero(np.abs(sound) > _QUIET * np.abs(sound).max(initial=1.0))
    if not len(loud):
        return []
    breaks = np.flatnonzero(np.diff(loud) > pause_s * FINE_HZ)
    starts, ends = loud[np.r_[0, breaks + 1]], loud[np.r_[breaks, len(loud) - 1]] + 1
    spans = zip(starts.tolist(), ends.tolist(), strict=True)
    return [(start, end) for start, end in spans if end - start >= _SHORTEST_S * FINE_HZ]


def common_lag(sent: Sound, spans: Sequence[tuple[int, int]], received: Sound) -> int:
    """The one lag, in samples, at which all spans together fit best."""
    begin, end = spans[0][0], spans[-1][1]
    only = np.zeros(end - begin)
    for start, stop in spans:
        only[start - begin : stop - begin] = sent[start:stop]
    padded = np.pad(received, (0, len(only)))  # it may have ended before the last of them
    return round(best_match(only, padded, at=begin).lag_s * FINE_HZ)


def lines_match(sent: Sound, spans: Sequence[tuple[int, int]], received: Sound, *, common: int) -> list[Match]:
    """Each span of what was sent, found in what was received near the lag of them all."""
    near = round(_NEAR_S * FINE_HZ)
    lags = (common - near, common + near)
    return [best_match(sent[start:stop], received, at=start, lags=lags) for start, stop in spans]


def pooled(matches: Sequence[Match], spans: Sequence[tuple[int, int]]) -> float:
    """One correlation of all of them, weighted by how long each lasts."""
    return float(np.average([one.correlation for one in matches], weights=[end - start for start, end in spans]))


def _correlations(part: Sound, whole: Sound) -> Sound:
    """Pearson's correlation at every place of `whole` where `part` fits."""
    centred, count = part - part.mean(), len(part)
    size = 1 << (len(whole) + count).bit_length()
    products = np.fft.irfft(np.fft.rfft(whole, size) * np.conj(np.fft.rfft(centred, size)), size)
    sums = np.r_[0.0, np.cumsum(whole)]
    squares = np.r_[0.0, np.cumsum(whole**2)]
    total = sums[count:] - sums[:-count]
    energy = squares[count:] - squares[:-count] - total**2 / count
    quiet = energy < count  # under one quantum: rounding would divide by nothing
    scale = np.sqrt(np.where(quiet, np.inf, energy) * np.sum(centred**2))
    correlations: Sound = products[: len(total)] / scale
    return correlations


def judge(folder: Path, track: Path, track_since: float, microphone: Path) -> dict[str, Any]:  # Any: JSON
    """How the call sounded each way: by line, by phrase, and pooled; beside it how well the other side's speech fits, anywhere.

    `lags_ms`: of each line, from being said to being in the track.
    """
    row = json.loads((folder / "demo.json").read_text(encoding="utf-8"))["rows"][0]
    recording = folder / row["wav"]
    answered_at = json.loads(recording.with_suffix(".json").read_text(encoding="utf-8"))["answered_at"]
    said, heard = read(recording, 0), read(recording, 1)
    received, agent = read(track), read(microphone)
    talk = round(max(turn["end_s"] for turn in row["turns"] if turn["who"] == "robot") * FINE_HZ)
    lines = [(talk + start, talk + end) for start, end in spans_of_speech(said[talk:])]
    phrases = spans_of_speech(agent)
    common = common_lag(said, lines, received)
    # Who was speaking when the track was taken is not judged.
    lines = [(start, end) for start, end in lines if end + common + _NEAR_S * FINE_HZ < len(received)]
    there = lines_match(said, lines, received, common=common)
    lags_s = [one.lag_s + track_since - answered_at for one in there]
    return {
        "browser": {
            **_told(there, lines),
            "lags_ms": [round(1000 * lag, 1) for lag in lags_s],
            "other": _told([best_match(agent[start:end], received) for start, end in phrases], phrases),
        },
        "customer": {
            **_told([best_match(agent[start:end], heard[talk:]) for start, end in phrases], phrases),
            "other": _told([best_match(said[start:end], heard[talk:]) for start, end in lines], lines),
        },
    }


def _told(matches: Sequence[Match], spans: Sequence[tuple[int, int]]) -> dict[str, Any]:  # Any: JSON
    return {
        "pooled": round(pooled(matches, spans), 4),
        "each": [round(one.correlation, 3) for one in matches],
        "seconds": round(sum(end - start for start, end in spans) / FINE_HZ, 2),
    }


def main() -> None:
    """Judge and print."""
    folder, track, since, microphone = sys.argv[1:]
    print(json.dumps(judge(Path(folder), Path(track), float(since), Path(microphone))))


if __name__ == "__main__":
    main()

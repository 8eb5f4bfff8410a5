"""The recorder: two channels on one clock, whole or not at all."""

import tempfile
import threading
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.recorder import RecordingFailed, StereoRecorder, _Window


def channels(path: Path) -> tuple[np.ndarray, np.ndarray]:
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 2, 8000)
        data = np.frombuffer(file.readframes(file.getnframes()), np.int16).reshape(-1, 2)
    return data[:, 0], data[:, 1]


def test_pieces_land_at_their_index_and_gaps_are_silence(tmp_path: Path):
    path = tmp_path / "call.wav"
    recorder = StereoRecorder(path)
    one = np.full(160, 7, np.int16).tobytes()
    for second in range(10):
        recorder.left(second * 8000, one)
        recorder.right(second * 8000 + 400, one)
    recorder.close()
    left, right = channels(path)
    assert np.flatnonzero(left).tolist() == [s * 8000 + i for s in range(10) for i in range(160)]
    assert np.flatnonzero(right).tolist() == [s * 8000 + 400 + i for s in range(10) for i in range(160)]
    assert len(left) == 9 * 8000 + 560


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1), st.integers(-16000, 40000), st.integers(1, 40000)), max_size=30))
def test_whatever_comes_no_more_than_two_seconds_late_is_on_the_tape(pieces: list[tuple[int, int, int]]):
    """A piece begins up to 2 s before the end of all pieces so far, or after it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "call.wav"
        recorder = StereoRecorder(path)
        expected = np.zeros((2_500_000, 2), np.int16)
        end = 0
        for number, (channel, ahead, count) in enumerate(pieces, start=1):
            start = max(0, end + ahead)
            samples = np.full(count, number, np.int16)
            (recorder.left, recorder.right)[channel](start, samples.tobytes())
            expected[start : start + count, channel] = samples
            end = max(end, start + count)
        recorder.close()
        left, right = channels(path)
    assert len(left) == end
    assert (left == expected[:end, 0]).all()
    assert (right == expected[:end, 1]).all()


def test_a_disk_that_is_behind_costs_sound_never_time(tmp_path: Path, monkeypatch):
    stuck, put = threading.Event(), _Window.put
    monkeypatch.setattr(_Window, "put", lambda *piece: (stuck.wait(), put(*piece)))
    monkeypatch.setattr("media.recorder._PENDING", 2)
    recorder = StereoRecorder(tmp_path / "call.wav")
    for n in range(1000):
        recorder.left(n * 160, bytes(320))
    assert recorder.dropped >= 800
    stuck.set()
    recorder.close()
    recorder.close()
    recorder.left(0, bytes(320))  # after the end: ignored
    assert len(channels(tmp_path / "call.wav")[0]) > 0


def test_the_file_has_its_name_only_when_it_is_whole(tmp_path: Path):
    path = tmp_path / "call.wav"
    recorder = StereoRecorder(path)
    recorder.left(0, bytes(320))
    assert not path.exists()
    recorder.close()
    assert [p.name for p in tmp_path.iterdir()] == ["call.wav"]


def test_a_disk_that_does_not_take_it_is_told_and_leaves_nothing(tmp_path: Path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    recorder = StereoRecorder(blocked / "call.wav")
    recorder.left(0, bytes(320))
    with pytest.raises(RecordingFailed, match="cannot write the recording"):
        recorder.close()

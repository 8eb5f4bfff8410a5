"""The recorder: two channels on one clock, whole or not at all."""

import wave
from pathlib import Path

import numpy as np
import pytest

from media.recorder import RecordingFailed, StereoRecorder


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

"""WAV files in: every rate we take, and a clear word for what we do not."""

import wave
from pathlib import Path

import numpy as np
import pytest

from media.audio import level_dbfs
from speech.wav import RecordingUnreadable, Side, read_wav


def write(path: Path, rate: int, *, channels: int = 1, width: int = 2, seconds: float = 0.5) -> Path:
    tone = (8000 * np.sin(2 * np.pi * 300 * np.arange(int(seconds * rate)) / rate)).astype(np.int16)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        data = np.repeat(tone, channels).tobytes() if width == 2 else bytes(len(tone) * channels * width)
        file.writeframes(data)
    return path


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 44100, 48000])
@pytest.mark.parametrize("channels", [1, 2])
def test_rates_and_channels_that_are_taken(tmp_path: Path, rate: int, channels: int):
    pcm = read_wav(write(tmp_path / "a.wav", rate, channels=channels))
    assert abs(len(pcm) // 2 - 4000) <= 4
    assert level_dbfs(pcm) == pytest.approx(-15.3, abs=0.5)


def test_what_is_not_taken_says_why(tmp_path: Path):
    empty = tmp_path / "empty.wav"
    empty.write_bytes(b"")
    text = tmp_path / "text.wav"
    text.write_text("hello")
    silent = write(tmp_path / "none.wav", 8000, seconds=0)
    cut_off = write(tmp_path / "cut_off.wav", 8000)
    cut_off.write_bytes(cut_off.read_bytes()[:-1000])

    def made(name: str, data: bytes) -> Path:
        (tmp_path / name).write_bytes(data)
        return tmp_path / name

    cases = {
        cut_off: "shorter than its header says",
        tmp_path / "missing.wav": "there is no such file",
        empty: "it is empty",
        text: "it is a text file, no WAV",
        made("long.txt", "hello, how are you? 你好\n".encode() * 60): "it is a text file, no WAV",
        made("song.wav", b"ID3\x04" + bytes(600)): "it is an MP3 file",
        made("song.ogg", b"OggS" + bytes(600)): "it is an Ogg file",
        made("head.wav", b"RIFF\x00\x01"): "breaks off in its head",
        made("noise.bin", bytes(range(256)) * 4): "nothing else that is known",
        silent: "there is no sound in it",
        write(tmp_path / "low.wav", 4000): "a rate of 4000 Hz",
        write(tmp_path / "absurd.wav", 192_000): "a rate of 192000 Hz",
        write(tmp_path / "bits.wav", 8000, width=1): "8 bits",
    }
    for path, message in cases.items():
        with pytest.raises(RecordingUnreadable, match=message) as failure:
            read_wav(path)
        assert str(path) in str(failure.value)
        assert failure.value.remedy
        assert "()" not in str(failure.value)


def test_one_side_of_a_call_is_one_channel_or_a_chosen_one(tmp_path: Path):
    sides = np.stack([np.full(4000, 1000), np.full(4000, -9000)], axis=1).astype("<i2")
    both = tmp_path / "both.wav"
    with wave.open(str(both), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(sides.tobytes())
    with pytest.raises(RecordingUnreadable, match="2 channels") as failure:
        read_wav(both, side=None)
    assert "--side right" in failure.value.remedy
    for side, value in ((Side.LEFT, 1000), (Side.RIGHT, -9000)):
        assert set(np.frombuffer(read_wav(both, side=side), dtype="<i2")) == {value}
    assert read_wav(write(tmp_path / "mono.wav", 8000), side=None)
    assert read_wav(write(tmp_path / "mono.wav", 8000), side=Side.RIGHT)

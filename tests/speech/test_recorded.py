"""Recorded prompts: whole files, spliced pieces, and clear words for what is missing."""

import wave
from pathlib import Path

import numpy as np
import pytest

from media.audio import level_dbfs
from speech.prompt import Prompt
from speech.recorded import recorded
from speech.wav import RecordingUnreadable
from tests.fakes.speech import voice


def record(path: Path, seconds: float, seed: int, gain: float = 1.0) -> Path:
    sound = (np.frombuffer(voice(seconds, seed), np.int16) * gain).astype(np.int16)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(3200) + sound.tobytes() + bytes(3200))
    return path


async def nobody(text: str) -> bytes:
    raise AssertionError(f"nobody should say {text}")


async def test_a_file_is_levelled_and_trimmed(tmp_path: Path):
    path = record(tmp_path / "hello.wav", 1.0, 1, gain=0.2)
    sound = await recorded(Prompt(key="utter_a", text="Hello.", template="Hello.", recording=path), nobody)
    assert len(sound) / 16000 == pytest.approx(1.0, abs=0.1)
    assert level_dbfs(sound) == pytest.approx(-20, abs=1.5)


async def test_pieces_are_spliced_with_recorded_and_spoken_values(tmp_path: Path):
    record(tmp_path / "0.wav", 0.5, 1)
    record(tmp_path / "1.wav", 1.0, 2, gain=0.3)
    record(tmp_path / "name=Mary.wav", 0.4, 3)
    said: list[str] = []

    async def speak(text: str) -> bytes:
        said.append(text)
        return voice(0.6, 9)

    def hello(name: str) -> Prompt:
        template = "Hello {name}, this is Ada."
        return Prompt(key="utter_a", text=template, template=template, slots=(("name", name),), recording=tmp_path)

    mary = await recorded(hello("Mary"), speak)
    assert said == []
    assert len(mary) / 16000 == pytest.approx(0.5 + 0.4 + 1.0 + 0.08, abs=0.15)
    await recorded(hello("Eve"), speak)
    assert said == ["Eve"]


async def test_what_is_missing_is_named(tmp_path: Path):
    record(tmp_path / "0.wav", 0.5, 1)
    template = "Hello {name}, this is Ada."
    with pytest.raises(RecordingUnreadable, match=r"1\.wav"):
        await recorded(Prompt(key="a", text=template, template=template, recording=tmp_path), nobody)
    with pytest.raises(RecordingUnreadable, match="has slots"):
        await recorded(Prompt(key="a", text=template, template=template, recording=tmp_path / "0.wav"), nobody)

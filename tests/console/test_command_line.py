"""What the command line refuses before it begins, and what it says so that a program can read it."""

import json
import wave
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from console.cli import app
from console.demo.options import DemoOptions, OptionInvalid
from console.demo.progress import Progress
from console.demo.results import NoPlaceForResults
from console.demo.run import run_demo
from dialer.wiring.recording import RecordingInTheWay

PERSONAS = """
lang: {lang}
personas:
  - id: one
    truth: interested
    hello: ["{hello}"]
    turns:
      - {{on: [ask_interest], say: ["{say}"]}}
"""


def invoke(*arguments: str):
    return CliRunner().invoke(app, [str(one) for one in arguments])


def write_wav(path: Path, pcm: bytes) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(pcm)


def personas(folder: Path, lang: str, hello: str, say: str) -> Path:
    path = folder / "people.yml"
    path.write_text(PERSONAS.format(lang=lang, hello=hello, say=say), encoding="utf-8")
    return path


# -- demo --json ----------------------------------------------------------------------------------------------------------
def test_a_json_without_a_place_is_refused_before_anything_of_an_earlier_demo_goes(tmp_path: Path):
    earlier = tmp_path / "out" / "calls" / "earlier.wav"
    earlier.parent.mkdir(parents=True)
    earlier.touch()
    (tmp_path / "file").touch()
    for copy in (tmp_path / "missing" / "a.json", tmp_path / "file" / "a.json", tmp_path):
        with pytest.raises(NoPlaceForResults) as caught:
            run_demo(DemoOptions(calls=1, port=0, json=copy, out=tmp_path / "out"), Console(file=StringIO()))
        assert str(copy) in str(caught.value)
        assert "--json" in str(caught.value)
    assert earlier.exists()


def test_a_json_that_may_not_be_written_is_refused(tmp_path: Path):
    nowhere = Path("/proc/a.json")  # where root may not write either
    with pytest.raises(NoPlaceForResults):
        run_demo(DemoOptions(calls=1, port=0, json=nowhere, out=tmp_path / "out"), Console(file=StringIO()))


# -- demo's numbers -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("wrong", "option", "right"),
    [
        ({"port": 99999}, "--port 99999", "0 to 65535"),
        ({"port": -1}, "--port -1", "0 to 65535"),
        ({"concurrency": 0}, "--concurrency 0", "1 to 1000"),
        ({"concurrency": 1001}, "--concurrency 1001", "1 to 1000"),
        ({"agents": -1}, "--agents -1", "0 to"),
    ],
)
def test_a_number_that_cannot_be_is_refused_by_the_name_of_its_option(tmp_path: Path, wrong, option: str, right: str):
    with pytest.raises(OptionInvalid) as caught:
        run_demo(DemoOptions(**{"calls": 1, "out": tmp_path / "out", **wrong}), Console(file=StringIO()))
    said = str(caught.value)
    assert option in said and right in said
    assert "JINGYIN_" not in said
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("stays", [True, False])
def test_a_person_may_be_the_only_agent(stays: bool):
    DemoOptions(mode="predictive", agents=0, stays=stays).check()


def test_a_demo_that_dials_nobody_says_why():
    said: list[str] = []
    progress = Progress(said.append, calls=2, began_s=0)
    progress.look(30, 0, 0, waits="no agent is ready")
    assert said == ["0:30  0 of 2 leads called, 0 on the line · no agent is ready"]


# -- talk -----------------------------------------------------------------------------------------------------------------
def test_a_talk_is_not_written_over_its_recording(tmp_path: Path):
    recording = tmp_path / "said.wav"
    write_wav(recording, b"\0\0" * 8000)
    before = recording.read_bytes()
    other = tmp_path / "link.wav"
    other.symlink_to(recording)
    for out in (recording, other, tmp_path / "." / "said.wav"):
        refused = invoke("talk", recording, "--out", out)
        assert isinstance(refused.exception, RecordingInTheWay)
    assert recording.read_bytes() == before


def test_a_talk_that_does_not_begin_leaves_nothing(tmp_path: Path):
    recording = tmp_path / "said.wav"
    write_wav(recording, b"\0\0" * 8000)
    refused = invoke("talk", recording, "--out", tmp_path / "talk.wav", "--assistant", "nope")
    assert "nope" in str(refused.exception)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["said.wav"]
    refused = invoke("talk", recording, "--out", tmp_path / "missing" / "talk.wav")
    assert isinstance(refused.exception, RecordingInTheWay)


def test_a_talk_takes_a_site_file(tmp_path: Path):
    recording, site = tmp_path / "said.wav", tmp_path / "site.yml"
    write_wav(recording, b"\0\0" * 8000)
    site.write_text("platform: {no_such_key: 1}\n")
    refused = invoke("talk", recording, "--out", tmp_path / "talk.wav", "--site", site)
    assert "site.yml" in str(refused.exception)
    assert "no_such_key" in str(refused.exception)


def test_a_talk_with_a_stereo_recording_asks_which_side(tmp_path: Path):
    recording = tmp_path / "both.wav"
    with wave.open(str(recording), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(64_000))
    refused = invoke("talk", recording, "--out", tmp_path / "talk.wav")
    assert "--side left" in str(refused.exception)
    taken = invoke("talk", recording, "--side", "right", "--out", tmp_path / "missing" / "talk.wav")
    assert isinstance(taken.exception, RecordingInTheWay)


# -- personas check -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("lang", "hello", "say", "unknown"),
    [
        ("zh", "喂", "yes i would like to try it", ["'yes'", "'would'"]),
        ("en", "hello", "你好 yes", ["'你'"]),
        ("en", "hello", "yes flibbertigibbet", ["'flibbertigibbet'"]),
        ("zh", "喂", "我感兴趣", []),
        ("en", "hello", "i have already paid it", []),  # reminder_en's
    ],
)
def test_words_are_those_of_the_assistants_of_the_language(
    tmp_path: Path, lang: str, hello: str, say: str, unknown: list[str]
):
    checked = invoke("personas", "check", personas(tmp_path, lang, hello, say))
    assert checked.exit_code == (1 if unknown else 0), checked.output
    assert all(word in checked.output for word in unknown)


@pytest.mark.parametrize("name", ["en", "zh", "reminder_en", "reminder_zh", "predictive_en", "predictive_zh"])
def test_the_shipped_personas_say_known_words_alone(name: str):
    checked = invoke("personas", "check", Path(f"simulation/personas_{name}.yml"))
    assert checked.exit_code == 0, checked.output


# -- settings -------------------------------------------------------------------------------------------------------------
def test_a_mapping_told_as_text_is_answered_by_an_example(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("JINGYIN_ASSISTANTS", "bot/assistants/course_en")
    refused = invoke("tenants", "list")
    text = str(refused.exception)
    assert "JINGYIN_ASSISTANTS" in text
    assert "JSON is expected" in text
    assert json.dumps({"course_en": "bot/assistants/course_en"})[:14] in text

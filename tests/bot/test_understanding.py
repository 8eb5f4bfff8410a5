"""Intents of wordings that are no examples, classes of completeness, the artefact, and the reader's errors."""

import shutil
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.assistant import Assistant
from bot.callback_time import as_spoken, spoken_time
from bot.nlu.classifier import ArtefactUnreadable, NgramClassifier
from bot.rasa_files import AssistantInvalid, read_project
from speech.endpointing import Completeness, Expectation

COURSE = Path("bot/assistants/course_en")
NOW = datetime(2026, 11, 24, 11, 30, tzinfo=ZoneInfo("America/New_York"))
HELD_OUT = {
    "could you tell me how much it is": "ask_price",
    "what is it going to cost": "ask_price",
    "what do i have to pay": "ask_price",
    "may i ask who is calling": "ask_who",
    "what is the name of your company": "ask_who",
    "how is it that you have my number": "ask_source",
    "i think you are a robot": "ask_robot",
    "i want to speak with a person please": "want_person",
    "can i talk to your manager please": "want_person",
    "please never call me again": "opt_out",
    "i want my number off your list": "opt_out",
    "stop calling me at work": "opt_out",
    "please call again tomorrow": "callback",
    "could you call me back next week": "callback",
    "sorry i am in a meeting": "busy",
    "i would really like to try that": "interested",
    "yes i am really interested": "interested",
    "no i am not interested in that": "not_interested",
    "sorry i do not want that": "not_interested",
    "we already have a provider": "no_need",
}


def test_wordings_that_are_no_examples_are_understood(assistant: Assistant):
    wrong = {}
    for text, intent in HELD_OUT.items():
        assert text not in assistant.phrases.phrases
        found = assistant.understander.understand(text, Expectation()).intent
        if found != intent:
            wrong[text] = found
    assert len(wrong) <= 2, wrong


@pytest.mark.parametrize(
    ("text", "completeness"),
    [
        ("how much does it cost", Completeness.COMPLETE),
        ("who is calling please", Completeness.COMPLETE),
        ("yes", Completeness.OPEN),
        ("okay", Completeness.OPEN),
        ("i am busy", Completeness.OPEN),
        ("i would like to", Completeness.INCOMPLETE),
        ("call me back in", Completeness.INCOMPLETE),
        ("", Completeness.UNKNOWN),
    ],
)
def test_completeness(assistant: Assistant, text: str, completeness: Completeness):
    assert assistant.understander.understand(text, Expectation()).completeness is completeness


def test_nods_are_backchannels_and_refusals_are_not(assistant: Assistant):
    nods = {
        text: assistant.understander.understand(text, Expectation()).backchannel for text in ("uh-huh", "okay", "right")
    }
    assert all(nods.values()), nods
    for text in ("no", "stop", "who is calling", "no thank you"):
        assert not assistant.understander.understand(text, Expectation()).backchannel


def test_an_artefact_answers_as_the_classifier_it_was_saved_from(tmp_path: Path):
    classifier = NgramClassifier.train(
        {"a": ["yes please", "yes", "sure"], "b": ["no", "no thanks", "never"], "c": ["how much"] * 3}
    )
    classifier.save(tmp_path / "nlu.tar.gz")
    again = NgramClassifier.load(tmp_path / "nlu.tar.gz")
    assert again.classify("yes thanks") == classifier.classify("yes thanks")
    (tmp_path / "broken.tar.gz").write_bytes(b"no archive")
    with pytest.raises(ArtefactUnreadable, match=r"broken\.tar\.gz"):
        NgramClassifier.load(tmp_path / "broken.tar.gz")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tomorrow morning", "tomorrow at 10 am"),
        ("call me back in ten minutes", "today at 11:40 am"),
        ("on monday", "on Monday at 10 am"),
        ("three o clock is fine", "today at 3 pm"),
        ("friday afternoon", "on Friday at 3 pm"),
        ("half past two", "today at 2:30 pm"),
        ("in two days", "on Thursday at 11:30 am"),
        ("at nine tomorrow morning", "tomorrow at 9 am"),
        ("yes", None),
        ("who is this", None),
    ],
)
def test_spoken_times(text: str, expected: str | None):
    found = spoken_time(text, NOW)
    assert (found and as_spoken(found.at, NOW)) == expected
    assert found is None or found.at > NOW


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("data/rules.yml", "- intent: ask_price", "- intent: ask_prize", r"rules\.yml:\d+: unknown intent 'ask_prize'"),
        (
            "data/rules.yml",
            "- action: utter_wait",
            "- action: utter_weight",
            r"rules\.yml:\d+: unknown action 'utter_weight'",
        ),
        ("data/stories.yml", "- intent: affirm", "- entent: affirm", r"stories\.yml:\d+: unknown step"),
        ("data/nlu.yml", "- intent: greet", "- intent: great", r"nlu\.yml:\d+: examples for intent 'great'"),
        ("domain.yml", "{move: pitch}", "{move: pich}", r"domain\.yml:\d+: unknown move 'pich'"),
        (
            "domain.yml",
            "must_be_heard: true",
            "must_be_herd: true",
            r"domain\.yml:\d+: unknown metadata 'must_be_herd'",
        ),
        ("domain.yml", "{callback_time}", "{callback_tune}", r"domain\.yml:\d+: .*slot 'callback_tune'"),
        ("domain.yml", "slots:", "slots: [", r"domain\.yml:\d+: no YAML"),
    ],
)
def test_mistakes_are_told_with_file_and_line(tmp_path: Path, file: str, old: str, new: str, problem: str):
    folder = tmp_path / "course_en"
    shutil.copytree(COURSE, folder)
    path = folder / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(AssistantInvalid, match=problem):
        read_project(folder)


def test_missing_files_are_named(tmp_path: Path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(AssistantInvalid, match=r"domain\.yml: the file is missing"):
        read_project(tmp_path / "empty")


def test_the_assistant_has_what_a_telesales_talk_needs():
    project = read_project(COURSE)
    assert len([intent for intent in project.intents if not intent.startswith("EXTERNAL_")]) >= 20
    assert len(project.stories) >= 12
    assert len(project.rules) >= 8
    assert len(project.forms) == 1
    assert (COURSE / "config.yml").resolve() == Path("config.yml").resolve()

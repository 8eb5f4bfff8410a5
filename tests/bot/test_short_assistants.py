"""The assistants that say one thing: their test stories go as written, every rule is in one, and they fetch no person."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.assistant import ANSWER, Assistant, load_assistant
from bot.dialogue import Dialogue
from bot.events import HangUp, KeyPressed
from bot.rasa.nlu import FALLBACK
from bot.rasa.reader import AssistantInvalid, read_tests
from bot.rehearsal import rehearse
from tests.bot.course import ROOT

FOLDERS = [ROOT / "bot/assistants" / f"{name}_{lang}" for name in ("reminder", "apology") for lang in ("en", "zh")]


@cache
def loaded(folder: Path) -> Assistant:
    return load_assistant(folder)


STORIES = [
    pytest.param(folder, story, id=f"{folder.name}-{story.name.replace(' ', '-')}")
    for folder in FOLDERS
    for story in read_tests(loaded(folder).project, folder / "tests/test_stories.yml")
]


@pytest.mark.parametrize(("folder", "story"), STORIES)
def test_story_goes_as_written(folder: Path, story):
    assert rehearse(loaded(folder), story).problems == ()


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_rule_is_followed_in_some_test(folder: Path):
    stories = read_tests(loaded(folder).project, folder / "tests/test_stories.yml")
    chosen = {because for story in stories for because in rehearse(loaded(folder), story).chosen}
    assert {f"rule: {rule.name}" for rule in loaded(folder).project.rules} - chosen == set()


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_it_asks_for_an_answer_and_says_so_when_it_could_not(folder: Path, tmp_path: Path):
    assert loaded(folder).question == ANSWER
    copy = tmp_path / folder.name
    (copy / "data").mkdir(parents=True)
    for file in ("config.yml", "data/rules.yml", "data/nlu.yml"):
        (copy / file).write_text((folder / file).read_text().replace(ANSWER, "utter_goodbye"))
    domain = (folder / "domain.yml").read_text()
    (copy / "domain.yml").write_text(domain.replace(f"{ANSWER}:", "utter_ask_other:"))
    with pytest.raises(AssistantInvalid, match=f"{ANSWER}' is missing"):
        load_assistant(copy, cache=tmp_path)


DIGITS = {
    "en": ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
    "zh": list("零一二三四五六七八九"),
}


@given(digits=st.lists(st.integers(0, 9), min_size=2, max_size=11))
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_digits_read_out_are_no_answer_and_no_refusal(folder: Path, digits: list[int]):
    spoken = DIGITS[folder.name[-2:]]
    parse = loaded(folder).understander.parse(" ".join(spoken[digit] for digit in digits))
    assert parse.intent in ("out_of_scope", FALLBACK)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_reminder_is_repeated_with_its_question_only(lang: str):
    dialogue = _dialogue(f"reminder_{lang}")
    first = [prompt.key for action in dialogue.start() for prompt in getattr(action, "prompts", ())]
    again = dialogue.on(_key("3"))
    assert [prompt.key for action in again for prompt in action.prompts] == first[2:] == ["utter_pitch", ANSWER]
    assert isinstance(dialogue.on(_key("3"))[-1], HangUp)


def _dialogue(name: str) -> Dialogue:
    return Dialogue(loaded(ROOT / "bot/assistants" / name), called_at=datetime(2026, 11, 24, 15, tzinfo=UTC))


def _key(digit: str) -> KeyPressed:
    return KeyPressed(digit=digit)

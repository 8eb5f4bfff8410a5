"""The shipped assistant: it is what was asked for, its test stories go as written, and every rule and story is in one."""

import pytest

from bot.events import PromptsCut
from bot.rasa.project import Story
from bot.rasa.reader import read_tests
from bot.rehearsal import rehearse
from speech.prompt import Move
from tests.bot.course import FOLDER, ROOT, Call, course

TESTS = read_tests(course().project, FOLDER / "tests/test_stories.yml")


@pytest.mark.parametrize("story", TESTS, ids=lambda story: story.name.replace(" ", "-"))
def test_story_goes_as_written(story: Story):
    assert rehearse(course(), story).problems == ()


def test_every_rule_and_story_is_followed_in_some_test():
    chosen = {because for story in TESTS for because in rehearse(course(), story).chosen}
    for heard, text in (  # a prompt that was cut is no step of Rasa's formats
        (("utter_greet", "utter_notice"), "hello"),
        (("utter_greet", "utter_notice"), "yes"),
        (("utter_greet",), "tell me more"),
        (("utter_greet", "utter_notice", "utter_pitch"), "i am interested"),
    ):
        call = Call()
        call.happens(PromptsCut(heard=heard))
        call.says(text)
        chosen |= set(call.dialogue.chosen)
    project = course().project
    names = {f"rule: {rule.name}" for rule in project.rules} | {f"story: {story.name}" for story in project.stories}
    assert names - chosen == set()


def test_it_is_large_enough():
    project = course().project
    assert len([intent for intent in project.intents if not intent.startswith("EXTERNAL_")]) >= 20
    assert len({story.name for story in project.stories}) >= 12
    assert len({rule.name for rule in project.rules}) >= 8
    assert list(project.forms) == ["callback_form"]
    assert min(len(texts) for texts in project.examples.values()) >= 12


def test_every_move_is_made_by_a_response():
    made = {move for wordings in course().project.responses.values() for wording in wordings for move in wording.moves}
    assert made == set(Move)


def test_every_response_makes_a_move_and_all_its_wordings_the_same():
    for key, wordings in course().project.responses.items():
        assert wordings[0].moves, key
        assert len({wording.moves for wording in wordings}) == 1, key


def test_every_intent_and_response_is_used():
    project = course().project
    steps = {step.token for story in (*project.rules, *project.stories) for step in story.steps}
    taken = {intent.name for intent in project.intents.values() if intent.taken_for}
    from_slots = {name for slot in project.slots.values() for mapping in slot.mappings for name in mapping.intents}
    idle = {intent for intent in project.intents if f"intent:{intent}" not in steps} - taken - from_slots
    assert idle == {"greet"} - {step.removeprefix("intent:") for step in steps}
    assert {action for action in project.actions if f"action:{action}" not in steps} == set()


def test_its_config_is_the_root_file():
    assert (FOLDER / "config.yml").resolve() == ROOT / "config.yml"


def test_its_first_words_are_short_enough():
    """Greeting, identity, notice, pitch and question: about twelve seconds at 150 words a minute."""
    words = sum(len(prompt.text.split()) for action in Call().actions for prompt in action.prompts)
    assert words <= 45

"""The shipped assistant in its languages: it is what was asked for, its test stories go as written, and every rule and story is in one."""

import pytest

from bot.events import PromptsCut
from bot.rasa.project import Story
from bot.rasa.reader import read_tests
from bot.rehearsal import rehearse
from speech.han import count_words
from speech.prompt import Move
from tests.bot.course import FOLDER, LANGS, ROOT, Call, course, folder_of

TESTS = {lang: read_tests(course(lang).project, folder_of(lang) / "tests/test_stories.yml") for lang in LANGS}
SAID = {"en": ("hello", "yes", "tell me more", "i am interested"), "zh": ("你好", "是的", "介绍一下", "我感兴趣")}
STORIES = [
    pytest.param(lang, story, id=f"{lang}-{story.name.replace(' ', '-')}") for lang in LANGS for story in TESTS[lang]
]
in_each_language = pytest.mark.parametrize("lang", LANGS)


@pytest.mark.parametrize(("lang", "story"), STORIES)
def test_story_goes_as_written(lang: str, story: Story):
    assert rehearse(course(lang), story).problems == ()


@in_each_language
def test_every_rule_and_story_is_followed_in_some_test(lang: str):
    chosen = {because for story in TESTS[lang] for because in rehearse(course(lang), story).chosen}
    cut = (  # a prompt that was cut is no step of Rasa's formats
        ("utter_greet", "utter_notice"),
        ("utter_greet", "utter_notice"),
        ("utter_greet",),
        ("utter_greet", "utter_notice", "utter_pitch"),
    )
    for heard, text in zip(cut, SAID[lang], strict=True):
        call = Call(lang=lang)
        call.happens(PromptsCut(heard=heard))
        call.says(text)
        chosen |= set(call.dialogue.chosen)
    call = Call(lang=lang)  # what is said over a goodbye is no step of theirs either
    call.says({"en": "call me tomorrow morning", "zh": "明天上午打给我吧"}[lang])
    call.dialogue.resume()
    call.says({"en": "no forget it", "zh": "算了"}[lang])
    chosen |= set(call.dialogue.chosen)
    call = Call(lang=lang)
    call.says({"en": "call me tomorrow morning", "zh": "明天上午打给我吧"}[lang])
    call.dialogue.resume()
    call.says({"en": "no do not call me tomorrow", "zh": "明天不要打"}[lang])
    chosen |= set(call.dialogue.chosen)
    call = Call(lang=lang)
    call.happens(PromptsCut(heard=("utter_greet", "utter_notice")))
    call.says({"en": "i do not want to speak to a person", "zh": "我不想跟真人说话"}[lang])
    chosen |= set(call.dialogue.chosen)
    project = course(lang).project
    names = {f"rule: {rule.name}" for rule in project.rules} | {f"story: {story.name}" for story in project.stories}
    assert names - chosen == set()


@in_each_language
def test_it_is_large_enough(lang: str):
    project = course(lang).project
    assert len([intent for intent in project.intents if not intent.startswith("EXTERNAL_")]) >= 20
    assert len({story.name for story in project.stories}) >= 12
    assert len({rule.name for rule in project.rules}) >= 8
    assert list(project.forms) == ["callback_form"]
    assert min(len(texts) for texts in project.examples.values()) >= 12


@in_each_language
def test_every_move_is_made_by_a_response(lang: str):
    made = {
        move for wordings in course(lang).project.responses.values() for wording in wordings for move in wording.moves
    }
    assert made == set(Move)


@in_each_language
def test_every_response_makes_a_move_and_all_its_wordings_the_same(lang: str):
    for key, wordings in course(lang).project.responses.items():
        assert wordings[0].moves, key
        assert len({wording.moves for wording in wordings}) == 1, key


@in_each_language
def test_every_intent_and_response_is_used(lang: str):
    project = course(lang).project
    steps = {step.token for story in (*project.rules, *project.stories) for step in story.steps}
    taken = {intent.name for intent in project.intents.values() if intent.taken_for}
    from_slots = {name for slot in project.slots.values() for mapping in slot.mappings for name in mapping.intents}
    idle = {intent for intent in project.intents if f"intent:{intent}" not in steps} - taken - from_slots
    assert idle == {"greet"} - {step.removeprefix("intent:") for step in steps}
    assert {action for action in project.actions if f"action:{action}" not in steps} == set()


def test_the_languages_differ_in_words_alone():
    english, mandarin = course("en").project, course("zh").project
    assert english.rules == mandarin.rules or [r.steps for r in english.rules] == [r.steps for r in mandarin.rules]
    assert [story.steps for story in english.stories] == [story.steps for story in mandarin.stories]
    assert {name: intent.means for name, intent in english.intents.items()} == {
        name: intent.means for name, intent in mandarin.intents.items()
    }
    moves = [{key: [w.moves for w in ws] for key, ws in one.responses.items()} for one in (english, mandarin)]
    assert moves[0] == moves[1]


def test_its_config_is_the_root_file():
    assert (FOLDER / "config.yml").resolve() == ROOT / "config.yml"


def test_its_first_words_are_short_enough():
    """Greeting, identity, notice, pitch and question: about twelve seconds at 150 words a minute."""
    words = sum(len(prompt.text.split()) for action in Call().actions for prompt in action.prompts)
    assert words <= 45
    assert sum(count_words(prompt.text) for action in Call(lang="zh").actions for prompt in action.prompts) <= 30

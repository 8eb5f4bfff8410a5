"""Loading an assistant: what the platform needs of it is checked before a call, not in one."""

import shutil

import pytest

from bot.assistant import load_assistant, prompt_of
from bot.rasa.project import Response
from bot.rasa.reader import AssistantInvalid
from speech.prompt import Move
from tests.bot.course import FOLDER, course


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("domain.yml", "  - action_hang_up\n", "  - action_hang_up\n  - action_dance\n", "unknown action 'action_dance'; the platform has action_go_on"),
        ("domain.yml", "  utter_sorry_again:", "  utter_sorry_once:", "response 'utter_sorry_again' is missing; the platform says it by itself"),
        ("domain.yml", "  utter_ask_callback_time:", "  utter_ask_time:", "response 'utter_ask_callback_time' is missing"),
        ("data/rules.yml", "      - intent: EXTERNAL_hold", "      - intent: ask_who", "no rule begins with intent 'EXTERNAL_hold', which happens in every conversation"),
        ("data/stories.yml", "      - intent: greet\n      - action: utter_pitch", "      - intent: opt_out\n      - action: utter_pitch", "'hello, then the pitch' has 'utter_pitch' after 'intent:opt_out', 'rule: opt out at any point' has 'action_opt_out'"),
        ("config.yml", "jingyin.RulePolicy", "jingyin.RulesPolicy", "course_en/config.yml:23: unknown policies component 'jingyin.RulesPolicy'; did you mean 'jingyin.RulePolicy'?"),
        ("config.yml", "max_reprompts: 2", "max_reprompts: two", "'max_reprompts' of jingyin.FallbackPolicy wants a value like 2, not 'two'"),
    ],
)  # fmt: skip
def test_what_the_platform_needs_is_checked(tmp_path, file, old, new, message):
    folder = tmp_path / "course_en"
    shutil.copytree(FOLDER, folder)
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(AssistantInvalid) as caught:
        load_assistant(folder, cache=tmp_path)
    assert any(message in problem for problem in caught.value.problems), caught.value.problems


def test_its_phrases_are_what_customers_may_say():
    phrases = course().phrases
    assert (phrases.lang, phrases.name) == ("en", "course_en")
    assert "forget it" in phrases.phrases
    assert all(phrase == phrase.lower() and "(" not in phrase for phrase in phrases.phrases)
    assert len(set(phrases.phrases)) == len(phrases.phrases)


def test_prompts_without_slots_can_be_rendered_ahead():
    prompts = course().prompts()
    assert {prompt.key for prompt in prompts} >= {"utter_pitch", "utter_goodbye"}
    assert not any("{" in prompt.text for prompt in prompts)


@pytest.mark.parametrize(
    ("slots", "text"),
    [({"name": "Mary"}, "Hello Mary, it is me."), ({"name": ""}, "Hello, it is me."), ({}, "Hello, it is me.")],
)
def test_a_slot_is_filled_and_an_empty_one_leaves_nothing_behind(slots, text):
    response = Response(text="Hello {name}, it is me.", moves=(Move.GREETING,), must_be_heard=True)
    prompt = prompt_of("utter_greet", response, {**slots, "other": "x"})
    assert (prompt.text, prompt.must_be_heard, prompt.template) == (text, True, response.text)
    assert prompt.slots == tuple((key, value) for key, value in slots.items())


def test_a_value_that_looks_like_a_slot_is_not_filled_again():
    prompt = prompt_of("utter_greet", Response(text="Hello {name}"), {"name": "{other}", "other": "x"})
    assert prompt.text == "Hello {other}"

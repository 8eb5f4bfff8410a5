"""Whole one-sentence calls on virtual time: a key, a short answer, once more and no more, never again, nobody there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.assistant import Assistant, load_assistant
from crm import lead as lead_
from media.leg import Cause
from tests.calls.people import call
from tests.calls.world import Customer, Told, World, open_world

DATA = {"amount": "thirty dollars", "card": "1234", "due": "on Friday"}
SENTENCE = "Your payment of thirty dollars by the card ending 1234 is due on Friday."


@pytest.fixture(scope="session")
def reminder(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return load_assistant(Path("bot/assistants/reminder_en"), cache=tmp_path_factory.mktemp("nlu"))


@asynccontextmanager
async def a_world(reminder: Assistant, empty: Path, folder: Path, data: dict[str, object]) -> AsyncIterator[World]:
    async with open_world(reminder, empty, folder, mode="one_sentence", attributes=data) as world:
        yield world


@pytest.fixture
async def world(reminder: Assistant, empty: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(reminder, empty, tmp_path / "data", DATA) as world:
        yield world


def said(told, text: str) -> int:
    return sum(text in turn["text"] for turn in told.turns("robot"))


async def test_a_key_confirms_what_was_said_of_the_lead(world: World):
    told = await world.call(Customer(presses=("pitch", "1")))
    assert told.result == ("confirmed", "B", "none")
    assert said(told, SENTENCE) == 1
    assert told.grants_open == 0
    assert (await world.crm.leads.get(world.scope, world.lead.id)).state is lead_.State.DONE


async def test_who_calls_and_that_it_is_a_robot_and_recorded_comes_before_anything_of_the_lead(world: World):
    told = await world.call(Customer(presses=("pitch", "1")))
    words = " ".join(turn["text"] for turn in told.turns("robot"))
    assert 0 <= words.index("this is Lighthouse") < words.index("robot") < words.index("recorded") < words.index("1234")


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        ("yes that is right", ("confirmed", "B", "none")),
        ("no i will not pay", ("declined", "E", "none")),
        ("you have the wrong number", ("opted_out", "E", "none")),
    ],
)
async def test_a_short_answer(world: World, answer: str, result):
    told = await world.call(Customer(says=[({"pitch"}, answer)]))
    assert told.result == result
    assert said(told, "Goodbye") == 1


async def test_it_is_said_once_more_on_request_and_then_answered(world: World):
    told = await world.call(Customer(says=[({"pitch"}, "can you repeat that please"), ({"pitch"}, "yes")]))
    assert told.result == ("confirmed", "B", "none")
    assert said(told, SENTENCE) == 2


async def test_a_second_repetition_is_refused_politely(world: World):
    again = "can you repeat that please"
    told = await world.call(Customer(says=[({"pitch"}, again), ({"pitch"}, again)]))
    assert told.result == ("repeated", "D", "none")
    assert said(told, SENTENCE) == 2
    assert said(told, "twice only") == 1


async def test_an_opt_out_holds_from_then_on(world: World):
    told = await world.call(Customer(presses=("pitch", "9")))
    assert told.result == ("opted_out", "F", "none")
    assert await world.crm.opt_outs.stands(world.lead.subject_id)


async def test_silence_ends_politely_and_is_tried_again_later(world: World):
    told = await world.call(Customer(hello=None))
    assert told.result == ("no_response", "D", "none")
    assert said(told, "Are you still there") == 0
    assert (await world.crm.leads.get(world.scope, world.lead.id)).state is lead_.State.READY


async def test_a_mailbox_hears_nothing_of_the_lead(world: World):
    told = await world.call(Customer(voicemail=True))
    assert told.result[:2] == ("voicemail", None)
    assert said(told, "1234") == 0


async def test_nobody_answers(world: World):
    told = await world.call(Customer(cause=Cause.NO_ANSWER))
    assert told.result[:2] == ("no_answer", None)


@pytest.mark.parametrize(
    ("change", "code"),
    [({"card": "4111 1111 1111 1234"}, "dialer.data_unmasked"), ({"due": ""}, "dialer.data_missing")],
)
async def test_a_lead_that_may_not_be_said_is_refused_before_anything_rings(
    reminder: Assistant, empty: Path, tmp_path: Path, change, code: str
):
    async with a_world(reminder, empty, tmp_path / "data", {**DATA, **change}) as world:
        told = await world.call(Customer(presses=("pitch", "1")))
        assert told.result[0] == "refused"
        assert not told.attempt.rung
        assert world.customer.answered_at is None
        [why] = [data for kind, data in told.journal if kind == "refused"]
        assert why["code"] == code
        assert f"lead {world.lead.id}" in why["because"] and "4111" not in why["because"]
        assert (await world.crm.leads.get(world.scope, world.lead.id)).state is lead_.State.DONE
        assert told.grants_open == 0


# -- before the sentence was heard ---------------------------------------------------------------------------------------
WORDS = {
    "en": {
        "hello": '["hello"]',
        "yes": "yes that is right",
        "no": "no i will not pay",
        "again": "can you repeat that please",
        "bye": "goodbye",
        "wrong": "you have the wrong number",
        "remove": "take me off your list",
        "late": "hello",
        "said": ("this is Lighthouse", "I am a robot", "1234", "press one"),
    },
    "zh": {
        "hello": '["喂"]',
        "yes": "是的没错",
        "no": "我已经还过了",
        "again": "麻烦再说一遍",
        "bye": "再见",
        "wrong": "你打错了",
        "remove": "不要再给我打电话了",
        "late": "喂你好",
        "said": ("这里是灯塔外语", "我是机器人", "1234", "按1"),
    },
}
NOTED = {"en": "noted", "zh": "记下"}
TWICE = {"en": "twice only", "zh": "只能重复一遍"}
GOODBYE = {"en": "Goodbye", "zh": "再见"}
LANGS = pytest.mark.parametrize("lang", ["en", "zh"])


@pytest.fixture(scope="session")
def reminders(reminder: Assistant, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Assistant]:
    zh = load_assistant(Path("bot/assistants/reminder_zh"), cache=tmp_path_factory.mktemp("nlu"))
    return {"en": reminder, "zh": zh}


@pytest.fixture
async def worlds(reminders: dict[str, Assistant], lang: str, empty: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(reminders[lang], empty, tmp_path / "data", DATA) as world:
        yield world


def early(lang: str, what: str, *, on: str = "greeting, notice", after_s: float = 0.6) -> str:
    """A key, or words, 0.6 s into what the law wants said."""
    act = f'press: "{what}"' if what.isdigit() else f'say: ["{WORDS[lang][what]}"]'
    return f"{{on: [{on}], interrupt_after_s: {after_s}, kind: interrupts, {act}}}"


def goes_on_to_the_sentence(told: Told, lang: str, *, times: int = 1) -> None:
    """After the customer's first turn: all that is owed, the sentence and its question, in this order; nothing after goodbye."""
    heard_at = told.turns("customer")[1 if told.turns("customer")[0]["kind"] == "hello" else 0]["end_ms"]
    text = " ".join(turn["text"] for turn in told.turns("robot") if turn["end_ms"] > heard_at + 40)
    at = [text.rindex(fact) if fact != "1234" else text.index(fact) for fact in WORDS[lang]["said"][1:]]
    assert at == sorted(at)
    assert sum(turn["text"].count("1234") for turn in told.turns("robot")) == times
    nothing_follows_a_goodbye(told, lang)


def pitches_begun(world: World) -> list[int]:
    """Where the sentence began (the question after it has the same move)."""
    far = world.far.get("customer")
    begun = [mark for mark in far.marks if mark.what == "started" and "pitch" in mark.moves] if far else []
    return [mark.at for mark in begun[::2]]


async def press_after_the_answer(world: World, key: str, after_s: float) -> None:
    await world.until(lambda: "customer" in world.far and world.far["customer"].leg.state.value == "answered")
    await world.clock.sleep(after_s)
    world.far["customer"].press(key)


def nothing_follows_a_goodbye(told: Told, lang: str) -> None:
    words = " ".join(turn["text"] for turn in told.turns("robot"))
    goodbye = words.find(GOODBYE[lang])
    assert all(words.rfind(fact) < goodbye for fact in WORDS[lang]["said"])


@LANGS
@pytest.mark.parametrize("on", ["greeting", "notice"])
@pytest.mark.parametrize("what", ["1", "2", "3", "yes", "no", "again"])
async def test_what_comes_before_the_sentence_is_no_answer_to_it(
    worlds: World, tmp_path: Path, lang: str, what: str, on: str
):
    told = await call(worlds, tmp_path, hello=WORDS[lang]["hello"], turns=early(lang, what, on=on), lang=lang)
    assert told.result == ("no_response", "D", "none")
    assert NOTED[lang] not in str(told.turns("robot"))
    goes_on_to_the_sentence(told, lang)


@LANGS
@pytest.mark.parametrize(("answer", "outcome"), [("1", "confirmed"), ("2", "declined")])
async def test_the_answer_that_counts_is_the_one_after_the_sentence(
    worlds: World, tmp_path: Path, lang: str, answer: str, outcome: str
):
    wrong = "2" if answer == "1" else "1"
    turns = f'{early(lang, wrong)}, {{on: [pitch], press: "{answer}"}}'
    told = await call(worlds, tmp_path, hello=WORDS[lang]["hello"], turns=turns, lang=lang)
    assert told.result[0] == outcome
    goes_on_to_the_sentence(told, lang)


@LANGS
@pytest.mark.parametrize("again", ["3", "again"])
async def test_a_wish_to_hear_it_again_before_it_was_heard_spends_no_repetition(
    worlds: World, tmp_path: Path, lang: str, again: str
):
    later = '{on: [pitch], press: "3"}, {on: [pitch], press: "1"}'
    turns = f"{early(lang, again)}, {later}"
    told = await call(worlds, tmp_path, hello=WORDS[lang]["hello"], turns=turns, lang=lang)
    assert told.result == ("confirmed", "B", "none")
    assert said(told, TWICE[lang]) == 0
    goes_on_to_the_sentence(told, lang, times=2)


@LANGS
async def test_a_key_at_the_beginning_of_the_sentence_is_too_early_and_at_its_end_is_not(
    worlds: World, tmp_path: Path, lang: str
):
    turns = f'{early(lang, "1", on="pitch")}, {{on: [pitch], press: "2"}}'
    told = await call(worlds, tmp_path, hello=WORDS[lang]["hello"], turns=turns, lang=lang)
    assert told.result[0] == "declined"


@LANGS
async def test_a_key_into_the_repetition_answers_what_was_heard_before_it(worlds: World, tmp_path: Path, lang: str):
    async def press() -> None:
        await worlds.until(lambda: len(pitches_begun(worlds)) == 2)
        await worlds.clock.sleep(0.4)
        worlds.far["customer"].press("1")

    worlds._background.start(press())
    turns = '{on: [pitch], press: "3"}'
    told = await call(worlds, tmp_path, hello=WORDS[lang]["hello"], turns=turns, lang=lang)
    assert told.result == ("confirmed", "B", "none")
    assert said(told, "1234") == 2


@LANGS
@pytest.mark.parametrize("after_s", [0.05, 0.2, 0.4])
async def test_a_key_before_the_first_word_answers_nothing(worlds: World, tmp_path: Path, lang: str, after_s: float):
    worlds._background.start(press_after_the_answer(worlds, "1", after_s))
    told = await call(worlds, tmp_path, hello=WORDS[lang]["hello"], after_s=0.5, lang=lang)
    assert told.result[0] == "no_response"
    words = " ".join(turn["text"] for turn in told.turns("robot"))
    at = [words.index(fact) for fact in WORDS[lang]["said"]]
    assert at == sorted(at)
    nothing_follows_a_goodbye(told, lang)


@LANGS
async def test_an_opt_out_by_key_before_the_first_word_is_one(worlds: World, tmp_path: Path, lang: str):
    worlds._background.start(press_after_the_answer(worlds, "9", 0.2))
    told = await call(worlds, tmp_path, hello=WORDS[lang]["hello"], after_s=0.5, lang=lang)
    assert told.result == ("opted_out", "F", "none")
    assert said(told, "1234") == 0
    assert await worlds.crm.opt_outs.stands(worlds.lead.subject_id)
    nothing_follows_a_goodbye(told, lang)


@LANGS
@pytest.mark.parametrize("what", ["9", "remove"])
@pytest.mark.parametrize("on", ["greeting", "notice", "pitch"])
async def test_an_opt_out_holds_at_any_time_and_is_confirmed_at_once(
    worlds: World, tmp_path: Path, lang: str, what: str, on: str
):
    turns = early(lang, what, on=on)
    told = await call(worlds, tmp_path, hello=WORDS[lang]["hello"], turns=turns, lang=lang)
    assert told.result == ("opted_out", "F", "none")
    assert await worlds.crm.opt_outs.stands(worlds.lead.subject_id)
    assert said(told, "1234") == (on == "pitch")
    nothing_follows_a_goodbye(told, lang)


@LANGS
@pytest.mark.parametrize(("what", "outcome"), [("wrong", "opted_out"), ("bye", "no_response")])
async def test_a_wrong_number_and_a_goodbye_end_the_call_at_any_time(
    worlds: World, tmp_path: Path, lang: str, what: str, outcome: str
):
    told = await call(worlds, tmp_path, hello=WORDS[lang]["hello"], turns=early(lang, what, on="notice"), lang=lang)
    assert told.result[0] == outcome
    assert said(told, "1234") == 0
    nothing_follows_a_goodbye(told, lang)


@LANGS
@pytest.mark.parametrize("after_s", [1.5, 2.4, 3.0, 3.6, 4.0, 4.5, 5.0])
async def test_a_late_hello_keeps_the_laws_words_before_anything_of_the_lead(
    worlds: World, tmp_path: Path, lang: str, after_s: float
):
    hello = f'["{WORDS[lang]["late"]}"]'
    told = await call(worlds, tmp_path, hello=hello, after_s=after_s, lang=lang)
    words = " ".join(turn["text"] for turn in told.turns("robot"))
    *law, sentence, _ = WORDS[lang]["said"]
    assert all(words.index(fact) < words.index(sentence) for fact in law)
    assert max(words.rindex(fact) for fact in law) < words.index(sentence)
    assert told.result[0] == "no_response"
    nothing_follows_a_goodbye(told, lang)

"""What matters is heard whenever it is said: as the first words, over a goodbye, half a turn after an answer had begun."""

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.assistant import Assistant, load_assistant
from crm import lead as lead_
from dialer.call import Outcome
from tests.calls.people import call, over
from tests.calls.world import World, open_world

LONGEST = "please do not call me again i do not want any more calls please take me off your list"
REFUSES = '{on: [ask_interest, handle_objection], say: ["i am not interested"], times: 2}'


@pytest.mark.parametrize("after_s", [0.3, 0.9, 1.15])
async def test_an_opt_out_as_the_first_words_is_one(world: World, tmp_path: Path, after_s: float):
    told = await call(world, tmp_path, hello='["never call me again"]', after_s=after_s)
    assert told.result == ("opted_out", "F", "none")
    assert await world.crm.opt_outs.stands(world.lead.subject_id)
    assert [turn["intent"] for turn in told.turns("customer")] == ["opt_out"]
    assert "will not call you again" in told.turns("robot")[-1]["text"]


async def test_one_word_of_many_is_no_wish_to_buy(world: World, tmp_path: Path):
    world.agent("ada")
    world.recognizer.finals["take me off your list"] = "take [unk]"
    told = await call(world, tmp_path, hello='["take me off your list"]')
    assert told.result[2] == "none"
    assert "did not understand" in told.turns("robot")[0]["text"]


async def test_a_wish_for_a_person_as_the_first_words_is_one_and_the_notice_is_still_said(world: World, tmp_path: Path):
    world.agent("ada")
    told = await call(world, tmp_path, hello='["i want to talk to a human"]')
    assert told.result == ("handed_over", "A", "agent")
    said = told.turns("robot")[-1]
    assert "this call is recorded" in said["text"]
    handover = told.call.result.handover
    assert handover is not None
    accepted_s, bridged_s = float(str(handover["accepted_s"])), float(str(handover["bridged_s"]))
    assert said["end_ms"] <= 1000 * bridged_s + 40  # nobody is joined before it was heard
    assert bridged_s - accepted_s < 2  # and no agent waits for it


@pytest.mark.parametrize(
    "words",
    [
        "i do not want any more calls please take me off your list",
        "hello who is this i want to speak to a person please",
        LONGEST,
    ],
)
async def test_a_long_first_sentence_is_a_persons_and_is_heard_out(world: World, tmp_path: Path, words: str):
    world.agent("ada")
    told = await call(world, tmp_path, hello=f'["{words}"]')
    assert told.call.result.grade_machine in ("F", "A")
    [heard] = told.turns("customer")[:1]
    assert heard["text"] == words
    assert heard["end_ms"] > 2800
    assert min(turn["start_ms"] for turn in told.turns("robot")) > heard["end_ms"]  # nobody talked into it


async def test_a_promised_call_is_taken_back_over_the_goodbye(world: World, tmp_path: Path):
    turns = f"""{{on: [ask_interest], say: ["call me back tomorrow morning please"]}},
        {over("goodbye", "no forget it", after_s=1.2)}"""
    told = await call(world, tmp_path, turns=turns)
    assert told.result == ("not_interested", "E", "none")
    assert await world.crm.callbacks.booked(world.scope) == []
    assert "not call" in told.turns("robot")[-1]["text"]


async def test_a_promised_time_is_moved_over_the_goodbye(world: World, tmp_path: Path):
    turns = f"""{{on: [ask_interest], say: ["call me back tomorrow morning please"]}},
        {over("goodbye", "tomorrow at three in the afternoon", after_s=1.2)}"""
    told = await call(world, tmp_path, turns=turns)
    assert told.result == ("callback_booked", "C", "callback")
    [callback] = await world.crm.callbacks.booked(world.scope)
    assert callback.due_at.astimezone(ZoneInfo("America/New_York")).hour == 15


async def test_a_promise_that_they_go_on_to_refuse_is_none(world: World, tmp_path: Path):
    turns = """{on: [ask_interest], say: ["call me back please"]}, {on: [ask_callback_time], say: ["tomorrow morning … no forget it"]}"""
    told = await call(world, tmp_path, turns=turns)
    assert told.result[2] == "none"
    assert await world.crm.callbacks.booked(world.scope) == []


@pytest.mark.parametrize("words", ["friday", "on of book", "yes"])
async def test_what_a_goodbye_may_be_misheard_for_undoes_no_refusal(world: World, tmp_path: Path, words: str):
    world.agent("ada")
    told = await call(world, tmp_path, turns=f"{REFUSES}, {over('goodbye', words)}")
    assert told.result == ("not_interested", "E", "none")


async def test_who_goes_on_after_the_goodbye_began_is_not_hung_up_on(world: World, tmp_path: Path):
    """The goodbye that half a turn got is taken back: what is said to the whole turn is heard out."""
    turns = """{on: [ask_interest], say: ["no"]},
        {on: [ask_interest, handle_objection], say: ["no thank you … how much is it"]},
        {on: [answer_price, ask_interest], say: ["i am not interested"], times: 2}"""
    told = await call(world, tmp_path, turns=turns)
    texts = [turn["text"] for turn in told.turns("customer")]
    assert any("how much" in text for text in texts)
    answer = next(turn for turn in told.turns("robot") if "dollars" in turn["text"])
    assert told.turns("customer")[-1]["start_ms"] > answer["start_ms"]


async def test_a_short_hello_that_sounds_a_little_like_a_wish_is_none(world: World, tmp_path: Path):
    told = await call(world, tmp_path, hello='["hear up"]', turns=REFUSES)  # what "yes" was once heard as
    assert [turn["kind"] for turn in told.turns("customer")] == ["hello", "speech", "speech"]


async def test_a_hello_is_no_turn(world: World, tmp_path: Path):
    told = await call(world, tmp_path, turns=REFUSES)
    assert [turn["kind"] for turn in told.turns("customer")] == ["hello", "speech", "speech"]


async def test_an_opt_out_over_the_goodbye_is_one(world: World, tmp_path: Path):
    told = await call(world, tmp_path, turns=f"{REFUSES}, {over('goodbye', 'never call me again')}")
    assert told.result == ("opted_out", "F", "none")
    assert await world.crm.opt_outs.stands(world.lead.subject_id)


async def test_a_wish_for_a_person_over_the_goodbye_is_one(world: World, tmp_path: Path):
    world.agent("ada")
    told = await call(world, tmp_path, turns=f"{REFUSES}, {over('goodbye', 'wait i want to talk to a human')}")
    assert told.result == ("handed_over", "A", "agent")


async def test_second_thoughts_over_the_goodbye_are_heard(world: World, tmp_path: Path):
    turns = f"{REFUSES}, {over('goodbye', 'i am interested')}, {{on: [offer_person], say: ['yes please'], times: 2}}"
    world.agent("ada")
    told = await call(world, tmp_path, turns=turns)
    assert told.result == ("handed_over", "A", "agent")


@pytest.mark.parametrize("words", ["goodbye", "thank you very much goodbye", "what a lovely garden it is"])
async def test_anything_else_over_the_goodbye_ends_the_call_soon(world: World, tmp_path: Path, words: str):
    told = await call(world, tmp_path, turns=f"{REFUSES}, {over('goodbye', words)}")
    assert told.result == ("not_interested", "E", "none")
    last = max(turn["end_ms"] for turn in (*told.turns("customer"), *told.turns("robot")))
    assert told.call.ended_at is not None
    assert told.call.answered_at is not None
    assert told.call.ended_at - told.call.answered_at < timedelta(milliseconds=last + 2500)


async def test_a_key_over_the_goodbye_is_obeyed(world: World, tmp_path: Path):
    turns = f"{REFUSES}, {{on: [goodbye], interrupt_after_s: 0.5, press: '9'}}"
    told = await call(world, tmp_path, turns=turns)
    assert told.result == ("opted_out", "F", "none")


async def test_a_time_that_goes_on_after_the_answer_began_is_promised_whole(world: World, tmp_path: Path):
    turns = """{on: [ask_interest], say: ["call me back later"]},
        {on: [ask_callback_time], say: ["tomorrow … at three in the afternoon"]}"""
    told = await call(world, tmp_path, turns=turns)
    assert told.result == ("callback_booked", "C", "callback")
    [callback] = await world.crm.callbacks.booked(world.scope)
    assert callback.due_at.astimezone(ZoneInfo("America/New_York")).hour == 15
    assert "3 pm" in told.turns("robot")[-1]["text"]


async def test_what_the_law_wants_said_and_was_interrupted_is_said_after_the_answer(world: World, tmp_path: Path):
    turns = f"{over('notice', 'who is calling please', after_s=0.8)}, {REFUSES}"
    told = await call(world, tmp_path, turns=turns)
    greeting, answer = told.turns("robot")[:2]
    assert "this call is recorded" not in greeting["text"] or greeting["heard_s"] < 4
    assert "My name is Ada" in answer["text"]
    assert "this call is recorded" in answer["text"]
    assert answer["text"].index("My name is Ada") < answer["text"].index("this call is recorded")


async def test_a_pitch_that_was_cut_is_made_again(world: World, tmp_path: Path):
    turns = f"{over('pitch', 'who is calling please', after_s=0.4)}, {REFUSES}"
    told = await call(world, tmp_path, turns=turns)
    pitches = [turn for turn in told.turns("robot") if "first lesson is free" in turn["text"]]
    assert len(pitches) == 2


@pytest.mark.parametrize("words", ["no do not call me tomorrow", "not tomorrow please"])
async def test_a_promised_day_is_refused_over_the_goodbye_and_another_asked_for(
    world: World, tmp_path: Path, words: str
):
    turns = f"""{{on: [ask_interest], say: ["call me back tomorrow morning please"]}},
        {over("goodbye", words, after_s=0.8)},
        {{on: [ask_callback_time], say: ["on wednesday at three in the afternoon"]}}"""
    told = await call(world, tmp_path, turns=turns)
    assert told.result == ("callback_booked", "C", "callback")
    [callback] = await world.crm.callbacks.booked(world.scope)
    due = callback.due_at.astimezone(ZoneInfo("America/New_York"))
    assert (due.weekday(), due.hour) == (2, 15)


@pytest.mark.parametrize(("words", "hour"), [("no at five", 17), ("no noon", 12)])
async def test_a_short_correction_over_the_confirmation_moves_the_call(
    world: World, tmp_path: Path, words: str, hour: int
):
    turns = f"""{{on: [ask_interest], say: ["call me back tomorrow at three please"]}},
        {over("goodbye", words, after_s=0.8)}"""
    told = await call(world, tmp_path, turns=turns)
    [callback] = await world.crm.callbacks.booked(world.scope)
    due = callback.due_at.astimezone(ZoneInfo("America/New_York"))
    assert (due.hour, told.result[2]) == (hour, "callback")


async def test_who_speaks_up_as_the_goodbye_ends_is_heard(world: World, tmp_path: Path):
    turns = f"{REFUSES}, {{on: [goodbye], say: ['never call me again']}}"
    told = await call(world, tmp_path, turns=turns, react_s=0.04)
    assert told.result == ("opted_out", "F", "none")


@pytest.mark.parametrize(
    ("words", "states"),
    [
        ("never call me again", {lead_.State.STOPPED}),
        ("call me back tomorrow morning please", {lead_.State.CALLBACK}),
    ],
)
async def test_what_was_refused_or_promised_stands_when_the_call_then_breaks(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str, states: set[lead_.State]
):
    monkeypatch.setattr("dialer.runner._outcome", lambda life: Outcome.FAILED)  # which is tried again, else
    await call(world, tmp_path, turns=f'{{on: [ask_interest], say: ["{words}"]}}')
    lead = await world.crm.leads.get(world.scope, world.lead.id)
    assert lead.state in states


@pytest.mark.parametrize("move", ["greeting", "notice"])
@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_a_yes_before_the_pitch_is_no_interest_and_the_laws_words_come_before_the_pitch(
    assistant: Assistant, empty: Path, tmp_path: Path, lang: str, move: str
):
    """Under the greeting, and to nobody's question; the pitch follows, with its question."""
    hello, yes, law, pitch = {
        "en": ('["hello"]', "yes that is right", ("this is Ada", "I am a robot"), "We teach"),
        "zh": ('["喂"]', "是的没错", ("灯塔外语小艾", "我是机器人"), "真人老师"),
    }[lang]
    ours = assistant if lang == "en" else load_assistant(Path("bot/assistants/course_zh"), cache=tmp_path)
    async with open_world(ours, empty, tmp_path / "data") as world:
        world.agent("ada")
        told = await call(world, tmp_path, hello=hello, turns=over(move, yes), lang=lang)
    assert told.result[1:] == ("D", "none")
    text = " ".join(turn["text"] for turn in told.turns("robot"))
    assert max(text.rindex(words) for words in law) < text.index(pitch)
    assert text.count(pitch) == 1

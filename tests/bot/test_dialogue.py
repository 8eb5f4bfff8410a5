"""The shipped assistant's talks, decided purely."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.assistant import Assistant, load_assistant
from bot.dialogue import Dialogue
from bot.events import (
    Action,
    BookCallback,
    CustomerLeft,
    CustomerSaid,
    CustomerSilent,
    Event,
    HandoverAccepted,
    HandoverFailed,
    HangUp,
    HearingLost,
    HoldTick,
    KeyPressed,
    OptOut,
    PromptsCut,
    RequestHandover,
    Say,
    TimeIsUp,
    WithdrawHandover,
)
from bot.outcome import Ended
from speech.prompt import Move

NOW = datetime(2026, 11, 24, 11, 30, tzinfo=ZoneInfo("America/New_York"))


class Talk:
    """A dialogue with what it did last."""

    def __init__(self, assistant: Assistant) -> None:
        self.dialogue = Dialogue(assistant, called_at=NOW, slots={"name": ""})
        self.last: list[Action] = self.dialogue.start()

    def hear(self, *events: Event | str) -> "Talk":
        for event in events:
            self.last = self.dialogue.on(CustomerSaid(text=event) if isinstance(event, str) else event)
        return self

    @property
    def moves(self) -> set[str]:
        return {move for action in self.last if isinstance(action, Say) for p in action.prompts for move in p.moves}

    def did(self, kind: type) -> bool:
        return any(isinstance(action, kind) for action in self.last)


@pytest.fixture
def talk(assistant: Assistant) -> Talk:
    return Talk(assistant)


def test_it_says_who_calls_that_a_robot_speaks_and_that_it_records_before_it_asks(talk: Talk):
    [say] = talk.last
    assert [p.key for p in say.prompts][:2] == ["utter_greet", "utter_notice"]
    assert [p.must_be_heard for p in say.prompts] == [True, True, False, False]
    assert {Move.IDENTITY, Move.NOTICE, Move.PITCH, Move.ASK_INTEREST} <= talk.moves
    assert "Hello," in say.prompts[0].text  # an empty name leaves no gap


def test_interest_leads_to_a_person(talk: Talk):
    assert "offer_person" in talk.hear("yes i would like to try it").moves
    assert talk.hear("yes please").did(RequestHandover)
    talk.hear(HandoverAccepted())
    outcome = talk.dialogue.outcome()
    assert (outcome.grade, outcome.ended) == ("A", Ended.HANDED_OVER)
    assert 1 <= len(outcome.summary) <= 3


@pytest.mark.parametrize(
    ("said", "moves"),
    [
        ("how much does it cost", {"answer_price", "ask_interest"}),
        ("who is calling", {"answer_who", "ask_interest"}),
        ("where did you get my number", {"answer_source", "ask_interest"}),
        ("are you a robot", {"answer_robot", "ask_interest"}),
        ("how does it work", {"answer_other", "ask_interest"}),
        ("do i need a contract", {"answer_other", "ask_interest"}),
        ("it is too expensive", {"handle_objection", "ask_interest"}),
        ("let me think about it", {"handle_objection", "ask_interest"}),
        ("i am busy right now", {"handle_objection", "ask_callback_time"}),
    ],
)
def test_a_question_is_answered_and_the_talk_goes_on_in_the_same_turn(talk: Talk, said: str, moves: set[str]):
    assert talk.hear(said).moves == moves


@pytest.mark.parametrize("before", [(), ("how much is it",), ("yes i am interested",), ("call me later",)])
def test_an_opt_out_is_obeyed_at_any_point(talk: Talk, before: tuple[str, ...]):
    talk.hear(*before, "do not call me again")
    assert [type(action) for action in talk.last] == [OptOut, Say, HangUp]
    assert talk.dialogue.outcome().grade == "F"


def test_a_callback_is_booked_at_the_time_named(talk: Talk):
    assert "ask_callback_time" in talk.hear("call me later").moves
    talk.hear("tomorrow morning")
    [booked] = [action for action in talk.last if isinstance(action, BookCallback)]
    assert booked.at == NOW.replace(day=25, hour=10, minute=0)
    assert {"confirm_callback", "goodbye"} <= talk.moves
    assert talk.dialogue.outcome().grade == "C"


def test_a_time_in_the_wish_itself_is_not_asked_for(talk: Talk):
    assert talk.hear("please call me back tomorrow morning").did(BookCallback)


def test_a_first_refusal_is_met_with_an_argument_a_second_with_goodbye(talk: Talk):
    assert talk.hear("i am not interested").moves == {"handle_objection", "ask_interest"}
    assert talk.hear("no thank you").did(HangUp)
    assert talk.dialogue.outcome().grade == "E"


@pytest.mark.parametrize(("event", "reason"), [(CustomerSilent(), "silent"), (CustomerSaid(text=""), "not_understood")])
def test_two_re_prompts_then_a_polite_end(talk: Talk, event: Event, reason: str):
    for _ in range(2):
        assert {"reprompt", "ask_interest"} <= talk.hear(event).moves
    assert talk.hear(event).did(HangUp)
    assert talk.dialogue.outcome().reason == reason
    assert talk.dialogue.outcome().grade == "D"


def test_who_waits_is_spoken_to_and_may_change_their_mind(talk: Talk):
    talk.hear("i want to talk to a human")
    assert talk.hear(HoldTick()).moves == {"hold_line"}
    assert talk.hear("forget it").did(WithdrawHandover)


def test_nobody_free_is_a_callback_even_if_the_customer_says_nothing_more(talk: Talk):
    talk.hear("yes i would like to try it", "yes please", HandoverFailed())
    assert "ask_callback_time" in talk.moves
    assert talk.hear(CustomerSilent(), CustomerSilent(), CustomerSilent()).did(BookCallback)


def test_what_was_not_heard_was_not_asked(talk: Talk):
    talk.hear(PromptsCut(heard=("utter_greet",)), "yes")
    assert {"pitch", "ask_interest"} <= talk.moves
    assert talk.dialogue.outcome().grade == "D"


def test_a_lost_recogniser_asks_to_say_it_again(talk: Talk):
    assert "reprompt" in talk.hear(HearingLost()).moves


def test_a_copy_can_be_tried_without_changing_the_talk(talk: Talk):
    before = talk.dialogue.outcome()
    talk.dialogue.copy().on(CustomerSaid(text="do not call me again"))
    assert talk.dialogue.outcome() == before


_ASSISTANT: list[Assistant] = []


def _assistant() -> Assistant:
    if not _ASSISTANT:
        from pathlib import Path

        _ASSISTANT.append(load_assistant(Path("bot/assistants/course_en")))
    return _ASSISTANT[0]


_EVENTS = st.one_of(
    st.sampled_from(
        ["yes", "no", "how much is it", "call me later", "tomorrow", "forget it", "hello", "", "i am busy"]
    ).map(lambda text: CustomerSaid(text=text)),
    st.sampled_from([CustomerSilent(), HearingLost(), HandoverFailed(), HoldTick(), TimeIsUp(), PromptsCut(heard=())]),
    st.sampled_from("0129#").map(lambda digit: KeyPressed(digit=digit)),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(_EVENTS, max_size=25))
def test_no_sequence_of_events_breaks_a_talk_and_an_ended_one_is_silent(events: list[Event]):
    talk = Talk(_assistant())
    for event in events:
        ended = talk.dialogue.ended
        talk.hear(event)
        assert not (ended and talk.last)
        if talk.did(HangUp):
            assert talk.dialogue.ended
    talk.hear(CustomerLeft())
    assert talk.dialogue.ended
    assert talk.dialogue.outcome().summary

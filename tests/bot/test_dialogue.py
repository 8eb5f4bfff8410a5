"""Conversations of course_en: what must hold in every one, and what single moments ask for."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.events import (
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
    MachineAnswered,
    OptOut,
    PromptsCut,
    RequestHandover,
    Say,
    TimeIsUp,
    WithdrawHandover,
)
from bot.outcome import Ended, Grade
from speech.prompt import Move
from tests.bot.course import CALLED_AT, Call, course

TEXTS = sorted({text for examples in course().project.examples.values() for text in examples})
CUT = "cut"  # stands for PromptsCut of a part of what was said last

spoken = st.one_of(
    st.sampled_from(TEXTS),
    st.lists(st.sampled_from(sorted({word for text in TEXTS for word in text.split()})), max_size=6).map(" ".join),
    st.text(max_size=20),
).map(lambda text: CustomerSaid(text=text))
happenings = st.sampled_from(
    [CustomerSilent(), HearingLost(), HoldTick(), HandoverFailed(), HandoverAccepted(), CUT, CUT]
    + [KeyPressed(digit=digit) for digit in "0123456789*#"]
)
rare = st.sampled_from([TimeIsUp(), CustomerLeft(), MachineAnswered()])
events = st.lists(st.one_of(spoken, spoken, spoken, happenings, rare), max_size=60)


@settings(derandomize=True, max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(events, st.randoms(use_true_random=False))
def test_no_sequence_of_events_breaks_a_conversation(sequence, random):
    call = Call()
    holding = booked = opted_out = False
    _check_utterances(call)
    for event in sequence:
        if event is CUT:
            keys = call.keys
            event = PromptsCut(heard=tuple(keys[: random.randint(0, len(keys))]))
        ended = call.dialogue.ended
        call.happens(event)
        assert not (ended and call.actions), "after the end nothing is done"
        for action in call.actions:
            match action:
                case RequestHandover():
                    assert not holding
                    holding = True
                case WithdrawHandover():
                    assert holding
                    holding = False
                case BookCallback():
                    assert not booked
                    assert action.at > CALLED_AT
                    booked = True
                case OptOut():
                    assert not opted_out
                    opted_out = True
                case HangUp():
                    assert not holding, "nobody is left in a queue"
                    assert call.dialogue.ended
        if isinstance(event, HandoverFailed):
            holding = False
        _check_utterances(call)
    outcome = call.dialogue.outcome()
    assert outcome.opted_out == opted_out
    assert 1 <= len(outcome.summary) <= 3
    assert (outcome.callback_at is not None) == booked


def _check_utterances(call: Call) -> None:
    assert sum(isinstance(action, Say) for action in call.actions) <= 1
    assert all(action.because for action in call.actions)
    for action in call.actions:
        if isinstance(action, Say):
            assert action.prompts
            assert not any("{" in prompt.text for prompt in action.prompts)
            assert len({prompt.key for prompt in action.prompts}) == len(action.prompts)
    if call.did(HangUp):
        assert Move.GOODBYE in {
            move for action in call.actions if isinstance(action, Say) for p in action.prompts for move in p.moves
        }


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.lists(st.one_of(spoken, happenings.filter(lambda event: event is not CUT)), min_size=1, max_size=6))
def test_every_conversation_ends_within_so_many_turns(cycle):
    call = Call()
    patience = 200
    while not call.dialogue.ended and patience:
        for event in cycle:
            call.happens(event)
        if not call.actions:  # only a customer who waits for an agent is answered by silence: then nobody comes
            call.happens(CustomerSilent())
            call.happens(HandoverFailed())
        patience -= 1
    assert call.dialogue.ended


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.lists(spoken, max_size=8), spoken)
def test_a_copy_answers_alike_and_changes_nothing(before, event):
    call = Call()
    for one in before:
        call.happens(one)
    history, outcome = call.dialogue.history, call.dialogue.outcome()
    tried = call.dialogue.copy().on(event)
    assert (call.dialogue.history, call.dialogue.outcome()) == (history, outcome)
    assert call.dialogue.on(event) == tried


ANYWHERE = [
    ("do not call me again", "utter_confirm_opt_out"),
    ("i want to speak to a person", "utter_hold_line"),
    ("how much does it cost", "utter_answer_price"),
    ("who is calling", "utter_answer_who"),
    ("call me tomorrow morning", "utter_confirm_callback"),
]
MOMENTS = {
    "after the greeting": [],
    "greeting cut": [PromptsCut(heard=()), "who is this"],
    "after the price": ["how much is it"],
    "offered a person": ["yes"],
    "asked for a time": ["i am busy"],
    "after an objection": ["not interested"],
    "asked to wait": ["wait a minute"],
    "not understood": [""],
    "silent": [CustomerSilent()],
    "heard nothing": [HearingLost()],
    "asked about the list": ["stop"],
}


@pytest.mark.parametrize(("text", "key"), ANYWHERE, ids=[text for text, _ in ANYWHERE])
@pytest.mark.parametrize("moment", MOMENTS)
def test_is_understood_at_any_point_of_the_call(moment, text, key):
    call = _at(MOMENTS[moment])
    call.says(text)
    assert call.keys[0] == key


@pytest.mark.parametrize(
    ("text", "known", "hands_over"),
    [
        ("take", 0.5, False),
        ("take please", 0.67, False),
        ("take", 0.8, True),
        ("i want to speak to a person", 0.5, True),
    ],
)
def test_what_is_left_of_a_turn_is_obeyed_only_when_it_is_sure(text: str, known: float, hands_over: bool):
    call = Call()
    call.happens(CustomerSaid(text=text, known=known))
    assert call.did(RequestHandover) is hands_over


def test_an_opt_out_is_understood_while_waiting_for_an_agent_and_frees_them():
    call = _at(["yes", "yes"])
    call.says("remove my number")
    assert [type(action) for action in call.actions] == [WithdrawHandover, OptOut, Say, HangUp]
    assert call.dialogue.outcome().grade is Grade.F


@pytest.mark.parametrize(
    "question", ["how much is it", "who are you", "is this a robot", "where did you get my number"]
)
def test_an_answer_leads_back_to_the_question_in_the_same_turn(question):
    call = Call()
    call.says(question)
    assert [Move.ASK_INTEREST in action.prompts[-1].moves for action in call.actions] == [True]


def test_a_second_question_is_answered_with_the_offer_of_a_person():
    call = _at(["how much is it"])
    call.says("how long is the lesson")
    assert call.keys == ["utter_answer_how", "utter_offer_person"]


def test_what_was_not_heard_was_not_asked():
    call = Call()
    call.happens(PromptsCut(heard=("utter_greet", "utter_notice")))
    call.says("yes")
    assert call.keys == ["utter_pitch", "utter_ask_interest"]
    assert call.dialogue.outcome().grade is Grade.D


def test_a_yes_to_the_pitch_alone_is_asked_for_once_more():
    call = Call()
    call.happens(PromptsCut(heard=("utter_greet", "utter_notice", "utter_pitch")))
    call.says("yes")
    assert call.keys == ["utter_ask_interest_again"]


def test_interest_shown_in_the_middle_of_the_pitch_is_taken_up():
    call = Call()
    call.happens(PromptsCut(heard=("utter_greet", "utter_notice", "utter_pitch")))
    call.says("i am interested")
    assert call.keys == ["utter_offer_person"]


def test_tell_me_more_before_the_pitch_brings_the_pitch():
    call = Call()
    call.happens(PromptsCut(heard=("utter_greet",)))
    call.says("tell me")
    assert call.keys == ["utter_pitch", "utter_ask_interest"]


def test_a_refusal_in_the_middle_of_the_greeting_is_a_refusal():
    call = Call()
    call.happens(PromptsCut(heard=("utter_greet",)))
    call.says("no thanks")
    assert call.keys[0] == "utter_objection_interest"
    assert call.dialogue.outcome().grade is Grade.E


def test_silence_is_asked_twice_and_then_left_in_peace():
    call = Call()
    for _ in range(2):
        call.happens(CustomerSilent())
        assert call.keys[0] == "utter_reprompt_silent"
    call.happens(CustomerSilent())
    assert call.did(HangUp)
    assert (call.dialogue.outcome().reason, call.dialogue.outcome().grade) == ("silent", Grade.D)


def test_words_not_understood_are_asked_twice_and_silence_counts_with_them():
    call = Call()
    call.says("")
    assert call.keys == ["utter_reprompt_unclear", "utter_ask_interest"]
    call.happens(CustomerSilent())
    call.says("")
    assert call.did(HangUp)
    assert call.dialogue.outcome().reason == "not_understood"


def test_unclear_speech_into_the_pitch_brings_the_pitch_again():
    call = Call()
    call.happens(PromptsCut(heard=("utter_greet", "utter_notice")))
    call.says("")
    assert call.keys == ["utter_reprompt_unclear", "utter_pitch", "utter_ask_interest"]


def test_a_question_that_was_cut_is_repeated_with_what_belongs_to_it():
    call = Call()
    call.happens(PromptsCut(heard=("utter_greet", "utter_notice")))
    call.says("sorry what")
    assert call.keys == ["utter_pitch", "utter_ask_interest"]


def test_silence_after_a_moment_asked_for_brings_the_question_back():
    call = _at(["wait a minute"])
    call.happens(CustomerSilent())
    assert call.keys == ["utter_reprompt_silent", "utter_ask_interest_again"]


def test_an_answer_makes_the_patience_new():
    call = Call()
    call.happens(CustomerSilent())
    call.says("who is this")
    for _ in range(2):
        call.happens(CustomerSilent())
        assert not call.did(HangUp)


def test_a_yes_after_a_reprompt_answers_the_question():
    call = _at(["yes", CustomerSilent()])
    call.says("yes")
    assert call.did(RequestHandover)


def test_a_lost_recogniser_is_no_miss():
    call = Call()
    for _ in range(3):
        call.happens(HearingLost())
        assert call.keys == ["utter_sorry_again", "utter_ask_interest"]
    assert not call.dialogue.ended


def test_only_the_end_of_a_long_utterance_is_repeated():
    call = Call()
    call.says("pardon")
    assert call.keys == ["utter_pitch", "utter_ask_interest"]


def test_who_talks_over_the_hold_line_hears_it_after_all():
    """ "Sure" was taken for the answer, "go ahead" cut what they are to wait for: silence would be a dead line."""
    call = Call()
    call.says("let me talk to a real person please")
    assert call.keys == ["utter_hold_line"]
    call.happens(PromptsCut(heard=()))
    call.says("okay")
    assert call.keys == ["utter_hold_again"]
    call.says("okay")
    assert call.keys == []


def test_holding_is_filled_every_tick_and_nobody_speaks_to_a_patient_customer():
    call = _at(["i want to talk to a human"])
    for text in ("okay", "uh-huh", "", "thank you"):
        call.says(text)
        assert call.actions == []
    call.happens(CustomerSilent())
    assert call.actions == []
    call.happens(HoldTick())
    assert call.keys == ["utter_hold_again"]


def test_hold_ticks_and_failures_without_a_wait_do_nothing():
    call = Call()
    assert call.happens(HoldTick()) == []
    assert call.happens(HandoverFailed()) == []


@pytest.mark.parametrize("words", ["forget it", "no", "i can not wait", "stop"])
def test_a_customer_who_will_not_wait_is_offered_a_call(words):
    call = _at(["yes", "yes"])
    call.says(words)
    assert call.did(WithdrawHandover)
    assert call.keys[-1] == "utter_ask_callback_time"
    call.says("no thank you")
    assert call.did(HangUp)
    assert not call.did(BookCallback)


def test_nobody_free_books_a_call_even_without_an_answer():
    call = _at(["yes", "yes", HandoverFailed(), CustomerSilent(), CustomerSilent()])
    call.happens(CustomerSilent())
    assert [type(action) for action in call.actions] == [BookCallback, Say, HangUp]
    assert call.dialogue.outcome().grade is Grade.A


def test_a_time_named_with_the_wish_is_not_asked_for():
    call = Call()
    call.says("i am busy call me on friday afternoon")
    [booked] = [action for action in call.actions if isinstance(action, BookCallback)]
    assert booked.at == CALLED_AT.replace(day=27, hour=15, minute=0)
    assert call.actions[1].prompts[0].text == "Very well, we will call you on Friday at 3 pm."


def test_an_hour_alone_is_a_time_when_one_was_asked_for():
    call = _at(["call me later"])
    call.says("three")
    assert call.did(BookCallback)


def test_not_today_is_no_time():
    call = Call()
    call.says("not today")
    assert call.keys == ["utter_no_problem", "utter_ask_callback_time"]


def test_a_question_in_the_form_is_answered_and_the_form_goes_on():
    call = _at(["call me later"])
    call.says("how much is it")
    assert call.keys == ["utter_answer_price", "utter_ask_callback_time"]
    call.says("tomorrow morning")
    assert call.did(BookCallback)


def test_keys_answer_as_words_do():
    call = Call()
    call.happens(KeyPressed(digit="1"))
    assert call.keys == ["utter_offer_person"]
    call.happens(KeyPressed(digit="1"))
    assert call.did(RequestHandover)
    assert call.dialogue.outcome().grade is Grade.A


def test_a_key_without_a_meaning_is_a_miss():
    call = Call()
    call.happens(KeyPressed(digit="5"))
    assert call.keys == ["utter_reprompt_unclear", "utter_ask_interest"]


def test_key_2_asks_for_a_call():
    call = Call()
    call.happens(KeyPressed(digit="2"))
    assert call.keys == ["utter_ask_callback_time"]


@pytest.mark.parametrize(
    ("event", "ended", "reason"),
    [
        (HandoverAccepted(), Ended.HANDED_OVER, "handed_over"),
        (CustomerLeft(), Ended.CUSTOMER_LEFT, "customer_left"),
        (MachineAnswered(), Ended.MACHINE, "voicemail"),
    ],
)
def test_an_end_from_outside_is_kept(event: Event, ended: Ended, reason: str):
    call = Call()
    call.happens(event)
    outcome = call.dialogue.outcome()
    assert (outcome.ended, outcome.reason) == (ended, reason)
    assert call.says("hello") == []


def test_a_customer_without_a_name_is_greeted_without_one():
    call = Call(name="")
    assert call.actions[0].prompts[0].text == "Hello, this is Ada from Lighthouse Languages."


def test_identity_and_notice_must_be_heard():
    call = Call()
    assert [prompt.key for prompt in call.actions[0].prompts if prompt.must_be_heard] == ["utter_greet", "utter_notice"]


def test_a_summary_tells_what_was_wanted_said_and_promised():
    call = _at(["how much is it", "yes i am interested", "yes please", HandoverFailed(), "tomorrow at three"])
    assert call.dialogue.outcome().summary == (
        "The customer asked questions, is interested, wants to speak to a person and wants to be called later.",
        "Spoke of: price. Callback promised tomorrow at 3 pm.",
        'Said: "yes i am interested", "yes please", "tomorrow at three"',
    )


def _at(moment) -> Call:
    call = Call()
    for one in moment:
        call.says(one) if isinstance(one, str) else call.happens(one)
    return call

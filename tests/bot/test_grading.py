"""Grades: what was said, in its order, to a letter."""

import pytest

from bot.grading import Meaning, grade, in_answer_to, is_warm
from bot.outcome import Evidence, Grade
from speech.prompt import Move


def said(*meanings: str) -> list[Evidence]:
    """Evidence of these meanings."""
    return [Evidence(text="", intent="", means=means) for means in meanings]


@pytest.mark.parametrize(
    ("meanings", "given"),
    [
        ((), Grade.D),
        (("left",), Grade.D),
        (("interested",), Grade.B),
        (("asked",), Grade.B),
        (("interested", "wants_person"), Grade.A),
        (("wants_person", "callback"), Grade.A),  # nobody was free
        (("callback",), Grade.C),
        (("interested", "callback"), Grade.C),
        (("undecided",), Grade.C),
        (("undecided", "interested"), Grade.B),
        (("objected",), Grade.E),
        (("asked", "objected"), Grade.B),
        (("asked", "objected", "left"), Grade.E),
        (("refused",), Grade.E),
        (("interested", "refused"), Grade.E),
        (("refused", "interested"), Grade.B),
        (("refused", "callback"), Grade.C),
        (("refused", "left"), Grade.E),
        (("wrong_person",), Grade.E),
        (("opt_out",), Grade.F),
        (("opt_out", "interested"), Grade.F),
        (("wants_person", "opt_out"), Grade.F),
    ],
)
def test_the_grade_of_what_was_said(meanings, given):
    assert grade(said(*meanings)) is given


@pytest.mark.parametrize(
    ("means", "moves", "warm", "in_form", "answer"),
    [
        ("yes", [Move.ASK_INTEREST], False, False, "interested"),
        ("yes", [Move.OFFER_PERSON], True, False, "wants_person"),
        ("yes", [Move.PITCH], False, False, None),
        ("yes", [], False, False, None),
        ("no", [Move.ASK_INTEREST], False, False, "refused"),
        ("no", [Move.OFFER_PERSON], True, False, None),
        ("no", [Move.ASK_CALLBACK_TIME], False, True, "refused"),
        ("no", [Move.ASK_CALLBACK_TIME], True, True, None),
        ("no", [], False, False, None),
        ("interested", [Move.OFFER_PERSON], True, False, "wants_person"),
        ("interested", [Move.PITCH], False, False, "interested"),
        ("refused", [Move.OFFER_PERSON], True, False, "refused"),
    ],
)
def test_yes_and_no_answer_the_question(means, moves, warm, in_form, answer):
    found = in_answer_to(Meaning(means), moves, warm=warm, in_form=in_form)
    assert (found.value if found else None) == answer


def test_a_refusal_cools():
    assert is_warm(said("interested"))
    assert not is_warm(said("interested", "refused"))
    assert is_warm(said("refused", "wants_person"))

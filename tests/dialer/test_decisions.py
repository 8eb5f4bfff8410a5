"""Retries, pacing, and what a talk came to: pure."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.outcome import Ended, Grade, RobotOutcome
from dialer.briefing import outcome_of_cause, outcome_of_talk
from dialer.call import Outcome
from dialer.pacing import Situation, progressive
from dialer.retry import retry_after
from media.leg import Cause


def found(**changes) -> RobotOutcome:
    facts = {
        "grade": Grade.D,
        "evidence": (),
        "intents": (),
        "slots": (),
        "summary": ("",),
        "ended": Ended.HUNG_UP,
        "reason": "",
        "opted_out": False,
        "repeated": False,
        "callback_at": None,
        "spoke": True,
    }
    return RobotOutcome(**{**facts, **changes})


@pytest.mark.parametrize(
    ("changes", "bridged", "outcome"),
    [
        ({"ended": Ended.MACHINE}, False, Outcome.VOICEMAIL),
        ({"opted_out": True, "grade": Grade.F}, False, Outcome.OPTED_OUT),
        ({"grade": Grade.A}, True, Outcome.HANDED_OVER),
        ({"grade": Grade.E}, False, Outcome.NOT_INTERESTED),
        ({"ended": Ended.CUSTOMER_LEFT}, False, Outcome.CUSTOMER_LEFT),
        ({"spoke": False}, False, Outcome.NO_RESPONSE),
        ({}, False, Outcome.COMPLETED),
    ],
)
def test_what_a_talk_came_to(changes, bridged: bool, outcome: Outcome):
    assert outcome_of_talk(found(**changes), bridged=bridged) is outcome


def test_every_cause_of_the_network_has_an_outcome():
    assert outcome_of_cause(Cause.BUSY) is Outcome.BUSY
    assert {outcome_of_cause(cause) for cause in Cause} <= set(Outcome)


def test_retries_end_and_people_who_were_spoken_with_are_left_alone():
    assert retry_after(Outcome.BUSY, 1) == timedelta(minutes=10)
    assert retry_after(Outcome.BUSY, 3) is None
    for outcome in (Outcome.OPTED_OUT, Outcome.NOT_INTERESTED, Outcome.HANDED_OVER, Outcome.NOT_IN_SERVICE):
        assert retry_after(outcome, 1) is None


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 20), st.integers(0, 20), st.floats(0, 1), st.booleans())
def test_pacing_never_exceeds_the_lines(in_flight, lines, free, soon, p_warm, without):
    situation = Situation(
        in_flight=in_flight, lines=lines, free_agents=free, soon_free_agents=soon, p_warm=p_warm, without_agents=without
    )
    decision = progressive(situation)
    assert 0 <= decision.dial <= max(0, lines - in_flight)
    assert decision.because

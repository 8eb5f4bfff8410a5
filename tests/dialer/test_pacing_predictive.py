"""The look-ahead law: never over the lines, slower after every abandoned call, within the target over a day, and explained."""

import heapq
import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.pacing import Situation
from dialer.pacing_predictive import allowed_share, predictive
from dialer.tally import Tally

situations = st.builds(
    Situation,
    in_flight=st.integers(0, 60),
    lines=st.integers(0, 60),
    free_agents=st.integers(0, 20),
    soon_free_agents=st.just(0),
    p_warm=st.just(0.2),
    ringing=st.integers(0, 40),
    waiting=st.integers(0, 8),
    busy_agents=st.integers(0, 30),
    p_answer=st.floats(0.02, 0.98),
    ring_s=st.floats(1, 40),
    busy_s=st.floats(5, 600),
    answered=st.integers(0, 5000),
    abandoned=st.integers(0, 200),
)


@given(situations)
def test_it_never_dials_more_than_there_are_lines(situation: Situation):
    dial = predictive(situation).dial
    assert dial >= 0
    assert dial == 0 or situation.in_flight + dial <= situation.lines


@given(situations, st.integers(1, 50))
def test_more_abandoned_calls_never_mean_more_dialling(situation: Situation, more: int):
    worse = replace(situation, abandoned=situation.abandoned + more)
    assert allowed_share(worse) <= allowed_share(situation)
    assert predictive(worse).dial <= predictive(situation).dial


@given(situations)
def test_a_further_free_agent_never_means_less_dialling(situation: Situation):
    assert predictive(replace(situation, free_agents=situation.free_agents + 1)).dial >= predictive(situation).dial


@given(situations)
def test_without_a_budget_nobody_can_be_left_without_an_agent(situation: Situation):
    spent = replace(situation, answered=100, abandoned=3)
    dial = predictive(spent).dial
    assert dial == 0 or spent.ringing + spent.waiting + dial <= spent.free_agents


@given(situations)
def test_without_agents_nobody_is_dialled(situation: Situation):
    assert predictive(replace(situation, free_agents=0, busy_agents=0)).dial == 0


def test_an_abandoned_call_slows_the_dialling_until_it_is_earned_again():
    good = Situation(
        in_flight=10, lines=200, free_agents=4, soon_free_agents=0, p_warm=0.2, ringing=8, busy_agents=16, answered=500
    )
    earned = predictive(good).dial
    slowed = predictive(replace(good, abandoned=14)).dial
    stopped = predictive(replace(good, abandoned=15)).dial
    assert earned > slowed >= stopped == 0
    assert predictive(replace(good, abandoned=15, answered=600)).dial == earned


def test_the_sentence_tells_what_was_seen_and_what_bound_it():
    decision = predictive(
        Situation(
            in_flight=3, lines=30, free_agents=2, soon_free_agents=0, p_warm=0.2, ringing=3, answered=80, abandoned=2
        )
    )
    for fact in ("2 free", "3 ringing", "30 % answer", "abandoned 2.5 % of 80", f"dial {decision.dial}"):
        assert fact in decision.because
    assert decision.limit == "abandoned"


def day(agents: int, seed: int, *, hours: float, law=predictive) -> tuple[float, float]:
    """(occupancy, abandoned share) of simulated agents: 30 % answer after about 12 s, talk 90 s, wrap up 20 s, grace 2 s."""
    draw = random.Random(seed)
    tally, now, ends = Tally(), 0.0, hours * 3600
    free, busy, ringing, waiting = agents, 0, 0, []
    queue: list[tuple[float, int, str]] = []
    busy_s, number = 0.0, 0

    def later(after: float, what: str) -> None:
        nonlocal number
        number += 1
        heapq.heappush(queue, (now + after, number, what))

    while now < ends:
        now += 1.0
        while queue and queue[0][0] <= now:
            _, _, what = heapq.heappop(queue)
            if what == "freed":
                free, busy = free + 1, busy - 1
            else:
                ringing -= 1
                if what == "answered":
                    waiting.append(now)
                else:
                    tally.over(answered=False, warm=False, abandoned=False)
        while waiting and free:
            waiting.pop(0)
            length = draw.expovariate(1 / 90) + draw.expovariate(1 / 20)
            tally.over(answered=True, warm=True, abandoned=False, ring_s=12, busy_s=length)
            free, busy, busy_s = free - 1, busy + 1, busy_s + min(length, ends - now)
            later(length, "freed")
        while waiting and now - waiting[0] >= 2:
            waiting.pop(0)
            tally.over(answered=True, warm=True, abandoned=True, ring_s=12)
        situation = Situation(
            in_flight=ringing + len(waiting) + busy,
            lines=10 * agents,
            free_agents=free,
            soon_free_agents=0,
            p_warm=tally.p_warm,
            ringing=ringing,
            waiting=len(waiting),
            busy_agents=busy,
            p_answer=tally.p_answer,
            ring_s=tally.mean_ring_s,
            busy_s=tally.mean_busy_s,
            answered=tally.answered,
            abandoned=tally.abandoned,
        )
        for _ in range(law(situation).dial):
            ringing += 1
            answers = draw.random() < 0.3
            later(draw.uniform(5, 19) if answers else draw.uniform(15, 25), "answered" if answers else "unanswered")
    return busy_s / (agents * ends), tally.abandoned / max(1, tally.answered)


@pytest.mark.parametrize("agents", [3, 12])
def test_over_hours_the_share_stays_within_the_target_and_agents_wait_less_than_one_call_each(agents: int):
    occupancy, abandoned = day(agents, seed=7, hours=3)
    one_each, _ = day(agents, seed=7, hours=3, law=lambda s: predictive(replace(s, answered=0, abandoned=0)))
    assert 0 < abandoned <= 0.03
    assert occupancy > one_each + 0.02

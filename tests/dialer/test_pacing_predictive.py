"""The look-ahead law: never over the lines, slower after every abandoned call, within the target over a day, and explained."""

import heapq
import itertools
import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.pacing import Law, Situation
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


class Worker:
    """A worker of a simulated campaign, with agents of its own: 30 % answer after about 12 s, talk 90 s, wrap up 20 s,
    grace 2 s."""

    def __init__(self, agents: int, draw: random.Random, law: Law) -> None:
        self.agents, self.free, self.busy, self.ringing = agents, agents, 0, 0
        self.tally, self.busy_s = Tally(), 0.0
        self._draw, self._law = draw, law
        self._waiting: list[float] = []
        self._queue: list[tuple[float, int, str]] = []
        self._numbers = itertools.count()

    def tick(self, now: float, ends: float, answered: int, abandoned: int) -> None:
        """One second; `answered` and `abandoned` are what it knows of the campaign."""
        draw, tally = self._draw, self.tally
        while self._queue and self._queue[0][0] <= now:
            what = heapq.heappop(self._queue)[2]
            if what == "freed":
                self.free, self.busy = self.free + 1, self.busy - 1
            else:
                self.ringing -= 1
                if what == "answered":
                    self._waiting.append(now)
                else:
                    tally.over(answered=False, warm=False, abandoned=False)
        while self._waiting and self.free:
            self._waiting.pop(0)
            length = draw.expovariate(1 / 90) + draw.expovariate(1 / 20)
            tally.over(answered=True, warm=True, abandoned=False, ring_s=12, busy_s=length)
            self.free, self.busy, self.busy_s = self.free - 1, self.busy + 1, self.busy_s + min(length, ends - now)
            self._later(now + length, "freed")
        while self._waiting and now - self._waiting[0] >= 2:
            self._waiting.pop(0)
            tally.over(answered=True, warm=True, abandoned=True, ring_s=12)
        situation = Situation(
            in_flight=self.ringing + len(self._waiting) + self.busy,
            lines=10 * self.agents,
            free_agents=self.free,
            soon_free_agents=0,
            p_warm=tally.p_warm,
            ringing=self.ringing,
            waiting=len(self._waiting),
            busy_agents=self.busy,
            p_answer=tally.p_answer,
            ring_s=tally.mean_ring_s,
            busy_s=tally.mean_busy_s,
            answered=answered,
            abandoned=abandoned,
        )
        for _ in range(self._law(situation).dial):
            self.ringing += 1
            answers = draw.random() < 0.3
            after = draw.uniform(5, 19) if answers else draw.uniform(15, 25)
            self._later(now + after, "answered" if answers else "unanswered")

    def _later(self, at: float, what: str) -> None:
        heapq.heappush(self._queue, (at, next(self._numbers), what))


def day(
    agents: int,
    seed: int,
    *,
    hours: float,
    law: Law = predictive,
    workers: int = 1,
    shared: bool = True,
    told_every_s: int = 1,
) -> tuple[float, float]:
    """(occupancy, abandoned share) of a campaign whose agents sit at so many workers, who are told of each other's calls."""
    draw = random.Random(seed)
    team = [Worker(agents // workers, draw, law) for _ in range(workers)]
    ends, known = hours * 3600, [(0, 0)] * workers
    for second in range(1, int(ends) + 1):
        if second % told_every_s == 0:
            counts = [(worker.tally.answered, worker.tally.abandoned) for worker in team]
            whole = (sum(one for one, _ in counts), sum(one for _, one in counts))
            known = [whole if shared else count for count in counts]
        for worker, count in zip(team, known, strict=True):
            worker.tick(float(second), ends, *count)
    answered = sum(worker.tally.answered for worker in team)
    abandoned = sum(worker.tally.abandoned for worker in team)
    return sum(worker.busy_s for worker in team) / (agents * ends), abandoned / max(1, answered)


@pytest.mark.parametrize("agents", [3, 12])
def test_over_hours_the_share_stays_within_the_target_and_agents_wait_less_than_one_call_each(agents: int):
    occupancy, abandoned = day(agents, seed=7, hours=3)
    one_each, _ = day(agents, seed=7, hours=3, law=lambda s: predictive(replace(s, answered=0, abandoned=0)))
    assert 0 < abandoned <= 0.03
    assert occupancy > one_each + 0.02


@pytest.mark.parametrize(("agents", "workers"), [(12, 2), (12, 4)])
def test_workers_who_know_of_each_others_calls_keep_the_target_together(agents: int, workers: int):
    occupancy, abandoned = day(agents, seed=8, hours=3, workers=workers, told_every_s=2)
    alone, _ = day(agents, seed=8, hours=3, workers=workers, shared=False)
    assert 0 < abandoned <= 0.03
    assert occupancy > alone  # one budget earned by all is there sooner than one each


def test_what_was_read_and_what_ended_since_is_counted_once():
    tally = Tally()
    tally.over(answered=True, warm=True, abandoned=True)
    tally.read((40, 3), at_s=10.0)
    assert tally.in_all == (40, 3)
    tally.over(answered=True, warm=True, abandoned=True)
    tally.over(answered=True, warm=True, abandoned=False)
    assert tally.in_all == (42, 4)
    tally.read((45, 4), at_s=12.0)
    assert tally.in_all == (45, 4)

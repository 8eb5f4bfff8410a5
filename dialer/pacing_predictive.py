"""Dialling ahead of free agents so that few who answer find nobody: a look-ahead law with a budget.

Calls dialled now are answered about `ring_s` later. By then some agents who talk now are free. The law dials the most calls
for which, of those who will answer, no larger share finds nobody than is allowed:

    answers    = waiting + Binomial(ringing + n, p_answer)
    agents     = free + Binomial(busy, 1 - exp(-ring_s / busy_s))
    largest n:   E[(answers - agents)+] <= allowed * E[answers]

That is Samuelson's idea (D. A. Samuelson, Predictive Dialing for Outbound Telephone Call Centers, Interfaces 29(5), 1999):
forecast who answers and who is free at the moment of the answer, and dial to a limit on the forecast share of abandoned
calls. Busy times are taken as memoryless; the exact distributions are convolved, so it holds for two agents as for two hundred.

What is allowed follows what happened: `target` times the budget, which is how many more calls could have been abandoned
by now (`target * answered - abandoned`), none below one call and twice the target at most. So the first 33 answers are
dialled one call for each free agent, and an abandoned call slows the dialling until it is earned again.
"""

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from dialer.pacing import Decision, Situation

_MOST_BUDGET: Final = 2.0  # calls: so that a long good time does not buy a bad minute
_EXACT: Final = 1e-9
_Floats = npt.NDArray[np.float64]


def allowed_share(situation: Situation) -> float:
    """Of those who will answer next, how many may find nobody, 0 .. twice the target."""
    s = situation
    budget = s.target * s.answered - s.abandoned
    if budget < 1.0:
        return 0.0
    return s.target * min(budget, _MOST_BUDGET)


def predictive(situation: Situation) -> Decision:
    """How many calls to place at this tick."""
    s = situation
    allowed = allowed_share(s)
    soon = -math.expm1(-s.ring_s / max(s.busy_s, 1.0))
    room = max(0, s.lines - s.in_flight)
    dial = _most(s, soon, allowed, room) if s.free_agents + s.busy_agents else 0
    limit = "lines" if dial == room else "abandoned" if allowed == 0 else "agents"
    abandoned = 100 * s.abandoned / s.answered if s.answered else 0.0
    because = (
        f"{s.free_agents} free + {s.busy_agents} busy ({100 * soon:.0f} % free within {s.ring_s:.0f} s); "
        f"{s.ringing} ringing, {100 * s.p_answer:.0f} % answer, {s.waiting} waiting; abandoned {abandoned:.1f} % of "
        f"{s.answered}, {100 * allowed:.1f} % allowed next; {s.in_flight} in flight, {s.lines} lines: dial {dial}"
    )
    figures = {
        "free": s.free_agents,
        "busy": s.busy_agents,
        "soon_share": soon,
        "ring_s": s.ring_s,
        "ringing": s.ringing,
        "answer_share": s.p_answer,
        "waiting": s.waiting,
        "abandoned_share": abandoned / 100,
        "answered": s.answered,
        "allowed_share": allowed,
        "in_flight": s.in_flight,
        "lines": s.lines,
    }
    return Decision(dial=dial, because=because, limit=limit, law="predictive", figures=figures)


def _most(s: Situation, soon: float, allowed: float, room: int) -> int:
    """The largest n within `room` that keeps the forecast within what is allowed."""
    if allowed == 0.0:
        return max(0, min(room, s.free_agents - s.ringing - s.waiting))  # whoever answers, somebody is free
    agents = _binomial(s.busy_agents, soon)
    most = s.ringing + room
    people = np.arange(s.waiting, s.waiting + most + 1, dtype=np.float64)
    ready = s.free_agents + np.arange(len(agents), dtype=np.float64)
    too_many = np.maximum(people[:, None] - ready[None, :], 0.0) @ agents  # expected without an agent, by answers
    answers = np.zeros(most + 1)
    answers[: s.ringing + 1] = _binomial(s.ringing, s.p_answer)
    for n in range(room + 1):
        if n:
            answers[1:] = answers[1:] * (1 - s.p_answer) + answers[:-1] * s.p_answer
            answers[0] *= 1 - s.p_answer
        lost, met = float(answers @ too_many), float(answers @ people)
        if lost > allowed * met + _EXACT:
            return max(0, n - 1)
    return room


def _binomial(count: int, p: float) -> _Floats:
    """The distribution of successes of `count` trials."""
    found: _Floats = np.zeros(count + 1)
    found[0] = 1.0
    for _ in range(count):
        found[1:] = found[1:] * (1 - p) + found[:-1] * p
        found[0] *= 1 - p
    return found

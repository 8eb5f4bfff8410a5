"""How many calls to place now. Progressive and simple: never more robot legs than lines, and no more talks that may turn
warm than there are people to take them.

A three-stage call needs a person only if the robot finds interest, and only after the robot's talk; the customer may be
held `hold_s`. So the expected number of warm calls in flight may reach the agents that are free or will soon be:

    calls <= (free + soon_free) / p_warm

Customers who find nobody in time get a callback, so the law errs towards dialling when no agent is signed in at all:
then every warm customer is booked, which is a choice the campaign must have made (`without_agents`).
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What a pacer sees. Counts of calls and people; `p_warm` 0..1 is the share of answered calls that want a person.

    For calls that agents take at once: `ringing` and `waiting` (answered, no agent yet) are the campaign's, `busy_agents` talk
    or wrap up; `p_answer` of a dial, mean `ring_s` until the answer, mean `busy_s` of an agent with a call; `answered` and
    `abandoned` are the campaign's of 30 days, `target` the share of them that may be abandoned.
    """

    in_flight: int
    lines: int
    free_agents: int
    soon_free_agents: int
    p_warm: float
    without_agents: bool = False
    ringing: int = 0
    waiting: int = 0
    busy_agents: int = 0
    p_answer: float = 0.3
    ring_s: float = 10.0
    busy_s: float = 120.0
    answered: int = 0
    abandoned: int = 0
    target: float = 0.03


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """`dial` now so many calls; `because` is the sentence of it in English; `limit` names what bound it.

    `law` and its `figures` are the same for who words it otherwise: counts of calls and people, shares 0..1 under names that
    end in `_share`, seconds under names that end in `_s`.
    """

    dial: int
    because: str
    limit: str
    law: str = ""
    figures: Mapping[str, float] = field(default_factory=dict)


Law = Callable[[Situation], Decision]


def progressive(situation: Situation) -> Decision:
    """How many calls to place at this tick."""
    s = situation
    people = s.free_agents + s.soon_free_agents
    by_people = math.floor(people / max(s.p_warm, 0.05))
    wanted = s.lines if s.without_agents and people == 0 else by_people
    dial = max(0, min(wanted, s.lines) - s.in_flight)
    limit = "lines" if wanted >= s.lines else "agents"
    because = (
        f"{s.free_agents} free + {s.soon_free_agents} soon free, {s.p_warm:.2f} of calls turn warm: {wanted} calls wanted; "
        f"{s.in_flight} in flight, {s.lines} lines: dial {dial}"
    )
    figures = {
        "free": s.free_agents,
        "soon": s.soon_free_agents,
        "warm_share": s.p_warm,
        "wanted": wanted,
        "in_flight": s.in_flight,
        "lines": s.lines,
    }
    return Decision(dial=dial, because=because, limit=limit, law="progressive", figures=figures)


def all_lines(situation: Situation) -> Decision:
    """As many calls as there are lines: nobody waits for an agent in them."""
    s = situation
    dial = max(0, s.lines - s.in_flight)
    because = f"no agents needed; {s.in_flight} in flight, {s.lines} lines: dial {dial}"
    figures = {"in_flight": s.in_flight, "lines": s.lines}
    return Decision(dial=dial, because=because, limit="lines", law="all_lines", figures=figures)

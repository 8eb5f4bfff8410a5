"""Where a call to us goes: to the robot, or through the robot's hello to a queue. Pure, the first rule that fits decides.

The rules are an inbound campaign's options, JSON:

    {"called": "+12025550199",
     "routes": [{"to": "queue", "queue": "sales", "last": ["handed_over", "callback_booked"], "within_days": 14},
                {"to": "robot"}]}

`called` is the number of ours that the campaign answers; without it, any that no other campaign answers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from dialer.call import Outcome
from handoff.agents import DEFAULT_QUEUE
from kernel.errors import JingyinError

_KEYS: Final = ("to", "queue", "known", "last", "within_days")


class InboundRulesInvalid(JingyinError):
    """An inbound campaign's options do not say where calls go."""

    code = "dialer.inbound_rules_invalid"


class To(StrEnum):
    """Who takes the call."""

    ROBOT = "robot"
    QUEUE = "queue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """What is known of who calls: whether we had them before, what our last call with them came to, and how long ago."""

    known: bool
    last: str | None = None
    since: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Fits when all that it says holds; what it does not say (None, empty) always does."""

    to: To
    queue: str = DEFAULT_QUEUE
    known: bool | None = None
    last: frozenset[str] = frozenset()
    within: timedelta | None = None

    def fits(self, caller: Caller) -> bool:
        """Whether it is for this caller."""
        if self.known is not None and self.known != caller.known:
            return False
        if self.last and caller.last not in self.last:
            return False
        return self.within is None or (caller.since is not None and caller.since <= self.within)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The decision, and the rule that made it."""

    to: To
    queue: str
    because: str


def route(rules: Sequence[Rule], caller: Caller) -> Route:
    """Where the call goes; to the robot where no rule fits."""
    for number, rule in enumerate(rules, start=1):
        if rule.fits(caller):
            return Route(to=rule.to, queue=rule.queue, because=f"route {number}")
    return Route(to=To.ROBOT, queue=DEFAULT_QUEUE, because="no route fits")


def read_rules(options: Mapping[str, object], where: str) -> tuple[Rule, ...]:
    """The rules in a campaign's options; `where` names the campaign.

    Raises:
        InboundRulesInvalid: a rule is wrong, with its number.
    """
    routes = options.get("routes", [])
    if not isinstance(routes, list):
        raise InboundRulesInvalid("routes is no list", where=where, remedy='Write [{"to": "robot"}].')
    return tuple(_rule(one, f"{where}: route {number}") for number, one in enumerate(routes, start=1))


def _rule(one: Any, where: str) -> Rule:  # Any: JSON
    if not isinstance(one, dict) or one.get("to") not in tuple(To):
        raise InboundRulesInvalid("it does not say where to", where=where, remedy='"to" is "robot" or "queue".')
    unknown = sorted(set(one) - set(_KEYS))
    if unknown:
        raise InboundRulesInvalid(f"unknown key {unknown[0]!r}", where=where, remedy=f"Known: {', '.join(_KEYS)}.")
    last, days = one.get("last", []), one.get("within_days")
    wrong = [word for word in last if word not in tuple(Outcome)] if isinstance(last, list) else [last]
    if wrong:
        raise InboundRulesInvalid(
            f"'last' names {wrong[0]!r}", where=where, remedy=f"A list of outcomes: {', '.join(Outcome)}."
        )
    if days is not None and (not isinstance(days, int | float) or isinstance(days, bool) or days <= 0):
        raise InboundRulesInvalid(f"'within_days' is {days!r}", where=where, remedy="A number of days above 0.")
    if not isinstance(one.get("known", True), bool):
        raise InboundRulesInvalid(f"'known' is {one['known']!r}", where=where, remedy="true or false.")
    return Rule(
        to=To(one["to"]),
        queue=str(one.get("queue", DEFAULT_QUEUE)),
        known=one.get("known"),
        last=frozenset(last),
        within=None if days is None else timedelta(days=days),
    )

"""Rules and stories as memory: the history of a conversation is a row of tokens, and what followed it is looked up.

A rule applies wherever the end of the history equals the rule's steps so far and its conditions hold (Rasa's RulePolicy: a
rule may begin anywhere). A story is remembered with forgetting (Rasa's AugmentedMemoizationPolicy): the longest end of the
history that stands in a story before an action decides; ends that stand before different actions decide nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.rasa_files import Path_, Step

LISTEN: Final = "action_listen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The next action and who chose it."""

    action: str
    because: str


def story_tokens(steps: Sequence[Step]) -> list[str]:
    """Steps as a history has them: slots are left out (stories and histories agree on intents and actions)."""
    return [step.token for step in steps if step.kind != "slot"]


class RulePolicy:
    """Decides where a rule applies. A rule whose steps are over listens."""

    def __init__(self, rules: Sequence[Path_]) -> None:
        self._rules = [
            (rule.name, tuple(story_tokens(rule.steps)), rule.conditions)
            for rule in sorted(rules, key=lambda rule: len(rule.conditions), reverse=True)
        ]

    def choose(self, history: Sequence[str], holds: Callable[[Step], bool], following: str = "") -> Choice | None:
        """The next action; the longest match first, then the rule with more conditions. Conditions are asked when a rule
        begins; the one being followed (by its `because`) goes on although its own actions changed a slot."""
        best: tuple[int, Choice] | None = None
        for name, steps, conditions in self._rules:
            for count in range(len(steps), 0, -1):
                if best is not None and count <= best[0]:
                    break
                if count < len(steps) and not steps[count].startswith("action:"):
                    continue
                because = f"rule: {name}"
                if tuple(history[-count:]) == steps[:count] and (
                    because == following or all(holds(step) for step in conditions)
                ):
                    action = steps[count].removeprefix("action:") if count < len(steps) else LISTEN
                    best = (count, Choice(action=action, because=because))
                    break
        return best[1] if best else None


class MemoizationPolicy:
    """Decides where a story was there before."""

    def __init__(self, stories: Sequence[Path_], *, max_history: int = 8) -> None:
        self._max_history = max_history
        found: defaultdict[tuple[str, ...], dict[str, str]] = defaultdict(dict)
        for story in stories:
            tokens = story_tokens(story.steps)
            for at in range(1, len(tokens) + 1):
                acts = at < len(tokens) and tokens[at].startswith("action:")
                action = tokens[at].removeprefix("action:") if acts else LISTEN
                for count in range(1, min(at, max_history) + 1):
                    found[tuple(tokens[at - count : at])].setdefault(action, story.name)
        self._memory: Mapping[tuple[str, ...], dict[str, str]] = dict(found)

    def choose(self, history: Sequence[str]) -> Choice | None:
        """The next action by the longest known end of the history of at least two steps; None when unknown or unclear."""
        for count in range(min(len(history), self._max_history), 1, -1):
            actions = self._memory.get(tuple(history[-count:]))
            if actions is None:
                continue
            if len(actions) > 1:
                return None
            [(action, story)] = actions.items()
            return Choice(action=action, because=f"story: {story}")
        return None

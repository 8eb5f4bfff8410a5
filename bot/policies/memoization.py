"""`jingyin.MemoizationPolicy`: does what a story did after the same steps.

With forgetting, as Rasa's AugmentedMemoizationPolicy: the longest end of the history that stands before an action in some
story decides. Ends of one step say too little; ends that stand before different actions decide nothing.
"""

from collections import defaultdict
from collections.abc import Sequence

from bot.policies.choice import Choice, Holds, Track
from bot.rasa.project import Step, Story

_LEAST: int = 2


class MemoizationPolicy:
    """Decides where a story was before. `max_history`: the most steps looked back."""

    def __init__(self, stories: Sequence[Story], *, max_history: int) -> None:
        self._max_history = max_history
        memory: defaultdict[tuple[str, ...], list[tuple[str, tuple[Step, ...], str]]] = defaultdict(list)
        for story in stories:
            track = Track.of(story.steps)
            for at in range(1, len(track.tokens) + 1):
                action = track.action_at(at)
                for count in range(_LEAST, min(at, max_history) + 1):
                    if action is not None:
                        end = track.tokens[at - count : at]
                        memory[end].append((action, track.guards[at], f"story: {story.name}"))
        self._memory = dict(memory)

    def choose(self, history: Sequence[str], holds: Holds) -> Choice | None:
        """The next action; None when unknown or unclear. Of stories whose slots hold here, those with more decide."""
        for count in range(min(len(history), self._max_history), _LEAST - 1, -1):
            known = [
                entry
                for entry in self._memory.get(tuple(history[-count:]), ())
                if all(holds(step) for step in entry[1])
            ]
            most = max((len(guards) for _, guards, _ in known), default=0)
            choices = {action: because for action, guards, because in known if len(guards) == most}
            if len(choices) > 1:
                return None
            if choices:
                [(action, because)] = choices.items()
                return Choice(action=action, because=because)
        return None

"""`jingyin.RulePolicy`: a rule applies wherever the end of the history equals its steps so far and its conditions hold.

As Rasa's RulePolicy: a rule may begin anywhere (unless it says `conversation_start: true`) and comes before any story. Of
several the longest match decides, then the one with more conditions.
"""

from collections.abc import Sequence

from bot.policies.choice import LISTEN, Choice, Holds, Track
from bot.rasa.project import Story


class RulePolicy:
    """Decides where a rule applies. A rule whose steps are over listens (unless `wait_for_user_input: false`)."""

    def __init__(self, rules: Sequence[Story]) -> None:
        ordered = sorted(rules, key=lambda rule: len(rule.conditions), reverse=True)
        self._rules = [(rule, Track.of(rule.steps)) for rule in ordered]

    def choose(self, history: Sequence[str], holds: Holds, following: str = "") -> Choice | None:
        """The next action, or None. Conditions are asked when a rule begins; the rule that is being followed (named as a
        choice's `because`) goes on although its own actions changed a slot."""
        best: Choice | None = None
        longest = 0
        for rule, track in self._rules:
            because = f"rule: {rule.name}"
            for count in range(min(len(track.tokens), len(history)), longest, -1):
                action = track.action_at(count)
                if action is None or tuple(history[-count:]) != track.tokens[:count]:
                    continue
                if rule.conversation_start and count != len(history):
                    continue
                begun = because == following or all(holds(step) for step in rule.conditions)
                if not begun or not all(holds(step) for step in track.guards[count]):
                    continue
                if action == LISTEN and count == len(track.tokens) and not rule.wait_for_user_input:
                    continue
                best, longest = Choice(action=action, because=because), count
                break
        return best

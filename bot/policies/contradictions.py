"""Stories that say other than a rule: refused at loading, because the rule would win and the story never be followed."""

from collections.abc import Iterator, Sequence

from bot.policies.choice import Track
from bot.policies.rules import RulePolicy
from bot.rasa.project import Story


def contradictions(stories: Sequence[Story], rules: Sequence[Story]) -> Iterator[str]:
    """A problem for each action of a story where a rule without conditions chooses another."""
    policy = RulePolicy([rule for rule in rules if not rule.conditions])
    for story in stories:
        track = Track.of(story.steps)
        following = ""
        for at in range(1, len(track.tokens)):
            wanted = track.action_at(at)
            choice = policy.choose(track.tokens[:at], lambda step: False, following)
            following = choice.because if choice else ""
            if choice is not None and wanted is not None and choice.action != wanted:
                yield (
                    f"{story.place}: story {story.name!r} has {wanted!r} after {track.tokens[at - 1]!r}, "
                    f"{choice.because!r} has {choice.action!r}: change one of them, or give the rule a condition"
                )

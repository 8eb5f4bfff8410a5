"""What a policy answers, and a story made ready for matching."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.rasa.project import Step, StepKind

LISTEN: Final = "action_listen"
Holds = Callable[[Step], bool]  # whether a condition (slot_was_set, active_loop) holds now


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The next action and who chose it ("rule: ...", "story: ...")."""

    action: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """A story as histories have it: `tokens` of intents, actions and loops; `guards[i]` are the slot steps that stand
    before token i (one more than tokens: those at the end)."""

    tokens: tuple[str, ...]
    guards: tuple[tuple[Step, ...], ...]

    @classmethod
    def of(cls, steps: Sequence[Step]) -> "Track":
        """From the steps of a story or rule."""
        tokens: list[str] = []
        guards: list[tuple[Step, ...]] = [()]
        for step in steps:
            if step.kind is StepKind.SLOT:
                guards[-1] = (*guards[-1], step)
            else:
                tokens.append(step.token)
                guards.append(())
        return cls(tokens=tuple(tokens), guards=tuple(guards))

    def action_at(self, index: int) -> str | None:
        """The action at a token; listening where the robot waits (at an intent, and at the end); None at a loop."""
        if index >= len(self.tokens) or self.tokens[index].startswith("intent:"):
            return LISTEN
        kind, _, name = self.tokens[index].partition(":")
        return name if kind == StepKind.ACTION else None

"""Runs a project's test stories (Rasa's tests/test_*.yml): what the customer says or does, and what the robot must do then.

A `user:` step is said as text, so that understanding is tested too; an `EXTERNAL_` intent stands for what happens (answered,
silent, nobody_free, hold, time_up, key_N); `slot_was_set: pitched: false` that what the robot says was broken off before its
pitch was heard. A conversation that begins with none of OPENINGS begins after EXTERNAL_answered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from bot.assistant import Assistant
from bot.dialogue import ANSWERED, Dialogue
from bot.events import CustomerSaid, CustomerSilent, Event, HandoverFailed, HoldTick, KeyPressed, PromptsCut, TimeIsUp
from bot.policies.choice import LISTEN
from bot.rasa.project import Step, StepKind, Story
from bot.rasa.stories import NO_LOOP

# we called, or they, for whom; or an agent took them and was lost
OPENINGS: Final = (
    ANSWERED,
    "EXTERNAL_called",
    "EXTERNAL_called_queue",
    "EXTERNAL_agent_lost",
    "EXTERNAL_agent_calls_back",
)
GAVE_UP: Final = "EXTERNAL_gave_up"  # follows from silence or words not understood; nothing to play
_CALLED_AT: Final = datetime(2026, 6, 3, 11, 30, tzinfo=UTC)  # a Wednesday
_HAPPENS: Final[dict[str, Event]] = {
    "EXTERNAL_silent": CustomerSilent(),
    "EXTERNAL_nobody_free": HandoverFailed(),
    "EXTERNAL_hold": HoldTick(),
    "EXTERNAL_time_up": TimeIsUp(),
}
_CUT: Final = ("pitched", False)
_KEY: Final = "EXTERNAL_key_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """`problems` are empty when the story went as written; `chosen` are the rules and stories that were followed."""

    name: str
    problems: tuple[str, ...]
    chosen: tuple[str, ...]


def rehearse(assistant: Assistant, story: Story) -> Rehearsed:
    """Play one test story."""
    first = story.steps[0].name
    dialogue = Dialogue(assistant, called_at=_CALLED_AT, opening=first if first in OPENINGS else ANSWERED)
    problems: list[str] = []
    if first not in OPENINGS:
        dialogue.start()
    for step, expected in _turns(story.steps):
        if step.kind is StepKind.SLOT:
            dialogue.on(PromptsCut(heard=()))
            continue
        before = len(dialogue.history)
        _play(dialogue, step)
        done = list(dialogue.history[before + 1 :])
        heard = f"intent:{dialogue.outcome().intents[-1]}" if step.text else step.token
        where = f"{story.place}: {story.name!r}, at {step.text or step.name!r}"
        if heard != step.token:
            problems.append(f"{where}: understood {heard!r}, wanted {step.token!r}")
        if done != expected:
            problems.append(f"{where}: did {_shown(done)}, wanted {_shown(expected)}")
            break
    return Rehearsed(name=story.name, problems=tuple(problems), chosen=dialogue.chosen)


def _turns(steps: Sequence[Step]) -> list[tuple[Step, list[str]]]:
    """Each step of the customer with the tokens that must follow it."""
    turns: list[tuple[Step, list[str]]] = []
    for step in steps:
        happens = step.kind is StepKind.INTENT and step.name != GAVE_UP
        if happens or (step.kind is StepKind.SLOT and (step.name, step.value) == _CUT):
            turns.append((step, []))
        elif step.kind is not StepKind.SLOT and step.name != LISTEN and turns:
            turns[-1][1].append(step.token)
    return turns


def _play(dialogue: Dialogue, step: Step) -> None:
    if step.text:
        dialogue.on(CustomerSaid(text=step.text))
    elif step.name in OPENINGS:
        dialogue.start()
    elif step.name.startswith(_KEY):
        dialogue.on(KeyPressed(digit=step.name.removeprefix(_KEY)))
    else:
        dialogue.on(_HAPPENS[step.name])


def _shown(tokens: Sequence[str]) -> str:
    return ", ".join(tokens).replace(f"loop:{NO_LOOP}", "loop ends") or "nothing"

"""What the law wants said and the customer interrupted: kept until it is said, before anything is offered or told of them.

An answer goes first, it must not wait; the pitch and its question come after what is owed. Nothing is owed any more to
who takes their leave, or wants no more calls: that is confirmed, and the call ends.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from bot.events import Action, Say
from speech.player import Heard, Spoken
from speech.prompt import Move, Prompt

_AFTER_THE_LAWS: Final = frozenset({Move.NOTICE, Move.PITCH, Move.ASK_INTEREST})


def the_laws(actions: Iterable[Action]) -> list[Action]:
    """The same without the words that the law does not want said."""
    found: list[Action] = []
    for action in actions:
        if isinstance(action, Say):
            kept = tuple(prompt for prompt in action.prompts if prompt.must_be_heard)
            found += [replace(action, prompts=kept)] if kept else []
        else:
            found.append(action)
    return found


class Owed:
    """The remainders of what must be heard, in the order in which they were to be said."""

    def __init__(self) -> None:
        self._rest: list[Spoken] = []

    def unsaid(self, prompts: Iterable[Prompt]) -> None:
        """These were to be said and were not."""
        self._rest += [Spoken(prompt=prompt) for prompt in prompts if prompt.must_be_heard]

    def heard(self, heard: Iterable[Heard]) -> None:
        """An utterance is over: what is left of it."""
        self._rest += [
            Spoken(prompt=one.prompt, skip_s=one.heard_s)
            for one in heard
            if one.prompt.must_be_heard and not one.complete and one.length_s
        ]

    def with_these(self, prompts: Sequence[Prompt], *, last: bool) -> list[Spoken]:
        """What is said now, with what is owed in its place. `last`: the call ends with it."""
        spoken = [Spoken(prompt=prompt) for prompt in prompts]
        if last and Move.CONFIRM_CALLBACK not in prompts[0].moves:
            return spoken  # kept: they may break the goodbye off and go on
        owed, self._rest = self._rest, []
        said = {prompt.key for prompt in prompts}
        at = 0 if _AFTER_THE_LAWS & set(prompts[0].moves) else 1
        spoken[at:at] = [replace(one) for one in owed if one.prompt.key not in said]
        return spoken

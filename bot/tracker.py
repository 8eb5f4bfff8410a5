"""What is remembered of one conversation. Plain data: a copy is independent and cheap, so "what if" can be asked."""

import copy
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Final

from bot.outcome import Evidence


@dataclass(slots=True, kw_only=True)
class Tracker:
    """The state of a conversation.

    `history` are tokens (`intent:affirm`, `action:utter_pitch`, `loop:callback_form`); `question` the responses of the last
    utterance (`cut`: those that were heard of it); `pitch_cut`: the pitch was the last time said not to its end; `form` the form that is asking, `requested` the slot it asks for, `asked` how often it did; `times` the
    moments of slots that hold a spoken time, `said` the words they were told by; `misses` turns in a row without an answer; `chosen` who chose each action.
    """

    history: list[str] = field(default_factory=list)
    slots: dict[str, object] = field(default_factory=dict)
    times: dict[str, datetime] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    chosen: list[str] = field(default_factory=list)
    question: list[str] = field(default_factory=list)
    wordings: dict[str, int] = field(default_factory=dict)
    intents: list[str] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    form: str | None = None
    requested: str | None = None
    asked: int = 0
    cut: bool = False
    pitch_cut: bool = False
    misses: int = 0
    turns: int = 0
    utterances: int = 0
    text: str = ""
    opted_out: bool = False
    callback_at: datetime | None = None

    def copy(self) -> "Tracker":
        """An independent copy: lists and dictionaries are copied, their values are immutable."""
        other = copy.copy(self)
        for name in _CONTAINERS:
            setattr(other, name, getattr(self, name).copy())
        return other

    def forget_last(self, token: str) -> None:
        """Take the last such token out of the history: it did not happen after all."""
        for at in range(len(self.history) - 1, -1, -1):
            if self.history[at] == token:
                del self.history[at]
                return


_CONTAINERS: Final = tuple(one.name for one in fields(Tracker) if one.default_factory in (list, dict))

"""What a simulated customer does, decided purely: what was heard and the time in, lines with their times out.

The first entry that fits and is not used up answers. An entry with `interrupt_after_s` answers while the prompt plays, the
others when its last sample has been played. Nothing fits: they are silent. Once they were told to hold the line, speech
that comes without a move is the agent: they answer with a few ordinary words and let the agent end the call. So it is where
nothing they heard ever had a move: nobody but an agent has spoken.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from simulation.personas import Ending, Entry, Kind, Persona
from speech.prompt import Move

_TO_AGENTS: Final = {
    "en": ("yes", "okay", "that is fine", "sure", "yes that is right", "okay thank you"),
    "zh": ("对", "好的", "可以", "嗯", "是的", "好的谢谢"),
}
_AGENT_PAUSE_S: Final = 0.9
_SURE_S: Final = 0.4
_CUT_AFTER_S: Final = 0.7  # longer than the robot waits for words before it goes on
_NEVER: Final = float("inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Something to do at `at_s` (seconds since the answer): say, press a key, hang up."""

    at_s: float
    say: str = ""
    press: str = ""
    kind: Kind = Kind.SPEECH
    hang_up: Ending = Ending.NONE


class Script:
    """One call of one persona. Times are seconds since the answer; `draw` is the call's own randomness."""

    def __init__(self, persona: Persona, draw: random.Random) -> None:
        self._persona = persona
        self._draw = draw
        self._used = [0] * len(persona.entries)
        self._next: Line | None = None
        self._holding = True  # until a robot is heard: then only once it asked them to hold the line
        self._robot_heard = False
        self._prompt_since_s: float | None = None  # a prompt is being heard since then
        self._bridged = False
        self._marked_until_s = 0.0  # robot speech with a move lasts until about here
        self._last_sound_s = 0.0
        self._agent_spoke_s = 0.0
        self._agent_since_s: float | None = None
        self._unmarked_s = self._unmarked_since_s = -1.0  # latest sound without a move, and since when it lasts

    @property
    def bridged(self) -> bool:
        """An agent was heard."""
        return self._bridged

    def answered(self) -> None:
        """The call was answered, time 0."""
        if self._persona.hello:
            at_s = self._draw.uniform(*self._persona.defaults.hello_after_s)
            self._next = Line(at_s=at_s, say=self._draw.choice(self._persona.hello))

    def prompt_started(self, moves: Sequence[Move], at_s: float) -> None:
        """A prompt began to be heard."""
        self._marked_until_s = _NEVER
        self._prompt_since_s = at_s
        self._holding = Move.HOLD_LINE in moves or (self._holding and self._robot_heard)
        self._robot_heard = True
        if self._next is None:
            entry = self._fitting(moves, interrupting=True)
            if entry is not None:
                self._next = self._line(entry, at_s + (entry.interrupt_after_s or 0.0))

    def prompt_ended(self, moves: Sequence[Move], at_s: float) -> None:
        """The last sample of an utterance was heard."""
        self._prompt_since_s = None
        self._marked_until_s = at_s + 0.3
        self._last_sound_s = at_s
        if self._next is None and not self._bridged:
            entry = self._fitting(moves, interrupting=False)
            if entry is not None:
                self._next = self._line(entry, at_s + self._draw.uniform(*self._persona.defaults.react_s))

    def sound(self, at_s: float, *, loud: bool) -> None:
        """Every 20 ms: whether anybody is heard."""
        if not loud:
            quiet_since_s = max(self._last_sound_s, self._prompt_since_s or 0.0)
            if self._prompt_since_s is not None and at_s - quiet_since_s >= _CUT_AFTER_S:
                self.prompt_cut(at_s)
            if self._agent_since_s is not None and at_s - self._agent_spoke_s >= _AGENT_PAUSE_S and self._next is None:
                self._agent_since_s = None
                self._next = Line(
                    at_s=at_s + self._draw.uniform(0.1, 0.4), say=self._draw.choice(_TO_AGENTS[self._persona.lang])
                )
            return
        self._last_sound_s = max(self._last_sound_s, at_s)  # their own line may last longer
        if self._holding and at_s > self._marked_until_s:
            if at_s - self._unmarked_s > 0.1:
                self._unmarked_since_s = at_s
            self._unmarked_s = at_s
            if at_s - self._unmarked_since_s < _SURE_S and not self._bridged:
                return  # a prompt's mark comes a moment after its first sound
            self._bridged = True
            self._agent_spoke_s = at_s
            if self._agent_since_s is None:
                self._agent_since_s = at_s

    def prompt_cut(self, at_s: float) -> None:
        """The robot fell silent in mid-prompt: it was interrupted, or an agent took the call."""
        self._prompt_since_s = None
        self._marked_until_s = at_s + 0.3

    def due(self, now_s: float) -> Line | None:
        """What is to be done now, once."""
        if self._next is not None and now_s >= self._next.at_s:
            line, self._next = self._next, None
            return line
        if not self._bridged and self._next is None and now_s - self._last_sound_s >= self._persona.defaults.patience_s:
            return Line(at_s=now_s, hang_up=Ending.AFTER)
        return None

    def spoke(self, until_s: float) -> None:
        """Their own line was said until then: patience begins anew."""
        self._last_sound_s = max(self._last_sound_s, until_s)

    def _fitting(self, moves: Sequence[Move], *, interrupting: bool) -> Entry | None:
        for number, entry in enumerate(self._persona.entries):
            fits = entry.on is None or bool(entry.on & set(moves))
            if fits and self._used[number] < entry.times and (entry.interrupt_after_s is not None) == interrupting:
                self._used[number] += 1
                return entry
        return None

    def _line(self, entry: Entry, at_s: float) -> Line:
        say = self._draw.choice(entry.say) if entry.say else ""
        return Line(at_s=at_s, say=say, press=entry.press, kind=entry.kind, hang_up=entry.hang_up)

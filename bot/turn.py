"""One turn of a call as the journal keeps it."""

from dataclasses import dataclass
from enum import StrEnum


class Speaker(StrEnum):
    """Who spoke. "Agent" is always a person; the machine is the robot."""

    CUSTOMER = "customer"
    ROBOT = "robot"
    AGENT = "agent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Times in ms since the answer: of the customer by received audio, of the robot by sent audio.

    `kind`: how it stood to the other's speech (speech, interrupts, continues, backchannel, hello, key; of the robot:
    prompt, or resumed). `because`: the rule, story or policy that chose a robot turn. `heard_s`: what was really played.
    """

    speaker: Speaker
    kind: str
    text: str
    start_ms: int
    end_ms: int
    decided_ms: int | None = None
    intent: str = ""
    confidence: float | None = None
    because: str = ""
    heard_s: float | None = None

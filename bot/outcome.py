"""What a robot leg found out."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Grade(StrEnum):
    """Interest. A will buy or asks for a person, B interested or asks, C call later, D no answer got, E refuses, F never
    call again."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"
    F = "F"


class Ended(StrEnum):
    """How the robot's part ended."""

    HANDED_OVER = "handed_over"
    HUNG_UP = "hung_up"  # the robot said goodbye
    CUSTOMER_LEFT = "customer_left"
    MACHINE = "machine"  # a voicemail box


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Why a grade: the customer's words and what they were taken for."""

    text: str
    intent: str
    means: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotOutcome:
    """`summary` is up to three lines for a person to read; `slots` what was learnt; `spoke` whether the customer said
    anything understood; `repeated` whether they asked to hear it again, having heard it; `reason` of the end, as the dialogue names it."""

    grade: Grade
    evidence: tuple[Evidence, ...]
    intents: tuple[str, ...]
    slots: tuple[tuple[str, str], ...]
    summary: tuple[str, ...]
    ended: Ended
    reason: str
    opted_out: bool
    repeated: bool
    callback_at: datetime | None
    spoke: bool

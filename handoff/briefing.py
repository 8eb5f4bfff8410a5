"""What an agent is shown before they say hello."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One turn of the robot's talk; `at_s` seconds since the answer."""

    who: str
    text: str
    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Briefing:
    """A summary of at most three lines, the grade with the words that prove it, and the last turns. The number is masked.
    `earlier` is what happened with the customer before, a line each, oldest first."""

    call_id: str
    campaign: str
    customer_name: str
    masked_number: str
    grade: str
    summary: tuple[str, ...]
    evidence: tuple[str, ...]
    slots: tuple[tuple[str, str], ...]
    transcript: tuple[Said, ...]
    earlier: tuple[str, ...] = ()

"""What an agent is shown before they say hello."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One turn of the robot's talk; `at_s` seconds since the answer."""

    who: str
    text: str
    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One thing that happened before, in codes for the agent's own language. `kind` is the timeline's; of a call: its mode,
    what it came to, the grade, and the first line of its summary; of an agent's wrap-up: the outcome; of a note: its text."""

    at: datetime
    kind: str
    mode: str = ""
    result: str = ""
    grade: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Briefing:
    """A summary of at most three lines in the language of the robot's talk (none: nobody of ours has spoken yet), the grade
    with the words that prove it, and the last turns. The number is masked. `earlier` is what happened with the customer
    before, oldest first; `put_through_by` the colleague who had them until now."""

    call_id: str
    campaign: str
    customer_name: str
    masked_number: str
    grade: str
    summary: tuple[str, ...]
    evidence: tuple[str, ...]
    slots: tuple[tuple[str, str], ...]
    transcript: tuple[Said, ...]
    earlier: tuple[Past, ...] = ()
    put_through_by: str = ""

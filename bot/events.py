"""What a dialogue is told, and what it wants done. The dialogue itself is pure: these in, those out."""

from dataclasses import dataclass
from datetime import datetime

from speech.endpointing import Expectation
from speech.prompt import Prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerSaid:
    """A turn of the customer; empty `text`: they spoke, but no word was understood. `confidence` of recognition, 0..1;
    `known`: the share of its words that the recogniser has in its vocabulary, 0..1."""

    text: str
    confidence: float = 1.0
    known: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptsCut:
    """The last utterance was stopped: `heard` are the keys of its prompts that were heard, at least for the most part."""

    heard: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPressed:
    """A key of the telephone."""

    digit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerSilent:
    """The expectation's patience passed without a word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingLost:
    """The recogniser died while the customer spoke."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverAccepted:
    """An agent takes the call now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverFailed:
    """No agent in time."""

    reason: str = "nobody_free"


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldTick:
    """The customer still waits for an agent, and it is time to say something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeIsUp:
    """The call has lasted as long as a call may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerLeft:
    """The customer hung up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineAnswered:
    """A voicemail box."""


Event = (
    CustomerSaid
    | PromptsCut
    | KeyPressed
    | CustomerSilent
    | HearingLost
    | HandoverAccepted
    | HandoverFailed
    | HoldTick
    | TimeIsUp
    | CustomerLeft
    | MachineAnswered
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Say these one after the other, then listen as `expectation` tells. `because` names who chose it."""

    prompts: tuple[Prompt, ...]
    expectation: Expectation
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestHandover:
    """Find an agent for the customer."""

    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawHandover:
    """The customer does not want to wait any more."""

    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BookCallback:
    """Promise a call at `at` (aware)."""

    at: datetime
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawCallback:
    """Take the promise of a call back: the customer does not want it."""

    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OptOut:
    """Never call this person again, from now on. `evidence` are their words."""

    evidence: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HangUp:
    """End the call when everything is said."""

    reason: str
    because: str


Action = Say | RequestHandover | WithdrawHandover | BookCallback | WithdrawCallback | OptOut | HangUp

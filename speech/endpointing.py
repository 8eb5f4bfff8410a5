"""When a customer's turn is over: what the dialogue expects, how complete the words sound, how long it is silent.

The hang-over is chosen by the class of the partial text (FACTS: no fixed hang-over reaches 5 % cut-offs below 640 ms):
words that cannot go on end fast, words that are often continued wait, a broken-off sentence waits longest.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, assert_never

from speech.recognition import Grammar


class Completeness(StrEnum):
    """How finished the words sound. OPEN is complete but often continued: "yes", "okay", a bare day."""

    COMPLETE = "complete"
    OPEN = "open"
    INCOMPLETE = "incomplete"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Hang-over in ms of silence by class, and `silence_s`: how long the customer may say nothing at all."""

    complete_ms: int = 240
    open_ms: int = 720
    incomplete_ms: int = 840
    unknown_ms: int = 480
    silence_s: float = 6.0

    def hang_over_ms(self, completeness: Completeness) -> int:
        """Silence in ms after which a turn of this class is over."""
        match completeness:
            case Completeness.COMPLETE:
                return self.complete_ms
            case Completeness.OPEN:
                return self.open_ms
            case Completeness.INCOMPLETE:
                return self.incomplete_ms
            case Completeness.UNKNOWN:
                return self.unknown_ms
            case _:
                assert_never(completeness)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What the dialogue waits for after a prompt. `name` is for people and the journal."""

    name: str = "anything"
    grammar: Grammar = Grammar.FREE
    interruptible: bool = True
    patience: Patience = field(default_factory=Patience)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known of the customer's turn at one moment. `silence_ms` of leg audio since the last speech."""

    silence_ms: int
    completeness: Completeness


def turn_is_over(evidence: Evidence, expectation: Expectation) -> bool:
    """True when the robot may speak."""
    return evidence.silence_ms >= expectation.patience.hang_over_ms(evidence.completeness)


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """What words mean to the dialogue: `intent` ("" when not understood), `confidence` 0..1. `example`: they are, as they
    are, one of the phrases that customers are known to say, and a whole one. `familiar`: the share of pairs of neighbouring
    words that such phrases have, 0..1: sounds that were no such words give words that do not go together."""

    intent: str
    confidence: float
    completeness: Completeness
    example: bool = False
    familiar: float = 1.0
    backchannel: bool = False  # "uh-huh", "right": shows that they listen, claims no turn


class Understander(Protocol):
    """Lent by the dialogue to the ear. Must be cheap (about 1 ms) and remember: it is asked on every partial."""

    def understand(self, text: str, expectation: Expectation) -> Understanding: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PhraseSet:
    """What a customer of this assistant may say, lower-case words joined by blanks: a recogniser is built for it."""

    lang: str
    name: str
    phrases: tuple[str, ...]

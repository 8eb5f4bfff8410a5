"""Interest, graded from what the customer said, with the words that prove it.

A wants a person or will buy · B interested, or asked · C call later, or undecided · D no answer got · E refused · F never
call again. An opt-out outlives everything. A refusal undoes interest shown before it, not the other way round. An objection
alone is a refusal, the more so when they leave after it.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final

from bot.outcome import Evidence, Grade
from speech.prompt import Move


class Meaning(StrEnum):
    """What a turn says about interest. YES and NO take their meaning from the question (`in_answer_to`)."""

    OPT_OUT = "opt_out"
    WANTS_PERSON = "wants_person"
    INTERESTED = "interested"
    ASKED = "asked"
    CALLBACK = "callback"
    UNDECIDED = "undecided"
    OBJECTED = "objected"
    REFUSED = "refused"
    WRONG_PERSON = "wrong_person"
    LEFT = "left"  # said goodbye
    YES = "yes"
    NO = "no"


# What is never thrown away for the moment at which it is said: under a greeting, over a prompt; over a goodbye also what would
# have kept the talk going; and where a call was promised, what takes that back.
ALWAYS: Final = frozenset({Meaning.OPT_OUT, Meaning.WRONG_PERSON, Meaning.WANTS_PERSON})
WHEN_LEAVING: Final = ALWAYS | {Meaning.INTERESTED, Meaning.CALLBACK}
TAKES_BACK: Final = frozenset({Meaning.NO, Meaning.REFUSED})
REFUSES: Final = TAKES_BACK | {Meaning.OPT_OUT, Meaning.WRONG_PERSON}
_WARM: Final = (Meaning.WANTS_PERSON, Meaning.INTERESTED)
_RANKED: Final = (
    (Meaning.WANTS_PERSON, Grade.A),
    (Meaning.CALLBACK, Grade.C),
    (Meaning.INTERESTED, Grade.B),
    (Meaning.ASKED, Grade.B),
    (Meaning.UNDECIDED, Grade.C),
    (Meaning.OBJECTED, Grade.E),
)


def in_answer_to(means: Meaning, moves: Iterable[Move], *, warm: bool, in_form: bool) -> Meaning | None:
    """What a meaning is as an answer to a question with these moves; None: nothing about interest."""
    asked = set(moves)
    if means is Meaning.YES:
        if Move.OFFER_PERSON in asked:
            return Meaning.WANTS_PERSON
        return Meaning.INTERESTED if Move.ASK_INTEREST in asked else None
    if means is Meaning.NO:
        if Move.OFFER_PERSON in asked or (in_form and warm):
            return None  # no person, or no call: the interest shown stands
        return Meaning.REFUSED if in_form or Move.ASK_INTEREST in asked else None
    if means is Meaning.INTERESTED and Move.OFFER_PERSON in asked:
        return Meaning.WANTS_PERSON
    return means


def since_refusal(evidence: Sequence[Evidence]) -> list[Meaning]:
    """The meanings after the last refusal: what stands now."""
    meanings = [Meaning(one.means) for one in evidence]
    for at in range(len(meanings) - 1, -1, -1):
        if meanings[at] in (Meaning.REFUSED, Meaning.WRONG_PERSON):
            return meanings[at + 1 :]
    return meanings


def is_warm(evidence: Sequence[Evidence]) -> bool:
    """Interested, or wants a person, and has not refused since."""
    return any(means in _WARM for means in since_refusal(evidence))


def grade(evidence: Sequence[Evidence]) -> Grade:
    """The grade of a call from its evidence in the order of the call."""
    meanings = [Meaning(one.means) for one in evidence]
    if Meaning.OPT_OUT in meanings:
        return Grade.F
    standing = [means for means in since_refusal(evidence) if means is not Meaning.LEFT]
    refused = len(since_refusal(evidence)) < len(meanings)
    if meanings[-2:] == [Meaning.OBJECTED, Meaning.LEFT]:
        return Grade.E
    for means, given in _RANKED:
        if means in standing:
            return given
    return Grade.E if refused else Grade.D

"""Interest, graded from what the customer said, with the words that prove it.

A wants a person or accepted one · F never call again · C asked to be called later · B interested or asking · E refused ·
D no answer got. A refusal undoes interest shown before it, not the other way round; an opt-out undoes everything.
"""

from collections.abc import Sequence
from enum import StrEnum

from bot.outcome import Evidence, Grade


class Meaning(StrEnum):
    """What a turn says about interest."""

    OPT_OUT = "opt_out"
    WANTS_PERSON = "wants_person"
    INTERESTED = "interested"
    ASKED = "asked"
    CALLBACK = "callback"
    REFUSED = "refused"


def grade(evidence: Sequence[Evidence]) -> Grade:
    """The grade of a call from its evidence in the order of the call."""
    meanings = [Meaning(one.means) for one in evidence]
    if Meaning.OPT_OUT in meanings:
        return Grade.F
    if Meaning.REFUSED in meanings:
        last = len(meanings) - 1 - meanings[::-1].index(Meaning.REFUSED)
        after = meanings[last + 1 :]
        if not after:
            return Grade.E
        meanings = after
    for meaning, given in (
        (Meaning.WANTS_PERSON, Grade.A),
        (Meaning.CALLBACK, Grade.C),
        (Meaning.INTERESTED, Grade.B),
        (Meaning.ASKED, Grade.B),
    ):
        if meaning in meanings:
            return given
    return Grade.D

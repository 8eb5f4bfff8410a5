"""What words tell about turns in one language, whatever is being sold; words and phrases as `normal` writes them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnWords:
    """`openers` begin an answer and are not the answer, `closers` are politeness after it; after one of `final_closers`
    alone nothing more comes. A sentence that ends in a `dangling` word goes on unless an example ends so; after a `trailing`
    phrase more comes for certain. `backchannels`, said alone, claim no turn while the robot speaks. Questions begin with
    `questions` (`wh_words` may end in any word) or end in `asking_endings`. A sentence with one of the `particles` at its end
    is not broken off. Where there are `nods`, a lone word of no example, or one of them after a word, is a nod misheard:
    recognisers take a hummed syllable for any other.

    A core of at most `short` words is often a beginning only; of `long` words an answer has said it all, also of an open
    intent.
    """

    openers: frozenset[str]
    closers: frozenset[str]
    final_closers: frozenset[str]
    dangling: frozenset[str]
    trailing: frozenset[str]
    backchannels: frozenset[str]
    numbers: frozenset[str]
    questions: frozenset[str] = frozenset()
    wh_words: frozenset[str] = frozenset()
    nods: frozenset[str] = frozenset()
    asking_endings: frozenset[str] = frozenset()
    particles: frozenset[str] = frozenset()
    short: int = 2
    long: int = 5

    def is_nod(self, text: str, *, exact: bool) -> bool:
        """True for a normal text that claims no turn over a prompt. `exact`: it is an example."""
        if text in self.backchannels:
            return True
        words = text.split()
        misheard = len(words) == 1 or (len(words) == 2 and words[-1] in self.nods)
        return bool(self.nods) and misheard and not exact

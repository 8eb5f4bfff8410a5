"""What words tell about turns in one language, whatever is being sold; words and phrases as `normal` writes them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnWords:
    """`openers` begin an answer and are not the answer, `closers` are politeness after it; after one of `final_closers`
    alone nothing more comes. A sentence that ends in a `dangling` word goes on unless an example ends so; after a `trailing`
    phrase more comes for certain. `backchannels`, said alone, claim no turn while the robot speaks. Questions begin with
    `questions` (`wh_words` may end in any word) or end in `asking_endings`. A sentence with one of the `particles` at its end
    is not broken off.

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
    asking_endings: frozenset[str] = frozenset()
    particles: frozenset[str] = frozenset()
    short: int = 2
    long: int = 5

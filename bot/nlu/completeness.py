"""How finished words sound, learnt from the assistant's own examples (FACTS, Turn taking: the class decides the hang-over).

Openers ("okay", "sorry") and politeness ("please") are stripped first; what is left is the core. No core is OPEN. A core
that is an example is COMPLETE, but OPEN when it is short and begins others ("tell me"), or when its intent is often followed
by more ("i am busy" ... "call me later") and it is not long. Only a beginning, or with a dangling last word: INCOMPLETE.
Words that are no example go by how often their last two words end examples, and by how sure their intent is.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Final

from bot.nlu.ngrams import normal
from bot.nlu.words_en import CLOSERS, DANGLING, NUMBERS, OPENERS, QUESTIONS, TRAILING, WH_WORDS
from speech.endpointing import Completeness

_SURE: Final = 0.6  # confidence that makes words of no example final
_ENDS_OFTEN: Final = 0.5  # share of a pair of words that ends its examples
_ENDS_AT_TIMES: Final = 0.25
_ENDS_SELDOM: Final = 0.15
_SHORT: Final = 2  # words: so short a core is often a beginning only
_LONG: Final = 5  # words: so long an answer has said it all, also of an open intent
_GOES_ON_OFTEN: Final = 2  # examples that begin with a short core


def core(words: list[str]) -> list[str]:
    """The words without openers before and politeness after them; empty when there is nothing else."""
    begin, end = 0, len(words)
    while begin < end and words[begin] in OPENERS:
        begin += 1
    stripped = True
    while stripped:
        stripped = False
        for closer in CLOSERS:
            if end - begin >= len(closer) and tuple(words[end - len(closer) : end]) == closer:
                end -= len(closer)
                stripped = True
    return words[begin:end]


class Endings:
    """What the examples of an assistant tell about beginnings and endings. `open_intents` are often followed by more."""

    def __init__(self, examples: Iterable[str], *, open_intents: Collection[str]) -> None:
        self._open_intents = frozenset(open_intents)
        self._whole = {normal(text) for text in examples}
        self._cores = {" ".join(core(text.split())) for text in self._whole} - {""}
        plain = (text.split() for text in self._whole if text.split()[:1] and text.split()[0] not in OPENERS)
        self._plain_cores = {" ".join(core(words)) for words in plain}  # "i do not" is none: "no i do not" is an answer
        self._goes_on: Counter[str] = Counter()
        self._pairs: Counter[tuple[str, str]] = Counter()
        self._last_pairs: Counter[tuple[str, str]] = Counter()
        self._words: Counter[str] = Counter()
        self._lasts: Counter[str] = Counter()
        for words in (text.split() for text in sorted(self._cores)):
            for count in range(1, len(words)):
                self._goes_on[" ".join(words[:count])] += 1
            pairs = list(zip(["<", *words[:-1]], words, strict=True))
            self._pairs.update(pairs)
            self._words.update(words)
            self._last_pairs[pairs[-1]] += 1
            self._lasts[words[-1]] += 1

    def judge(self, text: str, intent: str, confidence: float, *, exact: bool, understood: bool) -> Completeness:
        """The class of a normal text. `exact`: it is an example of `intent`; `understood`: no fallback."""
        words = text.split()
        if not words:
            return Completeness.UNKNOWN
        inner = core(words)
        if words[-1] in TRAILING and text not in self._whole:
            return Completeness.INCOMPLETE
        if not inner or all(word in NUMBERS for word in inner):
            begged = len(words) > 1 and words[-1] == "please"  # "yes please": the answer and its end
            return Completeness.COMPLETE if begged and not inner else Completeness.OPEN  # "no thank you", digits
        key = " ".join(inner)
        cores = self._cores if words[0] in OPENERS else self._plain_cores
        if exact or key in self._whole or (len(inner) > _SHORT and key in cores):
            return self._of_examples(inner, intent)
        asks = inner[0] in QUESTIONS
        wonders = asks and len(inner) > _SHORT and inner[0] in WH_WORDS and inner[-1] not in TRAILING
        if inner[-1] in DANGLING and self._ends(inner, unseen=0.0) < _ENDS_AT_TIMES:
            return Completeness.OPEN if wonders else Completeness.INCOMPLETE
        if self._goes_on[key]:
            known_ending = len(inner) > _SHORT and inner[-1] not in DANGLING and self._ends(inner) >= _ENDS_AT_TIMES
            return Completeness.OPEN if known_ending else Completeness.INCOMPLETE
        if not understood:
            return Completeness.UNKNOWN
        if self._ends(inner) < _ENDS_SELDOM and not wonders:
            return Completeness.INCOMPLETE
        return self._of_others(inner, intent, confidence, asks=asks)

    def _of_examples(self, inner: list[str], intent: str) -> Completeness:
        goes_on = self._goes_on[" ".join(inner)]
        if intent in self._open_intents:
            return Completeness.COMPLETE if len(inner) >= _LONG and not goes_on else Completeness.OPEN
        often = goes_on >= _GOES_ON_OFTEN and (len(inner) <= _SHORT or inner[-1] in DANGLING)
        return Completeness.OPEN if often else Completeness.COMPLETE

    def _of_others(self, inner: list[str], intent: str, confidence: float, *, asks: bool) -> Completeness:
        """Words that are no example nor the beginning of one."""
        ends = asks or self._ends(inner) >= _ENDS_OFTEN
        least = _LONG if intent in self._open_intents else _SHORT + 1
        final = confidence >= _SURE and ends and len(inner) >= least
        return Completeness.COMPLETE if final else Completeness.OPEN

    def _ends(self, inner: list[str], *, unseen: float = _ENDS_OFTEN) -> float:
        """How often the last two words end examples that have them, 0..1; the less often seen, the more goes by the last
        word alone, and `unseen` where no example has that."""
        pair = (inner[-2] if len(inner) > 1 else "<", inner[-1])
        alone = self._words[inner[-1]]
        prior = (self._lasts[inner[-1]] + 2 * unseen) / (alone + 2)
        return (self._last_pairs[pair] + 2 * prior) / (self._pairs[pair] + 2)

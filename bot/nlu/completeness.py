"""How finished words sound, learnt from the assistant's own examples (FACTS, Turn taking: the class decides the hang-over).

Words are those of `normal`: of Chinese, its characters. What no example shows is in the language's table (bot.nlu.turn_words).

Openers ("okay", "sorry") and politeness ("please") are stripped first; what is left is the core. No core is OPEN. A core
that is an example is COMPLETE, but OPEN when it is short and begins others ("tell me"), or when its intent is often followed
by more ("i am busy" ... "call me later") and it is not long. Only a beginning, or with a dangling last word: INCOMPLETE.
Words that are no example go by how often their last two words end examples, and by how sure their intent is.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Final

from bot.nlu.ngrams import normal
from bot.nlu.turn_words import TurnWords
from bot.nlu.words_en import ENGLISH
from speech.endpointing import Completeness

_SURE: Final = 0.6  # confidence that makes words of no example final
_ENDS_OFTEN: Final = 0.5  # share of a pair of words that ends its examples
_ENDS_AT_TIMES: Final = 0.25
_ENDS_SELDOM: Final = 0.15
_LONGEST_PHRASE: Final = 4  # words of an opener or closer
_GOES_ON_OFTEN: Final = 2  # examples that begin with a short core


def core(words: list[str], table: TurnWords = ENGLISH) -> list[str]:
    """The words without openers before and politeness after them; empty when there is nothing else."""
    begin, end = 0, len(words)
    while size := _longest(table.openers, words[begin:end], at_end=False):
        begin += size
    while size := _longest(table.closers, words[begin:end], at_end=True):
        end -= size
    return words[begin:end]


def _longest(phrases: frozenset[str], words: list[str], *, at_end: bool) -> int:
    """How many words the longest of the phrases has that begins, or ends, these words."""
    for size in range(min(len(words), _LONGEST_PHRASE), 0, -1):
        part = words[len(words) - size :] if at_end else words[:size]
        if " ".join(part) in phrases:
            return size
    return 0


class Endings:
    """What the examples of an assistant tell about beginnings and endings. `open_intents` are often followed by more."""

    def __init__(self, examples: Iterable[str], *, open_intents: Collection[str], table: TurnWords = ENGLISH) -> None:
        self._table = table
        self._open_intents = frozenset(open_intents)
        self._whole = {normal(text) for text in examples}
        self._cores = {" ".join(core(text.split(), table)) for text in self._whole} - {""}
        plain = (text.split() for text in self._whole if text and not self._opens(text.split()))
        self._plain_cores = {
            " ".join(core(words, table)) for words in plain
        }  # "i do not" is none: "no i do not" is an answer
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
        judged = self._judge(text, intent, confidence, exact=exact, understood=understood)
        ended = text[-1:] in self._table.particles
        return Completeness.OPEN if judged is Completeness.INCOMPLETE and ended else judged

    def begins_only(self, text: str) -> bool:
        """True for a normal text that is nothing but openers and the beginning of what is not said yet: 那个, "so and"."""
        words = text.split()
        begun = False
        while words:
            size = _longest(self._table.trailing, words, at_end=True)
            begun = begun or size > 0
            if not size and not core(words, self._table):
                return begun
            if not size:
                return False
            words = words[: len(words) - size]
        return begun

    def _judge(self, text: str, intent: str, confidence: float, *, exact: bool, understood: bool) -> Completeness:
        table, words = self._table, text.split()
        if not words:
            return Completeness.UNKNOWN
        inner = core(words, table)
        size = _longest(table.trailing, words, at_end=True)
        polite = bool(inner) and " ".join(words[len(words) - size :]) in table.closers  # "sorry" after what was said
        if size and not polite and text not in self._whole:
            return Completeness.INCOMPLETE
        if not inner or all(word in table.numbers for word in inner):
            begged = len(words) > 1 and words[-1] in table.final_closers  # "yes please": the answer and its end
            return Completeness.COMPLETE if begged and not inner else Completeness.OPEN  # "no thank you", digits
        key = " ".join(inner)
        cores = self._cores if self._opens(words) else self._plain_cores
        if exact or key in self._whole or (len(inner) > table.short and key in cores):
            return self._of_examples(inner, intent)
        asks = inner[0] in table.questions or inner[-1] in table.asking_endings
        wonders = asks and len(inner) > table.short and inner[0] in table.wh_words and inner[-1] not in table.trailing
        if inner[-1] in table.dangling and self._ends(inner, unseen=0.0) < _ENDS_AT_TIMES:
            return Completeness.OPEN if wonders else Completeness.INCOMPLETE
        if self._goes_on[key]:
            lasting = len(inner) > table.short and inner[-1] not in table.dangling
            return Completeness.OPEN if lasting and self._ends(inner) >= _ENDS_AT_TIMES else Completeness.INCOMPLETE
        if not understood:
            return Completeness.UNKNOWN
        if self._ends(inner) < _ENDS_SELDOM and not wonders:
            return Completeness.INCOMPLETE
        return self._of_others(inner, intent, confidence, asks=asks)

    def _opens(self, words: list[str]) -> bool:
        return _longest(self._table.openers, words, at_end=False) > 0

    def _of_examples(self, inner: list[str], intent: str) -> Completeness:
        goes_on = self._goes_on[" ".join(inner)]
        if intent in self._open_intents:
            return Completeness.COMPLETE if len(inner) >= self._table.long and not goes_on else Completeness.OPEN
        often = goes_on >= _GOES_ON_OFTEN and (len(inner) <= self._table.short or inner[-1] in self._table.dangling)
        return Completeness.OPEN if often else Completeness.COMPLETE

    def _of_others(self, inner: list[str], intent: str, confidence: float, *, asks: bool) -> Completeness:
        """Words that are no example nor the beginning of one."""
        ends = asks or self._ends(inner) >= _ENDS_OFTEN
        least = self._table.long if intent in self._open_intents else self._table.short + 1
        final = confidence >= _SURE and ends and len(inner) >= least
        return Completeness.COMPLETE if final else Completeness.OPEN

    def _ends(self, inner: list[str], *, unseen: float = _ENDS_OFTEN) -> float:
        """How often the last two words end examples that have them, 0..1; the less often seen, the more goes by the last
        word alone, and `unseen` where no example has that."""
        pair = (inner[-2] if len(inner) > 1 else "<", inner[-1])
        alone = self._words[inner[-1]]
        prior = (self._lasts[inner[-1]] + 2 * unseen) / (alone + 2)
        return (self._last_pairs[pair] + 2 * prior) / (self._pairs[pair] + 2)

"""Words as numbers: character and word n-grams, weighted by TF-IDF.

Characters are counted inside words with their blanks (as scikit-learn's `char_wb`), so that a confused or half-heard word
still shares most of its grams; words singly and in pairs, the beginning and the end of the text being words too; and the
words after a negation once more as denied, so that "i do not want to talk to a person" is far from its wish. Chinese has
no blanks to count inside of: its character grams run through the sentence, and its words are the characters. Each of the
two families is scaled to length one, so that neither drowns the other. Counts are damped: 1 + ln(n).
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from speech.han import apart, together

Floats = npt.NDArray[np.float64]
_LONGEST: Final = 4  # characters of a gram
_MARKS: Final = re.compile(r"[^\w' -]")
_NEGATIONS: Final = frozenset(("not", "never", "don't", "won't", "别", "不", "没"))
_BEGINNINGS: Final = frozenset(("i", "but", "let", "我", "了"))  # of what is denied no more
_OBJECTS_AFTER: Final = frozenset("帮给把跟和让叫替为")  # 别帮我转: the same word is no beginning here
_REACH: Final = 7  # words after a negation that are marked as denied
_FAMILIES: Final = "cw"


def normal(text: str) -> str:
    """Lower-case words joined by blanks, as recognisers write them; a Chinese character is a word."""
    return " ".join(apart(_MARKS.sub(" ", text.lower())).split())


def grams(text: str) -> Iterator[str]:
    """All grams of a normal text; the first letter names the family."""
    words = text.split()
    for word in together(text).split():
        padded = f" {word} "
        for length in range(1, _LONGEST + 1):
            for at in range(len(padded) - length + 1):
                gram = padded[at : at + length]
                if gram != " ":
                    yield f"c{gram}"
    for word in words:
        yield f"w{word}"
    for left, right in zip(["<", *words], [*words, ">"], strict=True):
        yield f"w{left} {right}"
    for at, word in enumerate(words):
        if word in _NEGATIONS:
            yield from (f"w!{denied}" for denied in _denied(words, at))


def _denied(words: list[str], negation: int) -> Iterator[str]:
    """The words that the negation there denies; none where it asks (是不是)."""
    if words[negation - 1 : negation] == words[negation + 1 : negation + 2]:
        return
    for at in range(negation + 1, min(len(words), negation + 1 + _REACH)):
        if words[at] in _BEGINNINGS and words[at - 1] not in _OBJECTS_AFTER:
            return
        yield words[at]


class Weighing:
    """A fixed vocabulary and its inverse document frequencies; turns a text into a sparse row."""

    def __init__(self, columns: Mapping[str, int], idf: Floats) -> None:
        self.columns = columns
        self.idf = idf

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Weighing":
        """Learnt from normal texts: ln((1 + n) / (1 + df)) + 1 (smoothed, as scikit-learn's default)."""
        seen: Counter[str] = Counter()
        for text in texts:
            seen.update(set(grams(text)))
        names = sorted(seen)
        idf = np.array([math.log((1 + len(texts)) / (1 + seen[name])) + 1 for name in names])
        return cls({name: at for at, name in enumerate(names)}, idf)

    def row(self, text: str) -> tuple[npt.NDArray[np.intp], Floats]:
        """Columns and values of a normal text; grams never seen are left out."""
        counts = Counter(grams(text))
        columns: list[int] = []
        values: list[float] = []
        for family in _FAMILIES:
            part = self._part((gram, n) for gram, n in counts.items() if gram[0] == family)
            length = math.sqrt(sum(value * value for _, value in part)) or 1.0
            columns += [at for at, _ in part]
            values += [value / length for _, value in part]
        return np.array(columns, dtype=np.intp), np.array(values)

    def _part(self, counted: Iterable[tuple[str, int]]) -> list[tuple[int, float]]:
        found = []
        for gram, count in counted:
            at = self.columns.get(gram)
            if at is not None:
                found.append((at, (1 + math.log(count)) * float(self.idf[at])))
        return found

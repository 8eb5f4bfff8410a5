"""Which phones a word may sound as, and what each way costs.

A pronunciation is counted each time espeak speaks the word, alone (counted twice) or within a phrase, in each accent; its
cost is -log of its count over that of the word's most frequent one.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from kernel.errors import JingyinError

Phones = tuple[str, ...]
Spoken = tuple[tuple[str, ...], Phones]
"""Words that were spoken as one, and their phones."""

_MOST: Final = 6  # pronunciations of a word
_LEAST_SHARE: Final = 0.03


class Pronunciation(NamedTuple):
    """One way to say a word; `cost` is 0 for the most frequent."""

    phones: Phones
    cost: float


Lexicon = Mapping[str, tuple[Pronunciation, ...]]


class NoPronunciation(JingyinError):
    """espeak says nothing for a word of the assistant: it is no word (a sign, a number), or not of its language."""

    code = "speech.no_pronunciation"


def read_lexicon(path: Path) -> dict[str, tuple[Pronunciation, ...]]:
    """Lines of `word TAB cost TAB phones joined by blanks`."""
    found: dict[str, list[Pronunciation]] = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        word, cost, phones = line.split("\t")
        found[word].append(Pronunciation(tuple(phones.split()), abs(float(cost))))
    return {word: tuple(ways) for word, ways in found.items()}


def lexicon_text(lexicon: Lexicon) -> str:
    """What `read_lexicon` reads."""
    return "".join(
        f"{word}\t{way.cost:.2f}\t{' '.join(way.phones)}\n" for word in sorted(lexicon) for way in lexicon[word]
    )


def pronunciations(
    words: Iterable[str], spoken: Iterable[Spoken], phones: frozenset[str], known: Lexicon
) -> dict[str, tuple[Pronunciation, ...]]:
    """The lexicon of `words`, counted from what espeak spoke. `phones` are the model's; others are left out. Words that
    espeak ran together are taken apart where one of them is in `known` or was spoken by itself.

    Raises:
        NoPronunciation: nothing was spoken for a word.
    """
    counts: dict[str, Counter[Phones]] = defaultdict(Counter)
    together: list[tuple[Sequence[str], Phones]] = []
    for said, all_phones in spoken:
        heard = tuple(phone for phone in all_phones if phone in phones)
        if len(said) == 1:
            counts[said[0]][heard] += 1
        else:
            together.append((said, heard))
    for word, ways in known.items():
        for way in ways:
            counts[word].setdefault(way.phones, 0)
    for joined, heard in together:
        _take_apart(joined, heard, counts)
    return {word: _ways(word, counts[word]) for word in words}


def _take_apart(said: Sequence[str], heard: Phones, counts: Mapping[str, Counter[Phones]]) -> None:
    if len(said) != 2:
        return
    first, second = said
    for cut in range(1, len(heard)):
        if heard[:cut] in counts[first] or heard[cut:] in counts[second]:
            counts[first][heard[:cut]] += 1
            counts[second][heard[cut:]] += 1
            return


def _ways(word: str, counts: Counter[Phones]) -> tuple[Pronunciation, ...]:
    common = [(phones, count) for phones, count in counts.most_common(_MOST) if phones and count]
    if not common:
        raise NoPronunciation(
            f"espeak says nothing for the word {word!r}", remedy="Write it as it is spoken: numbers and signs in words."
        )
    least = _LEAST_SHARE * counts.total()
    most = common[0][1]
    return tuple(Pronunciation(phones, -math.log(count / most)) for phones, count in common if count >= least)

"""How likely words follow each other: an interpolated bigram over phrases, as a transducer with backing off.

P(w|h) = max(c(h,w) - D, 0) / c(h) + D * n(h) / c(h) * P(w), with absolute discount D and n(h) different words after h
(Ney, Essen and Kneser 1994). State 0 is a phrase's beginning, state 1 the word alone (backed off to), then one per word.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from speech.graph.decoding import UNKNOWN
from speech.graph.fst import Transducer

_BEGIN: Final = "<s>"
_END: Final = "</s>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Smoothing:
    """`discount` is D, 0..1. Every word counts `least` more than it was seen; `unknown` is the share of [unk]."""

    discount: float = 0.4
    least: float = 0.3
    unknown: float = 0.02


def bigram(phrases: Iterable[Sequence[str]], ids: Mapping[str, int], smoothing: Smoothing) -> Transducer:
    """The transducer of phrases (rows of words of `ids`); labels are `ids` on both sides."""
    follows: dict[str, Counter[str]] = defaultdict(Counter)
    words = [word for word in ids if word not in ("<eps>", UNKNOWN)]
    singly = {word: smoothing.least for word in words} | {_END: 0.0}
    for phrase in phrases:
        for before, word in zip((_BEGIN, *phrase), (*phrase, _END), strict=True):
            follows[before][word] += 1
            singly[word] += 1
    singly[UNKNOWN] = smoothing.unknown * sum(singly.values())
    total = sum(singly.values())
    graph = Transducer()
    states = {_BEGIN: graph.state()}
    alone = graph.state()
    states |= {word: graph.state() for word in (*words, UNKNOWN)}
    graph.final[alone] = -math.log(singly[_END] / total)
    for word in (*words, UNKNOWN):
        graph.connect(alone, states[word], input=ids[word], output=ids[word], cost=-math.log(singly[word] / total))
    for before in (_BEGIN, *words, UNKNOWN):
        after = follows.get(before, Counter())
        count = after.total()
        back_off = smoothing.discount * len(after) / count if count else 1.0
        graph.connect(states[before], alone, cost=-math.log(back_off))
        for word, seen in after.items():
            cost = -math.log((seen - smoothing.discount) / count + back_off * singly[word] / total)
            if word == _END:
                graph.final[states[before]] = cost
            else:
                graph.connect(states[before], states[word], input=ids[word], output=ids[word], cost=cost)
    return graph

"""The search graph without its language model: sounds in, words out (H o C o L of the WFST literature).

Theory of operation (Mohri, Pereira and Riley 2002; Kaldi's graph recipe). Our models are monophone, so the context
transducer C is the identity, and a phone is one HMM state that loops: transition-id 2k goes into phone k, 2k-1 stays in it.
Words share their beginnings in a trie; a word is output on the first arc that only it can take, so that the language model
weighs in as early as possible. Every word ends in state 1, from where the next begins; silence between words is optional.

`[unk]` is any sequence of phones, at a price: what is no word ends up there.

Phones depend on their position in the word: silence is 1, then four ids each: begin, end, internal, single.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from speech.graph.fst import Transducer
from speech.graph.lexicon import Lexicon

UNKNOWN: Final = "[unk]"
_SILENCE: Final = 1
_BEGIN, _END, _INTERNAL, _SINGLE = range(4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """-log probabilities. `silence`: of a pause, and of none, after a word. An unknown stretch costs `unknown_begin` and
    `unknown_phone` for each phone: lower rejects more, higher forces more words (FACTS: no setting has both)."""

    silence: float = 0.69
    unknown_begin: float = 5.0
    unknown_phone: float = 2.1


def word_ids(words: Iterable[str]) -> dict[str, int]:
    """Output labels: 0 is epsilon, 1 the unknown word."""
    return {"<eps>": 0, UNKNOWN: 1, **{word: index for index, word in enumerate(sorted(words), 2)}}


def unused_transition(phones: Sequence[str]) -> int:
    """A transition-id that no phone has: Vosk wants one for disambiguation symbols, of which this graph has none."""
    return 2 * (1 + 4 * (len(phones) - 1)) + 1


def search_graph(lexicon: Lexicon, phones: Sequence[str], ids: Mapping[str, int], costs: Costs) -> Transducer:
    """`phones` in the order of the model, silence first."""
    return _Builder(lexicon, phones, ids, costs).build()


class _Builder:
    def __init__(self, lexicon: Lexicon, phones: Sequence[str], ids: Mapping[str, int], costs: Costs) -> None:
        self._lexicon = lexicon
        self._number = {phone: index for index, phone in enumerate(phones)}
        self._ids = ids
        self._costs = costs
        self._graph = Transducer()
        self._start = self._graph.state()
        self._between = self._graph.state()  # between words
        self._pause = self._graph.state()

    def build(self) -> Transducer:
        graph, silence = self._graph, self._costs.silence
        graph.final[self._between] = 0.0
        graph.connect(self._start, self._between, cost=silence)
        graph.connect(self._start, self._pause, input=_enter(_SILENCE), cost=silence)
        graph.connect(self._pause, self._pause, input=_stay(_SILENCE))
        graph.connect(self._pause, self._between)
        self._words()
        self._unknown()
        return graph

    def _words(self) -> None:
        passing: dict[tuple[int, ...], set[str]] = defaultdict(set)
        ending: dict[tuple[int, ...], dict[str, float]] = defaultdict(dict)
        for word, ways in self._lexicon.items():
            for way in ways:
                path = self._positioned(way.phones)
                ending[path][word] = min(way.cost, ending[path].get(word, way.cost))
                for length in range(len(path) + 1):
                    passing[path[:length]].add(word)
        nodes: dict[tuple[int, ...], int] = {(): self._between}
        for path in sorted(filter(None, passing), key=lambda path: (len(path), path)):
            parent = path[:-1]
            unique = len(passing[path]) == 1 and len(passing[parent]) > 1
            label = self._ids[next(iter(passing[path]))] if unique else 0
            nodes[path] = self._phone(nodes[parent], path[-1], output=label)
        for path, words in sorted(ending.items()):
            for word, cost in sorted(words.items()):
                self._end_word(nodes[path], cost, output=0 if len(passing[path]) == 1 else self._ids[word])

    def _end_word(self, node: int, cost: float, *, output: int = 0) -> None:
        if output or cost:
            end = self._graph.state()
            self._graph.connect(node, end, output=output, cost=cost)
            node = end
        self._graph.connect(node, self._between, cost=self._costs.silence)
        self._graph.connect(node, self._pause, input=_enter(_SILENCE), cost=self._costs.silence)

    def _unknown(self) -> None:
        graph, costs = self._graph, self._costs
        inside = graph.state()
        for number in range(1, len(self._number)):
            first = self._phone(self._between, _id(number, _BEGIN), output=self._ids[UNKNOWN], cost=costs.unknown_begin)
            graph.connect(first, inside)
            again = self._phone(inside, _id(number, _INTERNAL), cost=costs.unknown_phone)
            graph.connect(again, inside)
            self._end_word(self._phone(inside, _id(number, _END), cost=costs.unknown_phone), 0.0)

    def _phone(self, source: int, phone: int, *, output: int = 0, cost: float = 0.0) -> int:
        state = self._graph.state()
        self._graph.connect(source, state, input=_enter(phone), output=output, cost=cost)
        self._graph.connect(state, state, input=_stay(phone))
        return state

    def _positioned(self, phones: Sequence[str]) -> tuple[int, ...]:
        if len(phones) == 1:
            return (_id(self._number[phones[0]], _SINGLE),)
        last = len(phones) - 1
        return tuple(
            _id(self._number[phone], _BEGIN if index == 0 else _END if index == last else _INTERNAL)
            for index, phone in enumerate(phones)
        )


def _id(number: int, position: int) -> int:
    return 2 + 4 * (number - 1) + position


def _enter(phone: int) -> int:
    return 2 * phone


def _stay(phone: int) -> int:
    return 2 * phone - 1

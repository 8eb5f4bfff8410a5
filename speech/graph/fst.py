"""Weighted transducers, and OpenFst's binary VectorFst<StdArc> format to write them in.

Only what Vosk reads: tropical weights (a cost, `-log p`), no symbol tables. The layout is OpenFst's `fst.cc`
(FstHeader::Write) and `vector-fst.h` (VectorFst::WriteFst), version 2.
"""

import struct
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, NamedTuple

EPSILON: Final = 0

_MAGIC: Final = 2125659606
_VERSION: Final = 2
_EXPANDED_AND_MUTABLE: Final = 0x3  # property bits; OpenFst computes the others when it needs them
_NOT_FINAL: Final = float("inf")


class Side(IntEnum):
    """The label that a state's arcs are sorted by: composition looks arcs up by it."""

    INPUT = 1
    OUTPUT = 2


class Arc(NamedTuple):
    """One transition. Labels are ids, 0 is epsilon; `cost` is -log of a probability."""

    target: int
    input: int
    output: int
    cost: float


@dataclass(slots=True)
class Transducer:
    """States are numbered from 0, which is the start."""

    arcs: list[list[Arc]] = field(default_factory=list)
    final: dict[int, float] = field(default_factory=dict)

    def state(self) -> int:
        """A new state."""
        self.arcs.append([])
        return len(self.arcs) - 1

    def connect(
        self, source: int, target: int, *, input: int = EPSILON, output: int = EPSILON, cost: float = 0.0
    ) -> None:
        """Add an arc."""
        self.arcs[source].append(Arc(target, input, output, cost))

    def to_bytes(self, *, sorted_by: Side) -> bytes:
        """The file's content."""
        count = sum(map(len, self.arcs))
        head = struct.pack("<i", _MAGIC) + _string("vector") + _string("standard")
        head += struct.pack("<iiQqqq", _VERSION, 0, _EXPANDED_AND_MUTABLE, 0, len(self.arcs), count)
        body = []
        for state, arcs in enumerate(self.arcs):
            body.append(struct.pack("<fq", self.final.get(state, _NOT_FINAL), len(arcs)))
            body += [
                struct.pack("<iifi", arc.input, arc.output, arc.cost, arc.target)
                for arc in sorted(arcs, key=lambda arc: arc[sorted_by])
            ]
        return head + b"".join(body)


def _string(text: str) -> bytes:
    return struct.pack("<i", len(text)) + text.encode()

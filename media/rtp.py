"""RTP packets in their order: what was late is put back, what was lost leaves a gap of its length. Pure."""

from typing import Final

_HALF: Final = 1 << 15
_ALL: Final = 1 << 16


class Sequencer:
    """Payloads by 16-bit sequence number, out in order; None stands for one that was lost.

    A missing packet is waited for until `hold` later ones are here; one that comes after that, or twice, is dropped. After
    a jump of more than `jump` numbers the stream begins afresh: the sender started anew.
    """

    def __init__(self, *, hold: int = 3, jump: int = 100) -> None:
        self._hold = hold
        self._jump = jump
        self._next: int | None = None
        self._early: dict[int, bytes] = {}
        self.lost = 0

    def put(self, number: int, payload: bytes) -> list[bytes | None]:
        """A packet arrived; what is in order now."""
        if self._next is None:
            self._next = number
        ahead = (number - self._next) % _ALL
        if self._jump < ahead < _ALL - self._jump:
            self._early.clear()
            self._next, ahead = number, 0
        if ahead >= _HALF or number in self._early:
            return []
        self._early[number] = payload
        out: list[bytes | None] = []
        while self._early:
            due = self._early.pop(self._next, None)
            if due is None:
                if len(self._early) < self._hold:
                    break
                self.lost += 1
            out.append(due)
            self._next = (self._next + 1) % _ALL
        return out

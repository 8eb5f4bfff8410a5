"""What a campaign's calls came to, as a pacer needs it: shares and means, each from a first guess on. Pure."""

from dataclasses import dataclass
from typing import Final

_PRIOR_CALLS: Final = 10  # the first guess of a share weighs as much as so many calls
_PRIOR_WARM: Final = 0.2
_PRIOR_ANSWER: Final = 0.3
_PRIOR_MEANS: Final = 3  # the first guess of a mean time weighs as much as so many calls
_PRIOR_RING_S: Final = 10.0
_PRIOR_BUSY_S: Final = 120.0


@dataclass(slots=True)
class Tally:
    """Since this worker began: `dialled` calls, `ended` ones, `answered` by a person, `warm` of them who wanted a person,
    `abandoned` of them for whom nobody was there. `met` are (answered, abandoned) of all workers in the last 30 days, as the
    databases had them at `met_at_s`."""

    dialled: int = 0
    ended: int = 0
    answered: int = 0
    warm: int = 0
    abandoned: int = 0
    met: tuple[int, int] = (0, 0)
    met_at_s: float | None = None
    _own_then: tuple[int, int] = (0, 0)  # ours that were in `met`
    ring_s: float = 0.0  # in all, of answered calls
    busy_s: float = 0.0  # in all, of agents with a call and after it
    bridged: int = 0

    def over(
        self, *, answered: bool, warm: bool, abandoned: bool, ring_s: float = 0.0, busy_s: float | None = None
    ) -> None:
        """A call has ended; `answered` by a person. `busy_s`: what it took of an agent, None when none had it."""
        self.ended += 1
        if answered:
            self.answered += 1
            self.warm += warm
            self.abandoned += abandoned
            self.ring_s += ring_s
        if busy_s is not None:
            self.bridged += 1
            self.busy_s += busy_s

    def read(self, met: tuple[int, int], at_s: float) -> None:
        """What the databases have now: others' calls, and ours that ended."""
        self.met, self.met_at_s, self._own_then = met, at_s, (self.answered, self.abandoned)

    @property
    def in_all(self) -> tuple[int, int]:
        """(answered, abandoned) of all workers in 30 days: as read, and our own that ended since."""
        return self.met[0] + self.answered - self._own_then[0], self.met[1] + self.abandoned - self._own_then[1]

    @property
    def p_warm(self) -> float:
        """Share of answered calls that want a person."""
        return (_PRIOR_CALLS * _PRIOR_WARM + self.warm) / (_PRIOR_CALLS + self.answered)

    @property
    def p_answer(self) -> float:
        """Share of dialled calls that a person answers."""
        return (_PRIOR_CALLS * _PRIOR_ANSWER + self.answered) / (_PRIOR_CALLS + self.ended)

    @property
    def mean_ring_s(self) -> float:
        """From the dial to a person's answer."""
        return (_PRIOR_MEANS * _PRIOR_RING_S + self.ring_s) / (_PRIOR_MEANS + self.answered)

    @property
    def mean_busy_s(self) -> float:
        """Of an agent: talk and wrap-up of one call."""
        return (_PRIOR_MEANS * _PRIOR_BUSY_S + self.busy_s) / (_PRIOR_MEANS + self.bridged)

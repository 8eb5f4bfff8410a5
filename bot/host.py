"""What a robot and the platform around it say to each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.events import Action, BookCallback, OptOut, WithdrawCallback
from bot.outcome import RobotOutcome
from bot.turn import Turn
from speech.prompt import Move


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The host says: an agent took the call; leave the leg to them, now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NobodyFree:
    """The host says: no agent in time. `reason` is for the journal."""

    reason: str


class RobotHost(Protocol):
    """What a robot tells and asks the platform. Called on the loop; must not block: the robot goes on."""

    def turn(self, turn: Turn) -> None:
        """A turn is over, the robot's or the customer's."""

    def partial(self, text: str, intent: str) -> None:
        """What the customer is saying."""

    def decided(self, actions: Sequence[Action]) -> None:
        """What the dialogue wants done, before any of it is."""

    def moves(self, started: bool, moves: tuple[Move, ...], at: int) -> None:
        """An utterance with these moves started, or was played to its end, at a tx sample index."""

    def decided_to_greet(self, at_ms: int) -> None:
        """Milliseconds since the answer."""

    def want_person(self, so_far: RobotOutcome) -> None:
        """Find an agent; answer with `Robot.tell(Accepted() | NobodyFree(...))`."""

    def withdraw_person(self) -> None:
        """The customer does not want to wait any more."""

    def book_callback(self, action: BookCallback) -> None:
        """A call was promised."""

    def withdraw_callback(self, action: WithdrawCallback) -> None:
        """The promised call is not wanted after all."""

    def opt_out(self, action: OptOut) -> None:
        """Never call again, from this moment on."""

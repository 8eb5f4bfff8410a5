"""What is said in a talk, as everybody but the robot gets it: long numbers masked (kernel.masking).

The robot itself understands, and fills slots, by the words as they were said. This is the one door through which they leave
it, turn by turn; what the dialogue keeps as evidence is masked where it is kept.
"""

from dataclasses import replace

from bot.host import RobotHost
from bot.turn import Speaker, Turn
from kernel.masking import NumberVeil, digits_masked


class Veil:
    """Tells a host the turns of one talk."""

    def __init__(self, host: RobotHost) -> None:
        self._host = host
        self._numbers = NumberVeil()

    def turn(self, turn: Turn) -> None:
        """A turn is over."""
        self._host.turn(replace(turn, text=self._masked(turn)))

    def partial(self, text: str, intent: str) -> None:
        """What the customer is saying."""
        self._host.partial(self._numbers.partial(text), intent)

    def _masked(self, turn: Turn) -> str:
        if turn.speaker is not Speaker.CUSTOMER:
            return digits_masked(turn.text)
        return self._numbers.key(turn.text) if turn.kind == "key" else self._numbers.turn(turn.text)

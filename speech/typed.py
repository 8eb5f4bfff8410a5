"""A robot leg without sound: the customer types, and reads what the robot says.

Stands where `speech.conversation` does, told and telling the same, on a leg that carries keys and the end of the call alone.
What the robot says is read at once, so nothing is interrupted, resumed or owed; and who types takes their time, so no silence
is told: an idle customer is for who began the talk to notice.
"""

from collections.abc import Callable, Sequence

from kernel.clock import Clock
from media.audio import RATE_HZ
from media.leg import KeyPressed, Leg
from speech.answer import Verdict
from speech.conversation import ConversationEvent, Gone, Key, TurnEnded, TurnKind, UtteranceOver, WhoAnswered
from speech.endpointing import Expectation, Understander
from speech.player import Heard, Spoken, Stretch
from speech.prompt import Move


class TypedConversation:
    """See `Conversation`. Times are the clock's, in ms since `run` began; sample indices are the same at 8 kHz."""

    customer_speaks = False
    speaking = False

    def __init__(
        self,
        *,
        leg: Leg,
        understander: Understander,
        clock: Clock,
        on_event: Callable[[ConversationEvent], None],
        on_stretch: Callable[[Stretch], None],
        on_moves: Callable[[bool, tuple[Move, ...], int], None],
    ) -> None:
        self._leg = leg
        self._understander = understander
        self._clock = clock
        self._tell = on_event
        self._on_stretch = on_stretch
        self._on_moves = on_moves
        self._expectation = Expectation()
        self._began_s: float | None = None

    @property
    def now_ms(self) -> int:
        """See `Conversation.now_ms`."""
        return 0 if self._began_s is None else round(1000 * (self._clock.monotonic() - self._began_s))

    async def run(self) -> None:
        """Work until the leg ends, then report `Gone`. A person is there from the first moment."""
        self._began_s = self._clock.monotonic()
        self._tell(WhoAnswered(verdict=Verdict.PERSON, at_ms=0))
        async for event in self._leg.events():
            if isinstance(event, KeyPressed):
                self._tell(Key(digit=event.digit))
        self._tell(Gone())

    def said(self, text: str) -> None:
        """The customer's words."""
        now_ms = self.now_ms
        turn = TurnEnded(
            kind=TurnKind.SPEECH,
            text=text,
            understanding=self._understander.understand(text, self._expectation),
            confidence=1.0,
            start_ms=now_ms,
            end_ms=now_ms,
            decided_ms=now_ms,
        )
        self._tell(turn)

    async def say(self, spoken: Sequence[Spoken], expectation: Expectation) -> None:
        """Say this: it is read as soon as it is said."""
        self._expectation = expectation
        at = self.now_ms * RATE_HZ // 1000
        prompts = tuple(one.prompt for one in spoken)
        moves = tuple(dict.fromkeys(move for prompt in prompts for move in prompt.moves))
        self._on_moves(True, moves, at)
        self._on_stretch(Stretch(start=at, end=at, prompts=prompts, first=True))
        self._on_moves(False, moves, at)
        self._tell(UtteranceOver(heard=tuple(Heard(prompt=prompt, heard_s=0.0, length_s=0.0) for prompt in prompts)))

    def listen(self, expectation: Expectation) -> None:
        """See `Conversation.listen`."""
        self._expectation = expectation

    def hush(self) -> None:
        """Nothing is being said."""

"""The robot's part of a call: one dialogue on the answered leg, its words written down, its wishes carried out."""

from collections.abc import Sequence
from typing import Any

from bot.dialogue import Dialogue
from bot.events import Action, BookCallback, OptOut, WithdrawCallback
from bot.host import Accepted, NobodyFree
from bot.outcome import RobotOutcome
from bot.robot import Robot
from bot.turn import Turn
from dialer.briefing import briefing_of
from dialer.call import Event, State
from dialer.life import Life
from handoff.transfer import Request, Ticket
from handoff.transfer import State as TransferState
from kernel.tasks import Background, alongside
from media.leg import Leg, Marks
from speech.prompt import Move


class Talk:
    """One talk of a robot; its `RobotHost`. Runs once. `met_ms` as of `Robot`."""

    def __init__(self, life: Life, dialogue: Dialogue, leg: Leg, *, met_ms: int | None = None) -> None:
        self._life = life
        self._leg = leg
        self._robot: Robot = life.robots.robot(dialogue, leg, self, met_ms=met_ms)
        life.robot = self._robot
        self._background: Background | None = None

    async def run(self) -> RobotOutcome:
        """Talk until the robot's part is over; what it found out is the life's."""
        async with alongside() as self._background:
            found = self._life.found = await self._robot.run()
        return found

    # -- the robot's host ----------------------------------------------------------------------------------------
    def turn(self, turn: Turn) -> None:
        """See `RobotHost`."""
        self._life.turns.append(turn)
        self._life.notes.note("turn", turn_as_json(turn))
        self._life.tell("turn", turn_as_json(turn))

    def partial(self, text: str, intent: str) -> None:
        """See `RobotHost`."""
        self._life.tell("partial", {"text": text, "intent": intent})

    def decided(self, actions: Sequence[Action]) -> None:
        """See `RobotHost`. The robot's turns say why."""

    def moves(self, started: bool, moves: tuple[Move, ...], at: int) -> None:
        """See `RobotHost`. Only a simulated network hears of it."""
        if isinstance(self._leg, Marks):  # outside the gateway's contract
            mark = self._leg.prompt_started if started else self._leg.prompt_ended
            mark([move.value for move in moves], at)

    def decided_to_greet(self, at_ms: int) -> None:
        """See `RobotHost`."""
        self._life.decided_ms = at_ms
        self._life.notes.note("decided_to_greet", {"at_ms": at_ms})

    def want_person(self, so_far: RobotOutcome) -> None:
        """See `RobotHost`."""
        life, picked = self._life, self._life.picked
        life.wanted_person = True
        life.move(Event.PERSON_WANTED)
        life.notes.note("person_wanted", {"summary": list(so_far.summary)})
        about = picked.lead, life.call.call_id, picked.campaign.name
        request = Request(
            call_id=str(life.call.call_id),
            tenant_id=picked.scope.tenant_id,
            briefing=briefing_of(*about, so_far, life.turns, life.earlier),
            queue=life.queue,
            hold_s=life.around.hold_s,
        )
        assert self._background is not None  # the robot runs
        life.ticket = life.around.desk.request(request)
        self._background.start(self._follow(life.ticket))

    def withdraw_person(self) -> None:
        """See `RobotHost`."""
        life = self._life
        life.notes.note("person_withdrawn", {})
        if life.ticket is not None:
            life.around.desk.withdraw(life.ticket.transfer.id)
        if life.call.state is State.HOLDING:
            life.move(Event.GAVE_UP_WAITING)

    def book_callback(self, action: BookCallback) -> None:
        """See `RobotHost`."""
        self._life.book_callback(action)

    def withdraw_callback(self, action: WithdrawCallback) -> None:
        """See `RobotHost`."""
        self._life.withdraw_callback(action)

    def opt_out(self, action: OptOut) -> None:
        """See `RobotHost`."""
        self._life.opt_out(action)

    async def _follow(self, ticket: Ticket) -> None:
        """Take the desk's answer to the robot."""
        state = await ticket.outcome()
        if state is TransferState.CONNECTING:
            self._robot.tell(Accepted())
        elif state is TransferState.BOOKED:
            self._life.move(Event.GAVE_UP_WAITING)
            self._robot.tell(NobodyFree(reason="nobody_free"))


def turn_as_json(turn: Turn) -> dict[str, Any]:  # Any: JSON
    """A turn as the journal has it."""
    return {
        "who": turn.speaker.value,
        "kind": turn.kind,
        "text": turn.text,
        "start_ms": turn.start_ms,
        "end_ms": turn.end_ms,
        "decided_ms": turn.decided_ms,
        "intent": turn.intent,
        "confidence": turn.confidence,
        "because": turn.because,
        "heard_s": turn.heard_s,
    }

"""One attempt to reach a customer, from the right to dial to the end. Only this table moves it.

A call is CLAIMED when its attempt row is committed, DIALLING until the network answers (a call to us is not dialled, we
answer), with the ROBOT until it ends or a person is wanted, HOLDING while an agent is found, with a HUMAN when they are
bridged. However it ends, it ends once.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from kernel.machine import Machine, Table


class State(StrEnum):
    """Where a call is."""

    CLAIMED = "claimed"
    DIALLING = "dialling"
    ROBOT = "robot"
    HOLDING = "holding"
    HUMAN = "human"
    ENDED = "ended"


class Event(StrEnum):
    """What moves it."""

    DIALLED = "dialled"  # the network took the call
    ANSWERED = "answered"
    PERSON_WANTED = "person_wanted"
    GAVE_UP_WAITING = "gave_up_waiting"  # nobody in time, or they changed their mind: the robot goes on
    TAKEN_OVER = "taken_over"  # by a supervisor, from the robot: they are joined at once
    BRIDGED = "bridged"
    ENDED = "ended"


TABLE: Final[Table[State, Event]] = {
    (State.CLAIMED, Event.DIALLED): State.DIALLING,
    (State.CLAIMED, Event.ANSWERED): State.ROBOT,
    (State.CLAIMED, Event.ENDED): State.ENDED,
    (State.DIALLING, Event.ANSWERED): State.ROBOT,
    (State.DIALLING, Event.ENDED): State.ENDED,
    (State.ROBOT, Event.PERSON_WANTED): State.HOLDING,
    (State.ROBOT, Event.TAKEN_OVER): State.HOLDING,
    (State.ROBOT, Event.ENDED): State.ENDED,
    (State.HOLDING, Event.GAVE_UP_WAITING): State.ROBOT,
    (State.HOLDING, Event.TAKEN_OVER): State.HOLDING,
    (State.HOLDING, Event.BRIDGED): State.HUMAN,
    (State.HOLDING, Event.ENDED): State.ENDED,
    (State.HUMAN, Event.ENDED): State.ENDED,
}


class Outcome(StrEnum):
    """How an attempt ended, in the field's terms (disposition of the machine; the agent's own is kept beside it).

    HANDED_OVER an agent and the customer were bridged · CALLBACK_BOOKED a callback was promised · OPTED_OUT never call
    again · NOT_INTERESTED they said no · COMPLETED the robot's talk came to its end otherwise · NO_RESPONSE answered, but
    nothing was said or understood · CUSTOMER_LEFT they hung up in mid-talk · VOICEMAIL a machine answered · BUSY,
    NO_ANSWER, SWITCHED_OFF, NOT_IN_SERVICE, REJECTED the network's word · FAILED the network or the platform broke it.
    One sentence: CONFIRMED, DECLINED their answer to it · REPEATED heard it again and gave none · REFUSED the lead's data
    may not be said (not masked, or missing): nobody was called. Predictive: ABANDONED no agent was there in time.
    """

    HANDED_OVER = "handed_over"
    CALLBACK_BOOKED = "callback_booked"
    OPTED_OUT = "opted_out"
    NOT_INTERESTED = "not_interested"
    COMPLETED = "completed"
    NO_RESPONSE = "no_response"
    CUSTOMER_LEFT = "customer_left"
    VOICEMAIL = "voicemail"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    SWITCHED_OFF = "switched_off"
    NOT_IN_SERVICE = "not_in_service"
    REJECTED = "rejected"
    FAILED = "failed"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    REPEATED = "repeated"
    REFUSED = "refused"
    ABANDONED = "abandoned"


class Served(StrEnum):
    """Whether an interested customer got what they wanted: a person, a promised callback, or nothing."""

    AGENT = "agent"
    CALLBACK = "callback"
    NONE = "none"


@dataclass(slots=True, kw_only=True)
class Call:
    """One attempt as the platform lives it. `machine` guards the state; times are the platform's clock."""

    call_id: int
    tenant_id: int
    campaign_id: int
    lead_id: int
    customer_id: int
    attempt_no: int
    claimed_at: datetime
    machine: Machine[State, Event] = field(default_factory=lambda: Machine(TABLE, State.CLAIMED))
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: Outcome | None = None
    served: Served = Served.NONE

    @property
    def state(self) -> State:
        return self.machine.state

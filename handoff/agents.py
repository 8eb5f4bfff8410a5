"""Agents: the status they choose and the state the system sees.

An agent chooses READY or NOT_READY; the system sees them IDLE, OFFERED, TALKING, in WRAP_UP or GONE. Only this table moves
the seen state. An agent can be offered a call when they chose READY and are seen IDLE. Who declines keeps their choice; who
misses an offer is made NOT_READY (they are not there); whose offer is withdrawn keeps their place among the idle. Whose
phone is lost is offered nothing until it is back, or they are GONE (handoff.phones).

What they choose while they are busy is what follows: the next call, a break, or the end of their shift. Who is `leaving` is
GONE as soon as nothing holds them, whether or not anybody still sits there; until then they may change their mind.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NewType

from kernel.machine import Machine, Table
from kernel.tenant import TenantId

AgentId = NewType("AgentId", str)
DEFAULT_QUEUE: Final = "default"


class Status(StrEnum):
    """What the agent chose."""

    READY = "ready"
    NOT_READY = "not_ready"


class State(StrEnum):
    """What the system sees."""

    GONE = "gone"
    IDLE = "idle"
    OFFERED = "offered"
    TALKING = "talking"
    WRAP_UP = "wrap_up"


class Next(StrEnum):
    """What follows when the agent has done what they are at."""

    CALL = "call"
    BREAK = "break"
    END_OF_SHIFT = "end_of_shift"


class Event(StrEnum):
    """What moves the seen state."""

    CAME = "came"
    WENT = "went"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    RELEASED = "released"  # declined, missed or withdrawn
    CALL_ENDED = "call_ended"
    WRAPPED_UP = "wrapped_up"
    TOOK_OVER = "took_over"  # a call that was another's, as supervisors do


TABLE: Final[Table[State, Event]] = {
    (State.GONE, Event.CAME): State.IDLE,
    (State.IDLE, Event.OFFERED): State.OFFERED,
    (State.IDLE, Event.TOOK_OVER): State.TALKING,
    (State.IDLE, Event.WENT): State.GONE,
    (State.OFFERED, Event.ACCEPTED): State.TALKING,
    (State.OFFERED, Event.RELEASED): State.IDLE,
    (State.OFFERED, Event.WENT): State.GONE,
    (State.TALKING, Event.CALL_ENDED): State.WRAP_UP,
    (State.TALKING, Event.WENT): State.GONE,
    (State.WRAP_UP, Event.WRAPPED_UP): State.IDLE,
    (State.WRAP_UP, Event.TOOK_OVER): State.TALKING,
    (State.WRAP_UP, Event.WENT): State.GONE,
}
_ACTIONS: Final = {
    State.GONE: ("start_shift",),
    State.IDLE: (),
    State.OFFERED: ("accept", "decline"),
    State.TALKING: ("hang_up",),  # once they are joined, what the call allows: dialer.human
    State.WRAP_UP: ("wrap_up", "extend_wrap_up"),
}
_CHOICES: Final = {
    Next.CALL: ("not_ready", "end_shift"),
    Next.BREAK: ("ready", "end_shift"),
    Next.END_OF_SHIFT: ("ready", "not_ready"),
}


@dataclass(slots=True, kw_only=True)
class Agent:
    """A person who takes calls of their tenant. `idle_since_s`: the clock's seconds since when they wait for a call.
    `reachable` False: their phone is lost. `leaving`: their shift ends after what they are at."""

    id: AgentId
    tenant_id: TenantId
    name: str
    skills: frozenset[str] = frozenset()
    queues: frozenset[str] = frozenset({DEFAULT_QUEUE})
    status: Status = Status.NOT_READY
    reason: str = "signed in"
    idle_since_s: float = 0.0
    reachable: bool = True
    leaving: bool = False
    machine: Machine[State, Event] = field(default_factory=lambda: Machine(TABLE, State.IDLE))

    @property
    def state(self) -> State:
        return self.machine.state

    @property
    def next(self) -> Next:
        """What follows when they have done what they are at."""
        if self.leaving:
            return Next.END_OF_SHIFT
        return Next.CALL if self.status is Status.READY else Next.BREAK

    @property
    def available(self) -> bool:
        """May be offered a call now."""
        return self.next is Next.CALL and self.state is State.IDLE and self.reachable

    @property
    def choices(self) -> list[str]:
        """What they may choose to follow; nothing when they are GONE."""
        return [] if self.state is State.GONE else list(_CHOICES[self.next])

    @property
    def actions(self) -> list[str]:
        """What they may do now, but for what the call they talk in allows."""
        return [*_ACTIONS[self.state], *self.choices]

"""Transfers: from the robot's wish for a person to two people talking.

A transfer WAITS in a queue, is OFFERED to one agent at a time, is CONNECTING when one accepted, and is BRIDGED or ends. Only
this table moves it; a late answer cannot revive a dead offer.
"""

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NewType

from handoff.agents import AgentId
from handoff.briefing import Briefing
from kernel.machine import Machine, Table
from kernel.tenant import TenantId

TransferId = NewType("TransferId", str)


class State(StrEnum):
    """Where a transfer is."""

    WAITING = "waiting"
    OFFERED = "offered"
    CONNECTING = "connecting"
    BRIDGED = "bridged"
    BOOKED = "booked"  # nobody in time: a callback is booked, or who put the customer on keeps them
    WITHDRAWN = "withdrawn"  # the customer hung up or changed their mind
    ENDED = "ended"  # the two have talked
    FAILED = "failed"  # the agent was lost before they were joined


class Event(StrEnum):
    """What moves it."""

    OFFERED = "offered"
    DECLINED = "declined"
    EXPIRED = "expired"
    AGENT_LOST = "agent_lost"
    ACCEPTED = "accepted"
    BRIDGED = "bridged"
    DEADLINE = "deadline"
    CUSTOMER_LEFT = "customer_left"
    ENDED = "ended"
    TAKEN_OVER = "taken_over"  # by a supervisor, whom nobody asked


TABLE: Final[Table[State, Event]] = {
    (State.WAITING, Event.OFFERED): State.OFFERED,
    (State.WAITING, Event.DEADLINE): State.BOOKED,
    (State.WAITING, Event.CUSTOMER_LEFT): State.WITHDRAWN,
    (State.WAITING, Event.TAKEN_OVER): State.CONNECTING,
    (State.OFFERED, Event.ACCEPTED): State.CONNECTING,
    (State.OFFERED, Event.DECLINED): State.WAITING,
    (State.OFFERED, Event.EXPIRED): State.WAITING,
    (State.OFFERED, Event.AGENT_LOST): State.WAITING,
    (State.OFFERED, Event.DEADLINE): State.BOOKED,
    (State.OFFERED, Event.CUSTOMER_LEFT): State.WITHDRAWN,
    (State.CONNECTING, Event.BRIDGED): State.BRIDGED,
    (State.CONNECTING, Event.AGENT_LOST): State.FAILED,
    (State.CONNECTING, Event.CUSTOMER_LEFT): State.WITHDRAWN,
    (State.BRIDGED, Event.ENDED): State.ENDED,
    (State.BRIDGED, Event.AGENT_LOST): State.ENDED,
    (State.BRIDGED, Event.CUSTOMER_LEFT): State.ENDED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A customer who wants a person. Higher `priority` goes first; `hold_s`: how long they may wait at most. `straight`: the
    call is put to the agent without being asked (predictive campaigns: the customer has said hello and waits). `only`: to
    this agent or nobody, whatever their queues."""

    call_id: str
    tenant_id: TenantId
    briefing: Briefing
    queue: str = "default"
    skills: frozenset[str] = frozenset()
    priority: int = 0
    hold_s: float = 30.0
    straight: bool = False
    only: AgentId | None = None


@dataclass(slots=True, kw_only=True)
class Transfer:
    """One wish for a person. `refused` are the agents who declined or missed it: they are not offered it again. `missed`
    are those of them who said nothing. `taken_over_by`: who sat down in the agent's place unasked. Times are the clock's
    seconds."""

    id: TransferId
    request: Request
    requested_s: float
    deadline_s: float
    agent: AgentId | None = None
    offer_expires_s: float = 0.0
    offered_s: float | None = None
    accepted_s: float | None = None
    refused: set[AgentId] = field(default_factory=set)
    taken_over_by: AgentId | None = None
    missed: set[AgentId] = field(default_factory=set)
    machine: Machine[State, Event] = field(default_factory=lambda: Machine(TABLE, State.WAITING))

    @property
    def state(self) -> State:
        return self.machine.state

    @property
    def why_nobody(self) -> str:
        """Of one that nobody took: declined (somebody said no), missed (it rang for nothing) or nobody_free."""
        if self.refused - self.missed:
            return "declined"
        return "missed" if self.missed else "nobody_free"


class Ticket:
    """A request under way, for the one who made it: `outcome()` waits for an agent's yes or the end."""

    def __init__(self, transfer: Transfer) -> None:
        self.transfer = transfer
        self._decided: asyncio.Future[State] = asyncio.get_running_loop().create_future()

    async def outcome(self) -> State:
        """CONNECTING (an agent accepted: `transfer.agent`), BOOKED (nobody in time) or WITHDRAWN."""
        return await asyncio.shield(self._decided)

    def decide(self, state: State) -> None:
        """For the desk."""
        if not self._decided.done():
            self._decided.set_result(state)

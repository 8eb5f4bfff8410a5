"""The desk: customers who want a person, people who take them, and the moments between.

It owns agents' states, reservations (an offer holds one agent for one transfer until it expires) and transfers. It knows
no sound: whoever asked is told that an agent accepted, joins the two, and says when they parted. Everything is decided at
once on the loop; the only waiting is for deadlines (`run`).
"""

import asyncio
import itertools
from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Final

from handoff.agents import DEFAULT_QUEUE, Agent, AgentId, Next, Status
from handoff.agents import Event as AgentEvent
from handoff.agents import State as AgentState
from handoff.audience import Audience
from handoff.news import (
    AgentNews,
    CallEnded,
    Connected,
    Offer,
    OfferGone,
    PhoneBack,
    PhoneLost,
)
from handoff.routing import pairs
from handoff.transfer import Event, Request, State, Ticket, Transfer, TransferId
from handoff.wrap_up import WrapUps
from kernel.clock import Clock
from kernel.errors import JingyinError
from kernel.log import get_logger
from kernel.tenant import TenantId

_TICK_S: Final = 0.1
_KEPT: Final = 500  # transfers that have ended, for those who look

log = get_logger(__name__)


class NoSuchAgent(JingyinError):
    """Nobody with that id is signed in."""

    code = "handoff.no_such_agent"


class NoSuchTransfer(JingyinError):
    """There is no such transfer, or it is not this agent's."""

    code = "handoff.no_such_transfer"


class OfferOver(JingyinError):
    """The offer has expired, was withdrawn, or was answered before."""

    code = "handoff.offer_over"


class Desk:
    """One desk for all tenants; an agent serves their own tenant's queues only."""

    def __init__(self, clock: Clock, *, offer_s: float = 10.0, wrap_up_s: float = 20.0) -> None:
        self._clock = clock
        self._offer_s = offer_s
        self._wrap_up_s = wrap_up_s
        self._agents: dict[AgentId, Agent] = {}
        self._audience = Audience()
        self._wrap_ups = WrapUps()
        self._transfers: dict[TransferId, Transfer] = {}
        self._tickets: dict[TransferId, Ticket] = {}
        self._numbers = itertools.count(1)

    # -- agents --------------------------------------------------------------------------------------------------
    @property
    def agents(self) -> Mapping[AgentId, Agent]:
        """Who is signed in."""
        return self._agents

    @property
    def transfers(self) -> Mapping[TransferId, Transfer]:
        """Those under way, and the latest that ended."""
        return self._transfers

    def sign_in(
        self,
        agent_id: AgentId,
        tenant_id: TenantId,
        *,
        name: str = "",
        skills: frozenset[str] = frozenset(),
        queues: frozenset[str] = frozenset({DEFAULT_QUEUE}),
    ) -> Agent:
        """An agent comes, not ready yet. One who was gone comes back as they are now described."""
        known = self._agents.get(agent_id)
        if known is not None and known.state is not AgentState.GONE:
            if known.tenant_id != tenant_id:
                raise NoSuchAgent(f"agent {agent_id!r} belongs to another tenant", remedy="Use another agent id.")
            return known
        agent = Agent(
            id=agent_id,
            tenant_id=tenant_id,
            name=name or agent_id,
            skills=skills,
            queues=queues,
            idle_since_s=self._clock.monotonic(),
        )
        self._agents[agent_id] = agent
        self._audience.changed(agent)
        return agent

    def set_status(self, agent_id: AgentId, status: Status, reason: str = "") -> None:
        """The agent's own choice; it holds from the next offer on. Who was to end their shift stays.

        Raises:
            NoSuchAgent: not signed in.
        """
        agent = self.agent(agent_id)
        if status is Status.READY and agent.status is not Status.READY:
            agent.idle_since_s = self._clock.monotonic()
        agent.status, agent.reason, agent.leaving = status, reason, False
        self._audience.changed(agent)
        self._match()

    def end_shift(self, agent_id: AgentId) -> None:
        """The agent goes: at once, or after the offer, call or wrap-up that holds them. Idempotent.

        Raises:
            NoSuchAgent: not signed in.
        """
        agent = self.agent(agent_id)
        if agent.state is not AgentState.GONE and not agent.leaving:
            agent.leaving = True
            self._audience.changed(agent)
            self._match()

    def gone(self, agent_id: AgentId) -> None:
        """The agent's client or phone was lost: their offer goes back, their call is over for them."""
        agent = self._agents.get(agent_id)
        if agent is None or agent.state is AgentState.GONE:
            return
        agent.status, agent.reason, agent.reachable, agent.leaving = Status.NOT_READY, "gone", True, False
        agent.machine.on(AgentEvent.WENT)
        transfer = self._of(agent_id)
        if transfer is not None and transfer.state is State.OFFERED:
            self._take_back(transfer, Event.AGENT_LOST, "withdrawn")
        elif transfer is not None:
            self._move(transfer, Event.AGENT_LOST)
        self._wrap_ups.end(agent_id)
        self._audience.changed(agent)
        self._match()

    def phone_lost(self, agent_id: AgentId, within_s: float) -> None:
        """The agent's phone went, and may come back: no offers until then; a call they talk in is kept for them."""
        agent = self._agents.get(agent_id)
        if agent is None or agent.state is AgentState.GONE or not agent.reachable:
            return
        agent.reachable = False
        transfer = self._of(agent_id)
        if transfer is not None and transfer.state is State.OFFERED:
            self._take_back(transfer, Event.AGENT_LOST, "withdrawn")
        elif transfer is not None and transfer.state is State.CONNECTING:
            self._move(transfer, Event.AGENT_LOST)
        self._audience.tell(agent_id, PhoneLost(within_s=within_s))
        self._audience.changed(agent)
        self._match()

    def phone_back(self, agent_id: AgentId) -> None:
        """It is there again. Idempotent."""
        agent = self._agents.get(agent_id)
        if agent is not None and not agent.reachable:
            agent.reachable = True
            self._audience.tell(agent_id, PhoneBack())
            self._audience.changed(agent)
            self._match()

    def take_over(self, agent_id: AgentId, request: Request) -> Ticket:
        """The agent takes a call that nobody offered them, as supervisors do: CONNECTING at once.

        Raises:
            NoSuchAgent: not signed in.
            IllegalTransition: they are in a call, or offered one.
        """
        agent = self.agent(agent_id)
        agent.machine.on(AgentEvent.TOOK_OVER)
        self._wrap_ups.end(agent_id)
        transfer = self._new(request)
        transfer.agent = agent_id
        transfer.offered_s = transfer.accepted_s = transfer.requested_s
        ticket = self._tickets[transfer.id]
        self._move(transfer, Event.TAKEN_OVER)
        self._audience.changed(agent)
        return ticket

    def tell(self, agent_id: AgentId, news: AgentNews) -> None:
        """Something that others found out."""
        self._audience.tell(agent_id, news)

    def listen(self, agent_id: AgentId, listener: Callable[[AgentNews], None]) -> Callable[[], None]:
        """Tell `listener` everything for this agent; returns how to stop. Must not block.

        Raises:
            NoSuchAgent: not signed in.
        """
        return self._audience.listen(self.agent(agent_id), listener)

    async def events(self, agent_id: AgentId) -> AsyncGenerator[AgentNews]:
        """`listen` as an iterator, for ever."""
        news: asyncio.Queue[AgentNews] = asyncio.Queue()  # unbounded: an offer must not be lost; few a minute
        stop = self.listen(agent_id, news.put_nowait)
        try:
            while True:
                yield await news.get()
        finally:
            stop()

    def watch(self, watcher: Callable[[Transfer], None]) -> None:
        """Tell `watcher` whenever a transfer has moved."""
        self._audience.of_transfers.append(watcher)

    def watch_agents(self, watcher: Callable[[Agent], None]) -> None:
        """Tell `watcher` whenever an agent's status or state has changed."""
        self._audience.of_agents.append(watcher)

    def transfer_of(self, agent_id: AgentId) -> Transfer | None:
        """What the agent is offered, or talks in."""
        return self._of(agent_id)

    def wraps_up(self, agent_id: AgentId) -> Request | None:
        """The call the agent wraps up, with what they were shown of it; None when they do not."""
        transfer = self._wrap_ups.transfer(agent_id)
        return transfer.request if transfer is not None else None

    def taken_over_by(self, agent_id: AgentId) -> AgentId | None:
        """Who took the call over that the agent wraps up; None when nobody did."""
        transfer = self._wrap_ups.transfer(agent_id)
        return transfer.taken_over_by if transfer is not None else None

    def wrap_up_left_s(self, agent_id: AgentId) -> float:
        """Seconds until the wrap-up ends by itself; 0 when there is none."""
        return self._wrap_ups.left_s(agent_id, self._clock.monotonic())

    def extend_wrap_up(self, agent_id: AgentId, by_s: float) -> None:
        """More time to write. Without effect outside a wrap-up."""
        if self._wrap_ups.extend(agent_id, by_s):
            self._audience.changed(self.agent(agent_id))

    def agent(self, agent_id: AgentId) -> Agent:
        """The agent.

        Raises:
            NoSuchAgent: not signed in.
        """
        agent = self._agents.get(agent_id)
        if agent is None:
            raise NoSuchAgent(f"no agent {agent_id!r} is signed in", remedy="Sign in first.")
        return agent

    def free(self, tenant_id: TenantId) -> int:
        """How many of a tenant's agents could be offered a call now."""
        return sum(1 for agent in self._agents.values() if agent.tenant_id == tenant_id and agent.available)

    def soon_free(self, tenant_id: TenantId) -> int:
        """How many are wrapping up."""
        return self._want_more(tenant_id, AgentState.WRAP_UP)

    def talking(self, tenant_id: TenantId) -> int:
        """How many are in a call, or about to be, and want another after it."""
        return self._want_more(tenant_id, AgentState.OFFERED, AgentState.TALKING)

    # -- customers -----------------------------------------------------------------------------------------------
    def request(self, request: Request) -> Ticket:
        """A customer wants a person; an offer goes out at once when somebody is free."""
        transfer = self._new(request)
        ticket = self._tickets[transfer.id]
        self._audience.moved(transfer)
        self._match()
        return ticket

    def withdraw(self, transfer_id: TransferId) -> None:
        """The customer hung up or changed their mind. An agent who was offered it keeps their place. Idempotent."""
        transfer = self._transfers.get(transfer_id)
        if transfer is not None and transfer.machine.takes(Event.CUSTOMER_LEFT):
            if transfer.state is State.BRIDGED:
                self.ended(transfer_id)
            else:
                self._move(transfer, Event.CUSTOMER_LEFT)
                self._match()

    def bridged(self, transfer_id: TransferId) -> None:
        """The two hear each other."""
        transfer = self._transfer(transfer_id)
        self._move(transfer, Event.BRIDGED)
        if transfer.agent is not None:
            self._audience.tell(transfer.agent, Connected(transfer_id=transfer.id, call_id=transfer.request.call_id))

    def ended(self, transfer_id: TransferId, *, taken_over_by: AgentId | None = None) -> None:
        """The two have parted, whoever hung up, or because somebody took the agent's place. Idempotent."""
        transfer = self._transfer(transfer_id)
        if transfer.machine.takes(Event.ENDED):
            transfer.taken_over_by = taken_over_by
            self._move(transfer, Event.ENDED)
            self._match()

    # -- an agent's answers --------------------------------------------------------------------------------------
    def accept(self, agent_id: AgentId, transfer_id: TransferId) -> Transfer:
        """Take the offer.

        Raises:
            NoSuchTransfer, OfferOver.
        """
        transfer = self._offered_to(agent_id, transfer_id)
        transfer.accepted_s = self._clock.monotonic()
        self.agent(agent_id).machine.on(AgentEvent.ACCEPTED)
        self._move(transfer, Event.ACCEPTED)
        self._audience.changed(self.agent(agent_id))
        return transfer

    def decline(self, agent_id: AgentId, transfer_id: TransferId) -> None:
        """Leave it to another; the customer keeps their place.

        Raises:
            NoSuchTransfer, OfferOver.
        """
        transfer = self._offered_to(agent_id, transfer_id)
        self._take_back(transfer, Event.DECLINED, "declined")
        self.agent(agent_id).idle_since_s = self._clock.monotonic()
        self._match()

    def wrap_up_done(self, agent_id: AgentId) -> None:
        """The agent has finished with the last call. Idempotent."""
        agent = self.agent(agent_id)
        if agent.machine.takes(AgentEvent.WRAPPED_UP):
            agent.machine.on(AgentEvent.WRAPPED_UP)
            agent.idle_since_s = self._clock.monotonic()
            self._wrap_ups.end(agent_id)
            self._audience.changed(agent)
            self._match()

    # -- time ----------------------------------------------------------------------------------------------------
    async def run(self) -> None:
        """Keep the deadlines until cancelled."""
        while True:
            await self._clock.sleep(_TICK_S)
            self.tick()

    def tick(self) -> None:
        """What is due now: offers that expired, customers who waited long enough, wrap-ups that are over."""
        now_s = self._clock.monotonic()
        for transfer in list(self._transfers.values()):
            if transfer.state is State.OFFERED and now_s >= transfer.offer_expires_s:
                self._miss(transfer)
            if transfer.state in (State.WAITING, State.OFFERED) and now_s >= transfer.deadline_s:
                self._move(transfer, Event.DEADLINE)
        for agent_id in self._wrap_ups.over(now_s):
            self.wrap_up_done(agent_id)
        self._match()

    # -- inside --------------------------------------------------------------------------------------------------
    def _new(self, request: Request) -> Transfer:
        now_s = self._clock.monotonic()
        transfer = Transfer(
            id=TransferId(f"{request.call_id}-{next(self._numbers)}"),
            request=request,
            requested_s=now_s,
            deadline_s=now_s + request.hold_s,
        )
        self._transfers[transfer.id] = transfer
        self._tickets[transfer.id] = Ticket(transfer)
        return transfer

    def _want_more(self, tenant_id: TenantId, *states: AgentState) -> int:
        return sum(
            1
            for agent in self._agents.values()
            if agent.tenant_id == tenant_id and agent.state in states and agent.next is Next.CALL
        )

    def _match(self) -> None:
        """Nothing holds these any more: who leaves goes, who waits is offered."""
        for agent in [one for one in self._agents.values() if one.leaving and one.state is AgentState.IDLE]:
            self.gone(agent.id)
        for transfer, agent in list(pairs(self._transfers.values(), self._agents.values())):
            now_s = self._clock.monotonic()
            transfer.agent = agent.id
            transfer.offered_s = now_s
            transfer.offer_expires_s = now_s + self._offer_s
            agent.machine.on(AgentEvent.OFFERED)
            self._move(transfer, Event.OFFERED)
            request = transfer.request
            offer = Offer(
                transfer_id=transfer.id,
                briefing=request.briefing,
                expires_in_s=self._offer_s,
                straight=request.straight,
            )
            self._audience.tell(agent.id, offer)
            self._audience.changed(agent)
            if request.straight:
                self.accept(agent.id, transfer.id)

    def _miss(self, transfer: Transfer) -> None:
        agent = self._agents.get(transfer.agent) if transfer.agent else None
        if agent is not None:
            agent.status, agent.reason = Status.NOT_READY, "missed an offer"
        self._take_back(transfer, Event.EXPIRED, "expired")

    def _take_back(self, transfer: Transfer, event: Event, reason: str) -> None:
        agent_id = transfer.agent
        if agent_id is not None:
            if event is not Event.AGENT_LOST:
                transfer.refused.add(agent_id)
            if event is Event.EXPIRED:
                transfer.missed.add(agent_id)
            self._release(agent_id, transfer, reason)
        transfer.agent = None
        self._move(transfer, event)
        if transfer.request.only is not None:  # nobody else may have it
            self._move(transfer, Event.DEADLINE)

    def _release(self, agent_id: AgentId, transfer: Transfer, reason: str) -> None:
        agent = self.agent(agent_id)
        if agent.machine.takes(AgentEvent.RELEASED):
            agent.machine.on(AgentEvent.RELEASED)
        self._audience.tell(agent_id, OfferGone(transfer_id=transfer.id, reason=reason))
        self._audience.changed(agent)

    def _move(self, transfer: Transfer, event: Event) -> None:
        before = transfer.state
        state = transfer.machine.on(event)
        agent_id = transfer.agent
        if before is State.OFFERED and state in (State.BOOKED, State.WITHDRAWN) and agent_id is not None:
            self._release(agent_id, transfer, "withdrawn")
            transfer.agent = None
        elif before is State.OFFERED and state is State.WAITING:
            transfer.agent = None
        elif state in (State.ENDED, State.WITHDRAWN, State.FAILED) and agent_id is not None:
            self._after_call(agent_id, transfer)
        if state in (State.CONNECTING, State.BOOKED, State.WITHDRAWN):
            self._tickets[transfer.id].decide(state)
        if transfer.machine.ended:
            self._tickets.pop(transfer.id, None)
            self._forget_old()
        log.info("transfer moved", transfer=transfer.id, state=state.value, agent=agent_id)
        self._audience.moved(transfer)

    def _after_call(self, agent_id: AgentId, transfer: Transfer) -> None:
        agent = self.agent(agent_id)
        if agent.machine.takes(AgentEvent.CALL_ENDED):
            agent.machine.on(AgentEvent.CALL_ENDED)
            self._wrap_ups.begin(agent_id, transfer, self._clock.monotonic() + self._wrap_up_s)
            self._audience.tell(agent_id, CallEnded(transfer_id=transfer.id, call_id=transfer.request.call_id))
            self._audience.changed(agent)

    def _forget_old(self) -> None:
        over = [transfer.id for transfer in self._transfers.values() if transfer.machine.ended]
        for transfer_id in over[:-_KEPT]:
            del self._transfers[transfer_id]

    def _transfer(self, transfer_id: TransferId) -> Transfer:
        transfer = self._transfers.get(transfer_id)
        if transfer is None:
            raise NoSuchTransfer(f"no transfer {transfer_id!r}", remedy="It may have ended long ago.")
        return transfer

    def _offered_to(self, agent_id: AgentId, transfer_id: TransferId) -> Transfer:
        self.agent(agent_id)
        transfer = self._transfer(transfer_id)
        if transfer.state is not State.OFFERED or transfer.agent != agent_id:
            raise OfferOver(
                f"the offer is over: the transfer is {transfer.state.value}",
                remedy="Wait for the next one.",
                params={"state": transfer.state.value},
            )
        return transfer

    def _of(self, agent_id: AgentId) -> Transfer | None:
        return next(
            (t for t in self._transfers.values() if t.agent == agent_id and not t.machine.ended),
            None,
        )

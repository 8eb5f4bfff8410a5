"""The agent's part of a call: customer and agent on a bridge, until one of them leaves for good.

Who sits in the agent's place may change: their phone is lost and comes back, a colleague takes the customer on, a supervisor
takes over, or inherits them. The customer hears music while nobody speaks with them, and is never lost by a change: an agent
who put them on in vain keeps them.
"""

from dataclasses import replace

from bot.outcome import RobotOutcome
from dialer.briefing import briefing_of, briefing_without_talk, learnt_of
from dialer.call import Event, Served
from dialer.life import Life
from handoff.agents import AgentId
from handoff.directory import colleagues, queues
from handoff.news import CallChanged, TransferFailed
from handoff.transfer import Request, Ticket
from handoff.transfer import State as TransferState
from kernel.errors import JingyinError
from kernel.tasks import Background, alongside
from media.bridge import MixingBridge
from media.leg import Leg


class NotNow(JingyinError):
    """The call is not in a state in which this can be done."""

    code = "dialer.not_now"


class NobodyToTransferTo(JingyinError):
    """No agent or queue of that name is there, or the agent cannot be offered a call now."""

    code = "dialer.nobody_to_transfer_to"


class HumanLeg:
    """One agent's, or several agents', part of a call; the `Use` of the phone of whoever sits there. Runs once."""

    def __init__(self, life: Life, leg: Leg) -> None:
        self._life = life
        self._leg = leg
        self._bridge: MixingBridge | None = None
        self._background: Background | None = None
        self._onward: Ticket | None = None
        self._onward_to = ""
        self._lost = False  # the agent's phone does not come back

    # -- how it is -----------------------------------------------------------------------------------------------
    @property
    def held(self) -> bool:
        """The customer was put on hold."""
        return self._bridge is not None and self._bridge.situation.held

    @property
    def muted(self) -> bool:
        """The agent's microphone is off."""
        return self._bridge is not None and self._bridge.situation.muted

    @property
    def away(self) -> bool:
        """Nobody sits in the agent's place: their phone is lost."""
        return self._bridge is not None and self._bridge.situation.away

    @property
    def transfer_to(self) -> str | None:
        """The agent or queue that is asked to take the customer on."""
        return self._onward_to if self._onward is not None else None

    @property
    def lost(self) -> bool:
        """The agent was lost for good, and nobody has taken their place."""
        return self._lost

    @property
    def actions(self) -> list[str]:
        """What the agent may do now."""
        found = ["resume" if self.held else "hold", "unmute" if self.muted else "mute"]
        return found if self._onward is not None else [*found, "transfer", "hang_up"]

    @property
    def agent(self) -> AgentId:
        """Who sits there."""
        ticket = self._life.ticket
        assert ticket is not None and ticket.transfer.agent is not None  # there is no human leg without
        return ticket.transfer.agent

    # -- its life ------------------------------------------------------------------------------------------------
    async def run(self, ticket: Ticket) -> bool:
        """Until they part; False: the agent was lost before the two were joined."""
        life, around, transfer = self._life, self._life.around, ticket.transfer
        phone = around.phones.get(transfer.agent)
        if phone is None or life.agent_left or transfer.state is not TransferState.CONNECTING:
            life.notes.note("agent_lost", {"agent": transfer.agent})
            return False
        bridge = self._bridge = life.bridge = MixingBridge(
            ticker=around.ticker, clock=around.clock, customer=self._leg, agent=phone, keeps=True
        )
        life.human = self
        around.phones.use(self.agent, self)
        around.desk.bridged(transfer.id)
        life.move(Event.BRIDGED)
        life.call.served = Served.AGENT
        life.notes.note("bridged", {"agent": transfer.agent})
        life.do(lambda: around.crm.calls.set_stage(life.picked.scope, life.call.call_id, "human"))
        if life.found is not None:  # now, for who finishes the call after a crash of ours
            learnt = learnt_of(life.found, first_sound_ms=life.first_sound_ms)
            life.do(lambda: around.crm.calls.record(life.picked.scope, life.call.call_id, learnt))
        life.tell("bridged", {"agent": transfer.agent})
        try:
            async with alongside() as self._background:
                life.joined()
                who = await bridge.run()
        finally:
            life.human = None
            if self._onward is not None:
                around.desk.withdraw(self._onward.transfer.id)
            around.phones.release(self.agent, self)
            life.joined()
        life.notes.note("parted", {"by": who.value if who else "agent"})
        if transfer.offered_s is not None and transfer.accepted_s is not None:
            life.handover |= {
                "offered_s": transfer.offered_s - life.answered_s,
                "accepted_s": transfer.accepted_s - life.answered_s,
                "bridged_s": (bridge.first_customer_frame_at_s or around.clock.monotonic()) - life.answered_s,
            }
        return True

    # -- what the agent does -------------------------------------------------------------------------------------
    def hold(self, held: bool) -> None:
        """Music for the customer, or back to them; that also takes back a transfer nobody has accepted yet."""
        if held == self.held:
            return
        if not held:
            self._withdraw_onward()
        self._hold(held)
        self._note("held" if held else "resumed")

    def mute(self, muted: bool) -> None:
        """Nobody hears the agent, or all do again."""
        if self._bridge is not None and muted != self.muted:
            self._bridge.mute(muted)
            self._note("muted" if muted else "unmuted")

    def hang_up(self) -> None:
        """The agent ends the call.

        Raises:
            NotNow: a colleague is being asked to take it.
        """
        if self._onward is not None:
            raise NotNow(
                "a colleague is being asked to take the customer", remedy="Take the customer back first.", case="asking"
            )
        if self._bridge is not None:
            self._bridge.stop()

    def transfer(self, *, to_agent: str | None = None, to_queue: str | None = None) -> None:
        """Offer the customer to a colleague, by name or id, or to a queue; they hear music until it is decided.

        Raises:
            NotNow: that is being done already.
            NobodyToTransferTo: there is no such colleague or queue, or the colleague is not free.
        """
        if self._onward is not None or self._background is None:
            raise NotNow("a colleague is being asked already", remedy="Wait, or take the customer back.", case="asking")
        life, before = self._life, self._life.ticket
        assert before is not None  # it is bridged
        only = self._colleague(to_agent) if to_agent is not None else None
        if only is None:
            self._need_queue(to_queue or "")
        briefing, desk = before.transfer.request.briefing, life.around.desk
        self._hold(True)
        self._onward_to = desk.agent(only).name if only is not None else to_queue or ""
        self._onward = desk.request(
            Request(
                call_id=str(life.call.call_id),
                tenant_id=life.picked.scope.tenant_id,
                briefing=replace(briefing, put_through_by=desk.agent(self.agent).name),
                queue=to_queue or life.queue,
                only=only,
                hold_s=life.around.hold_s,
            )
        )
        self._note("transfer_asked", to_agent=only, to_queue=None if only else to_queue)
        self._background.start(self._put_on(self._onward))

    def take_over(self, person: AgentId) -> None:
        """A supervisor sits down in the agent's place; the agent wraps up.

        Raises:
            IllegalTransition: they are in a call themselves.
        """
        life = self._life
        ticket = life.around.desk.take_over(person, request_of(life))
        self._withdraw_onward()
        self._note("taken_over", to=person)
        self._change_to(ticket, taken_over=True)

    # -- the agent's phone (handoff.phones.Use) ------------------------------------------------------------------
    def phone_lost(self) -> None:
        """See `Use`. The bridge has seen it, or will: music."""
        if self._bridge is not None:
            self._bridge.vacate()
        self._note("phone_lost")

    def phone_back(self, leg: Leg) -> None:
        """See `Use`. As they were: on hold if they were, and muted if they were."""
        if self._bridge is not None:
            muted = self.muted
            self._bridge.seat(leg)
            self._bridge.mute(muted)
        self._note("phone_back")

    def phone_gone(self) -> None:
        """See `Use`. While a colleague is being asked the customer waits for them."""
        self._lost = True
        if self._bridge is not None:
            self._bridge.vacate()
            if self._onward is None:
                self._leave_alone()

    # -- inside --------------------------------------------------------------------------------------------------
    async def _put_on(self, ticket: Ticket) -> None:
        state = await ticket.outcome()
        if self._onward is not ticket:
            return  # taken back, or taken over
        self._onward = None
        transfer, phones, desk = ticket.transfer, self._life.around.phones, self._life.around.desk
        if transfer.state is TransferState.CONNECTING and phones.get(transfer.agent) is not None:
            self._note("transferred", to=transfer.agent)
            self._change_to(ticket)
            return
        reason = "lost" if state is TransferState.CONNECTING else transfer.why_nobody
        desk.withdraw(transfer.id)
        self._hold(self._lost)
        self._note("transfer_failed", reason=reason)
        if self._lost:
            self._leave_alone()
            return
        desk.tell(self.agent, TransferFailed(call_id=str(self._life.call.call_id), reason=reason))

    def _leave_alone(self) -> None:
        """The agent does not come back, and nobody was found: their supervisor has the customer, or the call ends."""
        if not self._life.inherited() and self._bridge is not None:
            self._bridge.stop()

    def _change_to(self, ticket: Ticket, *, taken_over: bool = False) -> None:
        """Another agent, whose phone is up, has the customer from now on; `taken_over`: the one before was not asked."""
        life, around, before = self._life, self._life.around, self._life.ticket
        leg = around.phones.get(ticket.transfer.agent)
        assert before is not None and leg is not None and self._bridge is not None
        around.phones.release(self.agent, self)
        life.ticket, self._lost = ticket, False
        around.phones.use(self.agent, self)  # who listened with this phone listens no more
        self._bridge.seat(leg)
        self._hold(False)
        around.desk.bridged(ticket.transfer.id)
        around.desk.ended(before.transfer.id, taken_over_by=self.agent if taken_over else None)
        life.tell("bridged", {"agent": self.agent})

    def _withdraw_onward(self) -> None:
        onward, self._onward = self._onward, None
        if onward is not None:
            self._life.around.desk.withdraw(onward.transfer.id)

    def _hold(self, held: bool) -> None:
        if self._bridge is not None:
            self._bridge.hold(held)

    def _colleague(self, wanted: str) -> AgentId:
        name = wanted.strip().casefold()
        others = colleagues(self._life.around.desk.agents.values(), self._life.picked.scope.tenant_id, self.agent)
        found = [agent for agent in others if name in (agent.id.casefold(), agent.name.casefold())]
        if len(found) != 1:
            problem = "several colleagues are" if found else "no colleague is"
            case = "several" if found else "unknown"
            raise NobodyToTransferTo(
                f"{problem} there by that name",
                where=wanted,
                remedy="Correct the name.",
                case=case,
                params={"name": wanted},
            )
        if not found[0].available:
            raise NobodyToTransferTo(
                "the colleague is not free",
                where=wanted,
                remedy="Choose another, or a queue.",
                case="busy",
                params={"name": wanted},
            )
        return found[0].id

    def _need_queue(self, queue: str) -> None:
        """Somebody else must serve it."""
        desk = self._life.around.desk
        lines = queues(desk.agents.values(), desk.transfers.values(), self._life.picked.scope.tenant_id, self.agent)
        if not any(line.name == queue and line.served_by for line in lines):
            raise NobodyToTransferTo(
                "nobody else serves that queue",
                where=queue,
                remedy="Choose another.",
                case="queue",
                params={"name": queue},
            )

    def _note(self, kind: str, **facts: str | None) -> None:
        life = self._life
        life.notes.note(kind, {"agent": self.agent, **facts})
        life.tell("state", {})
        how = CallChanged(
            call_id=str(life.call.call_id), held=self.held, muted=self.muted, transfer_to=self.transfer_to
        )
        life.around.desk.tell(self.agent, how)  # in all their tabs: the one that has the phone must show it too


def request_of(life: Life) -> Request:
    """What a person who takes the call now is shown, as a request for one."""
    picked, call_id = life.picked, life.call.call_id
    about = picked.lead, call_id, picked.campaign.name
    so_far: RobotOutcome | None = life.found or (life.robot.so_far if life.robot is not None else None)
    if life.ticket is not None:
        briefing = life.ticket.transfer.request.briefing
    elif so_far is not None:
        briefing = briefing_of(*about, so_far, life.turns, life.earlier)
    else:
        briefing = briefing_without_talk(*about, life.earlier)
    return Request(
        call_id=str(call_id),
        tenant_id=picked.scope.tenant_id,
        briefing=briefing,
        queue=life.queue,
        hold_s=life.around.hold_s,
    )

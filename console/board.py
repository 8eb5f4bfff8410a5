"""What is going on, as people watch it: the platform's own events turned into those of the live protocol.

A call's event carries the whole view of the call, made from its runner at that moment, so that snapshot and events agree.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from console.api import desk_shapes, shapes
from console.api.words import pace_view
from console.live import LiveHub
from console.masked import masked_name
from crm.campaign import Campaign
from dialer import pacing
from dialer.call import State
from dialer.runner import CallRunner
from dialer.wiring.platform import Platform
from handoff.agents import Agent, AgentId
from handoff.agents import State as AgentState
from handoff.news import (
    AgentNews,
    CallChanged,
    CallEnded,
    Connected,
    Fenced,
    Offer,
    OfferGone,
    PhoneBack,
    PhoneLost,
    StateChanged,
    TransferFailed,
)
from kernel.clock import Clock
from kernel.tenant import TenantId

_STAGES: Final[dict[State, shapes.Stage]] = {
    State.CLAIMED: "dialling",
    State.DIALLING: "dialling",
    State.ROBOT: "robot",
    State.HOLDING: "waiting",
    State.HUMAN: "human",
    State.ENDED: "ended",
}


class LiveBoard:
    """Listens to a platform for the hub. Give `told` to `open_platform`, then `attach` what it yields."""

    def __init__(self, hub: LiveHub, clock: Clock) -> None:
        self._hub = hub
        self._clock = clock
        self._platform: Platform | None = None
        self._since: dict[AgentId, tuple[str, datetime]] = {}
        self._pacing: dict[int, pacing.Decision] = {}
        self._listening: set[AgentId] = set()

    def attach(self, platform: Platform) -> None:
        """From now on."""
        self._platform = platform
        platform.desk.watch_agents(self._on_agent)
        platform.trials.listen(self._hub.tell)

    def told(self, topic: str, type: str, data: Mapping[str, Any]) -> None:
        """A call's word (dialer.runner)."""
        runner = self._platform.loop.running.get(int(data["call_id"])) if self._platform and topic == "calls" else None
        if runner is None:
            return
        tenant_id = runner.lead.tenant_id
        view = call_view(runner, self._clock.now()).model_dump()
        match type:
            case "turn":
                turns = runner.turns
                turn = turn_view(len(turns) - 1, turns[-1]).model_dump()
                self._hub.tell(tenant_id, "calls", "turn", {"call_id": view["call_id"], **turn})
                self._hub.tell(tenant_id, "calls", "grade", view)
            case "partial":
                partial = {name: data[name] for name in ("call_id", "text", "intent")}
                self._hub.tell(tenant_id, "calls", "partial", partial)
            case "ended":
                self._hub.tell(
                    tenant_id, "calls", "call_ended", {"call_id": view["call_id"], "outcome": data["outcome"]}
                )
            case _:
                self._hub.tell(tenant_id, "calls", "call_state", view)

    def paced(self, campaign: Campaign, decision: pacing.Decision) -> None:
        """A pacer's word, told when it has changed."""
        before = self._pacing.get(campaign.id)
        if before is None or before.because != decision.because:
            self._pacing[campaign.id] = decision
            said = {"campaign_id": str(campaign.id), "pacing": pace_view(decision).model_dump()}
            self._hub.tell(campaign.tenant_id, "campaigns", "pacing", said)

    def unpaced(self, campaign_id: int) -> None:
        """The campaign was moved: what its pacer said before is not why it dials, or does not, from now on."""
        self._pacing.pop(campaign_id, None)

    def pacing_of(self, campaign_id: int) -> pacing.Decision | None:
        """The pacer's last word."""
        return self._pacing.get(campaign_id)

    def now(self) -> datetime:
        """The platform's time."""
        return self._clock.now()

    def monotonic(self) -> float:
        """The platform's seconds, as transfers count them."""
        return self._clock.monotonic()

    def since(self, agent: Agent) -> datetime:
        """Since when the agent is as they are."""
        known = self._since.get(agent.id)
        return known[1] if known else self._clock.now()

    def agent_view(self, agent: Agent) -> shapes.AgentView:
        """An agent for people."""
        return shapes.AgentView(
            id=agent.id,
            name=agent.name,
            status=agent.status.value,
            state=agent.state.value,
            next=agent.next.value,
            reason=agent.reason,
            since=self.since(agent).isoformat(),
            allowed_actions=agent.actions,
        )

    def _on_agent(self, agent: Agent) -> None:
        chosen = agent.status if agent.state is AgentState.IDLE else ""  # in a call it is of what follows
        now_is = f"{agent.state} {chosen}"
        if self._since.get(agent.id, ("",))[0] != now_is:
            self._since[agent.id] = (now_is, self._clock.now())
        if agent.id not in self._listening and self._platform is not None:
            self._listening.add(agent.id)
            self._platform.desk.listen(agent.id, lambda news: self._on_news(agent.tenant_id, agent.id, news))
        self._hub.tell(agent.tenant_id, "agents", "agent", self.agent_view(agent).model_dump())

    def _on_news(self, tenant_id: TenantId, agent_id: AgentId, news: AgentNews) -> None:
        self._hub.tell(tenant_id, f"desk/{agent_id}", *agent_news(news))


def call_view(runner: CallRunner, now: datetime) -> shapes.LiveCall:
    """A call under way. No number, no full name."""
    call, lead, human = runner.call, runner.lead, runner.human
    return shapes.LiveCall(
        call_id=str(call.call_id),
        campaign_id=str(call.campaign_id),
        stage=_STAGES[call.state],
        since=(call.answered_at or call.claimed_at or now).isoformat(),
        masked_name=masked_name(lead.name),
        masked_number=lead.number.masked,
        city=None,
        grade=runner.grade,
        agent_id=runner.agent,
        last_text=runner.turns[-1].text if runner.turns else None,
        held=human is not None and human.held,
        transfer_to=human.transfer_to if human is not None else None,
        phone_lost=human is not None and human.away,
        monitored=runner.supervision.mode,
        monitored_by=runner.supervision.person,
        allowed_actions=runner.supervision.actions,
    )


def turn_view(index: int, turn: Any) -> shapes.TurnView:  # Any: a Turn, or its journal's JSON as an object
    """One turn."""
    return shapes.TurnView(
        index=index,
        who=turn.speaker.value,
        kind=turn.kind,
        text=turn.text,
        start_ms=turn.start_ms,
        end_ms=turn.end_ms,
        intent=turn.intent or None,
        confidence=turn.confidence if turn.intent else None,
        because=turn.because or None,
    )


def agent_news(news: AgentNews) -> tuple[str, dict[str, Any]]:  # Any: JSON
    """(type, data) of an event of topic `desk`."""
    match news:
        case Offer():
            return "offer", desk_shapes.OfferView(
                transfer_id=news.transfer_id,
                expires_in_s=news.expires_in_s,
                straight=news.straight,
                briefing=desk_shapes.BriefingView.of(news.briefing),
            ).model_dump()
        case OfferGone():
            return "offer_gone", {"transfer_id": news.transfer_id, "reason": news.reason}
        case Connected():
            return "connected", {"transfer_id": news.transfer_id, "call_id": news.call_id}
        case CallChanged():
            return "call_changed", {
                "call_id": news.call_id,
                "held": news.held,
                "muted": news.muted,
                "transfer_to": news.transfer_to,
            }
        case CallEnded():
            return "call_ended", {"transfer_id": news.transfer_id, "call_id": news.call_id}
        case StateChanged():
            return "state", {
                "status": news.status,
                "state": news.state,
                "reason": news.reason,
                "next": news.next,
            }
        case PhoneLost():
            return "phone_lost", {"within_s": news.within_s}
        case PhoneBack():
            return "phone_back", {}
        case Fenced():
            return "fenced", {"desk_session": news.desk_session}
        case TransferFailed():
            return "transfer_failed", {"call_id": news.call_id, "reason": news.reason}

"""The board: everything a wall shows at one moment, and who is there."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from fastapi import APIRouter

from console.api import shapes
from console.api.access import Caller, Who
from console.api.campaigns import campaign_view
from console.api.place import Here, Id, Place
from console.api.words import reasons_view
from console.board import call_view
from crm.campaign import Campaign
from crm.quota.decision import Denial
from dialer.figures import abandoned_percent, answer_to_robot_ms
from handoff.agents import Agent, Status
from handoff.agents import State as AgentState
from kernel.tenant import TenantId

_DENIALS: Final = 50
_PREDICTIVE: Final = "predictive"

router = APIRouter(prefix="/api")


@router.get("/board", operation_id="getBoard")
async def board(here: Here, who: Who, campaign_id: Id | None = None) -> shapes.Board:
    """As of event `seq`."""
    tenant_id, now = who.scope.tenant_id, here.live.now()
    seq = here.hub.seq(tenant_id)  # first: what happens meanwhile is told again, which does no harm
    agents = _agents(here, tenant_id)
    calls = _calls(here, tenant_id, campaign_id, now)
    denials = await here.crm.quota.denials(who.scope, limit=_DENIALS)
    campaigns = await here.crm.campaigns.all(who.scope)
    tiles = _tiles(calls, agents, denials, now).model_copy(
        update={
            "abandoned_percent": await _abandoned_percent(here, who, campaigns, campaign_id),
            "answer_to_robot_ms": await answer_to_robot_ms(here.crm, who.scope, campaign_id),
        }
    )
    return shapes.Board(
        epoch=here.hub.epoch,
        seq=seq,
        tiles=tiles,
        calls=calls,
        agents=[here.live.agent_view(agent) for agent in agents],
        denials=[_denial_view(denial) for denial in denials],
        campaigns=[await campaign_view(here, who, one.id) for one in campaigns],
    )


@router.get("/agents", operation_id="listAgents")
async def list_agents(here: Here, who: Who) -> list[shapes.AgentView]:
    """The tenant's."""
    return [here.live.agent_view(agent) for agent in _agents(here, who.scope.tenant_id)]


def _agents(here: Place, tenant_id: TenantId) -> list[Agent]:
    return [agent for agent in here.platform.desk.agents.values() if agent.tenant_id == tenant_id]


def _calls(here: Place, tenant_id: TenantId, campaign_id: int | None, now: datetime) -> list[shapes.LiveCall]:
    """Those under way; of one campaign, or of all."""
    return [
        call_view(runner, now)
        for runner in here.platform.loop.running.values()
        if runner.lead.tenant_id == tenant_id and campaign_id in (None, runner.call.campaign_id)
    ]


async def _abandoned_percent(
    here: Place, who: Caller, campaigns: Sequence[Campaign], campaign_id: int | None
) -> float | None:
    """Of the campaign, or the highest of all: the law's share holds for each, and a mean would hide who breaks it."""
    dialled_ahead = [one.id for one in campaigns if one.mode == _PREDICTIVE and campaign_id in (None, one.id)]
    shares = [await abandoned_percent(here.crm, who.scope, one, here.live.now()) for one in dialled_ahead]
    return max((share for share in shares if share is not None), default=None)


def _tiles(
    calls: Sequence[shapes.LiveCall], agents: Sequence[Agent], denials: Sequence[Denial], now: datetime
) -> shapes.Tiles:
    here = [agent for agent in agents if agent.state is not AgentState.GONE]
    stages = [call.stage for call in calls]
    return shapes.Tiles(
        dialling=stages.count("dialling"),
        robot=stages.count("robot"),
        waiting=stages.count("waiting"),
        human=stages.count("human"),
        wrap_up=sum(agent.state is AgentState.WRAP_UP for agent in here),
        ready=sum(agent.available for agent in here),
        not_ready=sum(agent.status is Status.NOT_READY and agent.state is AgentState.IDLE for agent in here),
        abandoned_percent=None,
        answer_to_robot_ms=None,
        denials_per_min=sum(now - denial.at < timedelta(minutes=1) for denial in denials),
    )


def _denial_view(denial: Denial) -> shapes.DenialView:
    return shapes.DenialView(
        at=denial.at.isoformat(),
        lead_id=str(denial.lead_id),
        reasons=reasons_view(denial.reasons),
        retry_at=denial.retry_at.isoformat() if denial.retry_at else None,
    )

"""Campaigns: how they stand, and what moves them."""

from fastapi import APIRouter

from console.api import shapes
from console.api.access import Caller, Who
from console.api.place import Here, Id, Place
from console.api.words import pace_view
from dialer import campaign as campaign_
from kernel.tenant import Role

router = APIRouter(prefix="/api")


async def campaign_view(here: Place, who: Caller, campaign_id: int) -> shapes.CampaignView:
    """A campaign, and what the caller may do with it.

    Raises:
        NotFound: the tenant has no such campaign.
    """
    found = await here.crm.campaigns.get(who.scope, campaign_id)
    counts = await here.crm.leads.counts(who.scope, campaign_id)
    state = campaign_.State(found.state)
    decision = here.live.pacing_of(found.id) if state is campaign_.State.RUNNING else None
    return shapes.CampaignView(
        id=str(found.id),
        name=found.name,
        mode=found.mode,
        assistant=found.assistant,
        state=found.state,
        leads={lead_state.value: count for lead_state, count in counts.items()},
        pacing=pace_view(decision) if decision is not None else None,
        allowed_actions=[
            event.value
            for source, event in campaign_.TABLE
            if source is state and event is not campaign_.Event.FINISH and who.may(Role.SUPERVISOR, Role.ADMIN)
        ],
    )


@router.get("/campaigns", operation_id="listCampaigns")
async def list_campaigns(here: Here, who: Who) -> list[shapes.CampaignView]:
    """The tenant's."""
    return [await campaign_view(here, who, one.id) for one in await here.crm.campaigns.all(who.scope)]


@router.post("/campaigns/stop-all", operation_id="stopAllCampaigns")
async def stop_all(here: Here, who: Who) -> list[shapes.CampaignView]:
    """Everything that runs or is paused stops, which is audited."""
    views = []
    for one in await here.crm.campaigns.all(who.scope):
        if campaign_.State(one.state) in (campaign_.State.RUNNING, campaign_.State.PAUSED):
            await _move(here, who, one.id, campaign_.Event.STOP)
        views.append(await campaign_view(here, who, one.id))
        here.hub.tell(who.scope.tenant_id, "campaigns", "moved", views[-1].model_dump())
    await here.crm.users.audited(who.scope, "stop_all")
    return views


@router.get("/campaigns/{campaign_id}", operation_id="getCampaign")
async def get_campaign(here: Here, campaign_id: Id, who: Who) -> shapes.CampaignView:
    """One."""
    return await campaign_view(here, who, campaign_id)


@router.post("/campaigns/{campaign_id}/action", operation_id="moveCampaign")
async def move_campaign(here: Here, campaign_id: Id, wanted: shapes.CampaignAction, who: Who) -> shapes.CampaignView:
    """Start, pause or stop it."""
    await _move(here, who, campaign_id, campaign_.Event(wanted.action))
    view = await campaign_view(here, who, campaign_id)
    here.hub.tell(who.scope.tenant_id, "campaigns", "moved", view.model_dump())
    return view


async def _move(here: Place, who: Caller, campaign_id: int, event: campaign_.Event) -> None:
    await campaign_.move(here.crm, who.scope, campaign_id, event)
    here.live.unpaced(campaign_id)

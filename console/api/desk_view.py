"""An agent's desk as one view: everything a reload needs."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from console.api import shapes
from console.api.access import Caller
from console.api.place import Place
from console.board import agent_actions, masked_name, turn_view
from crm.draft import Draft
from dialer.call import State as CallState
from handoff.agents import AgentId, Status
from handoff.agents import State as AgentState
from handoff.transfer import State as TransferState


async def desk_view(here: Place, who: Caller) -> shapes.DeskView:
    """The caller's desk now; of who has no shift, one that lets them start it."""
    agent = here.platform.desk.agents.get(who.agent_id)
    if agent is None:
        return _nobody(who, here.live.now())
    wrap_up = await _wrap_up(here, who)
    actions = agent_actions(agent)
    if wrap_up is not None and wrap_up.extended and "extend_wrap_up" in actions:
        actions.remove("extend_wrap_up")
    runner = here.platform.call_of(agent.id)
    if agent.state is AgentState.TALKING and runner is not None and runner.human is not None:
        actions = runner.human.actions
    return shapes.DeskView(
        agent=shapes.DeskAgent(id=agent.id, name=agent.name),
        status=agent.status.value,
        state=agent.state.value,
        reason=agent.reason,
        since=here.live.since(agent).isoformat(),
        allowed_actions=actions,
        offer=_offer(here, agent.id),
        call=await _call(here, who, agent.id),
        wrap_up=wrap_up,
        phone=_phone(here, agent.id),
        desk_session=here.platform.phones.session_of(agent.id),
    )


def _offer(here: Place, agent_id: AgentId) -> shapes.OfferView | None:
    transfer = here.platform.desk.transfer_of(agent_id)
    if transfer is None or transfer.state is not TransferState.OFFERED:
        return None
    return shapes.OfferView(
        transfer_id=transfer.id,
        expires_in_s=max(0.0, transfer.offer_expires_s - here.live.monotonic()),
        briefing=shapes.BriefingView.of(transfer.request.briefing),
    )


async def _call(here: Place, who: Caller, agent_id: AgentId) -> shapes.DeskCall | None:
    runner, now = here.platform.call_of(agent_id), here.live.now()
    if runner is None or runner.call.state is not CallState.HUMAN:
        return None
    lead, briefing, human = runner.lead, runner.briefing, runner.human
    return shapes.DeskCall(
        call_id=str(runner.call.call_id),
        customer_id=str(lead.customer_id),
        name=masked_name(lead.name),
        number=lead.number.masked,
        city=None,
        local_time=_local_time(now, lead.zone),
        zone=lead.zone,
        grade=runner.grade,
        since=(runner.call.answered_at or now).isoformat(),
        briefing=shapes.BriefingView.of(briefing) if briefing else None,
        transcript=[turn_view(index, turn) for index, turn in enumerate(runner.turns)],
        held=human is not None and human.held,
        muted=human is not None and human.muted,
        transfer_to=human.transfer_to if human is not None else None,
        draft=_draft_view(await here.crm.drafts.of(who.scope, runner.call.call_id)),
    )


async def _wrap_up(here: Place, who: Caller) -> shapes.WrapUpView | None:
    desk = here.platform.desk
    done = desk.last_call_of(who.agent_id)
    if done is None:
        return None
    until = here.live.now() + timedelta(seconds=desk.wrap_up_left_s(who.agent_id))
    draft = await here.crm.drafts.of(who.scope, int(done))
    return shapes.WrapUpView(
        call_id=done, until=until.isoformat(), extended=done in here.extended, draft=_draft_view(draft)
    )


def _phone(here: Place, agent_id: AgentId) -> shapes.PhoneState:
    phones = here.platform.phones
    lost_s = phones.lost_for_s(agent_id)
    until = None if lost_s is None else (here.live.now() + timedelta(seconds=lost_s)).isoformat()
    return shapes.PhoneState(state=phones.state(agent_id).value, lost_until=until)


def _nobody(who: Caller, now: datetime) -> shapes.DeskView:
    return shapes.DeskView(
        agent=shapes.DeskAgent(id=who.agent_id, name=who.user.display_name),
        status=Status.NOT_READY.value,
        state=AgentState.GONE.value,
        reason="",
        since=now.isoformat(),
        allowed_actions=["start_shift"],
        offer=None,
        call=None,
        wrap_up=None,
        phone=shapes.PhoneState(state="down", lost_until=None),
        desk_session=None,
    )


def _draft_view(draft: Draft | None) -> shapes.DraftView | None:
    if draft is None:
        return None
    return shapes.DraftView(
        call_id=str(draft.call_id),
        note=draft.note,
        outcome=draft.outcome,
        etag=draft.etag,
        saved_at=draft.saved_at.isoformat(),
    )


def _local_time(now: datetime, zone: str) -> str:
    """HH:MM there."""
    return now.astimezone(ZoneInfo(zone)).strftime("%H:%M")

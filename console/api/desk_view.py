"""An agent's desk as one view: everything a reload needs."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from console.api import desk_shapes as shapes
from console.api.access import Caller
from console.api.own_calls import talking_in, turns_of, wrapping_up
from console.api.place import Place
from console.board import turn_view
from console.masked import masked_name
from crm.draft import Draft
from crm.lead import Lead
from dialer.briefing import briefing_of_record
from dialer.call import State as CallState
from handoff.agents import AgentId, Next, Status
from handoff.agents import State as AgentState
from handoff.briefing import Briefing
from handoff.transfer import State as TransferState


async def desk_view(here: Place, who: Caller) -> shapes.DeskView:
    """The caller's desk now; of who has no shift, one that lets them start it."""
    agent = here.platform.desk.agents.get(who.agent_id)
    unfinished = len(await unfinished_of(here, who))
    if agent is None:
        return _nobody(who, here.live.now(), unfinished)
    wrap_up = await _wrap_up(here, who)
    actions = agent.actions
    if wrap_up is not None and wrap_up.extended and "extend_wrap_up" in actions:
        actions.remove("extend_wrap_up")
    runner = here.platform.call_of(agent.id)
    if agent.state is AgentState.TALKING and runner is not None and runner.human is not None:
        actions = [*runner.human.actions, *agent.choices]
    return shapes.DeskView(
        agent=shapes.DeskAgent(id=agent.id, name=agent.name),
        status=agent.status.value,
        state=agent.state.value,
        reason=agent.reason,
        since=here.live.since(agent).isoformat(),
        next=agent.next.value,
        allowed_actions=actions,
        offer=_offer(here, agent.id),
        call=await _call(here, who, agent.id),
        wrap_up=wrap_up,
        unfinished=unfinished,
        phone=_phone(here, agent.id),
        desk_session=here.platform.phones.session_of(agent.id),
    )


async def unfinished_of(here: Place, who: Caller) -> list[Draft]:
    """What the caller has yet to finish of calls that they neither talk in nor wrap up now, the latest first."""
    at_hand = {talking_in(here, who.agent_id), wrapping_up(here, who.agent_id)}
    return [draft for draft in await here.crm.drafts.all(who.scope) if str(draft.call_id) not in at_hand]


async def ended_call(here: Place, who: Caller, call_id: int, briefing: Briefing | None = None) -> shapes.DeskCall:
    """A call that is over for the agent, as their screen had it; `briefing` None: made anew of the call's record.

    Raises:
        NotFound: the tenant has no such call.
    """
    record = await here.crm.calls.get(who.scope, call_id)
    lead = await here.crm.leads.get(who.scope, record.lead_id)
    if briefing is None:
        campaign = await here.crm.campaigns.get(who.scope, record.campaign_id)
        briefing = briefing_of_record(lead, campaign.name, record)
    draft = await here.crm.drafts.of(who.scope, call_id)
    return _desk_call(
        lead,
        here.live.now(),
        call_id=str(call_id),
        grade=record.grade or briefing.grade or None,
        since=(record.answered_at or record.claimed_at).isoformat(),
        briefing=shapes.BriefingView.of(briefing),
        transcript=await turns_of(here, who.scope, call_id),
        draft=draft_view(draft) if draft and draft.written else None,
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
    """What they talk in, else what they wrap up."""
    done = here.platform.desk.wraps_up(agent_id)
    if done is not None:
        return await ended_call(here, who, int(done.call_id), done.briefing)
    runner, now = here.platform.call_of(agent_id), here.live.now()
    if runner is None or runner.call.state is not CallState.HUMAN:
        return None
    human = runner.human
    draft = await here.crm.drafts.of(who.scope, runner.call.call_id)
    return _desk_call(
        runner.lead,
        now,
        call_id=str(runner.call.call_id),
        grade=runner.grade,
        since=(runner.call.answered_at or now).isoformat(),
        briefing=shapes.BriefingView.of(runner.briefing) if runner.briefing else None,
        transcript=[turn_view(index, turn) for index, turn in enumerate(runner.turns)],
        held=human is not None and human.held,
        muted=human is not None and human.muted,
        transfer_to=human.transfer_to if human is not None else None,
        draft=draft_view(draft) if draft and draft.written else None,
    )


def _desk_call(
    lead: Lead,
    now: datetime,
    *,
    held: bool = False,
    muted: bool = False,
    transfer_to: str | None = None,
    **of_the_call: object,
) -> shapes.DeskCall:
    """What the screen has of the customer, and of the call."""
    return shapes.DeskCall.model_validate(
        {
            "customer_id": str(lead.customer_id),
            "name": masked_name(lead.name),
            "number": lead.number.masked,
            "city": None,
            "local_time": _local_time(now, lead.zone),
            "zone": lead.zone,
            "held": held,
            "muted": muted,
            "transfer_to": transfer_to,
            **of_the_call,
        }
    )


async def _wrap_up(here: Place, who: Caller) -> shapes.WrapUpView | None:
    desk = here.platform.desk
    done = desk.wraps_up(who.agent_id)
    if done is None:
        return None
    until = here.live.now() + timedelta(seconds=desk.wrap_up_left_s(who.agent_id))
    draft = await here.crm.drafts.of(who.scope, int(done.call_id))
    taker = desk.taken_over_by(who.agent_id)
    return shapes.WrapUpView(
        call_id=done.call_id,
        until=until.isoformat(),
        extended=done.call_id in here.extended,
        taken_over_by=desk.agent(taker).name if taker is not None else None,
        draft=draft_view(draft) if draft and draft.written else None,
    )


def _phone(here: Place, agent_id: AgentId) -> shapes.PhoneState:
    phones = here.platform.phones
    lost_s = phones.lost_for_s(agent_id)
    until = None if lost_s is None else (here.live.now() + timedelta(seconds=lost_s)).isoformat()
    return shapes.PhoneState(state=phones.state(agent_id).value, lost_until=until)


def _nobody(who: Caller, now: datetime, unfinished: int) -> shapes.DeskView:
    return shapes.DeskView(
        agent=shapes.DeskAgent(id=who.agent_id, name=who.user.display_name),
        status=Status.NOT_READY.value,
        state=AgentState.GONE.value,
        reason="",
        since=now.isoformat(),
        next=Next.BREAK.value,
        allowed_actions=["start_shift"],
        offer=None,
        call=None,
        wrap_up=None,
        unfinished=unfinished,
        phone=shapes.PhoneState(state="down", lost_until=None),
        desk_session=None,
    )


def draft_view(draft: Draft) -> shapes.DraftView:
    """What is written of a call, for people."""
    return shapes.DraftView(
        call_id=str(draft.call_id),
        note=draft.note,
        outcome=draft.outcome,
        grade=draft.grade,
        callback_at=draft.callback_at.isoformat() if draft.callback_at else None,
        etag=draft.etag,
        saved_at=draft.saved_at.isoformat(),
    )


def _local_time(now: datetime, zone: str) -> str:
    """HH:MM there."""
    return now.astimezone(ZoneInfo(zone)).strftime("%H:%M")

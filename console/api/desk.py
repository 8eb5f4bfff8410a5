"""An agent's desk: their state, the offer, the call, the work after it, their phone. Everything a reload needs is in `DeskView`."""

from datetime import datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Header, Request

from console.api import shapes
from console.api.access import Caller, Who
from console.api.watch import local_time
from console.board import LiveBoard, agent_actions, masked_name, turn_view
from crm.draft import Draft
from crm.journal import Event as JournalEvent
from dialer.call import State as CallState
from dialer.human import HumanLeg, NotNow
from dialer.wiring.platform import Platform
from handoff.agents import AgentId, Status
from handoff.agents import State as AgentState
from handoff.transfer import State as TransferState
from handoff.transfer import TransferId
from kernel.errors import JingyinError
from kernel.tenant import Role
from media.webrtc import Codec

_EXTENDED_BY_S: Final = 30.0
_CODECS: Final = {"pcma": Codec.PCMA, "opus": Codec.OPUS}


class NotYours(JingyinError):
    """The call is not the one this agent talks in or wraps up."""

    code = "console.not_yours"


class BadTime(JingyinError):
    """A time is none, or lies in the past."""

    code = "console.bad_time"


def routes(platform: Platform, live: LiveBoard) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/api")
    desk, crm = platform.desk, platform.crm
    extended: set[str] = set()  # transfers' calls whose wrap-up was extended, once

    async def view(who: Caller) -> shapes.DeskView:
        agent = desk.agents.get(who.agent_id)
        if agent is None:
            return _nobody(who, live.now())
        transfer = desk.transfer_of(agent.id)
        offer = None
        if transfer is not None and transfer.state is TransferState.OFFERED:
            offer = shapes.OfferView(
                transfer_id=transfer.id,
                expires_in_s=max(0.0, transfer.offer_expires_s - live.monotonic()),
                briefing=shapes.BriefingView.of(transfer.request.briefing),
            )
        wrap_up = None
        done = desk.last_call_of(agent.id)
        if done is not None:
            until = live.now() + timedelta(seconds=desk.wrap_up_left_s(agent.id))
            draft = await crm.drafts.of(who.scope, int(done))
            wrap_up = shapes.WrapUpView(
                call_id=done, until=until.isoformat(), extended=done in extended, draft=_draft_view(draft)
            )
        actions = agent_actions(agent)
        if done in extended and "extend_wrap_up" in actions:
            actions.remove("extend_wrap_up")
        runner = platform.call_of(agent.id)
        if agent.state is AgentState.TALKING and runner is not None and runner.human is not None:
            actions = runner.human.actions
        return shapes.DeskView(
            agent=shapes.DeskAgent(id=agent.id, name=agent.name),
            status=agent.status.value,
            state=agent.state.value,
            reason=agent.reason,
            since=live.since(agent).isoformat(),
            allowed_actions=actions,
            offer=offer,
            call=_call(who),
            wrap_up=wrap_up,
            phone=_phone(agent.id),
            desk_session=platform.phones.session_of(agent.id),
        )

    def _phone(person: AgentId) -> shapes.PhoneState:
        lost_s = platform.phones.lost_for_s(person)
        until = None if lost_s is None else (live.now() + timedelta(seconds=lost_s)).isoformat()
        return shapes.PhoneState(state=platform.phones.state(person).value, lost_until=until)

    def _call(who: Caller) -> shapes.DeskCall | None:
        runner = platform.call_of(who.agent_id)
        if runner is None or runner.call.state is not CallState.HUMAN:
            return None
        lead, briefing = runner.lead, runner.briefing
        return shapes.DeskCall(
            call_id=str(runner.call.call_id),
            customer_id=str(lead.customer_id),
            name=masked_name(lead.name),
            number=lead.number.masked,
            city=None,
            local_time=local_time(live.now(), lead.zone),
            zone=lead.zone,
            grade=runner.grade,
            since=(runner.call.answered_at or live.now()).isoformat(),
            briefing=shapes.BriefingView.of(briefing) if briefing else None,
            transcript=[turn_view(index, turn) for index, turn in enumerate(runner.turns)],
            held=runner.human is not None and runner.human.held,
            muted=runner.human is not None and runner.human.muted,
            transfer_to=runner.human.transfer_to if runner.human is not None else None,
        )

    def _mine(who: Caller) -> HumanLeg:
        runner = platform.call_of(who.agent_id)
        if runner is None or runner.human is None:
            raise NotNow("you are in no call", remedy="Reload the page.")
        return runner.human

    async def unfenced(who: Who, x_desk_session: Annotated[str | None, Header()] = None) -> None:
        platform.phones.check(who.agent_id, x_desk_session)

    own = [Depends(unfenced)]

    @router.get("/desk", operation_id="getDesk")
    async def get_desk(who: Who) -> shapes.DeskView:
        return await view(who)

    @router.post("/desk/start-shift", operation_id="startShift")
    async def start_shift(who: Who) -> shapes.DeskView:
        platform.sign_in(who.agent_id, who.scope.tenant_id, name=who.user.display_name, skills=frozenset())
        platform.phones.begin_session(who.agent_id)
        return await view(who)

    @router.post("/desk/end-shift", operation_id="endShift", dependencies=own)
    async def end_shift(who: Who) -> shapes.DeskView:
        agent = desk.agent(who.agent_id)
        desk.set_status(agent.id, Status.NOT_READY, "end of shift")
        if agent.state is AgentState.IDLE:  # a call, or the work after it, is finished first
            desk.gone(agent.id)
            platform.hang_up_phone(agent.id)
            platform.phones.end_session(agent.id)
        return await view(who)

    @router.post("/desk/status", operation_id="setStatus", dependencies=own)
    async def set_status(choice: shapes.StatusChoice, who: Who) -> shapes.DeskView:
        platform.set_status(who.agent_id, Status(choice.status), choice.reason)
        return await view(who)

    @router.post("/desk/offers/{transfer_id}/accept", operation_id="acceptOffer", dependencies=own)
    async def accept(transfer_id: str, who: Who) -> shapes.DeskView:
        desk.accept(who.agent_id, TransferId(transfer_id))
        return await view(who)

    @router.post("/desk/offers/{transfer_id}/decline", operation_id="declineOffer", dependencies=own)
    async def decline(transfer_id: str, who: Who) -> shapes.DeskView:
        desk.decline(who.agent_id, TransferId(transfer_id))
        return await view(who)

    @router.post("/desk/call/hang-up", operation_id="hangUp", dependencies=own)
    async def hang_up(who: Who) -> shapes.DeskView:
        platform.hang_up(who.agent_id)
        return await view(who)

    @router.post("/desk/call/hold", operation_id="holdCall", dependencies=own)
    async def hold(who: Who) -> shapes.DeskView:
        _mine(who).hold(True)
        return await view(who)

    @router.post("/desk/call/resume", operation_id="resumeCall", dependencies=own)
    async def resume(who: Who) -> shapes.DeskView:
        _mine(who).hold(False)
        return await view(who)

    @router.post("/desk/call/mute", operation_id="muteCall", dependencies=own)
    async def mute(who: Who) -> shapes.DeskView:
        _mine(who).mute(True)
        return await view(who)

    @router.post("/desk/call/unmute", operation_id="unmuteCall", dependencies=own)
    async def unmute(who: Who) -> shapes.DeskView:
        _mine(who).mute(False)
        return await view(who)

    @router.post("/desk/call/transfer", operation_id="transferCall", dependencies=own)
    async def transfer(wish: shapes.TransferWish, who: Who) -> shapes.DeskView:
        _mine(who).transfer(to_agent=wish.to_agent, to_queue=wish.to_queue)
        return await view(who)

    @router.put("/desk/draft", operation_id="saveDraft", dependencies=own)
    async def save_draft(edit: shapes.DraftEdit, who: Who) -> shapes.DraftSaved:
        draft = await crm.drafts.save(
            who.scope, int(edit.call_id), note=edit.note, outcome=edit.outcome, etag=edit.etag or ""
        )
        return shapes.DraftSaved(etag=draft.etag, saved_at=draft.saved_at.isoformat())

    @router.post("/desk/wrap-up", operation_id="wrapUp", dependencies=own)
    async def wrap_up(done: shapes.WrapUp, who: Who) -> shapes.DeskView:
        if desk.last_call_of(who.agent_id) != done.call_id:
            raise NotYours("this is not the call you wrap up", where=done.call_id, remedy="Reload the page.")
        call = await crm.calls.get(who.scope, int(done.call_id))
        due = _time(done.callback_at, live.now()) if done.callback_at else None
        if done.grade:
            await crm.calls.label(who.scope, call.id, done.grade)
        if done.note:
            await crm.customers.note(who.scope, call.customer_id, done.note)
        if due is not None:
            await crm.callbacks.book(who.scope, call.lead_id, due, note=done.note or "by the agent", call_id=call.id)
        if done.outcome == "do_not_call":
            lead = await crm.leads.get(who.scope, call.lead_id)
            await crm.opt_outs.add(
                who.scope,
                lead.subject_id,
                source="agent",
                evidence=done.note or "said to the agent",
                customer_id=call.customer_id,
                call_id=call.id,
            )
        written = {"outcome": done.outcome, "grade": done.grade or "", "by": str(who.user.id)}
        await crm.journal.append(who.scope, call.id, JournalEvent(kind="wrap_up", data=written, at=live.now()))
        await crm.drafts.drop(who.scope, call.id)
        desk.wrap_up_done(who.agent_id)
        return await view(who)

    @router.post("/desk/wrap-up/extend", operation_id="extendWrapUp", dependencies=own)
    async def extend(who: Who) -> shapes.DeskView:
        call_id = desk.last_call_of(who.agent_id)
        if call_id is not None and call_id not in extended:
            extended.add(call_id)
            desk.extend_wrap_up(who.agent_id, _EXTENDED_BY_S)
        return await view(who)

    @router.get("/desk/phone", operation_id="getPhone")
    async def get_phone(who: Who) -> shapes.PhoneView:
        address = platform.phone(who.agent_id)
        return shapes.PhoneView(host=address.host, port=address.port, uuid=str(address.uuid))

    async def connect(who: Caller, offer: shapes.PhoneOffer, phone_id: str | None) -> shapes.PhoneAnswer:
        sdp, phone_id = await platform.answer_phone(
            who.agent_id, offer.sdp, _CODECS[offer.codec], session=offer.desk_session, phone_id=phone_id
        )
        return shapes.PhoneAnswer(sdp=sdp, phone_id=phone_id)

    @router.post("/phone/offer", operation_id="offerPhone")
    async def offer_phone(offer: shapes.PhoneOffer, who: Who) -> shapes.PhoneAnswer:
        if not who.may(Role.SUPERVISOR, Role.ADMIN):  # an agent's is of a shift
            desk.agent(who.agent_id)
        return await connect(who, offer, None)

    @router.post("/phone/resume", operation_id="resumePhone")
    async def resume_phone(offer: shapes.PhoneResume, who: Who) -> shapes.PhoneAnswer:
        return await connect(who, offer, offer.phone_id)

    @router.delete("/phone", operation_id="dropPhone", status_code=204, dependencies=own)
    async def drop_phone(request: Request, who: Who) -> None:
        platform.hang_up_phone(who.agent_id)

    return router


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


def _time(text: str, now: datetime) -> datetime:
    try:
        due = datetime.fromisoformat(text)
    except ValueError:
        raise BadTime("no time", where="callback_at", remedy="Give an ISO 8601 time with its zone.") from None
    if due.tzinfo is None or due <= now:
        raise BadTime("no time to come", where="callback_at", remedy="Give a time with its zone, in the future.")
    return due

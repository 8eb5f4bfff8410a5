"""The work after a call: what is written of it, and what comes of it."""

from datetime import datetime
from typing import Final

from fastapi import APIRouter

from console.api import desk_shapes as shapes
from console.api.access import Caller, Who
from console.api.desk import OWN
from console.api.desk_view import desk_view, ended_call, unfinished_of
from console.api.own_calls import NotYours, need_writable, talking_in, wrapping_up
from console.api.place import Here, Id, Place
from console.masked import masked_name
from crm.call_record import CallRecord
from crm.draft import DO_NOT_CALL
from crm.errors import NotFound
from crm.journal import Event as JournalEvent
from dialer.part import WRAPPED_UP
from kernel.errors import JingyinError

_EXTENDED_BY_S: Final = 30.0
_SHOWN: Final = 20  # unfinished calls at once

router = APIRouter(prefix="/api")


class BadTime(JingyinError):
    """A time is none, or lies in the past."""

    code = "console.bad_time"


@router.put("/desk/draft", operation_id="saveDraft", dependencies=OWN)
async def save_draft(here: Here, edit: shapes.DraftEdit, who: Who) -> shapes.DraftSaved:
    """What is written so far, over the version with the etag."""
    await need_writable(here, who, edit.call_id)
    draft = await here.crm.drafts.save(
        who.scope,
        int(edit.call_id),
        note=edit.note,
        outcome=edit.outcome,
        grade=edit.grade,
        callback_at=_time(edit.callback_at) if edit.callback_at else None,
        etag=edit.etag or "",
    )
    return shapes.DraftSaved(etag=draft.etag, saved_at=draft.saved_at.isoformat())


@router.get("/desk/unfinished", operation_id="listUnfinished")
async def list_unfinished(here: Here, who: Who) -> list[shapes.UnfinishedView]:
    """Earlier calls whose result they have not finished, the latest first."""
    found = []
    for draft in (await unfinished_of(here, who))[:_SHOWN]:
        call = await here.crm.calls.get(who.scope, draft.call_id)
        lead = await here.crm.leads.get(who.scope, call.lead_id)
        found.append(
            shapes.UnfinishedView(
                call_id=str(call.id),
                name=masked_name(lead.name),
                number=lead.number.masked,
                saved_at=draft.saved_at.isoformat(),
            )
        )
    return found


@router.get("/desk/unfinished/{call_id}", operation_id="getUnfinished")
async def get_unfinished(here: Here, call_id: Id, who: Who) -> shapes.DeskCall:
    """One of them, as their screen had it in the call."""
    if all(draft.call_id != call_id for draft in await unfinished_of(here, who)):
        raise NotFound("unfinished call", call_id)
    return await ended_call(here, who, call_id)


@router.post("/desk/wrap-up", operation_id="wrapUp", dependencies=OWN)
async def wrap_up(here: Here, done: shapes.WrapUp, who: Who) -> shapes.DeskView:
    """The call's work is done: everything is written. Who wraps it up is free; an earlier call may be finished at any time."""
    if done.call_id == talking_in(here, who.agent_id):
        raise NotYours("you are still in this call", where=done.call_id, remedy="End it first.")
    await need_writable(here, who, done.call_id)
    call = await here.crm.calls.get(who.scope, int(done.call_id))
    await _write(here, who, done, call)
    await here.crm.drafts.drop(who.scope, call.id)
    if done.call_id == wrapping_up(here, who.agent_id):
        here.platform.desk.wrap_up_done(who.agent_id)
    return await desk_view(here, who)


@router.post("/desk/wrap-up/extend", operation_id="extendWrapUp", dependencies=OWN)
async def extend(here: Here, who: Who) -> shapes.DeskView:
    """Longer, once a call."""
    desk = here.platform.desk
    call_id = wrapping_up(here, who.agent_id)
    if call_id is not None and call_id not in here.extended:
        here.extended.add(call_id)
        desk.extend_wrap_up(who.agent_id, _EXTENDED_BY_S)
    return await desk_view(here, who)


async def _write(here: Place, who: Caller, done: shapes.WrapUp, call: CallRecord) -> None:
    crm, now = here.crm, here.live.now()
    due = _time(done.callback_at) if done.callback_at else None
    if due is None and done.outcome == "callback":
        raise BadTime("when is to be called back?", where="callback_at", remedy="Give a time in the future.")
    if due is not None and due <= now:
        raise BadTime("no time to come", where="callback_at", remedy="Give a time in the future.", case="past")
    await crm.calls.wrap_up(who.scope, call.id, outcome=done.outcome, grade=done.grade)
    if done.note:
        await crm.customers.note(who.scope, call.customer_id, done.note)
    if due is not None:
        await crm.callbacks.book(who.scope, call.lead_id, due, note=done.note or "by the agent", call_id=call.id)
    if done.outcome == DO_NOT_CALL:
        lead = await crm.leads.get(who.scope, call.lead_id)
        await crm.opt_outs.add(
            who.scope,
            lead.subject_id,
            source="agent",
            evidence=done.note or "said to the agent",
            customer_id=call.customer_id,
            call_id=call.id,
        )
    written = {"outcome": done.outcome, "grade": done.grade or "", "by": who.agent_id}
    await crm.journal.append(who.scope, call.id, JournalEvent(kind=WRAPPED_UP, data=written, at=here.live.now()))


def _time(text: str) -> datetime:
    try:
        due = datetime.fromisoformat(text)
    except ValueError:
        raise BadTime("no time", where="callback_at", remedy="Give an ISO 8601 time with its zone.") from None
    if due.tzinfo is None:
        raise BadTime("no zone", where="callback_at", remedy="Give the time with its zone.")
    return due

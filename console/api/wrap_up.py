"""The work after a call: what is written of it, and what comes of it."""

from datetime import datetime
from typing import Final

from fastapi import APIRouter

from console.api import shapes
from console.api.access import Caller, Who
from console.api.desk import OWN
from console.api.desk_view import desk_view
from console.api.place import Here, Place
from crm.call_record import CallRecord
from crm.journal import Event as JournalEvent
from kernel.errors import JingyinError

_EXTENDED_BY_S: Final = 30.0

router = APIRouter(prefix="/api")


class NotYours(JingyinError):
    """The call is not the one this agent talks in or wraps up."""

    code = "console.not_yours"


class BadTime(JingyinError):
    """A time is none, or lies in the past."""

    code = "console.bad_time"


@router.put("/desk/draft", operation_id="saveDraft", dependencies=OWN)
async def save_draft(here: Here, edit: shapes.DraftEdit, who: Who) -> shapes.DraftSaved:
    """What is written so far, over the version with the etag."""
    draft = await here.crm.drafts.save(
        who.scope, int(edit.call_id), note=edit.note, outcome=edit.outcome, etag=edit.etag or ""
    )
    return shapes.DraftSaved(etag=draft.etag, saved_at=draft.saved_at.isoformat())


@router.post("/desk/wrap-up", operation_id="wrapUp", dependencies=OWN)
async def wrap_up(here: Here, done: shapes.WrapUp, who: Who) -> shapes.DeskView:
    """The call's work is done: everything is written and the agent is free."""
    if here.platform.desk.last_call_of(who.agent_id) != done.call_id:
        raise NotYours("this is not the call you wrap up", where=done.call_id, remedy="Reload the page.")
    call = await here.crm.calls.get(who.scope, int(done.call_id))
    await _write(here, who, done, call)
    await here.crm.drafts.drop(who.scope, call.id)
    here.platform.desk.wrap_up_done(who.agent_id)
    return await desk_view(here, who)


@router.post("/desk/wrap-up/extend", operation_id="extendWrapUp", dependencies=OWN)
async def extend(here: Here, who: Who) -> shapes.DeskView:
    """Longer, once a call."""
    desk = here.platform.desk
    call_id = desk.last_call_of(who.agent_id)
    if call_id is not None and call_id not in here.extended:
        here.extended.add(call_id)
        desk.extend_wrap_up(who.agent_id, _EXTENDED_BY_S)
    return await desk_view(here, who)


async def _write(here: Place, who: Caller, done: shapes.WrapUp, call: CallRecord) -> None:
    crm, now = here.crm, here.live.now()
    due = _time(done.callback_at, now) if done.callback_at else None
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
    await crm.journal.append(who.scope, call.id, JournalEvent(kind="wrap_up", data=written, at=here.live.now()))


def _time(text: str, now: datetime) -> datetime:
    try:
        due = datetime.fromisoformat(text)
    except ValueError:
        raise BadTime("no time", where="callback_at", remedy="Give an ISO 8601 time with its zone.") from None
    if due.tzinfo is None or due <= now:
        raise BadTime(
            "no time to come", where="callback_at", remedy="Give a time with its zone, in the future.", case="past"
        )
    return due

"""Calls, under way or over: what was said, how it was judged, how it sounded."""

from pathlib import Path

from fastapi import APIRouter, Response

from console.api import shapes
from console.api.access import Who
from console.api.own_calls import own_call, turns_of
from console.api.place import Here, Id, Place
from console.board import call_view
from console.masked import masked_name
from console.sound import span_as_wav, whole
from crm.call_record import CallRecord
from crm.errors import NotFound
from kernel.tenant import Role

router = APIRouter(prefix="/api")


@router.get("/calls", operation_id="listCalls")
async def list_calls(here: Here, campaign_id: Id, who: Who, limit: int = 100) -> list[shapes.CallView]:
    """A campaign's."""
    found = await here.crm.calls.of_campaign(who.scope, campaign_id, limit=min(max(limit, 1), 1000))
    return [_call_line(call) for call in found]


@router.get("/calls/{call_id}", operation_id="getCall")
async def get_call(here: Here, call_id: Id, who: Who) -> shapes.CallDetail:
    """One, with its turns."""
    call = await own_call(here, who, call_id)
    runner = here.platform.loop.running.get(call_id)
    lead = await here.crm.leads.get(who.scope, call.lead_id)
    turns = await turns_of(here, who.scope, call_id)
    sound = _sound_of(here, call)
    seconds = whole(sound) if sound is not None else None
    return shapes.CallDetail(
        call_id=str(call.id),
        campaign_id=str(call.campaign_id),
        customer_id=str(call.customer_id),
        stage=call_view(runner, here.live.now()).stage if runner else "ended",
        outcome=call.result.outcome,
        grade=call.grade or (runner.grade if runner else None),
        summary=call.result.summary.splitlines() if call.result.summary else [],
        masked_name=masked_name(lead.name),
        masked_number=lead.number.masked,
        turns=turns,
        recording=shapes.RecordingView(available=seconds is not None, seconds=seconds),
        allowed_actions=runner.supervision.actions if runner and who.may(Role.SUPERVISOR, Role.ADMIN) else [],
    )


@router.get("/calls/{call_id}/journal", operation_id="readJournal")
async def read_journal(here: Here, call_id: Id, who: Who) -> list[shapes.JournalEntry]:
    """Everything that happened in it."""
    await here.crm.calls.get(who.scope, call_id)
    return [
        shapes.JournalEntry(seq=entry.seq, at=entry.at.isoformat(), kind=entry.kind, data=dict(entry.data))
        for entry in await here.crm.journal.read(who.scope, call_id)
    ]


@router.get("/calls/{call_id}/recording", operation_id="getRecording", response_class=Response)
async def recording(here: Here, call_id: Id, who: Who) -> Response:
    """The whole sound, which is audited."""
    call = await own_call(here, who, call_id)
    path = _sound_of(here, call)
    if path is None:
        raise NotFound("recording of call", call_id)
    await here.crm.users.audited(who.scope, "recording", about_id=call_id)
    return Response(span_as_wav(path, 0, None), media_type="audio/wav")


@router.get("/calls/{call_id}/turns/{index}/audio", operation_id="getTurnAudio", response_class=Response)
async def turn_audio(here: Here, call_id: Id, index: int, who: Who) -> Response:
    """The sound of one turn."""
    call = await own_call(here, who, call_id)
    turns, path = await turns_of(here, who.scope, call_id), _sound_of(here, call)
    if path is None or not 0 <= index < len(turns):
        raise NotFound("sound of turn", index)
    turn = turns[index]
    return Response(span_as_wav(path, turn.start_ms, turn.end_ms), media_type="audio/wav")


def _sound_of(here: Place, call: CallRecord) -> Path | None:
    """The recording, also while it is being written."""
    runner = here.platform.loop.running.get(call.id)
    name = call.result.wav or (runner.recording if runner is not None else None)
    if name is None:
        return None
    path = here.platform.settings.recordings / name
    return next((file for file in (path, path.with_name(path.name + ".part")) if file.is_file()), None)


def _call_line(call: CallRecord) -> shapes.CallView:
    return shapes.CallView(
        call_id=str(call.id),
        campaign_id=str(call.campaign_id),
        lead_id=str(call.lead_id),
        stage=call.stage,
        outcome=call.result.outcome,
        served=call.result.served,
        grade=call.grade,
        summary=call.result.summary,
    )

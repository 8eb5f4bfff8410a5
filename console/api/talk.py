"""Talking to the robot, as its customer: typed, or with the browser's microphone. A talk is its owner's alone."""

from typing import Final

from fastapi import APIRouter, Request

from console.api import talk_shapes as shapes
from console.api.access import Who, session_of
from console.api.place import Here
from dialer.human import NotNow
from dialer.trials import Mode

_NOBODY: Final = "none"

router = APIRouter(prefix="/api/talk")


@router.get("/engines", operation_id="listTalkEngines")
async def engines(here: Here, who: Who) -> list[shapes.TalkEngineView]:
    """For each language of an assistant: who hears a person at a microphone, and how well."""
    return [
        shapes.TalkEngineView(
            lang=partner.lang,
            name=partner.ear.name if partner.ear else _NOBODY,
            expect=partner.ear.expect if partner.ear else "",
            voice=partner.ear is not None,
            hearing=partner.ear.hearing.value if partner.ear else None,
        )
        for partner in here.platform.trials.partners
    ]


@router.post("", operation_id="beginTalk")
async def begin(request: Request, wanted: shapes.TalkBegin, here: Here, who: Who) -> shapes.TalkBegun:
    """Ring the robot; not by voice while others hear the caller in a call, who would hear the talk as well."""
    if wanted.mode == Mode.VOICE.value and here.platform.heard_in_a_call(who.agent_id):
        raise NotNow("you are heard in a call", remedy="Leave it first, or type.", case="heard")
    cookies = dict(request.cookies)

    async def still() -> bool:
        return await session_of(here.crm, cookies) is not None

    begun = await here.platform.trials.begin(who.owner, wanted.lang, Mode(wanted.mode), wanted.sdp, still)
    return shapes.TalkBegun(talk_id=begun.trial.id, engine=begun.engine, sdp=begun.sdp)


@router.get("/{talk_id}", operation_id="getTalk")
async def so_far(talk_id: str, here: Here, who: Who) -> shapes.TalkView:
    """What was told of it until now: what a page missed."""
    events = here.platform.trials.trial(who.owner, talk_id).events
    return shapes.TalkView(events=[shapes.TalkEvent(type=one["type"], data=one["data"]) for one in events])


@router.post("/{talk_id}/say", operation_id="sayInTalk", status_code=204)
async def say(talk_id: str, said: shapes.TalkSay, here: Here, who: Who) -> None:
    """Typed words."""
    here.platform.trials.under_way(who.owner, talk_id).say(said.text)


@router.post("/{talk_id}/key", operation_id="pressKeyInTalk", status_code=204)
async def key(talk_id: str, pressed: shapes.TalkKey, here: Here, who: Who) -> None:
    """A key of the telephone."""
    here.platform.trials.under_way(who.owner, talk_id).key(pressed.digit)


@router.post("/{talk_id}/hang-up", operation_id="hangUpTalk", status_code=204)
async def hang_up(talk_id: str, here: Here, who: Who) -> None:
    """The customer hangs up."""
    await here.platform.trials.trial(who.owner, talk_id).hang_up()

"""Talking to the robot, as its customer: typed, or with the browser's microphone. A talk is its owner's alone."""

from typing import Final

from fastapi import APIRouter, Request

from console.api import shapes
from console.api.access import Who, session_of
from dialer.trials import Mode
from dialer.wiring.platform import Platform

_NOBODY: Final = "none"


def routes(platform: Platform) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/api/talk")
    trials, crm = platform.trials, platform.crm

    @router.get("/engines", operation_id="listTalkEngines")
    async def engines(who: Who) -> list[shapes.TalkEngineView]:
        return [
            shapes.TalkEngineView(
                lang=partner.lang,
                name=partner.ear.name if partner.ear else _NOBODY,
                expect=partner.ear.expect if partner.ear else "",
                voice=partner.ear is not None,
            )
            for partner in trials.partners
        ]

    @router.post("", operation_id="beginTalk")
    async def begin(request: Request, wanted: shapes.TalkBegin, who: Who) -> shapes.TalkBegun:
        cookies = dict(request.cookies)

        async def still() -> bool:
            return await session_of(crm, cookies) is not None

        begun = await trials.begin(who.owner, wanted.lang, Mode(wanted.mode), wanted.sdp, still)
        return shapes.TalkBegun(talk_id=begun.trial.id, engine=begun.engine, sdp=begun.sdp)

    @router.get("/{talk_id}", operation_id="getTalk")
    async def so_far(talk_id: str, who: Who) -> shapes.TalkView:
        events = trials.trial(who.owner, talk_id).events
        return shapes.TalkView(events=[shapes.TalkEvent(type=one["type"], data=one["data"]) for one in events])

    @router.post("/{talk_id}/say", operation_id="sayInTalk", status_code=204)
    async def say(talk_id: str, said: shapes.TalkSay, who: Who) -> None:
        trials.under_way(who.owner, talk_id).say(said.text)

    @router.post("/{talk_id}/key", operation_id="pressKeyInTalk", status_code=204)
    async def key(talk_id: str, pressed: shapes.TalkKey, who: Who) -> None:
        trials.under_way(who.owner, talk_id).key(pressed.digit)

    @router.post("/{talk_id}/hang-up", operation_id="hangUpTalk", status_code=204)
    async def hang_up(talk_id: str, who: Who) -> None:
        await trials.trial(who.owner, talk_id).hang_up()

    return router

"""A supervisor in a call: listen, whisper, barge, take over. What each lets be heard is the server's to see to."""

from fastapi import APIRouter

from console.api import shapes
from console.api.access import Who
from console.board import LiveBoard, call_view
from dialer.wiring.platform import Platform
from media.mix import Monitor


def routes(platform: Platform, live: LiveBoard) -> APIRouter:
    """The routes. Each answers the call as the board shows it."""
    router = APIRouter(prefix="/api/calls/{call_id}")

    @router.post("/monitor", operation_id="monitorCall")
    async def monitor(call_id: int, wish: shapes.MonitorWish, who: Who) -> shapes.LiveCall:
        await platform.monitor(who.scope, call_id, who.agent_id, Monitor(wish.mode))
        return call_view(platform.supervised(who.scope, call_id), live.now())

    @router.delete("/monitor", operation_id="leaveCall", status_code=204)
    async def leave(call_id: int, who: Who) -> None:
        platform.supervised(who.scope, call_id).supervision.leave(who.agent_id)

    @router.post("/take-over", operation_id="takeOverCall")
    async def take_over(call_id: int, who: Who) -> shapes.LiveCall:
        await platform.take_over(who.scope, call_id, who.agent_id, name=who.user.display_name)
        return call_view(platform.supervised(who.scope, call_id), live.now())

    return router

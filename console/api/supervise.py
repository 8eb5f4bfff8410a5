"""A supervisor in a call: listen, whisper, barge, take over. What each lets be heard is the server's to see to."""

from fastapi import APIRouter

from console.api import shapes
from console.api.access import Who
from console.api.place import Here, Id
from console.board import call_view
from media.mix import Monitor

router = APIRouter(prefix="/api/calls/{call_id}")


@router.post("/monitor", operation_id="monitorCall")
async def monitor(here: Here, call_id: Id, wish: shapes.MonitorWish, who: Who) -> shapes.LiveCall:
    """Be in the call in this mode; answers the call as the board shows it."""
    await here.platform.monitor(who.scope, call_id, who.agent_id, Monitor(wish.mode), name=who.user.display_name)
    return call_view(here.platform.supervised(who.scope, call_id), here.live.now())


@router.delete("/monitor", operation_id="leaveCall", status_code=204)
async def leave(here: Here, call_id: Id, who: Who) -> None:
    """Be in it no longer."""
    here.platform.supervised(who.scope, call_id).supervision.leave(who.agent_id)


@router.post("/take-over", operation_id="takeOverCall")
async def take_over(here: Here, call_id: Id, who: Who) -> shapes.LiveCall:
    """Talk to the customer in the robot's or the agent's place."""
    user = who.user
    await here.platform.take_over(who.scope, call_id, who.agent_id, name=user.display_name, queues=user.queues)
    return call_view(here.platform.supervised(who.scope, call_id), here.live.now())

"""An agent's desk: their state, the offer, the call, their phone."""

from typing import Final

from fastapi import APIRouter

from console.api import shapes
from console.api.access import Who
from console.api.desk_view import desk_view
from console.api.place import Here
from handoff.agents import State as AgentState
from handoff.agents import Status
from handoff.transfer import TransferId
from media.webrtc import Codec

_CODECS: Final = {"pcma": Codec.PCMA, "opus": Codec.OPUS}

router = APIRouter(prefix="/api")


@router.get("/desk", operation_id="getDesk")
async def get_desk(here: Here, who: Who) -> shapes.DeskView:
    """Everything the agent's screen shows."""
    return await desk_view(here, who)


@router.post("/desk/start-shift", operation_id="startShift")
async def start_shift(here: Here, who: Who) -> shapes.DeskView:
    """They come to their desk, not ready yet."""
    here.platform.sign_in(who.agent_id, who.scope.tenant_id, name=who.user.display_name, skills=frozenset())
    return await desk_view(here, who)


@router.post("/desk/end-shift", operation_id="endShift")
async def end_shift(here: Here, who: Who) -> shapes.DeskView:
    """They go; a call, or the work after it, is finished first."""
    desk = here.platform.desk
    agent = desk.agent(who.agent_id)
    desk.set_status(agent.id, Status.NOT_READY, "end of shift")
    if agent.state is AgentState.IDLE:
        desk.gone(agent.id)
        here.platform.hang_up_phone(agent.id)
    return await desk_view(here, who)


@router.post("/desk/status", operation_id="setStatus")
async def set_status(here: Here, choice: shapes.StatusChoice, who: Who) -> shapes.DeskView:
    """Ready, or not and why."""
    here.platform.set_status(who.agent_id, Status(choice.status), choice.reason)
    return await desk_view(here, who)


@router.post("/desk/offers/{transfer_id}/accept", operation_id="acceptOffer")
async def accept(here: Here, transfer_id: str, who: Who) -> shapes.DeskView:
    """They take the customer."""
    here.platform.desk.accept(who.agent_id, TransferId(transfer_id))
    return await desk_view(here, who)


@router.post("/desk/offers/{transfer_id}/decline", operation_id="declineOffer")
async def decline(here: Here, transfer_id: str, who: Who) -> shapes.DeskView:
    """They do not; somebody else is asked."""
    here.platform.desk.decline(who.agent_id, TransferId(transfer_id))
    return await desk_view(here, who)


@router.post("/desk/call/hang-up", operation_id="hangUp")
async def hang_up(here: Here, who: Who) -> shapes.DeskView:
    """They end their call."""
    here.platform.hang_up(who.agent_id)
    return await desk_view(here, who)


@router.get("/desk/phone", operation_id="getPhone")
async def get_phone(here: Here, who: Who) -> shapes.PhoneView:
    """Where a telephone that is no browser connects."""
    address = here.platform.phone(who.agent_id)
    return shapes.PhoneView(host=address.host, port=address.port, uuid=str(address.uuid))


@router.post("/phone/offer", operation_id="offerPhone")
async def offer_phone(here: Here, offer: shapes.PhoneOffer, who: Who) -> shapes.PhoneAnswer:
    """The browser becomes their telephone."""
    answer = await here.platform.answer_phone(who.agent_id, offer.sdp, _CODECS[offer.codec])
    return shapes.PhoneAnswer(sdp=answer, phone_id=str(who.agent_id))


@router.delete("/phone", operation_id="dropPhone", status_code=204)
async def drop_phone(here: Here, who: Who) -> None:
    """It is one no longer."""
    here.platform.hang_up_phone(who.agent_id)

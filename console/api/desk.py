"""An agent's desk: their state, the offer, the call, their phone."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Header

from console.api import desk_shapes as shapes
from console.api.access import Caller, Who
from console.api.desk_view import desk_view
from console.api.place import Here, Place
from dialer.human import HumanLeg, NotNow
from handoff.agents import State as AgentState
from handoff.agents import Status
from handoff.desk import NoSuchAgent
from handoff.directory import colleagues, queues
from handoff.transfer import TransferId
from kernel.tenant import Role
from media.webrtc import Codec

_CODECS: Final = {"pcma": Codec.PCMA, "opus": Codec.OPUS}

router = APIRouter(prefix="/api")


async def unfenced(here: Here, who: Who, x_desk_session: Annotated[str | None, Header()] = None) -> None:
    """The command comes from the machine that has the desk: the one where the shift was begun last."""
    here.platform.phones.check(who.agent_id, x_desk_session)


OWN: Final = [Depends(unfenced)]


@router.get("/desk", operation_id="getDesk")
async def get_desk(here: Here, who: Who) -> shapes.DeskView:
    """Everything the agent's screen shows."""
    return await desk_view(here, who)


@router.post("/desk/start-shift", operation_id="startShift")
async def start_shift(here: Here, who: Who) -> shapes.DeskView:
    """They come to their desk, not ready yet."""
    user = who.user
    here.platform.sign_in(
        who.agent_id, who.scope.tenant_id, name=user.display_name, skills=frozenset(), queues=user.queues
    )
    here.platform.phones.begin_session(who.agent_id)
    return await desk_view(here, who)


@router.post("/desk/end-shift", operation_id="endShift", dependencies=OWN)
async def end_shift(here: Here, who: Who) -> shapes.DeskView:
    """They go: now, or when the offer, the call or the work after it that holds them is over."""
    here.platform.desk.end_shift(who.agent_id)
    return await desk_view(here, who)


@router.post("/desk/status", operation_id="setStatus", dependencies=OWN)
async def set_status(here: Here, choice: shapes.StatusChoice, who: Who) -> shapes.DeskView:
    """Ready, or not and why; in a call, what follows it. An end of the shift that was to come is taken back."""
    here.platform.set_status(who.agent_id, Status(choice.status), choice.reason)
    return await desk_view(here, who)


@router.post("/desk/offers/{transfer_id}/accept", operation_id="acceptOffer", dependencies=OWN)
async def accept(here: Here, transfer_id: str, who: Who) -> shapes.DeskView:
    """They take the customer."""
    here.platform.desk.accept(who.agent_id, TransferId(transfer_id))
    return await desk_view(here, who)


@router.post("/desk/offers/{transfer_id}/decline", operation_id="declineOffer", dependencies=OWN)
async def decline(here: Here, transfer_id: str, who: Who) -> shapes.DeskView:
    """They do not; somebody else is asked."""
    here.platform.desk.decline(who.agent_id, TransferId(transfer_id))
    return await desk_view(here, who)


@router.post("/desk/call/hang-up", operation_id="hangUp", dependencies=OWN)
async def hang_up(here: Here, who: Who) -> shapes.DeskView:
    """They end their call."""
    here.platform.hang_up(who.agent_id)
    return await desk_view(here, who)


@router.post("/desk/call/hold", operation_id="holdCall", dependencies=OWN)
async def hold(here: Here, who: Who) -> shapes.DeskView:
    """Music for the customer, who hears nobody and is heard by nobody."""
    _leg(here, who).hold(True)
    return await desk_view(here, who)


@router.post("/desk/call/resume", operation_id="resumeCall", dependencies=OWN)
async def resume(here: Here, who: Who) -> shapes.DeskView:
    """The two hear each other again."""
    _leg(here, who).hold(False)
    return await desk_view(here, who)


@router.post("/desk/call/mute", operation_id="muteCall", dependencies=OWN)
async def mute(here: Here, who: Who) -> shapes.DeskView:
    """Nobody hears the agent."""
    _leg(here, who).mute(True)
    return await desk_view(here, who)


@router.post("/desk/call/unmute", operation_id="unmuteCall", dependencies=OWN)
async def unmute(here: Here, who: Who) -> shapes.DeskView:
    """They are heard again."""
    _leg(here, who).mute(False)
    return await desk_view(here, who)


@router.post("/desk/call/transfer", operation_id="transferCall", dependencies=OWN)
async def transfer(here: Here, wish: shapes.TransferWish, who: Who) -> shapes.DeskView:
    """The customer is offered to a colleague or a queue, with music meanwhile."""
    _leg(here, who).transfer(to_agent=wish.to_agent, to_queue=wish.to_queue)
    return await desk_view(here, who)


@router.get("/desk/transfer-targets", operation_id="listTransferTargets")
async def transfer_targets(here: Here, who: Who) -> shapes.TransferTargets:
    """Colleagues who are there, and queues: to whom a customer may be put through."""
    desk, tenant_id = here.platform.desk, who.scope.tenant_id
    return shapes.TransferTargets(
        agents=[
            shapes.ColleagueView(
                id=agent.id,
                name=agent.name,
                status=agent.status.value,
                state=agent.state.value,
                reason=agent.reason,
                since=here.live.since(agent).isoformat(),
                free=agent.available,
            )
            for agent in colleagues(desk.agents.values(), tenant_id, who.agent_id)
        ],
        queues=[
            shapes.QueueView(name=line.name, waiting=line.waiting, served_by=line.served_by, free=line.free)
            for line in queues(desk.agents.values(), desk.transfers.values(), tenant_id, who.agent_id)
        ],
    )


@router.get("/desk/phone", operation_id="getPhone")
async def get_phone(here: Here, who: Who) -> shapes.PhoneView:
    """Where a telephone that is no browser connects."""
    address = here.platform.phone(who.agent_id)
    return shapes.PhoneView(host=address.host, port=address.port, uuid=str(address.uuid))


@router.post("/phone/offer", operation_id="offerPhone")
async def offer_phone(here: Here, offer: shapes.PhoneOffer, who: Who) -> shapes.PhoneAnswer:
    """The browser becomes the telephone of their shift; a supervisor's needs none."""
    if not who.may(Role.SUPERVISOR, Role.ADMIN):
        _need_shift(here, who)
    return await _connect(here, who, offer, None)


@router.post("/phone/resume", operation_id="resumePhone")
async def resume_phone(here: Here, offer: shapes.PhoneResume, who: Who) -> shapes.PhoneAnswer:
    """A new connection in the place of one that broke: the same call goes on."""
    return await _connect(here, who, offer, offer.phone_id)


@router.delete("/phone", operation_id="dropPhone", status_code=204, dependencies=OWN)
async def drop_phone(here: Here, who: Who) -> None:
    """It is one no longer."""
    here.platform.hang_up_phone(who.agent_id)


def _need_shift(here: Place, who: Caller) -> None:
    """Whose shift is over has no phone: a browser that has not heard of it yet does not bring one back."""
    if here.platform.desk.agent(who.agent_id).state is AgentState.GONE:
        raise NoSuchAgent("your shift is over", where=who.agent_id, remedy="Start a shift first.")


def _leg(here: Place, who: Caller) -> HumanLeg:
    runner = here.platform.call_of(who.agent_id)
    if runner is None or runner.human is None:
        raise NotNow("you are in no call", remedy="Reload the page.", case="no_call")
    return runner.human


async def _connect(here: Place, who: Caller, offer: shapes.PhoneOffer, phone_id: str | None) -> shapes.PhoneAnswer:
    sdp, phone_id = await here.platform.answer_phone(
        who.agent_id, offer.sdp, _CODECS[offer.codec], session=offer.desk_session, phone_id=phone_id
    )
    return shapes.PhoneAnswer(sdp=sdp, phone_id=phone_id)

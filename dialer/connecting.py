"""A customer and an agent: asked for at the desk, joined by a bridge, parted when one of the two goes."""

from datetime import timedelta
from typing import Final

from bot.events import BookCallback
from dialer.call import Event, Served
from dialer.life import Life
from handoff.desk import Ticket
from handoff.transfer import State as TransferState
from media.bridge import MixingBridge
from media.leg import Leg

CALL_BACK_AFTER: Final = timedelta(minutes=10)


def promise_callback(life: Life, because: str) -> None:
    """They were to get a person and got none: a person calls them soon."""
    at = life.around.clock.now() + CALL_BACK_AFTER
    life.book_callback(BookCallback(at=at, because=because))


async def join(life: Life, ticket: Ticket, leg: Leg) -> bool:
    """Customer and agent, until one hangs up; False: the agent was lost before the two were joined."""
    around, transfer = life.around, ticket.transfer
    phone = around.phones.get(transfer.agent) if transfer.agent else None
    if phone is None or life.agent_left or transfer.state is not TransferState.CONNECTING:
        life.notes.note("agent_lost", {"agent": transfer.agent})
        return False
    bridge = life.bridge = MixingBridge(ticker=around.ticker, clock=around.clock, customer=leg, agent=phone)
    around.desk.bridged(transfer.id)
    life.move(Event.BRIDGED)
    life.call.served = Served.AGENT
    life.notes.note("bridged", {"agent": transfer.agent})
    life.do(lambda: around.crm.calls.set_stage(life.picked.scope, life.call.call_id, "human"))
    life.tell("bridged", {"agent": transfer.agent})
    who = await bridge.run()
    life.notes.note("parted", {"by": who.value if who else "agent"})
    if transfer.offered_s is not None and transfer.accepted_s is not None:
        life.handover |= {
            "offered_s": transfer.offered_s - life.answered_s,
            "accepted_s": transfer.accepted_s - life.answered_s,
            "bridged_s": (bridge.first_customer_frame_at_s or around.clock.monotonic()) - life.answered_s,
        }
    return True

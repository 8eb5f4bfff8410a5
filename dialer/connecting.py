"""A customer and an agent: joined, parted when one of the two goes; whose agent is lost is told, and called back."""

from datetime import timedelta
from typing import Final

from bot.events import BookCallback
from dialer.announcing import AGENT_CALLS_BACK, AGENT_LOST, announce, can_announce
from dialer.human import HumanLeg
from dialer.life import Life
from handoff.transfer import Ticket
from media.leg import Leg, LegState

CALL_BACK_AFTER: Final = timedelta(minutes=10)


def promise_callback(life: Life, because: str) -> None:
    """They were to get a person and got none: a person calls them soon."""
    at = life.around.clock.now() + CALL_BACK_AFTER
    life.book_callback(BookCallback(at=at, because=because))


async def join(life: Life, ticket: Ticket, leg: Leg, *, calls_back: bool = True) -> bool:
    """Customer and agent, until one leaves for good; False: the agent was lost before the two were joined.

    `calls_back`: the campaign's callbacks bring a person, so one may be promised to whom the agent is lost in the call.
    """
    human = HumanLeg(life, leg)
    if not await human.run(ticket):
        return False
    if human.lost and leg.state is LegState.ANSWERED:
        life.notes.note("agent_lost", {"agent": human.agent})
        await part(life, leg, "the agent was lost in the call" if calls_back else "")
    return True


async def part(life: Life, leg: Leg, because: str) -> None:
    """Tell a customer that their agent is lost, and that they are called back where that is so.

    `because`: why they are to be; "": they are not. Who wants no more calls is not, nor do they hear that they were.
    """
    if because and life.callback_at is None:
        promise_callback(life, because)
    booked = bool(because) and await life.promised()
    words = AGENT_CALLS_BACK if booked and can_announce(life, AGENT_CALLS_BACK) else AGENT_LOST
    await announce(life, leg, words)

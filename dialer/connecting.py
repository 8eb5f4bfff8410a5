"""A customer and an agent: asked for at the desk, joined, parted when one of the two goes; or a callback is promised."""

from datetime import timedelta
from typing import Final

from bot.events import BookCallback
from dialer.human import HumanLeg
from dialer.life import Life
from handoff.transfer import Ticket
from media.leg import Leg

CALL_BACK_AFTER: Final = timedelta(minutes=10)


def promise_callback(life: Life, because: str) -> None:
    """They were to get a person and got none: a person calls them soon."""
    at = life.around.clock.now() + CALL_BACK_AFTER
    life.book_callback(BookCallback(at=at, because=because))


async def join(life: Life, ticket: Ticket, leg: Leg) -> bool:
    """Customer and agent, until one leaves for good; False: the agent was lost before the two were joined."""
    return await HumanLeg(life, leg).run(ticket)

"""What an agent is told, as it happens."""

from dataclasses import dataclass

from handoff.agents import Next, Status
from handoff.agents import State as AgentState
from handoff.briefing import Briefing
from handoff.transfer import TransferId


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """To an agent: take this customer? The briefing is here, before any sound. `straight`: not asked, they are on."""

    transfer_id: TransferId
    briefing: Briefing
    expires_in_s: float
    straight: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferGone:
    """To an agent: the offer is over. `reason`: expired, withdrawn or declined."""

    transfer_id: TransferId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    """To an agent: the customer hears you now."""

    transfer_id: TransferId
    call_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallChanged:
    """To an agent: your call is otherwise than it was; this is how it is now. `transfer_to`: who is asked to take it on."""

    call_id: str
    held: bool
    muted: bool
    transfer_to: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEnded:
    """To an agent: the two have parted; wrap up."""

    transfer_id: TransferId
    call_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChanged:
    """To an agent: how the system sees you, and what follows."""

    status: Status
    state: AgentState
    reason: str
    next: Next


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneLost:
    """To an agent: your phone is lost; the call is kept for `within_s`."""

    within_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneBack:
    """To an agent: your phone is there again, in the same call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fenced:
    """To an agent: you began a shift elsewhere; only `desk_session` is obeyed from now on."""

    desk_session: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferFailed:
    """To an agent: nobody took your customer; they are yours again. `reason`: nobody_free, declined, missed or lost."""

    call_id: str
    reason: str


AgentNews = (
    Offer
    | OfferGone
    | Connected
    | CallChanged
    | CallEnded
    | StateChanged
    | PhoneLost
    | PhoneBack
    | Fenced
    | TransferFailed
)

"""Grants: capacity held for one attempt.

A grant is RESERVED when the rules allowed the attempt, COMMITTED right before the number is dialled, and then SPENT when
the call is over: a committed or spent grant counts as one of the person's attempts of the day. It is RELEASED when
nothing was dialled after all, EXPIRED when nobody committed it in time: neither counts. Reserved and committed grants
hold a place in the limits on simultaneous calls. Only this table moves it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType

from kernel.machine import Table
from kernel.tenant import TenantId

GrantId = NewType("GrantId", int)


class State(StrEnum):
    """Where a grant is."""

    RESERVED = "reserved"
    COMMITTED = "committed"
    SPENT = "spent"
    RELEASED = "released"
    EXPIRED = "expired"


class Event(StrEnum):
    """What moves it."""

    COMMIT = "commit"
    RELEASE = "release"  # nothing was dialled
    SPEND = "spend"  # the number was dialled, and the call is over
    EXPIRE = "expire"


TABLE: Final[Table[State, Event]] = {
    (State.RESERVED, Event.COMMIT): State.COMMITTED,
    (State.RESERVED, Event.RELEASE): State.RELEASED,
    (State.RESERVED, Event.EXPIRE): State.EXPIRED,
    (State.RESERVED, Event.SPEND): State.SPENT,
    (State.COMMITTED, Event.RELEASE): State.RELEASED,
    (State.COMMITTED, Event.SPEND): State.SPENT,
}

OPEN: Final = frozenset({State.RESERVED, State.COMMITTED})
GONE: Final = frozenset({State.RELEASED, State.EXPIRED})
COUNTED: Final = frozenset({State.RESERVED, State.COMMITTED, State.SPENT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One grant. `expires_at`: until then it may be committed, at most the end of the calling window."""

    id: GrantId
    tenant_id: TenantId
    subject_id: int
    customer_id: int
    lead_id: int
    campaign_id: int
    worker: int
    state: State
    reserved_at: datetime
    expires_at: datetime

    def holds(self, now: datetime) -> bool:
        """True while it takes a place among the simultaneous calls."""
        return self.state is State.COMMITTED or (self.state is State.RESERVED and now < self.expires_at)

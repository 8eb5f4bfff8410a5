"""What the parts of one call share: who is called and why, the legs, what was found out, and who is told.

The runner begins and ends a life; a mode (dialer.modes) lives it with the parts: `dialling`, `talk`, `connecting`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from bot.events import BookCallback, OptOut, WithdrawCallback
from bot.outcome import RobotOutcome
from bot.robot import Robot
from bot.turn import Speaker, Turn
from crm.room import Crm
from dialer.call import Call, Event, Outcome
from dialer.note import Notes
from dialer.picker import Picked
from dialer.recording import Recording, Recordings
from dialer.robots import Robots
from handoff.agents import DEFAULT_QUEUE
from handoff.briefing import Past
from handoff.desk import Desk
from handoff.phones import Phones
from handoff.transfer import Ticket
from kernel.clock import Clock
from kernel.errors import JingyinError
from kernel.log import get_logger
from kernel.machine import IllegalTransition
from media.bridge import MixingBridge
from media.leg import Gateway, Leg
from media.ticker import Ticker

if TYPE_CHECKING:
    from dialer.human import HumanLeg  # it lives this life: at run time it imports us

JSON = Mapping[str, Any]  # Any: JSON
_PROMISED: Final = "promised by the robot"
_BOOKED_WITHIN_S: Final = 3.0  # the customer waits, in silence

log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What every call of a worker shares. `phones` are agents' and supervisors'; `live(topic, type, data)` tells who watches;
    `recordings` None: calls are not recorded."""

    crm: Crm
    gateway: Gateway
    ticker: Ticker
    clock: Clock
    desk: Desk
    robots: Mapping[str, Robots]
    phones: Phones
    live: Callable[[str, str, JSON], None]
    caller_id: str
    ring_timeout_s: float
    hold_s: float
    recordings: Recordings | None = None


@dataclass(slots=True, kw_only=True)
class Life:
    """One call. `queue` is where a wish for a person goes, `earlier` what an agent is shown of before; `outcome` is the mode's word on what it came to, else `found` decides; `rung` None: what the leg tells.
    `abandoned`: they were there, and no agent in time; `agent_left`: who accepted hung up, perhaps before they were joined.
    `human` is there while an agent has the call; `joined` is told when that begins and when it is over.
    `inherited` is asked when the agent is lost for good: whether somebody has taken their place.
    `answered_s` is the clock's time of the answer; `handover` the times of a transfer, seconds since the answer."""

    picked: Picked
    around: Surroundings
    call: Call
    notes: Notes
    queue: str = DEFAULT_QUEUE
    earlier: tuple[Past, ...] = ()
    leg: Leg | None = None
    robot: Robot | None = None
    turns: list[Turn] = field(default_factory=list)
    recording: Recording | None = None
    ticket: Ticket | None = None
    bridge: MixingBridge | None = None
    human: "HumanLeg | None" = None
    joined: Callable[[], None] = lambda: None
    inherited: Callable[[], bool] = lambda: False
    found: RobotOutcome | None = None
    outcome: Outcome | None = None
    callback_at: datetime | None = None
    opted_out: bool = False
    wanted_person: bool = False
    abandoned: bool = False
    agent_left: bool = False
    rung: bool | None = None
    answered_s: float = 0.0
    decided_ms: int | None = None
    handover: dict[str, float] = field(default_factory=dict)

    @property
    def robots(self) -> Robots:
        """The campaign's assistant."""
        return self.around.robots[self.picked.campaign.assistant]

    @property
    def first_sound_ms(self) -> int | None:
        """From the answer to the robot's first sound; None: it has made none."""
        return next((turn.start_ms for turn in self.turns if turn.speaker is Speaker.ROBOT), None)

    def move(self, event: Event) -> None:
        """Move the call, if it takes the event now, and tell."""
        if self.call.machine.takes(event):
            self.call.machine.on(event)
            self.notes.note("state", {"state": self.call.state.value})
            self.tell("state", {})

    def refuse(self, error: JingyinError) -> None:
        """Nobody is called: the lead, as it is, must not be."""
        self.outcome = Outcome.REFUSED
        self.rung = False
        self.notes.note("refused", {"code": error.code, "because": str(error)})
        log.error("lead refused", lead=self.call.lead_id, error=str(error))

    def tell(self, kind: str, data: JSON) -> None:
        """Tell who watches."""
        facts = {"call_id": str(self.call.call_id), "state": self.call.state.value, **data}
        self.around.live("calls", kind, facts)

    def do(self, work: Callable[[], Awaitable[object]]) -> None:
        """Write something, in order with the notes; the call does not wait."""
        self.notes.do(work)

    def book_callback(self, action: BookCallback) -> None:
        """A call was promised."""
        self.callback_at = action.at
        self.notes.note("callback_promised", {"at": action.at.isoformat(), "because": action.because})
        self.do(lambda: self._book(action.at))

    async def promised(self) -> bool:
        """Whether a call is promised and booked, as far as that is written within moments."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_BOOKED_WITHIN_S):
                await self.notes.written()
                return self.callback_at is not None and not self.notes.failed
        return False

    async def _book(self, at: datetime) -> None:
        """Who asked for no more calls, and then called us, cannot be promised one: an agent must call by hand."""
        call, crm, scope = self.call, self.around.crm, self.picked.scope
        forbidden = await crm.opt_outs.stands(self.picked.lead.subject_id) or await crm.drafts.forbids_calls(
            scope, call.call_id
        )
        if forbidden:
            self._not_booked("they want no more calls")
            return
        try:
            await crm.callbacks.book(scope, call.lead_id, at, note=_PROMISED, call_id=call.call_id)
        except IllegalTransition as exc:
            self._not_booked(str(exc))

    def _not_booked(self, because: str) -> None:
        self.callback_at = None
        self.notes.note("callback_not_booked", {"because": because})
        log.warning("callback not booked", lead=self.call.lead_id, because=because)

    def withdraw_callback(self, action: WithdrawCallback) -> None:
        """The promised call is not wanted."""
        self.callback_at = None
        self.notes.note("callback_withdrawn", {"because": action.because})
        self.do(lambda: self._cancel(action.because))

    async def _cancel(self, because: str) -> None:
        callbacks, scope = self.around.crm.callbacks, self.picked.scope
        booked = await callbacks.of_lead(scope, self.call.lead_id)
        if booked is not None:  # the booking may have been refused
            await callbacks.cancel(scope, booked.id, because)

    def opt_out(self, action: OptOut) -> None:
        """Written at once: from then on nobody anywhere may call this person."""
        self.opted_out = True
        opt_outs, picked = self.around.crm.opt_outs, self.picked
        self.do(
            lambda: opt_outs.add(
                picked.scope,
                picked.lead.subject_id,
                source="robot",
                evidence=action.evidence,
                customer_id=picked.lead.customer_id,
                call_id=self.call.call_id,
            )
        )
        self.notes.note("opted_out", {"evidence": action.evidence, "because": action.because})

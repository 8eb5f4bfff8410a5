"""People's phones: an agent's lasts a shift, a supervisor's as long as they listen. One a person; the newest connection is it.

A connection that breaks is LOST, and its place is kept: within `lost_s` the same phone comes back (a browser by a new offer,
a telephone by its old UUID) and whoever uses it goes on. What is said goodbye to, or does not come back, is DOWN. One thing
uses a phone at a time, a call or listening to one; a newer use ends the older.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol
from uuid import uuid4

from handoff.agents import Agent, AgentId
from handoff.agents import State as AgentState
from handoff.desk import Desk
from handoff.news import Fenced
from kernel.clock import Clock
from kernel.errors import JingyinError
from kernel.log import get_logger
from kernel.machine import Machine, Table
from kernel.tasks import Background
from media.leg import Answered, Cause, Leg, LegEnded, LegState

log = get_logger(__name__)


class PhoneMissing(JingyinError):
    """Somebody wants to talk or listen without a connected phone."""

    code = "handoff.phone_missing"


class NoSuchPhone(JingyinError):
    """A connection wants the place of a phone that is none any more."""

    code = "handoff.no_such_phone"


class DeskSessionFenced(JingyinError):
    """The person began a shift elsewhere since: this machine's word counts no more."""

    code = "handoff.desk_session_fenced"


class State(StrEnum):
    """How a phone is."""

    DOWN = "down"
    UP = "up"
    LOST = "lost"  # its place is kept


class Event(StrEnum):
    """What moves it."""

    CONNECTED = "connected"
    BROKE = "broke"
    REPLACED = "replaced"  # a newer connection is on its way
    GIVEN_UP = "given_up"
    HUNG_UP = "hung_up"


TABLE: Final[Table[State, Event]] = {
    (State.DOWN, Event.CONNECTED): State.UP,
    (State.DOWN, Event.HUNG_UP): State.DOWN,
    (State.UP, Event.BROKE): State.LOST,
    (State.UP, Event.REPLACED): State.LOST,
    (State.UP, Event.HUNG_UP): State.DOWN,
    (State.LOST, Event.CONNECTED): State.UP,
    (State.LOST, Event.REPLACED): State.LOST,
    (State.LOST, Event.GIVEN_UP): State.DOWN,
    (State.LOST, Event.HUNG_UP): State.DOWN,
}


class Use(Protocol):
    """What a phone is used for. None of these may block."""

    def phone_lost(self) -> None:
        """It broke; it may come back."""

    def phone_back(self, leg: Leg) -> None:
        """It is there again, by this leg."""

    def phone_gone(self) -> None:
        """It does not come back, or is used for something else now."""


@dataclass(slots=True, kw_only=True)
class _Phone:
    """`again` makes the leg by which a telephone can come back by itself; None: it needs a new offer."""

    id: str
    person: AgentId
    leg: Leg
    session: str | None
    again: Callable[[], Leg] | None
    machine: Machine[State, Event] = field(default_factory=lambda: Machine(TABLE, State.DOWN))
    losses: int = 0
    lost_until_s: float | None = None


class Phones:
    """All phones of a worker. `background` owns the watching."""

    def __init__(self, desk: Desk, clock: Clock, background: Background, *, lost_s: float = 30.0) -> None:
        self._desk = desk
        self._clock = clock
        self._background = background
        self._lost_s = lost_s
        self._phones: dict[AgentId, _Phone] = {}
        self._uses: dict[AgentId, Use] = {}
        self._sessions: dict[AgentId, str] = {}
        desk.watch_agents(self._on_agent)

    # -- sessions ------------------------------------------------------------------------------------------------
    def begin_session(self, person: AgentId) -> str:
        """A shift begins on this machine; one that was begun elsewhere is fenced."""
        session = self._sessions[person] = uuid4().hex
        self._desk.tell(person, Fenced(desk_session=session))
        return session

    def session_of(self, person: AgentId) -> str | None:
        """The one that is obeyed; None: none was begun."""
        return self._sessions.get(person)

    def end_session(self, person: AgentId) -> None:
        """The shift is over. Idempotent."""
        self._sessions.pop(person, None)

    def check(self, person: AgentId, session: str | None, phone_id: str | None = None) -> None:
        """Refuse what an older session asks; with `phone_id`, to take the place of that phone.

        Raises:
            DeskSessionFenced: a newer session was begun.
            NoSuchPhone: the phone is another by now, or was given up.
        """
        newest = self._sessions.get(person)
        phone = self._phones.get(person)
        if newest is None and phone_id is not None and phone is not None:
            newest = phone.session
        if session is not None and newest is not None and session != newest:
            raise DeskSessionFenced("your shift goes on elsewhere", remedy="Begin it here again to take it over.")
        if phone_id is not None and (phone is None or phone.id != phone_id or phone.machine.state is State.DOWN):
            raise NoSuchPhone("the phone was given up", where=phone_id, remedy="Connect it anew.")

    # -- connections ---------------------------------------------------------------------------------------------
    def connect(
        self,
        person: AgentId,
        leg: Leg,
        *,
        session: str | None = None,
        again: Callable[[], Leg] | None = None,
        phone_id: str | None = None,
    ) -> str:
        """A new connection, answered or about to be: from its answer on it is the person's phone; an older one ends now.

        The id of the phone; given one, it is that phone which comes back.
        """
        older = self._phones.get(person)
        before = older.leg if older is not None else None
        if older is not None and (phone_id == older.id or older.machine.state is not State.DOWN):
            phone = older  # the same place, so that a call goes on
            phone.id = phone_id or uuid4().hex
            phone.leg, phone.session, phone.again = leg, session, again
            if phone.machine.takes(Event.REPLACED):
                self._lose(phone, Event.REPLACED)
        else:
            phone = _Phone(id=uuid4().hex, person=person, leg=leg, session=session, again=again)
            self._phones[person] = phone
        if before is not None:
            self._background.start(before.hang_up())
        self._follow(phone, leg)
        return phone.id

    def get(self, person: AgentId | None) -> Leg | None:
        """The leg of a phone that is up."""
        phone = self._phones.get(person) if person is not None else None
        return phone.leg if phone is not None and phone.machine.state is State.UP else None

    def state(self, person: AgentId) -> State:
        """How the person's phone is."""
        phone = self._phones.get(person)
        return phone.machine.state if phone is not None else State.DOWN

    def lost_for_s(self, person: AgentId) -> float | None:
        """Seconds for which a lost phone's place is still kept; None when it is not lost."""
        phone = self._phones.get(person)
        if phone is None or phone.lost_until_s is None:
            return None
        return max(0.0, phone.lost_until_s - self._clock.monotonic())

    async def up(self, person: AgentId, within_s: float = 5.0) -> Leg:
        """The phone, when it is up: one that is being connected is waited for.

        Raises:
            PhoneMissing: it is not, in time.
        """
        deadline_s = self._clock.monotonic() + within_s
        while (leg := self.get(person)) is None:
            phone = self._phones.get(person)
            connecting = phone is not None and phone.leg.state is not LegState.ENDED
            if not connecting or self._clock.monotonic() >= deadline_s:
                raise PhoneMissing("no phone is connected", where=person, remedy="Connect the phone, then try again.")
            await self._clock.sleep(0.05)
        return leg

    def hang_up(self, person: AgentId) -> None:
        """The person puts it down for good. Idempotent."""
        phone = self._phones.get(person)
        if phone is not None:
            self._down(phone, Event.HUNG_UP)

    # -- uses ----------------------------------------------------------------------------------------------------
    def use(self, person: AgentId, use: Use) -> None:
        """From now on `use` has the phone; what had it before is told that it is gone."""
        before = self._uses.get(person)
        self._uses[person] = use
        if before is not None and before is not use:
            before.phone_gone()

    def release(self, person: AgentId, use: Use) -> None:
        """`use` needs it no more. Idempotent."""
        if self._uses.get(person) is use:
            del self._uses[person]

    # -- inside --------------------------------------------------------------------------------------------------
    def _on_agent(self, agent: Agent) -> None:
        """Whose shift is over has no phone."""
        if agent.state is AgentState.GONE:
            self.hang_up(agent.id)
            self.end_session(agent.id)

    def _follow(self, phone: _Phone, leg: Leg) -> None:
        if leg.state is LegState.ANSWERED:
            self._connected(phone)
        self._background.start(self._watch(phone, leg), name=f"phone-{phone.person}")

    async def _watch(self, phone: _Phone, leg: Leg) -> None:
        async for event in leg.events():
            if phone.leg is not leg or self._phones.get(phone.person) is not phone:
                return
            if isinstance(event, Answered):
                self._connected(phone)
            elif isinstance(event, LegEnded):
                goodbye = phone.again is not None and event.cause is Cause.NORMAL  # a browser's reload says the same
                if phone.machine.state is State.UP:
                    self._down(phone, Event.HUNG_UP) if goodbye else self._lose(phone, Event.BROKE)

    def _connected(self, phone: _Phone) -> None:
        was = phone.machine.state
        if was is State.UP:
            return
        phone.machine.on(Event.CONNECTED)
        phone.lost_until_s = None
        self._desk.phone_back(phone.person)
        use = self._uses.get(phone.person)
        if was is State.LOST and use is not None:
            use.phone_back(phone.leg)

    def _lose(self, phone: _Phone, event: Event) -> None:
        first = phone.machine.state is State.UP
        phone.machine.on(event)
        if not first:
            return
        phone.losses += 1
        phone.lost_until_s = self._clock.monotonic() + self._lost_s
        log.warning("phone lost", agent=phone.person, kept_s=self._lost_s)
        self._desk.phone_lost(phone.person, self._lost_s)
        use = self._uses.get(phone.person)
        if use is not None:
            use.phone_lost()
        self._background.start(self._give_up(phone, phone.losses), name=f"phone-lost-{phone.person}")
        if event is Event.BROKE and phone.again is not None:
            phone.leg = phone.again()
            self._follow(phone, phone.leg)

    async def _give_up(self, phone: _Phone, loss: int) -> None:
        await self._clock.sleep(self._lost_s)
        if phone.losses == loss and phone.machine.takes(Event.GIVEN_UP):
            self._down(phone, Event.GIVEN_UP)

    def _down(self, phone: _Phone, event: Event) -> None:
        phone.machine.on(event)
        phone.lost_until_s = None
        if self._phones.get(phone.person) is phone:
            del self._phones[phone.person]
        if phone.leg.state is not LegState.ENDED:
            self._background.start(phone.leg.hang_up())
        use = self._uses.pop(phone.person, None)
        if use is not None:
            use.phone_gone()
        self._desk.gone(phone.person)
        self.end_session(phone.person)

"""A supervisor on a call: who they are, how they are in it, and what they may do; the rights are enforced here.

While the robot talks there is no agent to whisper to, and a second voice would be taken for the customer's: one may listen,
or take the call over, also from a customer who waits for an agent with no robot there. Until it is clear that a person has
answered a predictive call one may listen. With an agent every mode is open. Whose phone is lost is back at listening when it
returns. An agent who is lost for good leaves the customer to a supervisor who barges: the two talk already.
"""

from bot.host import Accepted
from dialer.call import Event, State
from dialer.human import NotNow, request_of
from dialer.life import Life
from handoff.agents import AgentId
from handoff.agents import Event as AgentEvent
from handoff.transfer import State as TransferState
from kernel.errors import JingyinError
from kernel.tasks import Background
from media.leg import Leg, LegState, Tapeable
from media.listening import Listening
from media.mix import Monitor

_WITH_AGENT = ("listen", "whisper", "barge", "take_over")
_WITH_ROBOT = ("listen", "take_over")


class AlreadySupervised(JingyinError):
    """Another supervisor is in the call."""

    code = "dialer.already_supervised"


class Supervision:
    """Of one call; the `Use` of the supervisor's phone. `open` before anything else."""

    def __init__(self, life: Life) -> None:
        self._life = life
        self._person: AgentId | None = None
        self._name = ""
        self._mode = Monitor.LISTEN
        self._listening: Listening | None = None
        self._background: Background | None = None

    @property
    def mode(self) -> Monitor | None:
        """How a supervisor is in the call; None: none is."""
        return self._mode if self._person is not None else None

    @property
    def person(self) -> AgentId | None:
        """Who."""
        return self._person

    @property
    def actions(self) -> list[str]:
        """What a supervisor may do with the call now."""
        if self._life.human is not None:
            return list(_WITH_AGENT)
        if not self._answered():
            return []
        return [action for action in _WITH_ROBOT if action != "take_over" or self._may_be_taken()]

    def open(self, background: Background) -> None:
        """`background` owns what listens; it lasts as long as the call."""
        self._background = background
        self._life.joined = self.joined
        self._life.inherited = self.inherited

    def monitor(self, person: AgentId, mode: Monitor, *, name: str = "") -> None:
        """Come into the call in this mode, or change the mode. Their phone is up; `name` is how the desk would know them.

        Raises:
            NotNow: the mode needs an agent, or there is nothing to hear yet.
            AlreadySupervised: another supervisor is here.
        """
        if self._person is not None and self._person != person:
            raise AlreadySupervised("another supervisor is in the call", remedy="Ask them to leave it.")
        if mode.value not in self.actions:
            raise NotNow(
                f"{mode.value} is not possible now", remedy="Listen first; the rest needs an agent.", case="needs_agent"
            )
        self._life.around.phones.use(person, self)
        self._person, self._mode, self._name = person, mode, name
        self._attach()
        self._note("monitored", mode=mode.value)

    def leave(self, person: AgentId) -> None:
        """Go out of the call. Without effect for who is not in it."""
        if self._person == person:
            self._life.around.phones.release(person, self)
            self.phone_gone()

    def take_over(self, person: AgentId) -> None:
        """Sit down in the agent's place, or the robot's, who leaves. The person is signed in and their phone is up.

        Raises:
            NotNow: nobody is to be replaced, or an agent is just being joined.
            IllegalTransition: they are in a call themselves.
        """
        life = self._life
        if life.human is not None:
            life.human.take_over(person)
            return
        if not self._may_be_taken():
            raise NotNow("there is nobody to take over from", remedy="Wait until somebody talks.", case="nobody_there")
        before, life.ticket = life.ticket, life.around.desk.take_over(person, request_of(life))
        if before is not None:
            life.around.desk.withdraw(before.transfer.id)
        life.notes.note("taken_over", {"agent": None, "to": person})
        life.move(Event.TAKEN_OVER)
        if life.robot is not None:
            life.robot.tell(Accepted())

    def end(self) -> None:
        """The call is over."""
        if self._person is not None:
            self.leave(self._person)

    # -- what happens --------------------------------------------------------------------------------------------
    def joined(self) -> None:
        """An agent came to the customer, or the last one went: listen there from now on."""
        if self._person is not None:
            self._mode = Monitor.LISTEN
            self._attach()
            self._life.tell("monitored", {})

    def inherited(self) -> bool:
        """The agent is lost for good: a supervisor who speaks with the customer sits down in their place. False: none does."""
        life, person, desk = self._life, self._person, self._life.around.desk
        speaks = person is not None and self._mode is Monitor.BARGE and life.around.phones.get(person) is not None
        if person is None or not speaks or life.human is None:
            return False
        agent = desk.sign_in(person, life.picked.scope.tenant_id, name=self._name)
        while (offer := desk.transfer_of(person)) is not None and offer.state is TransferState.OFFERED:
            desk.decline(person, offer.id)  # who waits elsewhere keeps their place; this customer hears them already
        if not agent.machine.takes(AgentEvent.TOOK_OVER):
            return False
        life.human.take_over(person)
        return True

    def phone_lost(self) -> None:
        """See `Use`."""
        self._detach()
        self._mode = Monitor.LISTEN
        self._note("monitor_lost")

    def phone_back(self, leg: Leg) -> None:
        """See `Use`."""
        self._attach()
        self._note("monitored", mode=self._mode.value)

    def phone_gone(self) -> None:
        """See `Use`."""
        self._detach()
        self._note("monitor_left")
        self._person = None
        self._life.tell("monitored", {})

    # -- inside --------------------------------------------------------------------------------------------------
    def _attach(self) -> None:
        life, leg = self._life, self._life.around.phones.get(self._person)
        self._stop_listening()
        if leg is None or self._background is None:
            return
        if life.human is not None and life.bridge is not None:
            life.bridge.supervise(leg, self._mode)
        elif isinstance(life.leg, Tapeable):
            self._listening = Listening(ticker=life.around.ticker, customer=life.leg, supervisor=leg)
            self._listening.begin(self._background)

    def _detach(self) -> None:
        self._stop_listening()
        if self._life.bridge is not None:
            self._life.bridge.unsupervise()

    def _stop_listening(self) -> None:
        if self._listening is not None:
            self._listening.end()
            self._listening = None

    def _answered(self) -> bool:
        life = self._life
        return (
            life.call.state in (State.ROBOT, State.HOLDING)
            and isinstance(life.leg, Tapeable)
            and life.leg.state is LegState.ANSWERED
        )

    def _may_be_taken(self) -> bool:
        """The robot talks, or the customer waits; and no agent is about to be joined."""
        life = self._life
        joining = life.ticket is not None and life.ticket.transfer.state is TransferState.CONNECTING
        waits = life.robot is not None or life.call.state is State.HOLDING
        return self._answered() and waits and life.found is None and not joining

    def _note(self, kind: str, **facts: str) -> None:
        self._life.notes.note(kind, {"by": self._person, **facts})
        self._life.tell("monitored", {})

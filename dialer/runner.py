"""One three-stage call, from the right to dial to the written row: dial, robot, human, and an end that always comes.

One TaskGroup a call. A failure before the network saw the call may be retried; afterwards never. However it ends, leg
hung up, transfer withdrawn, journal written, attempt ended, grant released, lead moved: that part is shielded and has a
deadline of its own.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from bot.events import BookCallback, OptOut
from bot.outcome import Ended, RobotOutcome
from bot.robot import Accepted, NobodyFree, Robot
from bot.turn import Turn
from crm.call_record import CallResult
from crm.journal import Event as JournalEvent
from crm.lead import Lead
from crm.room import Crm
from dialer.briefing import briefing_of, outcome_of_cause, outcome_of_talk, record_of
from dialer.call import Call, Event, Outcome, Served, State
from dialer.note import Notes
from dialer.picker import Picked
from dialer.recording import Recording, Recordings
from dialer.retry import retry_after
from dialer.robots import Robots
from handoff.agents import AgentId
from handoff.briefing import Briefing
from handoff.desk import Desk, Ticket
from handoff.transfer import Request
from handoff.transfer import State as TransferState
from kernel.clock import Clock
from kernel.errors import JingyinError
from kernel.log import get_logger, log_context
from kernel.tasks import finish
from media.bridge import MixingBridge
from media.leg import Answered, Cause, Dial, Gateway, GatewayUnavailable, Leg, LegEnded, Marks
from media.recorder import RecordingFailed
from media.ticker import Ticker
from speech.prompt import Move

_CLEAN_UP_S: Final = 20.0
_CALL_BACK_AFTER: Final = timedelta(minutes=10)

log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What every call of a worker shares. `phones` are agents' legs; `live(topic, type, data)` tells who watches;
    `recordings` None: calls are not recorded."""

    crm: Crm
    gateway: Gateway
    ticker: Ticker
    clock: Clock
    desk: Desk
    robots: Mapping[str, Robots]
    phones: Mapping[AgentId, Leg]
    live: Callable[[str, str, Mapping[str, Any]], None]  # Any: JSON
    caller_id: str
    ring_timeout_s: float
    hold_s: float
    recordings: Recordings | None = None


class CallRunner:
    """Runs one call; also its robot's `RobotHost`."""

    def __init__(self, picked: Picked, around: Surroundings) -> None:
        self._picked = picked
        self._around = around
        self._robots = around.robots[picked.campaign.assistant]
        attempt = picked.attempt
        self.call = Call(
            call_id=attempt.id,
            tenant_id=attempt.tenant_id,
            campaign_id=attempt.campaign_id,
            lead_id=attempt.lead_id,
            customer_id=attempt.customer_id,
            attempt_no=attempt.attempt_no,
            claimed_at=attempt.claimed_at,
        )
        self._notes = Notes(around.crm.journal, picked.scope, attempt.id, around.clock)
        self._turns: list[Turn] = []
        self._leg: Leg | None = None
        self._robot: Robot | None = None
        self._ticket: Ticket | None = None
        self._bridge: MixingBridge | None = None
        self._searching: asyncio.Queue[Request] = asyncio.Queue()
        self._found: RobotOutcome | None = None
        self._outcome: Outcome | None = None
        self._callback_at: datetime | None = None
        self._opted_out = False
        self._rung: bool | None = None
        self._recording: Recording | None = None
        self._answered_s = 0.0
        self._decided_ms: int | None = None
        self._handover: dict[str, float] = {}
        self.wanted_person = False

    @property
    def lead(self) -> Lead:
        """Who is called."""
        return self._picked.lead

    @property
    def turns(self) -> Sequence[Turn]:
        """What was said so far."""
        return tuple(self._turns)

    @property
    def grade(self) -> str | None:
        """The robot's grade so far; None before it talks."""
        return self._robot.so_far.grade.value if self._robot is not None else None

    @property
    def agent(self) -> AgentId | None:
        """The person in the call, or who is offered it."""
        return self._ticket.transfer.agent if self._ticket is not None else None

    @property
    def briefing(self) -> Briefing | None:
        """What the agent was shown."""
        return self._ticket.transfer.request.briefing if self._ticket is not None else None

    @property
    def recording(self) -> str | None:
        """Where the call is being recorded, below the folder of recordings."""
        return self._recording.path if self._recording is not None else None

    async def run(self) -> Outcome:
        """Live the call to its end; every error is logged and makes it FAILED. Cancelling ends it cleanly."""
        with log_context(tenant=self.call.tenant_id, call=self.call.call_id):
            try:
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(self._notes.run())
                    search = tasks.create_task(self._find_agents())
                    try:
                        await self._live()
                    finally:
                        search.cancel()
                        self._notes.close()
            except* GatewayUnavailable as failures:
                self._rung = not all(
                    isinstance(exc, GatewayUnavailable) and exc.before_network for exc in failures.exceptions
                )
                self._outcome = Outcome.FAILED
                log.error("no gateway for the call", error=str(failures.exceptions[0]))
            except* Exception:  # the call's supervisor
                self._outcome = Outcome.FAILED
                log.exception("call broken")
            finally:
                await finish(self._clean_up(), within_s=_CLEAN_UP_S)
            return self.call.outcome or Outcome.FAILED

    # -- the stages ----------------------------------------------------------------------------------------------
    async def _live(self) -> None:
        around, picked = self._around, self._picked
        self._tell("state", {})
        decision = await around.crm.quota.commit(picked.scope, picked.grant)
        if not decision.allowed:
            self._outcome = Outcome.FAILED
            self._rung = False
            self._notes.note("denied", {"rules": list(decision.rules)})
            return
        await around.crm.attempts.mark_dialling(picked.scope, picked.attempt.id)
        self._leg = await around.gateway.originate(
            Dial(
                number=picked.lead.number.e164,
                caller_id=around.caller_id,
                ring_timeout_s=around.ring_timeout_s,
                call_id=str(self.call.call_id),
            )
        )
        self._move(Event.DIALLED)
        self._notes.do(lambda: around.crm.attempts.mark_dialled(picked.scope, picked.attempt.id))
        dialogue = self._robots.dialogue(
            called_at=around.clock.now(), zone=picked.lead.zone, slots={"name": picked.lead.name}
        )
        await self._robots.prompts.prepare(self._robots.first_prompts(dialogue))
        ended = await self._wait_for_answer(self._leg)
        if ended is not None:
            self._outcome = outcome_of_cause(ended)
            self._notes.note("not_answered", {"cause": ended.name.lower()})
            return
        self._answered_s = around.clock.monotonic()
        self.call.answered_at = around.clock.now()
        if around.recordings is not None:
            self._recording = around.recordings.begin(self._leg, picked.scope.tenant_id, self.call.call_id)
        self._move(Event.ANSWERED)
        self._notes.do(lambda: around.crm.attempts.mark_answered(picked.scope, picked.attempt.id))
        self._notes.do(lambda: around.crm.calls.set_stage(picked.scope, picked.attempt.id, "robot"))
        self._robot = self._robots.robot(dialogue, self._leg, self)
        self._found = await self._robot.run()
        if self._found.ended is Ended.HANDED_OVER and self._ticket is not None:
            await self._join(self._ticket, self._leg)
        elif self.call.state is State.HOLDING:
            at = around.clock.now() + _CALL_BACK_AFTER
            self.book_callback(BookCallback(at=at, because="the customer hung up while waiting for a person"))

    async def _wait_for_answer(self, leg: Leg) -> Cause | None:
        """None when answered, else why not."""
        async for event in leg.events():
            if isinstance(event, Answered):
                return None
            if isinstance(event, LegEnded):
                return event.cause
        return Cause.NETWORK_FAILURE

    async def _find_agents(self) -> None:
        """Take the robot's wishes for a person to the desk, and the desk's answers to the robot."""
        while True:
            request = await self._searching.get()
            self._ticket = ticket = self._around.desk.request(request)
            state = await ticket.outcome()
            if self._robot is None:
                continue
            if state is TransferState.CONNECTING:
                self._robot.tell(Accepted())
            elif state is TransferState.BOOKED:
                self._move(Event.GAVE_UP_WAITING)
                self._robot.tell(NobodyFree(reason="nobody_free"))

    async def _join(self, ticket: Ticket, leg: Leg) -> None:
        """Customer and agent, until one hangs up."""
        around, transfer = self._around, ticket.transfer
        phone = around.phones.get(transfer.agent) if transfer.agent else None
        if phone is None or transfer.state is not TransferState.CONNECTING:
            self._notes.note("agent_lost", {"agent": transfer.agent})
            at = around.clock.now() + _CALL_BACK_AFTER
            self.book_callback(BookCallback(at=at, because="the agent was lost while connecting"))
            return
        bridge = self._bridge = MixingBridge(ticker=around.ticker, clock=around.clock, customer=leg, agent=phone)
        around.desk.bridged(transfer.id)
        self._move(Event.BRIDGED)
        self.call.served = Served.AGENT
        self._notes.note("bridged", {"agent": transfer.agent})
        self._notes.do(lambda: around.crm.calls.set_stage(self._picked.scope, self.call.call_id, "human"))
        self._tell("bridged", {"agent": transfer.agent})
        who = await bridge.run()
        self._notes.note("parted", {"by": who.value if who else "agent"})
        if transfer.offered_s is not None and transfer.accepted_s is not None:
            self._handover = {
                "offered_s": transfer.offered_s - self._answered_s,
                "accepted_s": transfer.accepted_s - self._answered_s,
                "bridged_s": (bridge.first_customer_frame_at_s or around.clock.monotonic()) - self._answered_s,
            }

    def hang_up_agent(self, agent_id: AgentId) -> bool:
        """The agent ends the call; True when it was theirs."""
        mine = self._ticket is not None and self._ticket.transfer.agent == agent_id
        if mine and self._bridge is not None:
            self._bridge.stop()
        return mine

    # -- the robot's host ----------------------------------------------------------------------------------------
    def turn(self, turn: Turn) -> None:
        """See `RobotHost`."""
        self._turns.append(turn)
        self._notes.note("turn", _turn_as_json(turn))
        self._tell("turn", _turn_as_json(turn))

    def partial(self, text: str, intent: str) -> None:
        """See `RobotHost`."""
        self._tell("partial", {"text": text, "intent": intent})

    def moves(self, started: bool, moves: tuple[Move, ...], at: int) -> None:
        """See `RobotHost`. Only a simulated network hears of it."""
        leg = self._leg
        if isinstance(leg, Marks):  # outside the gateway's contract
            (leg.prompt_started if started else leg.prompt_ended)([move.value for move in moves], at)

    def decided_to_greet(self, at_ms: int) -> None:
        """See `RobotHost`."""
        self._decided_ms = at_ms
        self._notes.note("decided_to_greet", {"at_ms": at_ms})

    def want_person(self, so_far: RobotOutcome) -> None:
        """See `RobotHost`."""
        self.wanted_person = True
        self._move(Event.PERSON_WANTED)
        briefing = briefing_of(self._picked.lead, self.call.call_id, self._picked.campaign.name, so_far, self._turns)
        self._notes.note("person_wanted", {"summary": list(so_far.summary)})
        self._searching.put_nowait(
            Request(
                call_id=str(self.call.call_id),
                tenant_id=self._picked.scope.tenant_id,
                briefing=briefing,
                hold_s=self._around.hold_s,
            )
        )

    def withdraw_person(self) -> None:
        """See `RobotHost`."""
        self._notes.note("person_withdrawn", {})
        if self._ticket is not None:
            self._around.desk.withdraw(self._ticket.transfer.id)
        if self.call.state is State.HOLDING:
            self._move(Event.GAVE_UP_WAITING)

    def book_callback(self, action: BookCallback) -> None:
        """See `RobotHost`."""
        self._callback_at = action.at
        self._notes.note("callback_promised", {"at": action.at.isoformat(), "because": action.because})
        crm, scope = self._around.crm, self._picked.scope
        self._notes.do(
            lambda: crm.callbacks.book(
                scope, self.call.lead_id, action.at, note="promised by the robot", call_id=self.call.call_id
            )
        )

    def opt_out(self, action: OptOut) -> None:
        """See `RobotHost`. Written at once: from then on nobody anywhere may call this person."""
        self._opted_out = True
        crm, picked = self._around.crm, self._picked
        self._notes.do(
            lambda: crm.opt_outs.add(
                picked.scope,
                picked.lead.subject_id,
                source="robot",
                evidence=action.evidence,
                customer_id=picked.lead.customer_id,
                call_id=self.call.call_id,
            )
        )
        self._notes.note("opted_out", {"evidence": action.evidence, "because": action.because})

    # -- the end -------------------------------------------------------------------------------------------------
    async def _clean_up(self) -> None:
        around, picked, call = self._around, self._picked, self.call
        if self._leg is not None:
            await self._leg.hang_up()
        if self._ticket is not None:
            around.desk.withdraw(self._ticket.transfer.id)
        if self._outcome is None and self._found is not None:
            self._outcome = outcome_of_talk(self._found, bridged=call.served is Served.AGENT)
        outcome = call.outcome = self._outcome or Outcome.FAILED
        if call.served is Served.NONE and self._callback_at is not None:
            call.served = Served.CALLBACK
        await _safely(self._close_recording)
        if self._found is not None:
            result = record_of(self._found, outcome, call.served)
            await _safely(
                lambda: around.crm.calls.record(
                    picked.scope,
                    call.call_id,
                    _with_times(result, self._decided_ms, self._handover),
                )
            )
        pause = None if self._callback_at or self._opted_out else retry_after(outcome, call.attempt_no)
        retry_at = around.clock.now() + pause if pause is not None else None
        await _safely(
            lambda: around.crm.attempts.end(
                picked.scope, picked.attempt.id, result=outcome.value, retry_at=retry_at, rung=self._rung
            )
        )
        rung = self._leg is not None if self._rung is None else self._rung
        await _safely(lambda: around.crm.quota.release(picked.scope, picked.grant, rung=rung))
        if call.state is not State.ENDED:
            call.machine.on(Event.ENDED)
        call.ended_at = around.clock.now()
        self._tell("ended", {"outcome": outcome.value, "served": call.served.value})

    async def _close_recording(self) -> None:
        """The call's row gets the path; a recording that failed is journalled."""
        recording, self._recording = self._recording, None
        if recording is None:
            return
        scope, call_id = self._picked.scope, self.call.call_id
        try:
            await recording.close()
        except RecordingFailed as exc:
            log.error("call not recorded", error=str(exc))
            failed = JournalEvent(kind="recording_failed", data={"code": exc.code}, at=self._around.clock.now())
            await self._around.crm.journal.append(scope, call_id, failed)
        else:
            await self._around.crm.calls.record(scope, call_id, CallResult(wav=recording.path))

    def _move(self, event: Event) -> None:
        if self.call.machine.takes(event):
            self.call.machine.on(event)
            self._notes.note("state", {"state": self.call.state.value})
            self._tell("state", {})

    def _tell(self, kind: str, data: Mapping[str, Any]) -> None:  # Any: JSON
        self._around.live(
            "calls",
            kind,
            {"call_id": str(self.call.call_id), "state": self.call.state.value, **data},
        )


async def _safely(work: Callable[[], Awaitable[object]]) -> None:
    """One step of the end: an error is logged and the next step is done all the same."""
    try:
        await work()
    except JingyinError as exc:
        log.error("end of the call not written, recovery will find it", error=str(exc))


def _with_times(result: CallResult, decided_ms: int | None, handover: Mapping[str, float]) -> CallResult:
    decided_s = None if decided_ms is None else decided_ms / 1000
    return replace(result, decided_s=decided_s, handover=dict(handover) or None)


def _turn_as_json(turn: Turn) -> dict[str, Any]:  # Any: JSON
    return {
        "who": turn.speaker.value,
        "kind": turn.kind,
        "text": turn.text,
        "start_ms": turn.start_ms,
        "end_ms": turn.end_ms,
        "decided_ms": turn.decided_ms,
        "intent": turn.intent,
        "confidence": turn.confidence,
        "because": turn.because,
        "heard_s": turn.heard_s,
    }

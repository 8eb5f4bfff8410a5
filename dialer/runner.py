"""One call, from the right to dial to the written row, whatever its mode: a beginning, and an end that always comes.

One TaskGroup a call. A failure before the network saw the call may be retried; afterwards never. However it ends, leg
hung up, transfer withdrawn, journal written, attempt ended, grant released, lead moved: that part is shielded and has a
deadline of its own. What happens between is the mode's (dialer.modes).
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Final

from bot.turn import Turn
from crm.call_record import CallResult
from crm.journal import Event as JournalEvent
from crm.lead import Lead
from dialer.briefing import outcome_of_talk, record_of
from dialer.call import Call, Event, Outcome, Served, State
from dialer.human import HumanLeg
from dialer.life import Life, Surroundings
from dialer.note import Notes
from dialer.picker import Picked
from dialer.retry import retry_after
from dialer.supervision import Supervision
from handoff.agents import DEFAULT_QUEUE, AgentId
from handoff.briefing import Briefing
from kernel.errors import JingyinError
from kernel.log import get_logger, log_context
from kernel.tasks import alongside, finish
from media.audio import RATE_HZ
from media.leg import GatewayUnavailable, Tapeable
from media.recorder import RecordingFailed

_CLEAN_UP_S: Final = 20.0

log = get_logger(__name__)


class CallRunner:
    """Runs one call: `live` is its mode's."""

    def __init__(self, picked: Picked, around: Surroundings, live: Callable[[Life], Awaitable[None]]) -> None:
        attempt = picked.attempt
        self._live = live
        self.call = Call(
            call_id=attempt.id,
            tenant_id=attempt.tenant_id,
            campaign_id=attempt.campaign_id,
            lead_id=attempt.lead_id,
            customer_id=attempt.customer_id,
            attempt_no=attempt.attempt_no,
            claimed_at=attempt.claimed_at,
        )
        notes = Notes(around.crm.journal, picked.scope, attempt.id, around.clock)
        queue = str(picked.campaign.options.get("queue") or DEFAULT_QUEUE)
        self.life = Life(picked=picked, around=around, call=self.call, notes=notes, queue=queue)
        self.supervision = Supervision(self.life)

    @property
    def lead(self) -> Lead:
        """Who is called."""
        return self.life.picked.lead

    @property
    def turns(self) -> Sequence[Turn]:
        """What was said so far."""
        return tuple(self.life.turns)

    @property
    def grade(self) -> str | None:
        """The robot's grade so far; None before it talks."""
        return self.life.robot.so_far.grade.value if self.life.robot is not None else None

    @property
    def agent(self) -> AgentId | None:
        """The person in the call, or who is offered it."""
        return self.life.ticket.transfer.agent if self.life.ticket is not None else None

    @property
    def briefing(self) -> Briefing | None:
        """What the agent was shown."""
        return self.life.ticket.transfer.request.briefing if self.life.ticket is not None else None

    @property
    def human(self) -> HumanLeg | None:
        """The agent's part, while there is one."""
        return self.life.human

    @property
    def recording(self) -> str | None:
        """Where the call is being recorded, below the folder of recordings."""
        return self.life.recording.path if self.life.recording is not None else None

    async def run(self) -> Outcome:
        """Live the call to its end; every error is logged and makes it FAILED. Cancelling ends it cleanly."""
        life = self.life
        with log_context(tenant=self.call.tenant_id, call=self.call.call_id):
            try:
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(life.notes.run())
                    try:
                        async with alongside() as background:
                            self.supervision.open(background)
                            try:
                                await self._live(life)
                            finally:
                                self.supervision.end()
                                self._note_stalls()
                    finally:
                        life.notes.close()
            except* GatewayUnavailable as failures:
                life.rung = not all(
                    isinstance(exc, GatewayUnavailable) and exc.before_network for exc in failures.exceptions
                )
                life.outcome = Outcome.FAILED
                log.error("no gateway for the call", error=str(failures.exceptions[0]))
            except* Exception:  # the call's supervisor
                life.outcome = Outcome.FAILED
                log.exception("call broken")
            finally:
                await finish(self._clean_up(), within_s=_CLEAN_UP_S)
            return self.call.outcome or Outcome.FAILED

    def hang_up_agent(self, agent_id: AgentId) -> bool:
        """The agent ends the call; True when it was theirs.

        Raises:
            NotNow: a colleague is being asked to take it.
        """
        ticket, human = self.life.ticket, self.life.human
        mine = ticket is not None and ticket.transfer.agent == agent_id
        if mine and human is not None:
            human.hang_up()
        self.life.agent_left = self.life.agent_left or mine
        return mine

    def _note_stalls(self) -> None:
        leg = self.life.leg
        stalls: Sequence[tuple[int, int]] = leg.stalls if isinstance(leg, Tapeable) else ()
        for at, lost in stalls:
            self.life.notes.note("stalled", {"at_ms": at * 1000 // RATE_HZ, "lost_ms": lost * 1000 // RATE_HZ})

    async def _clean_up(self) -> None:
        life, call = self.life, self.call
        around, picked = life.around, life.picked
        if life.leg is not None:
            await life.leg.hang_up()
        if life.ticket is not None:
            around.desk.withdraw(life.ticket.transfer.id)
        outcome = call.outcome = _outcome(life)
        if call.served is Served.NONE and life.callback_at is not None:
            call.served = Served.CALLBACK
        await _safely(self._close_recording)
        result = _result(life, outcome)
        if result is not None:
            await _safely(lambda: around.crm.calls.record(picked.scope, call.call_id, result))
        pause = retry_after(outcome, call.attempt_no)
        retry_at = around.clock.now() + pause if pause is not None else None
        await _safely(
            lambda: around.crm.attempts.end(
                picked.scope, picked.attempt.id, result=outcome.value, retry_at=retry_at, rung=life.rung
            )
        )
        grant, rung = picked.grant, life.leg is not None if life.rung is None else life.rung
        if grant is not None:
            await _safely(lambda: around.crm.quota.release(picked.scope, grant, rung=rung))
        if call.state is not State.ENDED:
            call.machine.on(Event.ENDED)
        call.ended_at = around.clock.now()
        life.tell("ended", {"outcome": outcome.value, "served": call.served.value})

    async def _close_recording(self) -> None:
        """The call's row gets the path; a recording that failed is journalled."""
        life, call_id = self.life, self.call.call_id
        recording, life.recording = life.recording, None
        if recording is None:
            return
        crm, scope = life.around.crm, life.picked.scope
        try:
            await recording.close()
        except RecordingFailed as exc:
            log.error("call not recorded", error=str(exc))
            failed = JournalEvent(kind="recording_failed", data={"code": exc.code}, at=life.around.clock.now())
            await crm.journal.append(scope, call_id, failed)
        else:
            await crm.calls.record(scope, call_id, CallResult(wav=recording.path))


def _outcome(life: Life) -> Outcome:
    """The mode's word, else what the robot found out."""
    if life.outcome is None and life.found is not None:
        return outcome_of_talk(life.found, bridged=life.call.served is Served.AGENT)
    return life.outcome or Outcome.FAILED


def _result(life: Life, outcome: Outcome) -> CallResult | None:
    """What the call's row is to keep beyond its outcome; None: nothing, nobody was met."""
    handover = life.handover or None
    if life.found is None:
        if life.call.answered_at is None or outcome is Outcome.VOICEMAIL:
            return None
        return CallResult(outcome=outcome.value, served=life.call.served.value, handover=handover)
    decided_s = None if life.decided_ms is None else life.decided_ms / 1000
    result = record_of(life.found, outcome, life.call.served, first_sound_ms=life.first_sound_ms)
    return replace(result, decided_s=decided_s, handover=handover)


async def _safely(work: Callable[[], Awaitable[object]]) -> None:
    """One step of the end: an error is logged and the next step is done all the same."""
    try:
        await work()
    except JingyinError as exc:
        log.error("end of the call not written, recovery will find it", error=str(exc))

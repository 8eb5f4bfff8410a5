"""Campaigns at work: the lifecycle, and the loop that dials.

A campaign is started, paused, resumed and stopped; it is DONE by itself when no lead can be called any more and no callback
is promised within the loop's patience. Calls under way are never cut by pausing or stopping.
"""

import asyncio
from collections.abc import Callable, Collection
from enum import StrEnum
from typing import Final

from crm import lead as lead_
from crm.campaign import Campaign
from crm.room import Crm
from crm.storage.errors import StorageFailed
from dialer import pacing
from dialer.call import Outcome
from dialer.call import State as CallState
from dialer.figures import met
from dialer.modes.table import Mode, mode_of
from dialer.picker import Picked, Picker
from dialer.runner import CallRunner
from dialer.tally import Tally
from handoff.desk import Desk
from kernel.clock import Clock
from kernel.errors import JingyinError
from kernel.log import get_logger
from kernel.machine import Table, step
from kernel.tasks import Background
from kernel.tenant import Scope

_TICK_S: Final = 0.5
_MET_EVERY_S: Final = 2.0
_RINGING: Final = (CallState.CLAIMED, CallState.DIALLING)
_WAITING: Final = (CallState.ROBOT, CallState.HOLDING)

log = get_logger(__name__)


class State(StrEnum):
    """Where a campaign is."""

    DRAFT = "draft"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    DONE = "done"


class Event(StrEnum):
    """What moves it."""

    START = "start"
    PAUSE = "pause"
    STOP = "stop"
    FINISH = "finish"


TABLE: Final[Table[State, Event]] = {
    (State.DRAFT, Event.START): State.RUNNING,
    (State.RUNNING, Event.PAUSE): State.PAUSED,
    (State.RUNNING, Event.STOP): State.STOPPED,
    (State.RUNNING, Event.FINISH): State.DONE,
    (State.PAUSED, Event.START): State.RUNNING,
    (State.PAUSED, Event.STOP): State.STOPPED,
    (State.STOPPED, Event.START): State.RUNNING,
    (State.DONE, Event.START): State.RUNNING,
}


class ChangedMeanwhile(JingyinError):
    """Somebody else moved the campaign first."""

    code = "dialer.changed_meanwhile"
    retryable = True


async def move(crm: Crm, scope: Scope, campaign_id: int, event: Event) -> State:
    """Start, pause or stop a campaign; its new state.

    Raises:
        NotFound: the tenant has no such campaign.
        UnknownMode: it is to be started, and its mode does not exist.
        InboundRulesInvalid: it is to be started, and does not say where calls go.
        IllegalTransition: the campaign does not take the event now.
        ChangedMeanwhile: it was moved by somebody else at this moment.
    """
    campaign = await crm.campaigns.get(scope, campaign_id)
    if event is Event.START:
        mode_of(campaign.mode, campaign.name).check(campaign)
    state = step(TABLE, State(campaign.state), event)
    if not await crm.campaigns.set_state(scope, campaign_id, state.value, expected=campaign.state):
        raise ChangedMeanwhile("the campaign was changed at the same moment", remedy="Look at it again.")
    return state


class CampaignLoop:
    """Dials for all running campaigns whose assistant this worker has. `run` until `drain`; then no new call is placed."""

    def __init__(
        self,
        *,
        crm: Crm,
        desk: Desk,
        clock: Clock,
        lines: int,
        background: Background,
        assistants: Collection[str],
        make_runner: Callable[[Picked], CallRunner],
        told: Callable[[Campaign, pacing.Decision], None] = lambda campaign, decision: None,
    ) -> None:
        self._crm = crm
        self._desk = desk
        self._clock = clock
        self._lines = lines
        self._background = background
        self._assistants = assistants
        self._strange: set[int] = set()  # campaigns that other workers must call
        self._make_runner = make_runner
        self._told = told
        self._draining = False
        self._changed = asyncio.Event()
        self.picker = Picker(crm, clock)
        self.running: dict[int, CallRunner] = {}
        self.tallies: dict[int, Tally] = {}

    def drain(self) -> None:
        """Place no new call."""
        self._draining = True
        self._changed.set()

    async def idle(self) -> None:
        """Return when no call is under way."""
        while self.running:
            await self._clock.sleep(0.1)

    async def run(self) -> None:
        """Dial until drained."""
        while not self._draining:
            try:
                for campaign in await self._crm.campaigns.in_state(State.RUNNING.value):
                    await self._tick(campaign)
            except StorageFailed as exc:
                log.error("campaigns not looked at", error=exc.code)
            self._changed.clear()
            try:
                async with asyncio.timeout(_TICK_S):
                    await self._changed.wait()
            except TimeoutError:
                pass

    async def _tick(self, campaign: Campaign) -> None:
        if campaign.assistant not in self._assistants:
            if campaign.id not in self._strange:
                log.warning("campaign left to others: no such assistant here", assistant=campaign.assistant)
            self._strange.add(campaign.id)
            return
        mode = mode_of(campaign.mode, campaign.name)
        tally = await self._tally(campaign, mode)
        decision = mode.law(self._situation(campaign, tally))
        self._told(campaign, decision)
        for _ in range(decision.dial):
            if self._draining:
                return
            picked = await self.picker.pick(campaign, promises_as=mode.promises_as)
            if picked is None:
                if not mode.promises_as:
                    await self._finish_if_over(campaign)
                return
            tally.dialled += 1
            self._begin(self._make_runner(picked), tally)

    def take(self, runner: CallRunner) -> bool:
        """A call that came to us is among the running ones from now on; False when drained."""
        if self._draining:
            return False
        self._begin(runner, self.tallies.setdefault(runner.call.campaign_id, Tally()))
        return True

    def _begin(self, runner: CallRunner, tally: Tally) -> None:
        self.running[runner.call.call_id] = runner
        self._background.start(self._live(runner, tally), name=f"call-{runner.call.call_id}")

    async def _tally(self, campaign: Campaign, mode: Mode) -> Tally:
        """The campaign's tally. What may be abandoned is one budget for all workers: it is read again and again."""
        tally, now_s = self.tallies.setdefault(campaign.id, Tally()), self._clock.monotonic()
        if mode.abandons and (tally.met_at_s is None or now_s - tally.met_at_s >= _MET_EVERY_S):
            scope = Scope(tenant_id=campaign.tenant_id)
            tally.read(await met(self._crm, scope, campaign.id, self._clock.now()), now_s)
        return tally

    def _situation(self, campaign: Campaign, tally: Tally) -> pacing.Situation:
        mine = [runner.life for runner in self.running.values() if runner.call.campaign_id == campaign.id]
        answered, abandoned = tally.in_all
        hearing_it = sum(life.abandoned for life in mine)  # counted when it is over, but the budget is spent now
        return pacing.Situation(
            in_flight=len(self.running),
            lines=self._lines,
            free_agents=self._desk.free(campaign.tenant_id),
            soon_free_agents=self._desk.soon_free(campaign.tenant_id),
            p_warm=tally.p_warm,
            without_agents=bool(campaign.options.get("without_agents", True)),
            ringing=sum(life.call.state in _RINGING for life in mine),
            waiting=sum(life.call.state in _WAITING and not life.abandoned for life in mine),
            busy_agents=self._desk.talking(campaign.tenant_id) + self._desk.soon_free(campaign.tenant_id),
            p_answer=tally.p_answer,
            ring_s=tally.mean_ring_s,
            busy_s=tally.mean_busy_s,
            answered=answered + hearing_it,
            abandoned=abandoned + hearing_it,
        )

    async def _live(self, runner: CallRunner, tally: Tally) -> None:
        began_s, life = self._clock.monotonic(), runner.life
        try:
            outcome = await runner.run()
            bridged_s = life.handover.get("bridged_s")
            tally.over(
                answered=life.call.answered_at is not None and outcome is not Outcome.VOICEMAIL,
                warm=life.wanted_person,
                abandoned=life.abandoned,
                ring_s=life.answered_s - began_s,
                busy_s=None if bridged_s is None else self._clock.monotonic() - life.answered_s - bridged_s,
            )
        finally:
            del self.running[runner.call.call_id]
            self._changed.set()

    async def _finish_if_over(self, campaign: Campaign) -> None:
        """Done when nobody is being called and no lead or callback will ever come due again."""
        if any(runner.call.campaign_id == campaign.id for runner in self.running.values()):
            return
        scope = Scope(tenant_id=campaign.tenant_id)
        counts = await self._crm.leads.counts(scope, campaign.id)
        alive = (lead_.State.HELD, lead_.State.READY, lead_.State.CALLING, lead_.State.CALLBACK)
        if not any(counts.get(state, 0) for state in alive):
            await move(self._crm, scope, campaign.id, Event.FINISH)
            log.info("campaign done", campaign=campaign.id)


def in_stage(runners: dict[int, CallRunner]) -> dict[CallState, int]:
    """Calls under way by state."""
    found: dict[CallState, int] = {}
    for runner in runners.values():
        found[runner.call.state] = found.get(runner.call.state, 0) + 1
    return found

"""A whole platform in one process: databases, engines, gateway, desk, campaigns, agents' phones."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

from crm.campaign import Campaign
from crm.errors import NotFound
from crm.recovery import Recovered
from crm.room import Crm, open_crm
from crm.storage.errors import StorageFailed
from dialer.campaign import CampaignLoop, State
from dialer.human import NotNow
from dialer.life import Surroundings
from dialer.modes.table import mode_of
from dialer.pacing import Decision
from dialer.reception import Reception
from dialer.recording import Recordings
from dialer.robots import Robots
from dialer.runner import CallRunner
from dialer.trials import Trials
from dialer.wiring.speech import Speech, open_speech
from dialer.wiring.trials import open_trials
from handoff.agents import DEFAULT_QUEUE, AgentId, Status
from handoff.agents import State as AgentState
from handoff.desk import Desk
from handoff.phones import PhoneMissing, Phones
from kernel.clock import Clock
from kernel.log import get_logger
from kernel.settings import Settings
from kernel.tasks import Background, alongside, supervise
from kernel.tenant import Scope, TenantId
from media.audiosocket import AudioSocketServer
from media.exchange import ExchangeGateway
from media.leg import GatewayUnavailable, Leg
from media.mix import Monitor
from media.ticker import Ticker
from media.webrtc import Codec, WebRtcLegs

_RECOVER_EVERY_S: Final = 60.0
_GATEWAY_WITHIN_S: Final = 10.0

log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneAddress:
    """Where an agent's phone connects by AudioSocket, and with which UUID."""

    host: str
    port: int
    uuid: UUID


@dataclass(slots=True, kw_only=True)
class Platform:
    """Everything at work. `speeches` are the engines of each assistant."""

    settings: Settings
    crm: Crm
    speeches: Mapping[str, Speech]
    desk: Desk
    loop: CampaignLoop
    ticker: Ticker
    audio: AudioSocketServer
    webrtc: WebRtcLegs
    trials: Trials
    background: Background
    phones: Phones
    recovered: Recovered = field(default_factory=Recovered)
    _hurried: bool = False

    def sign_in(
        self,
        agent_id: AgentId,
        tenant_id: TenantId,
        *,
        name: str,
        skills: frozenset[str],
        queues: frozenset[str] = frozenset(),
    ) -> None:
        """An agent comes to their desk, not ready yet; without `queues` they serve the default one."""
        self.desk.sign_in(agent_id, tenant_id, name=name, skills=skills, queues=queues or frozenset({DEFAULT_QUEUE}))

    def phone(self, agent_id: AgentId) -> PhoneAddress:
        """Where the agent's phone is to connect: one connection for the shift. A new one ends an older one; one that breaks
        may come back by the same UUID.

        Raises:
            NoSuchAgent: not signed in.
        """
        self.desk.agent(agent_id)
        uuid = uuid4()

        def expect() -> Leg:
            return self.audio.expect(uuid, id=f"agent-{agent_id}", answers=True)

        self.phones.connect(agent_id, expect(), again=expect)
        return PhoneAddress(host=self.audio.host, port=self.audio.port, uuid=uuid)

    async def answer_phone(
        self, person: AgentId, offer: str, codec: Codec, *, session: str | None, phone_id: str | None = None
    ) -> tuple[str, str]:
        """Connect somebody's browser: its offer in; our answer and the phone's id out. A new connection ends an older one;
        with `phone_id` it takes the place of that phone, and a call goes on.

        Raises:
            DeskSessionFenced: the person began a shift elsewhere since.
            NoSuchPhone: that phone was given up.
            OfferRefused: nothing could be made of the offer.
        """
        self.phones.check(person, session, phone_id)
        answer, leg = await self.webrtc.answer(offer, id=f"agent-{person}", codec=codec)
        return answer, self.phones.connect(person, leg, session=session, phone_id=phone_id)

    def hang_up_phone(self, agent_id: AgentId) -> None:
        """The shift is over: the phone goes. Idempotent."""
        self.phones.hang_up(agent_id)

    def supervised(self, scope: Scope, call_id: int) -> CallRunner:
        """A call of the tenant's that is under way.

        Raises:
            NotFound: there is none.
        """
        runner = self.loop.running.get(call_id)
        if runner is None or runner.lead.tenant_id != scope.tenant_id:
            raise NotFound("call under way", call_id)
        return runner

    async def monitor(self, scope: Scope, call_id: int, person: AgentId, mode: Monitor, *, name: str) -> None:
        """A supervisor comes into a call, or changes how they are in it; `name` is what the desk would call them.

        Raises:
            NotFound, PhoneMissing, NotNow, AlreadySupervised.
        """
        self.supervised(scope, call_id)
        agent = self.desk.agents.get(person)
        if agent is not None and agent.state in (AgentState.TALKING, AgentState.OFFERED):
            raise NotNow("you are in a call yourself", remedy="Finish it first.", case="own_call")
        await self.phones.up(person)
        self.supervised(scope, call_id).supervision.monitor(person, mode, name=name)

    async def take_over(
        self, scope: Scope, call_id: int, person: AgentId, *, name: str, queues: frozenset[str] = frozenset()
    ) -> None:
        """A supervisor sits down in the place of the agent, or the robot. They come to the desk by that, as in `sign_in`.

        Raises:
            NotFound, PhoneMissing, NotNow.
        """
        self.supervised(scope, call_id)
        await self.phones.up(person)
        runner = self.supervised(scope, call_id)
        self.sign_in(person, scope.tenant_id, name=name, skills=frozenset(), queues=queues)
        runner.supervision.take_over(person)

    def call_of(self, agent_id: AgentId) -> CallRunner | None:
        """The call the agent talks in, or is offered."""
        return next((runner for runner in self.loop.running.values() if runner.agent == agent_id), None)

    def heard_in_a_call(self, person: AgentId) -> bool:
        """Their microphone is open to others: they talk in a call, or whisper or barge in one."""
        agent = self.desk.agents.get(person)
        supervisions = (runner.supervision for runner in self.loop.running.values())
        return (agent is not None and agent.state is AgentState.TALKING) or any(
            one.person == person and one.mode in (Monitor.WHISPER, Monitor.BARGE) for one in supervisions
        )

    def set_status(self, agent_id: AgentId, status: Status, reason: str) -> None:
        """The agent's choice: for now, or for after what they are at.

        Raises:
            NoSuchAgent: not signed in.
            PhoneMissing: ready for the next call now, and no phone is connected.
        """
        idle = self.desk.agent(agent_id).state is AgentState.IDLE
        if status is Status.READY and idle and self.phones.get(agent_id) is None:
            raise PhoneMissing("no phone is connected", where=agent_id, remedy="Connect the phone, then be ready.")
        self.desk.set_status(agent_id, status, reason)

    async def drain(self, within_s: float) -> int:
        """Place no new call; wait for those under way, `within_s` at most or until `hurry`. How many were left then."""
        self.loop.drain()
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while self.loop.running and not self._hurried:
                    await asyncio.sleep(0.1)
        return len(self.loop.running)

    def hurry(self) -> None:
        """Do not wait for calls under way any longer: `drain` returns."""
        self._hurried = True

    def hang_up(self, agent_id: AgentId) -> bool:
        """The agent ends their call; False when they have none."""
        return any(runner.hang_up_agent(agent_id) for runner in self.loop.running.values())


@asynccontextmanager
async def open_platform(
    settings: Settings,
    clock: Clock,
    *,
    exchange: tuple[str, int] | None = None,
    cache: Path,
    live: Callable[[str, str, Mapping[str, Any]], None] = lambda topic, type, data: None,  # Any: JSON
    told: Callable[[Campaign, Decision], None] = lambda campaign, decision: None,
    assistants: tuple[str, ...] | None = None,
) -> AsyncIterator[Platform]:
    """Start everything; calls are placed through the exchange at `exchange` (None: as set). What an earlier crash left is
    ended first. `assistants` None: all that are set.

    When the body ends: no new call, running calls get `settings.dialer.drain_s` (none when it ends by an error or is
    cancelled), then everything is closed.

    Raises:
        GatewayUnavailable: the exchange is not there.
        JingyinError: a part cannot start; the others are stopped again.
    """
    names = assistants or tuple(settings.assistants)
    ticker = Ticker(clock)
    audio = AudioSocketServer(clock=clock, ticker=ticker)
    gateway = _gateway(settings, exchange, audio, clock)
    desk = Desk(clock, offer_s=settings.handoff.offer_s, wrap_up_s=settings.handoff.wrap_up_s)
    async with (
        open_crm(settings, clock, worker=settings.dialer.worker_id or None) as crm,
        AsyncExitStack() as engines,
        alongside() as background,
    ):
        speeches = {
            name: await engines.enter_async_context(open_speech(settings, name, clock, cache=cache)) for name in names
        }
        recovered = await crm.recovery.run()
        await audio.start()
        recordings = Recordings(settings.recordings, clock, keep_days=settings.recording.keep_days)
        phones = Phones(desk, clock, background, lost_s=settings.handoff.phone_lost_s)
        around = Surroundings(
            crm=crm,
            gateway=gateway,
            ticker=ticker,
            clock=clock,
            desk=desk,
            robots=_robots(settings, speeches, clock),
            phones=phones,
            live=live,
            caller_id=settings.dialer.caller_id,
            ring_timeout_s=settings.dialer.ring_timeout_s,
            hold_s=settings.handoff.hold_s,
            recordings=recordings if settings.recording.enabled else None,
        )
        loop = CampaignLoop(
            crm=crm,
            desk=desk,
            clock=clock,
            lines=settings.dialer.max_calls,
            background=background,
            assistants=names,
            told=told,
            make_runner=lambda picked: CallRunner(picked, around, mode_of(picked.campaign.mode).live),
        )
        webrtc = WebRtcLegs(clock=clock, ticker=ticker, background=background)
        trials = open_trials(
            settings,
            speeches,
            around.robots,
            webrtc=webrtc,
            clock=clock,
            ticker=ticker,
            background=background,
            cache=cache,
        )
        platform = Platform(
            settings=settings,
            crm=crm,
            speeches=speeches,
            desk=desk,
            loop=loop,
            ticker=ticker,
            audio=audio,
            webrtc=webrtc,
            trials=trials,
            background=background,
            phones=phones,
            recovered=recovered,
        )
        await _start(platform, around, gateway, recordings, clock)
        try:
            yield platform
        except BaseException:  # raised again: who is interrupted does not wait for calls to end by themselves
            platform.hurry()
            raise
        finally:
            await platform.drain(settings.dialer.drain_s)
            background.cancel()
            await audio.close()


def _gateway(
    settings: Settings, exchange: tuple[str, int] | None, audio: AudioSocketServer, clock: Clock
) -> ExchangeGateway:
    host, port = exchange or (settings.gateway.host, settings.gateway.port)
    return ExchangeGateway(host=host, port=port, audio=audio, clock=clock)


def _robots(settings: Settings, speeches: Mapping[str, Speech], clock: Clock) -> dict[str, Robots]:
    return {
        name: Robots(
            assistant=speech.assistant,
            recognizer=speech.recognizer,
            prompts=speech.prompts,
            clock=clock,
            hold_every_s=settings.handoff.repeat_s,
        )
        for name, speech in speeches.items()
    }


async def _start(
    platform: Platform, around: Surroundings, gateway: ExchangeGateway, recordings: Recordings, clock: Clock
) -> None:
    """Everything that runs beside the calls; campaigns and calls to us once the exchange is there.

    Raises:
        GatewayUnavailable: it is not, for a while.
    """
    background = platform.background
    background.start(platform.ticker.run(), name="ticker")
    background.start(supervise("gateway", gateway.run, clock=clock), name="gateway")
    background.start(platform.desk.run(), name="desk")
    background.start(_keep_house(platform.crm, recordings, clock), name="house")
    try:
        async with asyncio.timeout(_GATEWAY_WITHIN_S):
            while not gateway.connected:
                await clock.sleep(0.02)
    except TimeoutError:
        raise GatewayUnavailable("no exchange answers", where=gateway.place, before_network=True) from None
    background.start(platform.loop.run(), name="campaigns")
    reception = Reception(around, State.RUNNING.value, platform.loop.take)
    background.start(supervise("reception", reception.run, clock=clock), name="reception")


async def _keep_house(crm: Crm, recordings: Recordings, clock: Clock) -> None:
    """Every minute: end what lost workers left open, delete recordings that are too old."""
    while True:
        await clock.sleep(_RECOVER_EVERY_S)
        try:
            await crm.recovery.run()
        except StorageFailed as exc:
            log.error("recovery not run", error=exc.code)
        try:
            await asyncio.to_thread(recordings.purge)
        except OSError as exc:
            log.error("old recordings not deleted", error=exc.strerror)

"""A whole platform on virtual time: real databases, dialer, robot and desk; customers, agents and engines are made here.

A customer answers moves with texts, as sound; the scripted recogniser knows those sounds again when they reach it.
"""

import asyncio
import shutil
import wave
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from bot.assistant import Assistant
from crm.attempt import Attempt
from crm.call_record import CallRecord
from crm.campaign import Campaign
from crm.customer import CustomerDraft
from crm.lead import Lead
from crm.number import parse_number
from crm.room import Crm, open_crm
from dialer import campaign as campaign_
from dialer.campaign import CampaignLoop
from dialer.life import Surroundings
from dialer.modes.table import mode_of
from dialer.pacing import Decision
from dialer.reception import Reception
from dialer.recording import Recordings
from dialer.robots import Robots
from dialer.runner import CallRunner
from handoff.agents import AgentId, Status
from handoff.desk import Desk
from handoff.news import AgentNews, Offer
from handoff.phones import Phones
from kernel.clock import LoopClock
from kernel.settings import Settings, load_settings
from kernel.tasks import Background, alongside
from kernel.tenant import Scope
from media.audio import FRAME_BYTES, SILENT_FRAME, level_dbfs
from media.leg import Cause, Dial
from media.loopback import FarEnd, LoopbackGateway
from media.ticker import Ticker
from tests.fakes.speech import ScriptedRecognizer, TonePrompts, Utterances

NUMBER = "+12025550100"
OURS = "+12025550199"


@dataclass(kw_only=True)
class Customer:
    """What a customer does. `says`: (moves, text) in order, each once, said 0.5 s after the utterance with such a move was
    heard. `leaves_on`: a move at which they hang up. `cause`: they never answer, and this is why."""

    says: Sequence[tuple[set[str], str]] = ()
    hello: str | None = "hello"
    leaves_on: str | None = None
    presses: tuple[str, str] | None = None  # (move, key)
    cause: Cause | None = None
    muted: bool = False
    voices: dict[str, str] = field(default_factory=dict)  # another's sound under this script: text -> what is sent
    heard: bytearray = field(default_factory=bytearray)
    answered_at: float | None = None
    voicemail: bool = False
    say_now: list[str] = field(default_factory=list)  # what a test has them say meanwhile
    hum: bytes | None = None  # a frame they send again and again while they say nothing


class World:
    """One tenant, one campaign, one lead; `call` lives one call and tells what the databases say of it."""

    def __init__(self, crm: Crm, desk: Desk, loop: CampaignLoop, clock: LoopClock, far: dict[str, FarEnd]) -> None:
        self.crm = crm
        self.desk = desk
        self.loop = loop
        self.clock = clock
        self.customer = Customer()
        self.plays: Callable[[FarEnd], Awaitable[None]]
        self.phones: Phones
        self.news: list[tuple[str, AgentNews]] = []
        self.live: list[tuple[str, dict[str, Any]]] = []
        self.decisions: list[Decision] = []
        self.far = far
        self.hums: dict[str, bytes] = {}
        self.scope: Scope
        self.campaign: Campaign
        self.lead: Lead
        self.recognizer: ScriptedRecognizer
        self._background: Background

    async def add_lead(self, number: str, attributes: dict[str, object] | None = None) -> Lead:
        """One more to be called."""
        draft = CustomerDraft(number=parse_number(number), zone="America/New_York")
        registered = await self.crm.customers.register(self.scope, draft)
        return await self.crm.leads.add(self.scope, self.campaign.id, registered.customer.id, attributes=attributes)

    async def call(self, customer: Customer, *, within_s: float = 240) -> "Told":
        """Start the campaign, wait until the call is over, stop it."""
        self.customer = customer
        return await self.call_by(lambda far: play_customer(self, far, self.recognizer.utterances), within_s=within_s)

    async def call_by(self, plays: Callable[[FarEnd], Awaitable[None]], *, within_s: float = 240) -> "Told":
        """The same with a customer who plays their own end of the leg."""
        self.plays = plays
        await campaign_.move(self.crm, self.scope, self.campaign.id, campaign_.Event.START)
        deadline = self.clock.monotonic() + within_s
        while not self.loop.tallies.get(self.campaign.id) or not self.loop.tallies[self.campaign.id].dialled:
            await self.clock.sleep(0.1)
            assert self.clock.monotonic() < deadline, "nobody was called"
        while self.loop.running:
            await self.clock.sleep(0.1)
            assert self.clock.monotonic() < deadline, "the call hangs"
        return await self.told(self.lead)

    async def told(self, lead: Lead) -> "Told":
        """What the databases say of a lead's only attempt."""
        [attempt] = await self.crm.attempts.of_lead(self.scope, lead.id)
        return Told(
            attempt=attempt,
            call=await self.crm.calls.get(self.scope, attempt.id),
            journal=[(e.kind, dict(e.data)) for e in await self.crm.journal.read(self.scope, attempt.id)],
            grants_open=len(await self.crm.attempts.open_of()),
        )

    async def call_in(self, customer: Customer, *, caller: str = NUMBER, within_s: float = 240) -> FarEnd:
        """The customer calls us, and talks when we answer; returns when their line and our calls are over."""
        self.customer = customer
        dial = Dial(number=OURS, caller_id=caller, ring_timeout_s=20, call_id=f"in-{caller[-4:]}")

        async def play(far: FarEnd) -> None:
            await far.settled.wait()
            if not far.over:
                await _talk(self, far, self.recognizer.utterances)

        far = self.far["customer"] = self.gateway.call_in(dial, play)
        deadline = self.clock.monotonic() + within_s
        while not far.over or self.loop.running:
            await self.clock.sleep(0.1)
            assert self.clock.monotonic() < deadline, "the call hangs"
        return far

    async def told_of(self, caller: str = NUMBER) -> "Told":
        """What the databases say of the caller's last call."""
        customer = await self.crm.customers.by_number(self.scope, parse_number(caller))
        assert customer is not None
        call = (await self.crm.calls.of_customer(self.scope, customer.id))[0]
        return Told(
            attempt=await self.crm.attempts.get(self.scope, call.id),
            call=call,
            journal=[(e.kind, dict(e.data)) for e in await self.crm.journal.read(self.scope, call.id)],
            grants_open=len(await self.crm.attempts.open_of()),
        )

    def agent(
        self, name: str, on_offer: str = "accept", *, talk_s: float = 5.0, queues: tuple[str, ...] = ("default",)
    ) -> AgentId:
        """An agent with a phone; `on_offer` accept, decline or ignore. Who accepts hangs up after `talk_s`."""
        agent_id = AgentId(name)
        self.desk.sign_in(agent_id, self.scope.tenant_id, name=name, queues=frozenset(queues))
        self.phone(name)

        def on_news(news: AgentNews) -> None:
            self.news.append((name, news))
            if isinstance(news, Offer) and on_offer != "ignore":
                self._background.start(self._answer_offer(agent_id, news, on_offer, talk_s))

        self.desk.listen(agent_id, on_news)
        self.desk.set_status(agent_id, Status.READY)
        return agent_id

    def phone(self, name: str, *, phone_id: str | None = None) -> str:
        """Connect a phone, of an agent or a supervisor; given the id of one, it is that one which comes back. Its id."""
        far = FarEnd(Dial(number="", caller_id="", ring_timeout_s=1, call_id=name), self.clock, self.loop_ticker)
        far.answer()
        self.far[name] = far
        self._background.start(self._hum(name, far))
        return self.phones.connect(AgentId(name), far.leg, phone_id=phone_id)

    async def _hum(self, name: str, far: FarEnd) -> None:
        """What the phone sends: silence, or what is in `hums`."""
        start, tick = self.clock.monotonic(), 0
        while not far.over:
            tick += 1
            await self.clock.sleep_until(start + 0.02 * tick)
            far.send(self.hums.get(name, SILENT_FRAME))

    @property
    def runner(self) -> CallRunner:
        """The call under way."""
        [runner] = self.loop.running.values()
        return runner

    def begin(self, customer: Customer, *, within_s: float = 240) -> "asyncio.Future[Told]":
        """`call`, with the test going on meanwhile. Await it at the end; a test that fails before leaves nothing behind."""
        told: asyncio.Future[Told] = asyncio.get_running_loop().create_future()

        async def live() -> None:
            told.set_result(await self.call(customer, within_s=within_s))

        self._background.start(live())
        return told

    async def until(self, what: Callable[[], object], within_s: float = 120) -> None:
        """Wait for something to be so."""
        deadline = self.clock.monotonic() + within_s
        while not what():
            await self.clock.sleep(0.02)
            assert self.clock.monotonic() < deadline, "it does not come"

    loop_ticker: Ticker
    gateway: LoopbackGateway

    def later(self, after_s: float, what: Callable[[], object]) -> None:
        """Have something happen meanwhile."""

        async def wait() -> None:
            await self.clock.sleep(after_s)
            what()

        self._background.start(wait())

    recordings: Path

    async def _answer_offer(self, agent_id: AgentId, offer: Offer, what: str, talk_s: float) -> None:
        if not offer.straight:
            await self.clock.sleep(1.5)
            if what == "decline":
                self.desk.decline(agent_id, offer.transfer_id)
                return
            self.desk.accept(agent_id, offer.transfer_id)
        await self.clock.sleep(talk_s)
        for runner in list(self.loop.running.values()):
            runner.hang_up_agent(agent_id)


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the databases say of a call."""

    attempt: Attempt
    call: CallRecord
    journal: list[tuple[str, dict[str, Any]]]
    grants_open: int

    def turns(self, who: str) -> list[dict[str, Any]]:
        return [data for kind, data in self.journal if kind == "turn" and data["who"] == who]

    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.journal]

    @property
    def result(self) -> tuple[str | None, str | None, str | None]:
        """(outcome, grade, served)."""
        return self.call.result.outcome, self.call.result.grade_machine, self.call.result.served


def settings_in(folder: Path) -> Settings:
    """The shipped settings with data in `folder` and calling windows of 24 h."""
    overrides = {
        "JINGYIN_STORAGE__DIRECTORY": str(folder),
        "JINGYIN_QUOTA__WINDOW_FROM": "00:00",
        "JINGYIN_QUOTA__WINDOW_TO": "00:00",
    }
    return load_settings(None, env=overrides)


async def play_customer(world: World, far: FarEnd, utterances: Utterances) -> None:
    """The customer's line."""
    customer, clock = world.customer, world.clock
    far.ring()
    await clock.sleep(2.0)
    if customer.cause is not None:
        far.hang_up(customer.cause)
        return
    far.answer()
    await _talk(world, far, utterances)


async def _talk(world: World, far: FarEnd, utterances: Utterances) -> None:
    """The customer's words, from the answer on, whoever called."""
    customer, clock = world.customer, world.clock
    customer.answered_at = clock.monotonic()
    to_say = bytearray()
    due: list[tuple[float, str]] = [(0.4, customer.hello)] if customer.hello else []
    left = list(customer.says)
    marks = 0
    if customer.voicemail:
        due = [(0.3, "you have reached a mailbox and nobody is here so please leave a message after the tone")]

    async def listen() -> None:
        async for chunk in far.receive():
            customer.heard += chunk.pcm

    async with alongside(listen()):
        start, tick = clock.monotonic(), 0
        while not far.over:
            tick += 1
            await clock.sleep_until(start + 0.02 * tick)
            now = clock.monotonic() - start
            for mark in far.marks[marks:]:
                marks += 1
                if mark.what != "ended":
                    continue
                if customer.leaves_on in mark.moves:
                    far.hang_up()
                    return
                if customer.presses and customer.presses[0] in mark.moves:
                    far.press(customer.presses[1])
                    customer.presses = None
                entry = next((e for e in left if e[0] & set(mark.moves)), None)
                if entry is not None:
                    left.remove(entry)
                    due.append((now + 0.5, entry[1]))
            while customer.say_now:
                due.append((now, customer.say_now.pop(0)))
            for at, text in [item for item in due if item[0] <= now]:
                due.remove((at, text))
                if not customer.muted:
                    to_say += utterances.pcm(customer.voices.get(text, text))
            frame = bytes(to_say[:FRAME_BYTES]).ljust(FRAME_BYTES, b"\0") if to_say else customer.hum or SILENT_FRAME
            del to_say[:FRAME_BYTES]
            far.send(frame)


@asynccontextmanager
async def open_world(
    assistant: Assistant,
    empty: Path,
    folder: Path,
    *,
    mode: str = "three_stage",
    attributes: dict[str, object] | None = None,
    options: dict[str, object] | None = None,
) -> AsyncIterator[World]:
    """The platform, its databases in `folder`, which is made as a copy of `empty` (migrated, nobody in it); a campaign of
    this mode, assistant and options, and its lead with these attributes."""
    name = assistant.project.name
    shutil.copytree(empty, folder, dirs_exist_ok=True)
    clock = LoopClock()
    settings = settings_in(folder)
    ticker = Ticker(clock)
    desk = Desk(clock, offer_s=10, wrap_up_s=1)
    utterances = Utterances()
    recognizer = ScriptedRecognizer(utterances)
    robots = Robots(assistant=assistant, recognizer=recognizer, prompts=TonePrompts(), clock=clock)
    async with open_crm(settings, clock) as crm, alongside(ticker.run(), desk.run()) as background:
        far: dict[str, FarEnd] = {}

        async def answer(end: FarEnd) -> None:
            far["customer"] = end
            await world.plays(end)

        gateway = LoopbackGateway(clock=clock, ticker=ticker, background=background, answer=answer)
        around = Surroundings(
            crm=crm,
            gateway=gateway,
            ticker=ticker,
            clock=clock,
            desk=desk,
            robots={name: robots},
            phones=(phones := Phones(desk, clock, background)),
            live=lambda topic, kind, data: world.live.append((kind, dict(data))),
            caller_id="",
            ring_timeout_s=25,
            hold_s=30,
            recordings=Recordings(folder / "recordings", clock, keep_days=30),
        )
        loop = CampaignLoop(
            crm=crm,
            desk=desk,
            clock=clock,
            lines=4,
            background=background,
            assistants={name},
            make_runner=lambda picked: CallRunner(picked, around, mode_of(picked.campaign.mode).live),
            told=lambda campaign, decision: world.decisions.append(decision),
        )
        world = World(crm, desk, loop, clock, far)
        world.recordings = folder / "recordings"
        world.phones = phones
        world.loop_ticker = ticker
        world.recognizer = recognizer
        world.gateway = gateway
        background.start(Reception(around, campaign_.State.RUNNING.value, loop.take).run())
        world._background = background  # the two are one harness
        tenant = await crm.tenants.create("demo", zone="America/New_York")
        world.scope = Scope(tenant_id=tenant.id)
        world.campaign = await crm.campaigns.create(
            world.scope,
            "lessons",
            assistant=name,
            mode=mode,
            state=campaign_.State.DRAFT.value,
            options=options or {},
        )
        world.lead = await world.add_lead(NUMBER, attributes)
        background.start(loop.run())
        yield world
        loop.drain()
        for end in far.values():
            if not end.over:
                end.hang_up()
        await clock.sleep(1.0)


def loud_s(pcm: bytes) -> float:
    """Seconds of sound above -50 dBFS."""
    frames = [pcm[at : at + FRAME_BYTES] for at in range(0, len(pcm), FRAME_BYTES)]
    return 0.02 * sum(level_dbfs(frame) > -50 for frame in frames)


def recorded(world: World, told: Told) -> tuple[np.ndarray, np.ndarray]:
    """What a call's file holds: the customer's side, and what they heard; int16 at 8000 Hz."""
    assert told.call.result.wav is not None
    with wave.open(str(world.recordings / told.call.result.wav)) as file:
        assert (file.getnchannels(), file.getframerate()) == (2, 8000)
        both = np.frombuffer(file.readframes(file.getnframes()), dtype=np.int16).reshape(-1, 2)
    return both[:, 0].copy(), both[:, 1].copy()

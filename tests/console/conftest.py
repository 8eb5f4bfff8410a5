"""The console over a platform with real databases, desk and hub; no engines, no calls."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from bot.assistant import Assistant, load_assistant
from console.api.app import create_app
from console.board import LiveBoard
from console.live import LiveHub
from crm.campaign import Campaign
from crm.customer import CustomerDraft
from crm.lead import Lead
from crm.number import parse_number
from crm.room import Crm, open_crm
from dialer.campaign import CampaignLoop, State
from dialer.robots import Robots
from dialer.trials import Hearing, Partner, Trials
from dialer.wiring.platform import Platform
from handoff.desk import Desk
from handoff.phones import Phones
from kernel.clock import LoopClock
from kernel.settings import Settings, load_settings
from kernel.tasks import alongside
from kernel.tenant import Role, Scope
from media.audiosocket import AudioSocketServer
from media.ticker import Ticker
from media.webrtc import WebRtcLegs
from speech.recognition import Recognizer
from tests.fakes.speech import ScriptedRecognizer, TonePrompts, Utterances

NUMBER = "+12025550123"
PASSWORD = "correct horse"
USERS = {
    "ann": (Role.AGENT,),
    "sue": (Role.SUPERVISOR, Role.AGENT),
    "dee": (Role.DESIGNER,),
    "ada": (Role.ADMIN,),
}


@dataclass(frozen=True, kw_only=True)
class Shop:
    """A tenant with a campaign, a lead, and a user for each role."""

    name: str
    scope: Scope
    campaign: Campaign
    lead: Lead


@dataclass(kw_only=True)
class Console:
    """The application, and a browser for whoever logs in."""

    app: FastAPI
    platform: Platform
    hub: LiveHub
    shop: Shop
    other: Shop

    @asynccontextmanager
    async def browser(self, name: str | None = None, *, tenant: str = "shop") -> AsyncIterator[httpx.AsyncClient]:
        """A client; with a name, logged in and sending its token."""
        transport = httpx.ASGITransport(app=self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            if name is not None:
                who = {"tenant": tenant, "name": name, "password": PASSWORD}
                me = (await client.post("/api/login", json=who)).raise_for_status().json()
                client.headers["X-CSRF-Token"] = me["csrf"]
            yield client


class ScriptedEar:
    """Who hears in talks with the robot here."""

    hearing = Hearing.OWN
    name = "scripted"
    expect = "Hears what the tests know."

    def __init__(self) -> None:
        self.recognizer = ScriptedRecognizer(Utterances())

    async def open(self) -> Recognizer:
        return self.recognizer


@pytest.fixture(scope="session")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return load_assistant(Path("bot/assistants/course_en"), cache=tmp_path_factory.mktemp("nlu"))


def _settings(folder: Path) -> Settings:
    all_day = {"JINGYIN_QUOTA__WINDOW_FROM": "00:00", "JINGYIN_QUOTA__WINDOW_TO": "00:00"}
    return load_settings(None, env={"JINGYIN_STORAGE__DIRECTORY": str(folder), **all_day})


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Shop]]:
    """Databases with two tenants in them, made once: ten passwords to hash are slow, as they should be."""
    folder = tmp_path_factory.mktemp("furnished")

    async def furnish() -> list[Shop]:
        async with open_crm(_settings(folder), LoopClock()) as crm:
            return [await _shop(crm, name, number) for name, number in (("shop", NUMBER), ("other", "+12025550177"))]

    return folder, asyncio.run(furnish())


async def _shop(crm: Crm, name: str, number: str) -> Shop:
    tenant = await crm.tenants.create(name, zone="America/New_York")
    scope = Scope(tenant_id=tenant.id)
    for user, roles in USERS.items():
        await crm.users.create(scope, user, PASSWORD, roles)
    campaign = await crm.campaigns.create(scope, "spring", assistant="course_en", state=State.DRAFT.value)
    draft = CustomerDraft(number=parse_number(number), name="Wilhelmina Longname", zone="America/New_York")
    registered = await crm.customers.register(scope, draft)
    lead = await crm.leads.add(scope, campaign.id, registered.customer.id)
    return Shop(name=name, scope=scope, campaign=campaign, lead=lead)


@pytest.fixture
async def console(furnished: tuple[Path, list[Shop]], tmp_path: Path, assistant: Assistant) -> AsyncIterator[Console]:
    folder, (shop, other) = furnished
    shutil.copytree(folder, tmp_path / "data")
    settings = _settings(tmp_path / "data")
    clock = LoopClock()
    ticker, desk, hub = Ticker(clock), Desk(clock), LiveHub(clock)
    live = LiveBoard(hub, clock)
    async with open_crm(settings, clock) as crm, alongside() as background:
        webrtc = WebRtcLegs(clock=clock, ticker=ticker, background=background)
        ear = ScriptedEar()
        robots = Robots(assistant=assistant, recognizer=ear.recognizer, prompts=TonePrompts(), clock=clock)
        trials = Trials(
            {"en": Partner(robots=robots, ear=ear)},
            phones=webrtc,
            settings=settings.talk,
            clock=clock,
            ticker=ticker,
            background=background,
        )
        platform = Platform(
            settings=settings,
            crm=crm,
            speeches={},
            desk=desk,
            loop=CampaignLoop(
                crm=crm,
                desk=desk,
                clock=clock,
                lines=1,
                background=background,
                assistants=(),
                make_runner=lambda picked: pytest.fail("nobody is called here"),
            ),
            ticker=ticker,
            audio=AudioSocketServer(clock=clock, ticker=ticker),
            webrtc=webrtc,
            trials=trials,
            background=background,
            phones=Phones(desk, clock, background),
        )
        live.attach(platform)
        yield Console(app=create_app(platform, hub, live), platform=platform, hub=hub, shop=shop, other=other)
        await asyncio.sleep(0)

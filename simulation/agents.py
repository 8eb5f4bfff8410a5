"""Simulated agents: clients of the console's API as a browser will be, each a process with a telephone of its own.

    python -m simulation.agents --api http://127.0.0.1:8765 --tenant NAME --seed N --out DIR

Who they are and their passwords are in the environment (JINGYIN_SIMULATED_AGENTS: JSON, `[{name, first_name, password}]`).

The first accepts what it is offered, the second declines its first offer, the third misses its first one and comes back.
Who accepts says hello, talks a little, lets the customer answer, says goodbye and hangs up. What an agent hears is recorded
per call as `agent-CALL.wav`, with its times in `agent-CALL.json`.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import signal
import ssl
import sys
import time
import wave
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import httpx
import numpy as np
import websockets

from kernel.process import end_with_parent
from kernel.tasks import alongside
from media.audio import FRAME_BYTES, RATE_HZ, SILENT_FRAME, level_dbfs
from media.audiosocket import Decoder, Kind, frame
from simulation.voices import Mouth, Speaker

_LINES: Final = {
    "en": (
        "hello, this is {name} from lighthouse languages. thank you for your interest.",
        "i see that you would like a free lesson. is that right?",
        "very good. i will book it for you, and you will get a message with the time.",
        "thank you very much, and have a nice day. goodbye.",
    ),
    "zh": (
        "您好，我是灯塔外语的{name}。谢谢您感兴趣。",
        "您是想约一节免费课，对吗？",
        "好的，我给您约上，时间会发短信给您。",
        "谢谢您，祝您愉快，再见。",
    ),
}
_VOICES: Final = {
    "en": ("en-us+f2", "en-us+m3", "en-us+f4", "en+m1", "en+f3", "en-us+m7"),
    "zh": ("cmn+f2", "cmn+m3", "cmn+f4", "cmn+m1", "cmn+f3", "cmn+m7"),
}
_RATES_WPM: Final = {"en": 165, "zh": 240}
_LOUD_DBFS: Final = -45.0
_ANSWER_WITHIN_S: Final = 3.5
_REST_S: Final = 3.0
Json = dict[str, Any]  # Any: JSON


class Behaviour(StrEnum):
    """What an agent does with their first offer; later ones they accept."""

    ACCEPT = "accept"
    DECLINE = "decline"
    TIME_OUT = "time_out"


@dataclass(slots=True, kw_only=True)
class _Call:
    """What is kept of one call."""

    call_id: str
    transfer_id: str
    summary: list[str]
    offered_at: float
    shown_at: float
    accepted_at: float | None = None
    connected_at: float | None = None
    bridged_at: float | None = None
    heard: list[bytes] = field(default_factory=list)
    turns: list[Json] = field(default_factory=list)


class AgentClient:
    """One agent's shift."""

    def __init__(
        self,
        *,
        api: str,
        tenant: str,
        user: Json,
        number: int,
        seed: int,
        folder: Path,
        mouth: Mouth,
        lang: str,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._api = api
        self._tls = tls
        self._tenant = tenant
        self._user = user
        self._name = str(user["first_name"])
        self._id = str(user["name"])
        self._csrf = ""
        self._behaviour = list(Behaviour)[number % len(Behaviour)]
        self._draw = random.Random(f"{seed}/{number}")
        self._folder = folder
        self._mouth = mouth
        self._lines = _LINES[lang]
        voices = _VOICES[lang]
        self._speaker = Speaker(voice=voices[number % len(voices)], rate_wpm=_RATES_WPM[lang], pitch=50, unseen=False)
        self._call: _Call | None = None
        self._to_say = bytearray()
        self._last_loud = 0.0
        self._writer: asyncio.StreamWriter | None = None
        self._talking: asyncio.Event = asyncio.Event()

    async def run(self) -> None:
        """Sign in, connect the phone, be ready, and work until the console goes."""
        async with httpx.AsyncClient(base_url=self._api, timeout=10, verify=self._tls or True) as http:
            who = {"tenant": self._tenant, "name": self._id, "password": self._user["password"]}
            me = (await http.post("/api/login", json=who)).raise_for_status().json()
            self._csrf = me["csrf"]
            await self._post(http, "/api/desk/start-shift")
            phone = (await http.get("/api/desk/phone")).raise_for_status().json()
            reader, self._writer = await asyncio.open_connection(phone["host"], phone["port"])
            self._writer.write(frame(Kind.UUID, UUID(phone["uuid"]).bytes))
            url = self._api.replace("http", "ws", 1) + "/api/live"
            cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in http.cookies.items())}
            async with (
                websockets.connect(url, additional_headers=cookie, ssl=self._tls) as live,
                alongside(self._hear(reader), self._speak()) as background,
            ):
                await live.send(json.dumps({"type": "subscribe", "topics": ["desk"], "epoch": None, "last_seq": None}))
                await live.recv()  # hello: from now on nothing is missed
                await self._be_ready(http)
                async for raw in live:
                    background.start(self._on_news(http, json.loads(raw)))

    # -- the console ---------------------------------------------------------------------------------------------
    async def _post(self, http: httpx.AsyncClient, path: str, **body: object) -> Json:
        headers = {"Idempotency-Key": f"{self._id}-{time.time_ns()}", "X-CSRF-Token": self._csrf}
        answer = await http.post(path, json=body or None, headers=headers)
        if answer.status_code == 409:
            return {}  # too late: the offer is over, or the phone is not up yet
        result: Json = answer.raise_for_status().json()
        return result

    async def _be_ready(self, http: httpx.AsyncClient) -> None:
        for _ in range(50):
            if await self._post(http, "/api/desk/status", status="ready", reason=""):
                return
            await asyncio.sleep(0.1)

    async def _on_news(self, http: httpx.AsyncClient, news: Json) -> None:
        data = news.get("data", {})
        match news["type"]:
            case "offer":
                await self._on_offer(http, data)
            case "offer_gone":
                self._call = None
                if data["reason"] == "expired":
                    await asyncio.sleep(_REST_S)
                    await self._be_ready(http)
            case "connected":
                if self._call is not None:
                    self._call.connected_at = time.time()
                    self._talking.set()
                    await self._talk(http)
            case "call_ended":
                self._keep()
                await asyncio.sleep(self._draw.uniform(0.5, 1.5))
                await self._post(http, "/api/desk/wrap-up", call_id=data["call_id"], note="simulated")

    async def _on_offer(self, http: httpx.AsyncClient, data: Json) -> None:
        now = time.time()
        briefing = data["briefing"]
        self._call = _Call(
            call_id=str(briefing["call_id"]),
            transfer_id=data["transfer_id"],
            summary=list(briefing["summary"]),
            offered_at=now,
            shown_at=now,
        )
        if data.get("straight"):
            self._call.accepted_at = now  # nobody asks: the customer is on the line
            return
        behaviour, self._behaviour = self._behaviour, Behaviour.ACCEPT
        path = f"/api/desk/offers/{data['transfer_id']}"
        if behaviour is Behaviour.TIME_OUT:
            return
        await asyncio.sleep(self._draw.uniform(0.8, 2.0))  # they read the summary
        if behaviour is Behaviour.DECLINE:
            await self._post(http, f"{path}/decline")
        elif await self._post(http, f"{path}/accept"):
            self._call.accepted_at = time.time()

    async def _talk(self, http: httpx.AsyncClient) -> None:
        """Say the lines, each after the customer's answer; then hang up."""
        call = self._call
        for line in self._lines:
            if call is None or self._call is not call:
                return
            text = line.format(name=self._name)
            clip = await asyncio.to_thread(self._mouth.say, text, self._speaker, self._draw.randrange(1 << 30))
            start = time.time() - (call.connected_at or 0.0)
            self._to_say += clip.astype(np.int16).tobytes()
            call.turns.append({"said": text, "start_s": start, "end_s": start + len(clip) / RATE_HZ})
            await asyncio.sleep(len(clip) / RATE_HZ)
            await self._wait_for_answer()
        await self._post(http, "/api/desk/call/hang-up")

    async def _wait_for_answer(self) -> None:
        """Until the customer has spoken and is quiet, or does not answer."""
        began = time.time()
        spoke = False
        while time.time() - began < _ANSWER_WITHIN_S:
            await asyncio.sleep(0.05)
            spoke = spoke or self._last_loud > began + 0.1
            if spoke and time.time() - self._last_loud > 0.6:
                return

    # -- the phone -----------------------------------------------------------------------------------------------
    async def _hear(self, reader: asyncio.StreamReader) -> None:
        decoder = Decoder()
        while data := await reader.read(4096):
            for kind, payload in decoder.feed(data):
                if kind is Kind.SLIN and self._call is not None and self._call.connected_at is not None:
                    if self._call.bridged_at is None and payload.strip(b"\0"):
                        self._call.bridged_at = time.time()
                    self._call.heard.append(payload)
                    if level_dbfs(payload) > _LOUD_DBFS + 15:
                        self._last_loud = time.time()

    async def _speak(self) -> None:
        loop = asyncio.get_running_loop()
        start, tick = loop.time(), 0
        while self._writer is not None and not self._writer.is_closing():
            tick += 1
            await asyncio.sleep(max(0.0, start + tick * 0.02 - loop.time()))
            pcm = bytes(self._to_say[:FRAME_BYTES]).ljust(FRAME_BYTES, b"\0") if self._to_say else SILENT_FRAME
            del self._to_say[:FRAME_BYTES]
            self._writer.write(frame(Kind.SLIN, pcm))

    def _keep(self) -> None:
        """Write what this call was."""
        call, self._call = self._call, None
        self._to_say.clear()
        if call is None or not call.heard:
            return
        wav = self._folder / f"agent-{call.call_id}.wav"
        part = wav.with_suffix(".part")
        with wave.open(str(part), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE_HZ)
            file.writeframes(b"".join(call.heard))
        part.replace(wav)
        facts = {
            "agent": self._id,
            "call_id": call.call_id,
            "wav": wav.name,
            "summary": call.summary,
            "offered_at": call.offered_at,
            "summary_shown_at": call.shown_at,
            "accepted_at": call.accepted_at,
            "connected_at": call.connected_at,
            "bridged_at": call.bridged_at,
            "turns": call.turns,
        }
        sidecar = self._folder / f"agent-{call.call_id}.json"
        sidecar.with_suffix(".json.part").write_text(json.dumps(facts), encoding="utf-8")
        sidecar.with_suffix(".json.part").replace(sidecar)


def _become_agent(client: AgentClient) -> None:
    """In the fork: work the shift and leave. Never returns."""
    status = 1
    try:
        end_with_parent()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        asyncio.run(client.run())
        status = 0
    except (websockets.ConnectionClosed, httpx.HTTPError, ConnectionError, BaseExceptionGroup):
        status = 0  # the console went: the shift is over
    except BaseException as exc:  # noqa: BLE001  # a fork must never go on in its parent's code
        print(f"agent: {type(exc).__name__}: {exc}", file=sys.stderr)
    finally:
        os._exit(status)


def _trusting(file: Path) -> ssl.SSLContext:
    """Trust the file's first certificate and no other, whatever names it holds for: the API is on this machine."""
    first, end, _ = file.read_text(encoding="ascii").partition("-----END CERTIFICATE-----")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # an authority's certificate is no root
    context.load_verify_locations(cadata=first[first.index("-----BEGIN CERTIFICATE-----") :] + end)
    return context


def main() -> None:
    """The process that forks the agents."""
    parser = argparse.ArgumentParser(prog="python -m simulation.agents")
    parser.add_argument("--api", required=True)
    parser.add_argument("--tenant", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lang", default="en", choices=sorted(_LINES))
    parser.add_argument("--out", required=True)
    parser.add_argument("--ca", help="The certificate to trust, when the API speaks TLS.")
    arguments = parser.parse_args()
    end_with_parent()
    mouth = Mouth()
    tls = _trusting(Path(arguments.ca)) if arguments.ca else None
    children = []
    for number, user in enumerate(json.loads(os.environ["JINGYIN_SIMULATED_AGENTS"])):
        client = AgentClient(
            api=arguments.api,
            tenant=arguments.tenant,
            user=user,
            number=number,
            seed=arguments.seed,
            folder=Path(arguments.out),
            mouth=mouth,
            tls=tls,
            lang=arguments.lang,
        )
        pid = os.fork()
        if pid == 0:
            _become_agent(client)
        children.append(pid)
    print(json.dumps({"agents": children}), flush=True)
    with contextlib.suppress(ChildProcessError):
        for pid in children:
            os.waitpid(pid, 0)


if __name__ == "__main__":
    main()

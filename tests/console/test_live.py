"""Live events: a number each, none lost or doubled whatever is cut, and nobody else's."""

import asyncio
import json
import random
from pathlib import Path

import httpx
import pytest
import websockets

from console.api.socket import same_origin
from console.live import LiveHub
from console.serving import listen, serve
from kernel.clock import LoopClock
from kernel.settings import ConsoleSettings, Settings
from kernel.tenant import TenantId
from tests.console.conftest import PASSWORD, Console

US, THEM = TenantId(1), TenantId(2)


async def _take(hub: LiveHub, topics: dict[str, str], count: int, **since):
    events = hub.follow(US, topics, **since)
    taken = [await anext(events) for _ in range(count)]
    await events.aclose()
    return taken


async def test_ten_cuts_under_load_lose_and_double_nothing():
    hub, draw = LiveHub(LoopClock()), random.Random(3)
    total = 2000

    async def tell() -> None:
        for number in range(total):
            hub.tell(US, draw.choice(("calls", "agents")), "n", {"n": number})
            hub.tell(THEM, "calls", "n", {"n": -1})
            if number % 7 == 0:
                await asyncio.sleep(0)

    got: list[dict] = []

    async def follow() -> None:
        seq = 0
        for cut in range(11):
            events = hub.follow(US, {"calls": "calls", "agents": "agents"}, epoch=hub.epoch, last_seq=seq)
            async for event in events:
                got.append(event)
                seq = event["seq"]
                if len(got) == total or (cut < 10 and len(got) % 150 == 149):
                    break
            await events.aclose()
            await asyncio.sleep(0)

    async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
        tasks.create_task(tell())
        tasks.create_task(follow())
    assert [event["data"]["n"] for event in got] == list(range(total))
    assert [event["seq"] for event in got] == list(range(1, total + 1))


async def test_ten_cuts_of_a_real_socket_lose_and_double_nothing(console: Console):
    hub, tenant_id, draw, total = console.hub, console.shop.scope.tenant_id, random.Random(3), 1500
    got: list[dict] = []
    told = 0

    async def tell() -> None:
        nonlocal told
        for told in range(1, total + 1):
            hub.tell(tenant_id, draw.choice(("calls", "agents")), "n", {"n": told})
            hub.tell(console.other.scope.tenant_id, "calls", "n", {"n": -1})
            if told % 10 == 0:
                await asyncio.sleep(0.01)  # fewer than a socket may be behind, also on a slow machine

    async def follow(url: str, cookie: str) -> None:
        since: dict = {"epoch": hub.epoch, "last_seq": 0}
        for cut in range(11):
            async with websockets.connect(url, additional_headers={"Cookie": cookie}) as live:
                await live.send(json.dumps({"type": "subscribe", "topics": ["calls", "agents"], **since}))
                assert json.loads(await live.recv())["type"] == "hello"
                while len(got) < (total if cut == 10 else 100 * (cut + 1)):
                    message = json.loads(await live.recv())
                    if message["type"] != "ping":
                        got.append(message)
                        since["last_seq"] = message["seq"]
                assert told < total or cut == 10, "nothing was under way at the cut"
                live.transport.abort()  # in mid-stream: no goodbye, and what is on its way is lost

    with listen(Settings(console=ConsoleSettings(port=0)), LoopClock(), kept_in=Path()) as listening:
        async with serve(console.platform, hub, console.app.state.place.live, listening) as url:
            who = {"tenant": "shop", "name": "sue", "password": PASSWORD}
            async with httpx.AsyncClient(base_url=url) as http:
                session = (await http.post("/api/login", json=who)).raise_for_status().cookies["jingyin_session"]
            async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
                tasks.create_task(tell())
                tasks.create_task(follow(url.replace("http", "ws") + "/api/live", f"jingyin_session={session}"))
    assert [message["data"]["n"] for message in got] == list(range(1, total + 1))
    assert [message["seq"] for message in got] == list(range(1, total + 1))


def test_a_socket_opens_for_who_is_logged_in_on_our_own_page_only():
    assert same_origin({"host": "127.0.0.1:8765", "origin": "http://127.0.0.1:8765"})
    assert same_origin({"host": "127.0.0.1:8765"})  # not a browser
    assert not same_origin({"host": "127.0.0.1:8765", "origin": "http://evil.example"})
    assert not same_origin({"host": "127.0.0.1:8765", "origin": "http://127.0.0.1:9999"})


async def test_what_is_not_followed_comes_as_a_bare_number():
    hub = LiveHub(LoopClock())
    hub.tell(US, "desk/7", "offer", {"secret": 1})
    hub.tell(US, "desk/8", "offer", {"secret": 2})
    other, mine = await _take(hub, {"desk/8": "desk"}, 2, epoch=hub.epoch, last_seq=0)
    assert (other["seq"], other["topic"], other["data"]) == (1, "none", {})
    assert (mine["seq"], mine["topic"], mine["data"]) == (2, "desk", {"secret": 2})


async def test_who_was_away_too_long_or_comes_from_another_run_is_told_to_fetch_anew():
    hub = LiveHub(LoopClock())
    for _ in range(6000):
        hub.tell(US, "calls", "n", {})
    for since in ({"epoch": hub.epoch, "last_seq": 3}, {"epoch": "another", "last_seq": 5999}):
        [reset] = await _take(hub, {"calls": "calls"}, 1, **since)
        assert reset == {"type": "reset", "epoch": hub.epoch, "seq": 6000}


async def test_who_could_not_keep_up_is_told_to_fetch_anew_and_then_what_follows():
    hub = LiveHub(LoopClock())
    events = hub.follow(US, {"calls": "calls"}, epoch=hub.epoch, last_seq=0)
    hub.tell(US, "calls", "n", {"n": 0})
    assert (await anext(events))["seq"] == 1
    for _ in range(1500):
        hub.tell(US, "calls", "n", {})
    while (message := await anext(events))["type"] != "reset":
        pass
    assert message["seq"] == 1501
    for number in range(3):
        hub.tell(US, "calls", "n", {"n": number})
    assert [(await anext(events))["seq"] for _ in range(3)] == [1502, 1503, 1504]
    await events.aclose()


async def test_what_happens_during_the_hello_comes_after_it(console: Console):
    tenant_id, told, subscribed = console.shop.scope.tenant_id, [], False
    async with console.browser("sue") as sue:
        cookie = f"jingyin_session={sue.cookies['jingyin_session']}"
    heard = asyncio.Event()

    async def receive() -> dict:
        nonlocal subscribed
        if not told:
            told.append("connect")
            return {"type": "websocket.connect"}
        if not subscribed:
            subscribed = True
            return {"type": "websocket.receive", "text": json.dumps({"type": "subscribe", "topics": ["calls"]})}
        await heard.wait()
        return {"type": "websocket.disconnect", "code": 1000}

    async def send(message: dict) -> None:
        if message["type"] != "websocket.send":
            return
        said = json.loads(message["text"])
        told.append(said)
        if said["type"] == "hello":  # a slow line: the world goes on
            console.hub.tell(tenant_id, "calls", "turn", {"n": 1})
            await asyncio.sleep(0)
            console.hub.tell(tenant_id, "calls", "turn", {"n": 2})
        if said.get("data") == {"n": 2}:
            heard.set()

    headers = [(b"host", b"127.0.0.1"), (b"cookie", cookie.encode())]
    scope = {"type": "websocket", "path": "/api/live", "headers": headers, "query_string": b"", "subprotocols": []}
    async with asyncio.timeout(10):
        await console.app(scope, receive, send)
    _, hello, *events = told
    assert [event["seq"] for event in events] == [hello["seq"] + 1, hello["seq"] + 2]


@pytest.mark.parametrize(
    ("host", "origin", "opens"),
    [
        ("127.0.0.1:8765", "http://127.0.0.1:8765", True),
        ("127.0.0.1:8765", None, True),
        ("127.0.0.1:8765", "http://127.0.0.1:9999", False),
        ("127.0.0.1:8765", "http://evil.example", False),
        ("evil.example", "http://evil.example", False),
        ("evil.example", None, False),
    ],
)
async def test_the_socket_opens_for_our_own_page_by_our_own_name_only(
    console: Console, host: str, origin: str | None, opens: bool
):
    async with console.browser("sue") as sue:
        cookie = f"jingyin_session={sue.cookies['jingyin_session']}"
    answers: list[str] = []
    words = iter([{"type": "websocket.connect"}, {"type": "websocket.disconnect", "code": 1000}])

    async def receive() -> dict:
        return next(words)

    async def send(message: dict) -> None:
        answers.append(message["type"])

    headers = [(b"host", host.encode()), (b"cookie", cookie.encode())]
    headers += [(b"origin", origin.encode())] if origin else []
    scope = {"type": "websocket", "path": "/api/live", "headers": headers, "query_string": b"", "subprotocols": []}
    async with asyncio.timeout(10):
        await console.app(scope, receive, send)
    assert answers == ["websocket.accept" if opens else "websocket.close"]


async def test_a_binary_frame_is_passed_over(console: Console):
    async with console.browser("sue") as sue:
        cookie = f"jingyin_session={sue.cookies['jingyin_session']}"
    said: list[str] = []
    words = iter(
        [
            {"type": "websocket.connect"},
            {"type": "websocket.receive", "bytes": b"\0"},
            {"type": "websocket.receive", "text": json.dumps({"type": "subscribe", "topics": ["calls"]})},
        ]
    )

    async def receive() -> dict:
        for word in words:
            return word
        while "hello" not in said:
            await asyncio.sleep(0)
        return {"type": "websocket.disconnect", "code": 1000}

    async def send(message: dict) -> None:
        if message["type"] == "websocket.send":
            said.append(json.loads(message["text"])["type"])

    headers = [(b"host", b"127.0.0.1"), (b"cookie", cookie.encode())]
    scope = {"type": "websocket", "path": "/api/live", "headers": headers, "query_string": b"", "subprotocols": []}
    async with asyncio.timeout(10):
        await console.app(scope, receive, send)
    assert said == ["hello"]

"""Live events: a number each, none lost or doubled whatever is cut, and nobody else's."""

import asyncio
import random

from console.api.socket import same_origin
from console.live import LiveHub
from kernel.clock import LoopClock
from kernel.tenant import TenantId

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

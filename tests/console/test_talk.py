"""Talking to the robot over the API: typed talks to their end, and a talk is nobody's but its owner's."""

import asyncio
import json
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from dialer.trials import TYPED
from tests.console.conftest import Console

TYPING = {"lang": "en", "mode": "typed"}


class Talk:
    """A talk as its owner's page has it."""

    def __init__(self, browser: httpx.AsyncClient, id: str) -> None:
        self._browser = browser
        self.id = id

    async def events(self, kind: str) -> list[dict[str, Any]]:
        answer = await self._browser.get(f"/api/talk/{self.id}")
        return [event["data"] for event in answer.raise_for_status().json()["events"] if event["type"] == kind]

    async def turns(self, who: str) -> list[dict[str, Any]]:
        return [turn for turn in await self.events("turn") if turn["who"] == who]

    async def say(self, text: str) -> None:
        """And read what the robot answers."""
        before = len(await self.turns("robot"))
        answer = await self._browser.post(f"/api/talk/{self.id}/say", json={"text": text})
        assert answer.status_code == 204, answer.text
        await self.until(lambda: self._more(before))

    async def press(self, digit: str) -> None:
        before = len(await self.turns("robot"))
        assert (await self._browser.post(f"/api/talk/{self.id}/key", json={"digit": digit})).status_code == 204
        await self.until(lambda: self._more(before))

    async def hang_up(self) -> None:
        assert (await self._browser.post(f"/api/talk/{self.id}/hang-up")).status_code == 204

    async def ended(self) -> dict[str, Any]:
        await self.until(lambda: self.events("ended"))
        [ended] = await self.events("ended")
        return ended

    async def until(self, what) -> None:
        async with asyncio.timeout(5):
            while not await what():
                await asyncio.sleep(0.02)

    async def _more(self, before: int) -> bool:
        return len(await self.turns("robot")) > before or bool(await self.events("ended"))


@asynccontextmanager
async def typing(console: Console, name: str = "dee"):
    """A typed talk of a user, greeted."""
    async with console.browser(name) as browser, asyncio.timeout(20):
        answer = (await browser.post("/api/talk", json=TYPING)).raise_for_status().json()
        assert answer["engine"] == TYPED
        talk = Talk(browser, answer["talk_id"])
        await talk.until(lambda: talk.turns("robot"))
        yield talk


async def test_the_engines_say_how_good_they_are(console: Console):
    async with console.browser("dee") as dee:
        engines = (await dee.get("/api/talk/engines")).json()
    assert engines == [
        {"lang": "en", "name": "scripted", "expect": "Hears what the tests know.", "voice": True, "hearing": "own"}
    ]


@pytest.mark.parametrize("name", ["ann", "sue", "dee", "ada"])
async def test_everybody_may_talk(console: Console, name: str):
    async with typing(console, name) as talk:
        [greeting] = await talk.turns("robot")
        assert "this call is recorded" in greeting["text"]
        await talk.hang_up()


async def test_what_is_typed_is_understood_and_answered_with_a_reason(console: Console):
    async with typing(console) as talk:
        await talk.say("how much is it")
        [said] = await talk.turns("customer")
        assert (said["text"], said["intent"]) == ("how much is it", "ask_price")
        answer = (await talk.turns("robot"))[-1]
        assert "thirty dollars" in answer["text"]
        decision = (await talk.events("decision"))[-1]
        assert decision["because"] == answer["because"]
        assert "utter_answer_price" in decision["actions"]
        [latency] = await talk.events("latency")
        assert 0 <= latency["response_ms"] < 1000
        await talk.say("i am not interested")
        await talk.say("no thank you")
        ended = await talk.ended()
        assert ended["grade"] == "E"
        assert ended["summary"][0].startswith("The customer")


async def test_keys_are_pressed(console: Console):
    async with typing(console) as talk:
        await talk.press("9")
        assert "removed" in (await talk.turns("robot"))[-1]["text"]
        assert (await talk.ended())["grade"] == "F"


async def test_a_wish_for_a_person_is_heard_out_and_ends_the_talk_with_its_grade(console: Console):
    async with typing(console) as talk:
        await talk.say("can i talk to a person")
        ended = await talk.ended()
        turns = await talk.events("turn")
        assert [turn["who"] for turn in turns[-2:]] == ["robot", "system"]
        assert "putting you through" in turns[-2]["text"]
        assert "agent would take over" in turns[-1]["text"]
        assert ended["grade"] == "A"
    assert console.platform.desk.agents == {}


async def test_hanging_up_ends_the_talk_and_nothing_more_can_be_said(console: Console):
    async with console.browser("dee") as dee:
        talk = Talk(dee, (await dee.post("/api/talk", json=TYPING)).json()["talk_id"])
        await talk.hang_up()
        assert (await talk.ended())["grade"] == "D"
        late = await dee.post(f"/api/talk/{talk.id}/say", json={"text": "hello"})
        assert (late.status_code, late.json()["code"]) == (409, "dialer.talk_over")
        await talk.hang_up()


async def test_a_talk_is_its_owners_alone(console: Console):
    async with (
        typing(console) as talk,
        console.browser("ada") as ada,
        console.browser("dee", tenant="other") as other,
    ):
        for stranger in (ada, other):
            path = f"/api/talk/{talk.id}"
            answers = [
                await stranger.get(path),
                await stranger.post(f"{path}/say", json={"text": "not interested"}),
                await stranger.post(f"{path}/key", json={"digit": "9"}),
                await stranger.post(f"{path}/hang-up"),
            ]
            assert {(a.status_code, a.json()["code"]) for a in answers} == {(404, "dialer.no_such_talk")}
        await talk.say("how much is it")
        assert [turn["text"] for turn in await talk.turns("customer")] == ["how much is it"]
        await talk.hang_up()


async def _told(console: Console, name: str, topic: str, tenant: str = "shop") -> tuple[list[dict], asyncio.Event]:
    """What the live socket tells a user who follows the topic, from now on."""
    told: list[dict] = []
    ready, over = asyncio.Event(), asyncio.Event()
    async with console.browser(name, tenant=tenant) as browser:
        cookie = f"jingyin_session={browser.cookies['jingyin_session']}"
    said = [
        {"type": "websocket.connect"},
        {"type": "websocket.receive", "text": json.dumps({"type": "subscribe", "topics": [topic]})},
    ]

    async def receive() -> dict:
        if said:
            return said.pop(0)
        await over.wait()
        return {"type": "websocket.disconnect", "code": 1000}

    async def send(message: dict) -> None:
        if message["type"] == "websocket.send":
            told.append(json.loads(message["text"]))
            ready.set()

    headers = [(b"host", b"127.0.0.1"), (b"cookie", cookie.encode())]
    scope = {"type": "websocket", "path": "/api/live", "headers": headers, "query_string": b"", "subprotocols": []}
    console.platform.background.start(console.app(scope, receive, send))
    await ready.wait()
    return told, over


async def test_only_its_owner_follows_a_talk(console: Console):
    async with typing(console) as talk:
        topic = f"talks/{talk.id}"
        mine, mine_over = await _told(console, "dee", topic)
        colleagues, colleagues_over = await _told(console, "ada", topic)
        elsewhere, elsewhere_over = await _told(console, "dee", topic, tenant="other")
        await talk.say("how much is it")
        await talk.hang_up()
        await talk.ended()
        await asyncio.sleep(0.05)
        for over in (mine_over, colleagues_over, elsewhere_over):
            over.set()
        await asyncio.sleep(0.05)
    heard = [(event["topic"], event["type"]) for event in mine if "topic" in event]
    assert {kind for of, kind in heard if of == topic} == {"turn", "decision", "latency", "ended"}
    for stranger in (colleagues, elsewhere):
        assert {event["topic"] for event in stranger if "topic" in event} <= {"none"}
        assert "how much" not in json.dumps(stranger)
    numbers = [event["seq"] for event in colleagues if "topic" in event]
    assert numbers, "the colleague's socket tells that something happened, and not what"


async def test_so_many_talks_at_a_time_and_no_more(console: Console):
    async with console.browser("dee") as dee, console.browser("ada") as ada:
        begun = [(await dee.post("/api/talk", json=TYPING)).json()["talk_id"] for _ in range(2)]
        refused = await dee.post("/api/talk", json=TYPING, headers={"Idempotency-Key": "third"})
        assert (refused.status_code, refused.json()["code"]) == (429, "dialer.too_many_talks")
        assert (await ada.post("/api/talk", json=TYPING)).status_code == 200
        talk = Talk(dee, begun[0])
        await talk.hang_up()
        await talk.ended()
        assert (await dee.post("/api/talk", json=TYPING, headers={"Idempotency-Key": "third"})).status_code == 200


async def test_a_talk_ends_with_its_owners_session(console: Console, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("dialer.trial._LOOK_EVERY_S", 0.05)
    async with typing(console) as talk:
        trial = console.platform.trials._trials[talk.id]
        await console.platform.crm.users.set_password(console.shop.scope, "dee", "battery staple")
        await talk.until(lambda: _over(trial))


async def test_an_idle_typed_talk_ends_by_itself_and_says_so(console: Console, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("dialer.trial._LOOK_EVERY_S", 0.05)
    async with typing(console) as talk:
        console.platform.trials._trials[talk.id]._idle_s = 0.3
        await talk.ended()
        assert "Nothing was typed" in (await talk.turns("system"))[-1]["text"]
        assert len(await talk.turns("robot")) == 1, "who types is not asked whether they are still there"


async def _over(trial) -> bool:
    return trial.over


async def test_what_cannot_begin_is_refused_and_takes_no_place(console: Console):
    async with console.browser("dee") as dee:
        for wanted, status, code in (
            ({"lang": "xx", "mode": "typed"}, 404, "dialer.unknown_language"),
            ({"lang": "en", "mode": "voice"}, 409, "dialer.no_voice"),
            ({"lang": "en", "mode": "voice", "sdp": "no sdp at all"}, 400, "media.offer_refused"),
            ({"lang": "en", "mode": "shouting"}, 422, "console.malformed"),
        ):
            answer = await dee.post("/api/talk", json=wanted)
            assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
        assert console.platform.trials._places == {}


async def test_keys_that_no_telephone_has_are_refused(console: Console):
    async with typing(console) as talk, console.browser("dee") as dee:
        for body in ({"digit": "A"}, {"digit": "12"}, {"digit": ""}):
            assert (await dee.post(f"/api/talk/{talk.id}/key", json=body)).status_code == 422
        await talk.hang_up()

"""An agent's desk over HTTP: what they write of their calls and of no other, what follows a call, who else is there."""

import asyncio
import wave
from contextlib import aclosing
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from console.unfinished import Unfinished
from crm.attempt import Attempt
from crm.call_record import CallResult
from crm.customer import CustomerDraft
from crm.journal import Event
from crm.number import parse_number
from handoff.agents import AgentId, Status
from handoff.briefing import Briefing, Said
from handoff.transfer import Request, Ticket
from kernel.tasks import alongside
from kernel.tenant import Role, Scope, UserId
from tests.console.conftest import PASSWORD, Console

BRIEFING = Briefing(
    call_id="1",
    campaign="spring",
    customer_name="Wilhelmina Longname",
    masked_number="+1 202 •••• 0123",
    grade="A",
    summary=("Asked for the price.",),
    evidence=("how much is it",),
    slots=(),
    transcript=(Said(who="customer", text="how much is it", at_s=3.0),),
)
TURN = {"who": "customer", "kind": "answer", "text": "how much is it", "start_ms": 3000, "end_ms": 4000}
TOMORROW = (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=0)


async def _attempt(console: Console, number: str | None = None) -> Attempt:
    """A call of the shop's."""
    crm, shop = console.platform.crm, console.shop
    lead = shop.lead
    if number is not None:
        registered = await crm.customers.register(shop.scope, CustomerDraft(number=parse_number(number)))
        lead = await crm.leads.add(shop.scope, shop.campaign.id, registered.customer.id)
    decision = await crm.quota.reserve(shop.scope, await crm.leads.get(shop.scope, lead.id))
    assert decision.grant is not None
    attempt = await crm.attempts.claim(shop.scope, lead.id, decision.grant)
    assert attempt is not None
    return attempt


async def _agent(client: httpx.AsyncClient) -> AgentId:
    await client.post("/api/desk/start-shift")
    return AgentId((await client.get("/api/me")).json()["user_id"])


async def _talking(console: Console, agent: AgentId, attempt: Attempt) -> Ticket:
    """The agent is joined with the customer of the call, as the dialer does it."""
    desk, scope = console.platform.desk, console.shop.scope
    ticket = desk.take_over(agent, Request(call_id=str(attempt.id), tenant_id=scope.tenant_id, briefing=BRIEFING))
    desk.bridged(ticket.transfer.id)
    journal = console.platform.crm.journal
    quiet = {"intent": "ask_price", "confidence": 0.9, "because": ""}
    await journal.append(scope, attempt.id, Event(kind="turn", data={**TURN, **quiet}))
    await journal.append(scope, attempt.id, Event(kind="bridged", data={"agent": agent}))
    return ticket


async def _desk(client: httpx.AsyncClient) -> dict:
    return (await client.get("/api/desk")).raise_for_status().json()


async def test_a_draft_outlives_the_tab_and_two_tabs_do_not_overwrite_each_other(console: Console):
    attempt = await _attempt(console)
    async with console.browser("ann") as ann:
        await _talking(console, await _agent(ann), attempt)
        first = await ann.put("/api/desk/draft", json={"call_id": str(attempt.id), "note": "likes mornings"})
        etag = first.json()["etag"]
        stale = await ann.put("/api/desk/draft", json={"call_id": str(attempt.id), "note": "x", "etag": "old"})
        assert stale.status_code == 409
        assert stale.json()["other"] == {
            "note": "likes mornings",
            "outcome": "",
            "grade": None,
            "callback_at": None,
            "etag": etag,
        }
        second = await ann.put(
            "/api/desk/draft", json={"call_id": str(attempt.id), "note": "likes evenings", "etag": etag}
        )
        assert second.status_code == 200


async def test_nobody_writes_of_a_call_that_is_not_theirs(console: Console):
    mine, other = await _attempt(console), await _attempt(console, "+12025550188")
    await console.platform.crm.journal.append(
        console.shop.scope, other.id, Event(kind="bridged", data={"agent": "somebody"})
    )
    async with console.browser("ann") as ann:
        agent = await _agent(ann)
        for call in (mine, other):  # also their own next call, before they are in it
            refused = await ann.put("/api/desk/draft", json={"call_id": str(call.id), "note": "x"})
            assert (refused.status_code, refused.json()["code"]) == (409, "console.not_yours")
        unknown = await ann.put("/api/desk/draft", json={"call_id": "1", "note": "x"})
        assert unknown.status_code == 404
        await _talking(console, agent, mine)
        for call, status in ((mine, 200), (other, 409)):
            answer = await ann.put("/api/desk/draft", json={"call_id": str(call.id), "note": "x"})
            assert answer.status_code == status
        live = await ann.post("/api/desk/wrap-up", json={"call_id": str(mine.id), "outcome": "sold"})
        assert (live.status_code, live.json()["code"]) == (409, "console.not_yours")
        assert (await ann.post("/api/desk/wrap-up", json={"call_id": str(other.id)})).status_code == 409
    async with console.browser("sue", tenant="other") as sue:
        assert (await sue.put("/api/desk/draft", json={"call_id": str(mine.id), "note": "x"})).status_code == 404


async def test_the_desk_in_the_wrap_up_has_all_that_it_had_in_the_call(console: Console):
    attempt = await _attempt(console)
    async with console.browser("ann") as ann:
        ticket = await _talking(console, await _agent(ann), attempt)
        console.platform.desk.ended(ticket.transfer.id)
        edit = {"note": "likes mornings", "outcome": "callback", "grade": "B", "callback_at": TOMORROW.isoformat()}
        await ann.put("/api/desk/draft", json={"call_id": str(attempt.id), **edit})
        desk = await _desk(ann)
    call = desk["call"]
    assert (desk["state"], desk["wrap_up"]["call_id"], call["call_id"]) == ("wrap_up", str(attempt.id), str(attempt.id))
    assert (call["name"], call["briefing"]["customer_name"], call["grade"]) == ("W. L.", "W. L.", "A")
    assert call["number"].endswith("23") and "2025550123" not in call["number"].replace(" ", "")
    assert call["briefing"]["summary"] == ["Asked for the price."]
    assert [turn["text"] for turn in call["transcript"]] == ["how much is it"]
    assert {name: call["draft"][name] for name in edit} == edit
    assert desk["wrap_up"]["draft"] == call["draft"]


async def test_a_wrap_up_says_who_took_the_call_over(console: Console):
    desk, attempt = console.platform.desk, await _attempt(console)
    async with console.browser("ann") as ann, console.browser("sue") as sue:
        ticket = await _talking(console, await _agent(ann), attempt)
        voice = await ann.post("/api/talk", json={"lang": "en", "mode": "voice", "sdp": "no sdp at all"})
        assert (voice.status_code, voice.json()["case"]) == (409, "heard")  # the customer would hear it as well
        desk.ended(ticket.transfer.id, taken_over_by=await _agent(sue))
        assert (await _desk(ann))["wrap_up"]["taken_over_by"] == "sue"
        console.platform.desk.wrap_up_done(await _agent(ann))
        again = await _talking(console, await _agent(ann), attempt)
        desk.ended(again.transfer.id)
        assert (await _desk(ann))["wrap_up"]["taken_over_by"] is None


async def test_a_result_not_saved_in_time_stays_unfinished_and_is_finished_later(console: Console):
    crm, scope = console.platform.crm, console.shop.scope
    attempt = await _attempt(console)
    call_id = str(attempt.id)
    async with console.browser("ann") as ann:
        agent = await _agent(ann)
        ticket = await _talking(console, agent, attempt)
        await ann.put("/api/desk/draft", json={"call_id": call_id, "note": "likes mornings", "grade": "B"})
        assert (await _desk(ann))["unfinished"] == 0
        console.platform.desk.ended(ticket.transfer.id)
        assert (await _desk(ann))["unfinished"] == 0
        console.platform.desk.wrap_up_done(agent)  # as when its time runs out
        desk = await _desk(ann)
        assert (desk["state"], desk["call"], desk["unfinished"]) == ("idle", None, 1)
        assert (await crm.calls.get(scope, attempt.id)).grade_human is None
        [line] = (await ann.get("/api/desk/unfinished")).json()
        assert (line["call_id"], line["name"]) == (call_id, "W. L.")
        again = (await ann.get(f"/api/desk/unfinished/{call_id}")).json()
        assert (again["draft"]["note"], again["draft"]["grade"]) == ("likes mornings", "B")
        assert [turn["text"] for turn in again["transcript"]] == ["how much is it"]
        for wrong, case in ((None, ""), ("2020-01-01T09:00:00+00:00", "past")):  # no time, and one that is over
            body = {"call_id": call_id, "outcome": "callback", "callback_at": wrong}
            refused = await ann.post("/api/desk/wrap-up", json=body)
            assert (refused.json()["code"], refused.json()["case"]) == ("console.bad_time", case)
        assert (await _desk(ann))["unfinished"] == 1
        done = await ann.post("/api/desk/wrap-up", json={"call_id": call_id, "outcome": "sold", "grade": "A"})
        assert (done.json()["state"], done.json()["unfinished"]) == ("idle", 0)
        assert (await ann.get(f"/api/desk/unfinished/{call_id}")).status_code == 404
        for late in (
            await ann.put("/api/desk/draft", json={"call_id": call_id, "note": "x"}),
            await ann.post("/api/desk/wrap-up", json={"call_id": call_id, "outcome": "sold"}),
        ):
            assert late.json()["code"] == "console.not_yours"
        timeline = (await ann.get(f"/api/customers/{console.shop.lead.customer_id}")).json()["timeline"]
    assert [entry["data"] for entry in timeline if entry["kind"] == "wrapped_up"] == [{"outcome": "sold", "grade": "A"}]
    assert (await crm.calls.get(scope, attempt.id)).grade == "A"
    [written] = [entry.data for entry in await crm.journal.read(scope, attempt.id) if entry.kind == "wrap_up"]
    assert (written["outcome"], written["by"]) == ("sold", agent)


async def test_an_agent_hears_the_calls_they_had_a_part_in_and_no_other(console: Console):
    crm, scope, lead = console.platform.crm, console.shop.scope, console.shop.lead
    for name in ("bob", "cy", "eve"):
        await crm.users.create(scope, name, PASSWORD, (Role.AGENT,))
    attempt = await _attempt(console)
    path = console.platform.settings.recordings / "a.wav"
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setparams((2, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(4 * 800))
    await crm.calls.record(scope, attempt.id, CallResult(wav="a.wav"))
    await crm.attempts.end(scope, attempt.id, result="handed_over")
    ids = {user.name: str(user.id) for user in await crm.users.all(scope)}
    for kind, data in (
        ("bridged", {"agent": ids["ann"]}),
        ("transferred", {"agent": ids["ann"], "to": ids["bob"]}),
        ("taken_over", {"agent": ids["bob"], "to": ids["cy"]}),
        ("transfer_asked", {"agent": ids["cy"], "to": ids["eve"]}),  # and she did not take them
    ):
        await crm.journal.append(scope, attempt.id, Event(kind=kind, data=data))
    for name, may in (("ann", True), ("bob", True), ("cy", True), ("eve", False), ("sue", True)):
        async with console.browser(name) as someone:
            sound = await someone.get(f"/api/calls/{attempt.id}/recording")
            assert sound.status_code == (200 if may else 404), name
            assert (await someone.get(f"/api/calls/{attempt.id}")).status_code == (200 if may else 404)
            timeline = (await someone.get(f"/api/customers/{lead.customer_id}")).json()["timeline"]
            assert [entry["recording"] for entry in timeline if entry["kind"] == "call"] == [may], name
    async with console.browser("dee") as dee:
        assert (await dee.get(f"/api/calls/{attempt.id}/recording")).status_code == 403
    async with console.browser("sue", tenant="other") as stranger:
        assert (await stranger.get(f"/api/calls/{attempt.id}/recording")).status_code == 404


async def test_an_end_of_the_shift_in_a_call_comes_after_the_work_that_follows_it(console: Console):
    attempt = await _attempt(console)
    async with console.browser("ann") as ann:
        agent = await _agent(ann)
        console.platform.desk.set_status(agent, Status.READY)
        ticket = await _talking(console, agent, attempt)
        assert {"not_ready", "end_shift"} < set((await _desk(ann))["allowed_actions"])
        asked = (await ann.post("/api/desk/end-shift")).json()
        assert (asked["state"], asked["status"], asked["next"]) == ("talking", "ready", "end_of_shift")
        assert {"ready", "not_ready"} < set(asked["allowed_actions"]) and "end_shift" not in asked["allowed_actions"]
        back = (await ann.post("/api/desk/status", json={"status": "ready"})).json()  # no phone is asked for in a call
        assert (back["state"], back["next"]) == ("talking", "call")
        pause = (await ann.post("/api/desk/status", json={"status": "not_ready", "reason": "lunch"})).json()
        assert (pause["state"], pause["next"], pause["reason"]) == ("talking", "break", "lunch")
        await ann.post("/api/desk/end-shift")
        console.platform.desk.ended(ticket.transfer.id)
        assert ((await _desk(ann))["state"], (await _desk(ann))["next"]) == ("wrap_up", "end_of_shift")
        gone = (await ann.post("/api/desk/wrap-up", json={"call_id": str(attempt.id), "outcome": "sold"})).json()
        assert (gone["state"], gone["allowed_actions"], gone["desk_session"]) == ("gone", ["start_shift"], None)


@pytest.mark.parametrize("ready", [True, False])
async def test_whom_a_customer_can_be_put_through_to(console: Console, ready: bool):
    desk, scope = console.platform.desk, console.shop.scope
    bea, cy = AgentId("bea"), AgentId("cy")
    desk.sign_in(bea, scope.tenant_id, name="Bea", queues=frozenset({"default", "vip"}))
    desk.sign_in(cy, scope.tenant_id, name="Cy")
    desk.sign_in(AgentId("zoe"), console.other.scope.tenant_id, name="Zoe", queues=frozenset({"secret"}))
    desk.gone(cy)
    desk.set_status(bea, Status.READY if ready else Status.NOT_READY, "" if ready else "lunch")
    desk.request(Request(call_id="9", tenant_id=scope.tenant_id, briefing=BRIEFING, queue="late"))
    async with console.browser("ann") as ann:
        await _agent(ann)
        found = (await ann.get("/api/desk/transfer-targets")).json()
    [one] = found["agents"]
    assert (one["id"], one["name"], one["state"], one["free"]) == ("bea", "Bea", "idle", ready)
    assert (one["status"], one["reason"]) == (("ready", "") if ready else ("not_ready", "lunch"))
    assert [tuple(line.values()) for line in found["queues"]] == [
        ("default", 0, 1, int(ready)),
        ("late", 1, 0, 0),
        ("vip", 0, 1, int(ready)),
    ]


async def test_a_wrap_up_without_a_word_leaves_the_call_unfinished_and_its_last_words_are_taken(console: Console):
    attempt = await _attempt(console)
    call_id = str(attempt.id)
    async with console.browser("ann") as ann, alongside(Unfinished(console.platform, console.hub).run()):
        agent = await _agent(ann)
        ticket = await _talking(console, agent, attempt)
        console.platform.desk.ended(ticket.transfer.id)
        assert (await _desk(ann))["wrap_up"]["draft"] is None
        assert (await _desk(ann))["unfinished"] == 0, "they are at it"
        console.platform.desk.wrap_up_done(agent)  # as when its time runs out
        while (await _desk(ann))["unfinished"] != 1:
            await asyncio.sleep(0.01)
        edit = {"call_id": call_id, "note": "at the last moment"}
        assert (await ann.put("/api/desk/draft", json=edit)).status_code == 200
        assert (await ann.get(f"/api/desk/unfinished/{call_id}")).json()["draft"]["note"] == "at the last moment"


async def test_a_call_finished_at_once_is_not_kept_as_unfinished(console: Console):
    attempt = await _attempt(console)
    desk = console.platform.desk
    unfinished = Unfinished(console.platform, console.hub)
    async with console.browser("ann") as ann:
        agent = await _agent(ann)
        ticket = await _talking(console, agent, attempt)
        desk.ended(ticket.transfer.id)
        await ann.post("/api/desk/wrap-up", json={"call_id": str(attempt.id), "outcome": "sold"})
        words = console.hub.follow(console.shop.scope.tenant_id, {f"desk/{agent}": "desk"})
        async with aclosing(words), alongside(unfinished.run()):  # only now does its turn come
            assert (await anext(words))["type"] == "unfinished"
        assert (await _desk(ann))["unfinished"] == 0


async def test_who_is_lost_in_a_call_or_whose_platform_is_finds_it_among_the_unfinished(console: Console):
    attempt = await _attempt(console)
    drafts = console.platform.crm.drafts
    async with console.browser("ann") as ann, alongside(Unfinished(console.platform, console.hub).run()):
        agent = await _agent(ann)
        await _talking(console, agent, attempt)
        own = Scope(tenant_id=console.shop.scope.tenant_id, user_id=UserId(int(agent)))
        async with asyncio.timeout(5):
            while not await drafts.all(own):  # in the call already: nobody may be there to write it at its end
                await asyncio.sleep(0.01)
        assert (await _desk(ann))["unfinished"] == 0, "they are at it"
        console.platform.desk.gone(agent)
        assert (await _desk(ann))["unfinished"] == 1

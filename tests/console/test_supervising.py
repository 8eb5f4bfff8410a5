"""Supervisors and desk sessions over HTTP: whose calls, whose phones, which machine is obeyed."""

from collections.abc import AsyncIterator

import pytest

from dialer.call import Event
from dialer.life import Surroundings
from dialer.picker import Picked
from dialer.runner import CallRunner
from handoff.agents import Status
from handoff.briefing import Briefing
from handoff.desk import Request
from media.mix import Monitor
from tests.console.conftest import Console

BRIEFING = Briefing(
    call_id="1",
    campaign="lessons",
    customer_name="",
    masked_number="+1***00",
    grade="A",
    summary=("Is interested.",),
    evidence=(),
    slots=(),
    transcript=(),
)


@pytest.fixture
async def call_id(console: Console) -> AsyncIterator[int]:
    """A call of the shop's under way, claimed and not dialled yet."""
    platform, shop = console.platform, console.shop
    lead = await platform.crm.leads.get(shop.scope, shop.lead.id)
    decision = await platform.crm.quota.reserve(shop.scope, lead)
    assert decision.grant is not None
    attempt = await platform.crm.attempts.claim(shop.scope, lead.id, decision.grant)
    around = Surroundings(
        crm=platform.crm,
        gateway=None,  # type: ignore[arg-type]  # it is never dialled
        ticker=platform.ticker,
        clock=platform.phones._clock,
        desk=platform.desk,
        robots={},
        phones=platform.phones,
        live=lambda topic, kind, data: None,
        caller_id="",
        ring_timeout_s=25,
        hold_s=30,
    )
    picked = Picked(
        scope=shop.scope, campaign=shop.campaign, lead=lead, attempt=attempt, grant=decision.grant, callback=None
    )

    async def live(life) -> None:
        pytest.fail("it is not lived")

    platform.loop.running[attempt.id] = CallRunner(picked, around, live)
    yield attempt.id
    del platform.loop.running[attempt.id]


async def test_a_supervisor_comes_into_calls_of_their_tenant_only(console: Console, call_id: int):
    async with console.browser("sue") as sue, console.browser("sue", tenant="other") as stranger:
        wishes = [
            ("POST", "monitor", {"mode": "listen"}),
            ("DELETE", "monitor", None),
            ("POST", "take-over", None),
        ]
        for method, what, body in wishes:
            theirs = await stranger.request(method, f"/api/calls/{call_id}/{what}", json=body)
            assert theirs.status_code == 404, theirs.text
        missing = await sue.post(f"/api/calls/{call_id}/monitor", json={"mode": "listen"})
        assert (missing.status_code, missing.json()["code"]) == (409, "handoff.phone_missing")
        assert (await sue.post(f"/api/calls/{call_id}/monitor", json={"mode": "shout"})).status_code == 422
        assert (await sue.delete(f"/api/calls/{call_id}/monitor")).status_code == 204
        shown = (await sue.get("/api/board")).json()["calls"]
        assert [(one["monitored"], one["allowed_actions"]) for one in shown] == [(None, [])]


@pytest.mark.parametrize("mode", [None, Monitor.LISTEN, Monitor.WHISPER, Monitor.BARGE])
async def test_whom_others_hear_in_a_call_does_not_begin_to_talk_with_the_robot(
    console: Console, call_id: int, mode: Monitor | None
):
    runner = console.platform.loop.running[call_id]
    async with console.browser("sue") as sue:
        if mode is not None:
            runner.supervision._person, runner.supervision._mode = (await sue.get("/api/me")).json()["user_id"], mode
        voice = await sue.post("/api/talk", json={"lang": "en", "mode": "voice", "sdp": "no sdp at all"})
        heard = mode in (Monitor.WHISPER, Monitor.BARGE)
        refusal = ("dialer.not_now", "heard") if heard else ("media.offer_refused", "")
        assert (voice.json()["code"], voice.json()["case"]) == refusal
        assert (await sue.post("/api/talk", json={"lang": "en", "mode": "typed"})).status_code == 200


async def test_an_agent_serves_the_queues_that_their_row_names_from_the_next_shift_on(console: Console):
    platform, shop = console.platform, console.shop
    await platform.crm.users.set_queues(shop.scope, "ann", ["sales"])
    async with console.browser("ann") as ann, console.browser("sue") as sue:
        ids = [(await one.post("/api/desk/start-shift")).json()["agent"]["id"] for one in (ann, sue)]
        assert [platform.desk.agents[one].queues for one in ids] == [{"sales"}, {"default"}]
        await platform.crm.users.set_queues(shop.scope, "ann", [])
        await ann.post("/api/desk/end-shift")
        await ann.post("/api/desk/start-shift")
        assert platform.desk.agents[ids[0]].queues == {"default"}


async def test_the_later_shift_is_obeyed_and_the_older_machine_is_told_so(console: Console):
    async with console.browser("ann") as old, console.browser("ann") as new:
        first = (await old.post("/api/desk/start-shift")).json()["desk_session"]
        second = (await new.post("/api/desk/start-shift")).json()["desk_session"]
        assert first != second
        refused = await old.post("/api/desk/status", json={"status": "not_ready"}, headers={"X-Desk-Session": first})
        assert (refused.status_code, refused.json()["code"]) == (409, "handoff.desk_session_fenced")
        offer = {"sdp": "v=0", "desk_session": first}
        assert (await old.post("/api/phone/offer", json=offer)).json()["code"] == "handoff.desk_session_fenced"
        obeyed = await new.post("/api/desk/status", json={"status": "not_ready"}, headers={"X-Desk-Session": second})
        assert obeyed.json()["desk_session"] == second
        again = (await old.post("/api/desk/start-shift", headers={"X-Desk-Session": first})).json()["desk_session"]
        assert again not in (first, second)  # and takes it over again


async def test_a_note_saved_in_mid_call_is_there_after_a_reload(console: Console, call_id: int):
    desk, runner = console.platform.desk, console.platform.loop.running[call_id]
    async with console.browser("ann") as ann:
        agent_id = (await ann.post("/api/desk/start-shift")).json()["agent"]["id"]
        desk.set_status(agent_id, Status.READY)
        runner.life.ticket = ticket = desk.request(
            Request(call_id=str(call_id), tenant_id=console.shop.scope.tenant_id, briefing=BRIEFING)
        )
        desk.accept(agent_id, ticket.transfer.id)
        for event in (Event.ANSWERED, Event.PERSON_WANTED, Event.BRIDGED):
            runner.life.move(event)
        assert (await ann.get("/api/desk")).json()["call"]["draft"] is None
        saved = await ann.put("/api/desk/draft", json={"call_id": str(call_id), "note": "likes mornings"})
        assert saved.status_code == 200
        draft = (await ann.get("/api/desk")).json()["call"]["draft"]
        assert (draft["note"], draft["etag"]) == ("likes mornings", saved.json()["etag"])


async def test_a_phone_that_was_given_up_is_not_found(console: Console):
    async with console.browser("ann") as ann:
        await ann.post("/api/desk/start-shift")
        answer = await ann.post("/api/phone/resume", json={"sdp": "v=0", "phone_id": "gone", "desk_session": None})
        assert (answer.status_code, answer.json()["code"]) == (404, "handoff.no_such_phone")


@pytest.mark.parametrize("path", ["hold", "resume", "mute", "unmute"])
async def test_who_is_in_no_call_can_do_nothing_with_it(console: Console, path: str):
    async with console.browser("ann") as ann:
        await ann.post("/api/desk/start-shift")
        answer = await ann.post(f"/api/desk/call/{path}")
        assert (answer.status_code, answer.json()["code"]) == (409, "dialer.not_now")


async def test_a_customer_is_put_on_to_one_of_the_two(console: Console):
    async with console.browser("ann") as ann:
        for body in ({}, {"to_agent": "bea", "to_queue": "default"}):
            assert (await ann.post("/api/desk/call/transfer", json=body)).status_code == 422

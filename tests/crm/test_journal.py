"""Journals have no gaps; calls keep what is known of them."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from crm.attempt import Attempt
from crm.call_record import CallResult
from crm.draft import Draft, DraftChanged
from crm.errors import NotFound
from crm.journal import Event
from crm.room import Crm
from crm.timeline import Kind
from kernel.tenant import Scope, UserId
from tests.crm.world import MONDAY_NOON, Line, opened


async def _call(crm: Crm, shop: Line) -> Attempt:
    lead = await shop.lead(1)
    attempt = await crm.attempts.claim(shop.scope, lead.id, await shop.grant(lead))
    assert attempt is not None
    return attempt


async def test_entries_are_numbered_without_gaps_from_two_processes(crm: Crm, shop: Line, folder: Path) -> None:
    call = await _call(crm, shop)
    async with opened(folder) as other:
        await asyncio.gather(
            *(
                (crm if n % 2 else other).journal.append(
                    shop.scope, call.id, Event(kind="turn", data={"n": n}), Event(kind="after", data={"n": n})
                )
                for n in range(20)
            )
        )
    entries = await crm.journal.read(shop.scope, call.id)
    assert [entry.seq for entry in entries] == list(range(1, 41))
    pairs = [(first.data["n"], second.data["n"]) for first, second in zip(entries[::2], entries[1::2], strict=True)]
    assert all(first == second for first, second in pairs), "events appended together stay together"
    assert await crm.journal.read(shop.scope, call.id, after=38) == entries[38:]


async def test_an_append_that_fails_leaves_no_gap(crm: Crm, shop: Line) -> None:
    call = await _call(crm, shop)
    assert await crm.journal.append(shop.scope, call.id, Event(kind="one")) == 1
    with pytest.raises(IntegrityError):
        await crm.journal.append(shop.scope, call.id, Event(kind="two"), Event(kind=None))  # type: ignore[arg-type]
    assert await crm.journal.append(shop.scope, call.id, Event(kind="two", at=MONDAY_NOON)) == 2
    assert [entry.kind for entry in await crm.journal.read(shop.scope, call.id)] == ["one", "two"]


async def test_an_entry_is_not_lost_for_its_form(crm: Crm, shop: Line, folder: Path) -> None:
    call = await _call(crm, shop)
    await crm.journal.append(shop.scope, call.id, Event(kind="odd", data={"at": MONDAY_NOON, "path": Path("a.wav")}))
    (entry,) = await crm.journal.read(shop.scope, call.id)
    assert entry.data == {"at": "2026-01-05 12:00:00+00:00", "path": "a.wav"}


async def test_a_journal_needs_a_call(crm: Crm, shop: Line) -> None:
    with pytest.raises(NotFound):
        await crm.journal.append(shop.scope, 12345, Event(kind="lost"))


async def test_a_call_keeps_what_is_known_bit_by_bit(crm: Crm, shop: Line) -> None:
    call = await _call(crm, shop)
    await crm.calls.set_stage(shop.scope, call.id, "robot")
    await crm.calls.record(shop.scope, call.id, CallResult(answered_s=6.5, wav="a.wav"))
    robot = {"intents": ["affirm"], "slots": {"day": "Monday"}}
    result = CallResult(outcome="handed_over", served="agent", grade_machine="B", robot=robot, agent_id=9)
    await crm.calls.record(shop.scope, call.id, result)
    await crm.attempts.end(shop.scope, call.id, result="ended")
    record = await crm.calls.get(shop.scope, call.id)
    assert (record.stage, record.result.outcome, record.result.served) == ("ended", "handed_over", "agent")
    assert (record.result.wav, record.result.answered_s, record.result.robot) == ("a.wav", 6.5, robot)
    assert (await crm.customers.get(shop.scope, call.customer_id)).grade_machine == "B"


async def test_an_agents_grade_stands_over_the_machines(crm: Crm, shop: Line) -> None:
    call = await _call(crm, shop)
    await crm.calls.wrap_up(shop.scope, call.id, outcome="sold", grade="A")
    await crm.calls.record(shop.scope, call.id, CallResult(grade_machine="D"))
    assert (await crm.calls.get(shop.scope, call.id)).grade == "A"
    assert (await crm.customers.get(shop.scope, call.customer_id)).grade == "A"
    lines = [(entry.kind, dict(entry.data)) for entry in await crm.timeline.of(shop.scope, call.customer_id)]
    assert (Kind.WRAPPED_UP, {"outcome": "sold", "grade": "A"}) in lines
    assert [data["by"] for kind, data in lines if kind is Kind.GRADED] == ["machine"]


async def test_a_wrap_up_without_a_grade_leaves_the_machines(crm: Crm, shop: Line) -> None:
    call = await _call(crm, shop)
    await crm.calls.record(shop.scope, call.id, CallResult(grade_machine="D"))
    await crm.calls.wrap_up(shop.scope, call.id, outcome="thinking", grade=None)
    assert (await crm.calls.get(shop.scope, call.id)).grade == "D"
    assert (await crm.timeline.of(shop.scope, call.customer_id))[-1].data == {"outcome": "thinking", "grade": ""}


async def test_the_entries_of_a_customers_calls_are_found_by_kind(crm: Crm, shop: Line) -> None:
    call = await _call(crm, shop)
    other = await crm.attempts.claim(shop.scope, (two := await shop.lead(2)).id, await shop.grant(two))
    assert other is not None
    for about in (call, other):
        await crm.journal.append(shop.scope, about.id, Event(kind="turn"), Event(kind="bridged"), Event(kind="parted"))
    found = await crm.journal.of_customer(shop.scope, call.customer_id, ["bridged", "parted"])
    assert {call_id: [entry.kind for entry in entries] for call_id, entries in found.items()} == {
        call.id: ["bridged", "parted"]
    }


async def test_drafts_are_listed_latest_first_and_keep_the_whole_result(crm: Crm, shop: Line) -> None:
    one = await _call(crm, shop)
    two = await crm.attempts.claim(shop.scope, (lead := await shop.lead(2)).id, await shop.grant(lead))
    assert two is not None
    ann, bea = (Scope(tenant_id=shop.scope.tenant_id, user_id=UserId(user)) for user in (7, 8))
    await crm.drafts.save(ann, one.id, note="a", outcome="callback", grade="B", callback_at=MONDAY_NOON, etag="")
    await crm.drafts.save(ann, two.id, note="b", outcome="", etag="")
    await crm.drafts.save(bea, two.id, note="c", outcome="", etag="")
    found = await crm.drafts.all(ann)
    assert sorted(draft.note for draft in found) == ["a", "b"]
    [draft] = [draft for draft in found if draft.call_id == one.id]
    assert (draft.outcome, draft.grade, draft.callback_at) == ("callback", "B", MONDAY_NOON)
    assert draft == await crm.drafts.of(ann, one.id)
    await crm.drafts.drop(ann, one.id)
    assert [draft.note for draft in await crm.drafts.all(ann)] == ["b"]


async def test_calls_are_listed_newest_first_over_all_shards(crm: Crm, shop: Line) -> None:
    made = []
    for n in range(12):
        lead = await shop.lead(n)
        attempt = await crm.attempts.claim(shop.scope, lead.id, await shop.grant(lead))
        assert attempt is not None
        made.append(attempt.id)
    found = [call.id for call in await crm.calls.of_campaign(shop.scope, shop.campaign.id, limit=5)]
    assert found == sorted(made, reverse=True)[:5]
    rest = await crm.calls.of_campaign(shop.scope, shop.campaign.id, before=found[-1])
    assert [call.id for call in rest] == sorted(made, reverse=True)[5:]
    assert len(await crm.calls.under_way(shop.scope)) == 12
    await crm.attempts.end(shop.scope, made[0], result="busy")
    assert len(await crm.calls.under_way(shop.scope)) == 11
    assert [call.id for call in await crm.calls.of_customer(shop.scope, (await shop.lead(0)).customer_id)] == made[:1]


async def test_a_draft_begun_is_no_version_that_anybody_must_have_seen(crm: Crm, shop: Line) -> None:
    call = await _call(crm, shop)
    ann = Scope(tenant_id=shop.scope.tenant_id, user_id=UserId(7))
    await crm.drafts.begin(ann, call.id)
    [empty] = await crm.drafts.all(ann)
    assert (empty.call_id, empty.written) == (call.id, False)
    saved = await crm.drafts.save(ann, call.id, note="a", outcome="", etag="")
    await crm.drafts.begin(ann, call.id)
    assert await crm.drafts.of(ann, call.id) == saved
    with pytest.raises(DraftChanged) as changed:
        await crm.drafts.save(ann, call.id, note="b", outcome="", etag=empty.etag)
    assert changed.value.other == saved


async def test_of_two_first_versions_saved_at_once_one_is_told_of_the_other(crm: Crm, shop: Line) -> None:
    call = await _call(crm, shop)
    ann = Scope(tenant_id=shop.scope.tenant_id, user_id=UserId(7))
    both = [crm.drafts.save(ann, call.id, note=note, outcome="", etag="") for note in "ab"]
    found = await asyncio.gather(*both, crm.drafts.begin(ann, call.id), return_exceptions=True)
    [kept] = [one for one in found if isinstance(one, Draft)]
    [refused] = [one for one in found if isinstance(one, DraftChanged)]
    assert refused.other == kept == await crm.drafts.of(ann, call.id)

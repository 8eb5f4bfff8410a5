"""Callbacks are kept at their time; moved, never lost."""

import asyncio
from datetime import timedelta

import pytest

from crm import lead as lead_
from crm.attempt import Attempt
from crm.callback import Callback, State
from crm.room import Crm
from kernel.machine import IllegalTransition
from tests.crm.world import MONDAY_NOON, Line, SetClock

TOMORROW = MONDAY_NOON + timedelta(days=1)


async def _booked_in_a_call(crm: Crm, shop: Line) -> Callback:
    """The robot books a callback for tomorrow, the call ends."""
    lead = await shop.lead(1)
    grant = await shop.grant(lead)
    attempt = await crm.attempts.claim(shop.scope, lead.id, grant)
    assert attempt is not None
    await _dial(crm, shop, attempt)
    callback = await crm.callbacks.book(shop.scope, lead.id, TOMORROW, note="tomorrow at noon", call_id=attempt.id)
    await crm.attempts.end(shop.scope, attempt.id, result="callback_booked")
    await crm.quota.release(shop.scope, grant, rung=True)
    return callback


async def _dial(crm: Crm, shop: Line, attempt: Attempt) -> None:
    await crm.attempts.mark_dialling(shop.scope, attempt.id)
    await crm.attempts.mark_dialled(shop.scope, attempt.id)


async def test_a_booked_callback_is_due_at_its_time_and_the_lead_is_not_called_before(
    crm: Crm, shop: Line, clock: SetClock
) -> None:
    callback = await _booked_in_a_call(crm, shop)
    assert (await crm.leads.get(shop.scope, callback.lead_id)).state is lead_.State.CALLBACK
    assert await crm.leads.next_for(shop.scope, shop.campaign.id, TOMORROW, 9) == []
    assert await crm.callbacks.due(shop.scope, TOMORROW - timedelta(seconds=1), 9) == []
    assert await crm.callbacks.due(shop.scope, TOMORROW, 9) == [callback]
    assert await crm.callbacks.due(shop.scope, TOMORROW, 9, campaign_id=1) == []
    assert await crm.callbacks.booked(shop.scope) == [callback]


async def test_a_callback_is_claimed_once(crm: Crm, shop: Line) -> None:
    callback = await _booked_in_a_call(crm, shop)
    claims = await asyncio.gather(*(crm.callbacks.claim(shop.scope, callback.id, n) for n in range(10)))
    assert len([claim for claim in claims if claim is not None]) == 1
    assert await crm.callbacks.due(shop.scope, TOMORROW, 9) == []


async def test_a_callback_that_was_kept_is_done(crm: Crm, shop: Line, clock: SetClock) -> None:
    callback = await _booked_in_a_call(crm, shop)
    clock.at = TOMORROW
    lead = await crm.leads.get(shop.scope, callback.lead_id)
    grant = await shop.grant(lead)
    assert await crm.attempts.claim(shop.scope, lead.id, grant) is None, "only the callback calls this lead"
    attempt = await crm.attempts.claim(shop.scope, lead.id, grant, callback_id=callback.id)
    assert attempt is not None and attempt.callback_id == callback.id
    claimed = await crm.callbacks.get(shop.scope, callback.id)
    assert (claimed.state, claimed.worker, claimed.attempt_id) == (State.CLAIMED, crm.worker, attempt.id)
    await _dial(crm, shop, attempt)
    after = await crm.attempts.end(shop.scope, attempt.id, result="completed")
    assert after.state is lead_.State.DONE
    assert (await crm.callbacks.get(shop.scope, callback.id)).state is State.DONE


async def test_a_callback_nobody_answered_is_moved(crm: Crm, shop: Line, clock: SetClock) -> None:
    callback = await _booked_in_a_call(crm, shop)
    clock.at = TOMORROW
    lead = await crm.leads.get(shop.scope, callback.lead_id)
    attempt = await crm.attempts.claim(shop.scope, lead.id, await shop.grant(lead), callback_id=callback.id)
    assert attempt is not None
    await _dial(crm, shop, attempt)
    later = TOMORROW + timedelta(minutes=10)
    after = await crm.attempts.end(shop.scope, attempt.id, result="busy", retry_at=later)
    assert after.state is lead_.State.CALLBACK
    moved = await crm.callbacks.get(shop.scope, callback.id)
    assert (moved.state, moved.due_at, moved.promised_at, moved.worker) == (State.BOOKED, later, TOMORROW, None)
    assert [(move.due_at, move.because) for move in moved.moves] == [(later, "busy")]


async def test_a_callback_that_never_rang_stays_due(crm: Crm, shop: Line, clock: SetClock) -> None:
    callback = await _booked_in_a_call(crm, shop)
    clock.at = TOMORROW
    lead = await crm.leads.get(shop.scope, callback.lead_id)
    attempt = await crm.attempts.claim(shop.scope, lead.id, await shop.grant(lead), callback_id=callback.id)
    assert attempt is not None
    await crm.attempts.end(shop.scope, attempt.id, result="failed")
    (due,) = await crm.callbacks.due(shop.scope, TOMORROW, 9)
    assert due.id == callback.id


async def test_a_callback_denied_by_quota_is_moved_to_when_it_is_allowed(crm: Crm, shop: Line) -> None:
    callback = await _booked_in_a_call(crm, shop)
    allowed_at = TOMORROW + timedelta(hours=20)
    moved = await crm.callbacks.move(shop.scope, callback.id, allowed_at, "window.platform")
    assert (moved.due_at, moved.promised_at) == (allowed_at, TOMORROW)
    assert "callback_moved" in [entry.kind for entry in await crm.timeline.of(shop.scope, callback.customer_id)]


async def test_a_new_promise_replaces_the_old_one(crm: Crm, shop: Line) -> None:
    first = await _booked_in_a_call(crm, shop)
    second = await crm.callbacks.book(shop.scope, first.lead_id, TOMORROW + timedelta(days=1))
    assert (await crm.callbacks.get(shop.scope, first.id)).state is State.CANCELLED
    assert await crm.callbacks.booked(shop.scope) == [second]


async def test_a_new_promise_in_the_call_that_keeps_the_old_one(crm: Crm, shop: Line, clock: SetClock) -> None:
    first = await _booked_in_a_call(crm, shop)
    clock.at = TOMORROW
    lead = await crm.leads.get(shop.scope, first.lead_id)
    attempt = await crm.attempts.claim(shop.scope, lead.id, await shop.grant(lead), callback_id=first.id)
    assert attempt is not None
    await _dial(crm, shop, attempt)
    second = await crm.callbacks.book(shop.scope, lead.id, TOMORROW + timedelta(days=1), call_id=attempt.id)
    after = await crm.attempts.end(shop.scope, attempt.id, result="callback_booked")
    assert after.state is lead_.State.CALLBACK
    assert (await crm.callbacks.get(shop.scope, first.id)).state is State.DONE
    assert await crm.callbacks.booked(shop.scope) == [second]


async def test_a_cancelled_callback_frees_the_lead(crm: Crm, shop: Line) -> None:
    callback = await _booked_in_a_call(crm, shop)
    await crm.callbacks.cancel(shop.scope, callback.id, "the customer wrote")
    assert (await crm.leads.get(shop.scope, callback.lead_id)).state is lead_.State.READY
    with pytest.raises(IllegalTransition):
        await crm.callbacks.move(shop.scope, callback.id, TOMORROW, "too late")


async def test_an_agent_who_called_by_hand_says_so(crm: Crm, shop: Line) -> None:
    callback = await _booked_in_a_call(crm, shop)
    with pytest.raises(IllegalTransition):
        await crm.callbacks.done(shop.scope, callback.id)
    assert await crm.callbacks.claim(shop.scope, callback.id, crm.worker) is not None
    await crm.callbacks.done(shop.scope, callback.id)
    assert (await crm.leads.get(shop.scope, callback.lead_id)).state is lead_.State.DONE


async def test_a_callback_claimed_by_a_lost_worker_is_booked_again(crm: Crm, shop: Line) -> None:
    callback = await _booked_in_a_call(crm, shop)
    await crm.callbacks.claim(shop.scope, callback.id, worker=200)
    found = await crm.recovery.run()
    assert found.callbacks == 1
    freed = await crm.callbacks.get(shop.scope, callback.id)
    assert (freed.state, freed.due_at, freed.moves[-1].because) == (State.BOOKED, TOMORROW, "lost")


async def test_an_opt_out_cancels_callbacks_and_none_can_be_booked(crm: Crm, shop: Line) -> None:
    callback = await _booked_in_a_call(crm, shop)
    customer = await crm.customers.get(shop.scope, callback.customer_id)
    await crm.opt_outs.add(
        shop.scope, customer.numbers[0].subject_id, source="call", evidence="stop", customer_id=customer.id
    )
    assert await crm.callbacks.booked(shop.scope) == []
    with pytest.raises(IllegalTransition):
        await crm.callbacks.book(shop.scope, callback.lead_id, TOMORROW)

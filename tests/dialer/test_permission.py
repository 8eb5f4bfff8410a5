"""May this customer be called now: whatever is answered, the picker would do, and asking changes nothing."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest

from crm.errors import NotFound
from crm.lead import Lead
from crm.quota.grant import Grant
from crm.quota.rules import Limits
from crm.quota.sql_store import SqlQuotaStore
from crm.quota.window import Window
from crm.room import Crm
from dialer.permission import may_call
from dialer.picker import Picker
from kernel.ids import IdMaker
from kernel.tenant import Scope
from tests.crm.world import MONDAY_NOON, Line, SetClock, line, opened

HOUR = timedelta(hours=1)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("migrated")

    async def migrate() -> None:
        async with opened(folder):
            pass

    asyncio.run(migrate())
    return folder


@pytest.fixture
async def shop(migrated: Path, tmp_path: Path) -> AsyncIterator[Line]:
    folder = Path(shutil.copytree(migrated, tmp_path / "var"))
    async with opened(folder, SetClock(), attempts_per_day=2) as crm:
        yield await line(crm)


async def _called(shop: Line, lead: Lead, *, retry_in: timedelta | None) -> None:
    """A whole call to the lead that nobody answered."""
    grant = await shop.grant(lead)
    attempt = await shop.crm.attempts.claim(shop.scope, lead.id, grant)
    assert attempt is not None
    await shop.crm.quota.commit(shop.scope, grant)
    await shop.crm.attempts.mark_dialling(shop.scope, attempt.id)
    retry_at = MONDAY_NOON + retry_in if retry_in is not None else None
    await shop.crm.attempts.end(shop.scope, attempt.id, result="busy", retry_at=retry_at)
    await shop.crm.quota.release(shop.scope, grant, rung=True)


async def _ready(shop: Line, lead: Lead) -> None:
    """As imported."""


async def _closed(shop: Line, lead: Lead) -> None:
    window = Window(start=time(13), end=time(14))
    await shop.crm.tenants.set_limits(shop.scope, Limits(window=window))


async def _opted_out(shop: Line, lead: Lead) -> None:
    await shop.crm.opt_outs.add(shop.scope, lead.subject_id, source="call", evidence="no", customer_id=lead.customer_id)


async def _full_day(shop: Line, lead: Lead) -> None:
    await _called(shop, lead, retry_in=timedelta())
    await _called(shop, lead, retry_in=timedelta())


async def _busy_a_moment_ago(shop: Line, lead: Lead) -> None:
    await _called(shop, lead, retry_in=HOUR)


async def _done(shop: Line, lead: Lead) -> None:
    await _called(shop, lead, retry_in=None)


async def _stopped(shop: Line, lead: Lead) -> None:
    await shop.crm.leads.stop(shop.scope, lead.id, "moved away")


async def _in_a_call(shop: Line, lead: Lead) -> None:
    assert await shop.crm.attempts.claim(shop.scope, lead.id, await shop.grant(lead)) is not None


async def _promised(shop: Line, lead: Lead) -> None:
    await shop.crm.callbacks.book(shop.scope, lead.id, MONDAY_NOON + HOUR)


async def _promised_and_due(shop: Line, lead: Lead) -> None:
    await shop.crm.callbacks.book(shop.scope, lead.id, MONDAY_NOON)


async def _paused(shop: Line, lead: Lead) -> None:
    await shop.crm.campaigns.set_state(shop.scope, shop.campaign.id, "paused", expected="running")


Situation = Callable[[Line, Lead], Awaitable[None]]


@pytest.mark.parametrize(
    ("situation", "rule", "again"),
    [
        (_ready, None, None),
        (_closed, "window.tenant", HOUR),
        (_opted_out, "opt_out", None),
        (_full_day, "attempts_per_day.platform", 12 * HOUR),
        (_busy_a_moment_ago, "lead_waits", HOUR),
        (_done, "lead_done", None),
        (_stopped, "lead_stopped", None),
        (_in_a_call, "concurrency.person", None),
        (_promised, "callback_promised", HOUR),
        (_promised_and_due, None, None),
        (_paused, "campaign_not_running", None),
    ],
)
async def test_the_answer_is_what_the_picker_does(
    shop: Line, situation: Situation, rule: str | None, again: timedelta | None
):
    lead = await shop.lead(1)
    await situation(shop, lead)
    before = await _taken(shop.crm, shop.scope)
    answer = await may_call(shop.crm, shop.scope, lead.customer_id, MONDAY_NOON)
    assert await _taken(shop.crm, shop.scope) == before, "asking takes and records nothing"
    assert (answer.allowed, answer.rule) == (rule is None, rule)
    assert answer.retry_at == (MONDAY_NOON + again if again else None)
    assert answer.campaign or answer.reasons
    assert [one.rule for one in answer.reasons][:1] == ([rule] if answer.reasons else [])
    running = await shop.crm.campaigns.in_state("running")
    picked = [await Picker(shop.crm, SetClock()).pick(campaign) for campaign in running]
    assert any(picked) == answer.allowed


async def test_a_campaign_that_only_answers_keeps_promises_and_dials_nobody_else(shop: Line):
    inbound = await shop.crm.campaigns.create(shop.scope, "hotline", assistant="x", mode="inbound", state="running")
    lead = await replace(shop, campaign=inbound).lead(1)
    answer = await may_call(shop.crm, shop.scope, lead.customer_id, MONDAY_NOON)
    assert (answer.allowed, answer.rule) == (False, "calls_come_in")
    await shop.crm.callbacks.book(shop.scope, lead.id, MONDAY_NOON)
    assert (await may_call(shop.crm, shop.scope, lead.customer_id, MONDAY_NOON)).allowed


async def test_of_several_leads_the_one_that_may_be_called_soonest_answers(shop: Line):
    lead = await shop.lead(1)
    await _stopped(shop, lead)
    other = await shop.crm.campaigns.create(shop.scope, "autumn", assistant="x", state="running")
    second = await replace(shop, campaign=other).lead(1)
    assert (await may_call(shop.crm, shop.scope, lead.customer_id, MONDAY_NOON)).campaign == "autumn"
    await shop.crm.leads.postpone(shop.scope, second.id, MONDAY_NOON + HOUR)
    waits = await may_call(shop.crm, shop.scope, lead.customer_id, MONDAY_NOON)
    assert (waits.rule, waits.retry_at) == ("lead_waits", MONDAY_NOON + HOUR)


async def test_somebody_on_no_list_and_somebody_elses_customer(shop: Line):
    customer = await shop.customer(1)
    assert (await may_call(shop.crm, shop.scope, customer.id, MONDAY_NOON)).rule == "no_lead"
    bank = await line(shop.crm, "bank")
    with pytest.raises(NotFound):
        await may_call(shop.crm, bank.scope, customer.id, MONDAY_NOON)


async def _taken(crm: Crm, scope: Scope) -> tuple[list[Grant], int, int]:
    """Grants, refusals and attempts there are."""
    store = SqlQuotaStore(crm.storage.platform, IdMaker(1, SetClock()))
    return await store.open_grants(), len(await crm.quota.denials(scope)), len(await crm.attempts.open_of())


async def test_when_nobody_may_be_called_nobody_else_is_tried(shop: Line):
    for number in range(3):
        await shop.lead(number)
    await shop.crm.tenants.set_limits(shop.scope, Limits(concurrency=0))
    picker = Picker(shop.crm, SetClock())
    assert await picker.pick(shop.campaign) is None
    assert picker.denied == {"concurrency.tenant": 1}


async def test_a_claim_that_another_worker_won_gives_its_grant_back(shop: Line, monkeypatch: pytest.MonkeyPatch):
    await shop.lead(1)
    await shop.crm.tenants.set_limits(shop.scope, Limits(concurrency=1))
    picker = Picker(shop.crm, SetClock())

    async def lost(*_: object, **__: object) -> None: ...

    with monkeypatch.context() as patched:
        patched.setattr(type(shop.crm.attempts), "claim", lost)
        assert await picker.pick(shop.campaign) is None
    assert await picker.pick(shop.campaign) is not None

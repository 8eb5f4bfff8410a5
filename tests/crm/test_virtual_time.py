"""The room on a loop whose clock jumps: databases take no time, leases are renewed, nothing hangs."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from crm.room import open_crm
from kernel.clock import LoopClock
from tests.crm.world import line, settings_in

pytestmark = pytest.mark.virtual_time


async def test_a_transaction_takes_no_virtual_time(folder: Path) -> None:
    clock = LoopClock()
    async with open_crm(settings_in(folder), clock) as crm:
        began_s = clock.monotonic()
        shop = await line(crm)
        for n in range(10):
            await shop.grant(await shop.lead(n))
        assert clock.monotonic() == began_s


async def test_grants_expire_and_leases_are_kept_while_hours_pass(folder: Path) -> None:
    clock = LoopClock()
    async with open_crm(settings_in(folder), clock) as crm:
        shop = await line(crm)
        lead = await shop.lead(1)
        grant = await shop.grant(lead)
        attempt = await crm.attempts.claim(shop.scope, lead.id, grant)
        assert attempt is not None
        await asyncio.sleep(timedelta(hours=1).total_seconds())
        assert (await crm.quota.commit(shop.scope, grant)).rules == ("grant_expired",)
        assert (await crm.recovery.run()).never_rang == (), "its own lease was kept"
        await crm.attempts.mark_dialling(shop.scope, attempt.id)

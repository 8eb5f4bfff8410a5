"""The demo's world: tenants, a campaign, leads, and the two who must not be called."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from console.demo.modes import ModeDemo
from crm.campaign import Campaign
from crm.customer import CustomerDraft
from crm.number import parse_number
from crm.quota.rules import Limits
from crm.quota.window import Window
from crm.room import Crm
from dialer.campaign import State
from kernel.clock import Clock
from kernel.tenant import Scope

# Numbers that belong to nobody: 555-0100 to 555-0199 of each area are kept for fiction (NANP).
_AREAS: Final = (202, 206, 303, 312, 404, 415, 512, 617, 702, 808)
_ALL_DAY: Final = Window(start=time(0, 0), end=time(0, 0))
MOST_CALLS: Final = 100 * len(_AREAS) - 2


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """`numbers[i]` is the number of lead `lead_ids[i]`; `denied` are the leads who must not be called."""

    scope: Scope
    tenant: str
    campaign: Campaign
    numbers: tuple[str, ...]
    lead_ids: tuple[int, ...]
    denied: dict[str, int]


def number_of(index: int) -> str:
    """The index-th number for fiction, E.164."""
    return f"+1{_AREAS[index // 100]}55501{index % 100:02d}"


async def build_world(crm: Crm, clock: Clock, *, calls: int, mode: str, lang: str, demo: ModeDemo) -> World:
    """Two tenants whose windows are all day; leads with nobody's numbers; one window closed, one opted out elsewhere."""
    tenant = await crm.tenants.create("demo", zone=demo.zone, lang=lang, limits=Limits(window=_ALL_DAY))
    other = await crm.tenants.create("another-tenant", zone=demo.zone, lang=lang, limits=Limits(window=_ALL_DAY))
    scope, elsewhere = Scope(tenant_id=tenant.id), Scope(tenant_id=other.id)
    campaign = await crm.campaigns.create(
        scope, demo.campaign, assistant=demo.assistant, mode=mode, state=State.DRAFT.value, window=_ALL_DAY
    )
    numbers = [number_of(index) for index in range(calls + 2)]
    lead_ids = [await _lead(crm, scope, campaign, number, None, demo) for number in numbers[:calls]]
    opted_out = parse_number(numbers[calls + 1])
    await crm.opt_outs.add_number(elsewhere, opted_out, source="letter", evidence="asked the other tenant in writing")
    local = clock.now().astimezone(ZoneInfo(demo.zone))
    closed = Window(start=_clock(local + timedelta(hours=6)), end=_clock(local + timedelta(hours=8)))
    denied = {
        "window": await _lead(crm, scope, campaign, numbers[calls], closed, demo),
        "opt_out": await _lead(crm, scope, campaign, numbers[calls + 1], None, demo),
    }
    return World(
        scope=scope,
        tenant="demo",
        campaign=campaign,
        numbers=tuple(numbers[:calls]),
        lead_ids=tuple(lead_ids),
        denied=denied,
    )


async def _lead(crm: Crm, scope: Scope, campaign: Campaign, number: str, window: Window | None, demo: ModeDemo) -> int:
    registered = await crm.customers.register(
        scope, CustomerDraft(number=parse_number(number), zone=demo.zone, source="demo")
    )
    lead = await crm.leads.add(scope, campaign.id, registered.customer.id, window=window, attributes=demo.attributes)
    return lead.id


def _clock(moment: datetime) -> time:
    return moment.time().replace(second=0, microsecond=0)

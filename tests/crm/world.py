"""What CRM tests stand on: a clock that is set, an opened room in a folder, a tenant with a campaign and customers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from crm.campaign import Campaign
from crm.customer import Customer, CustomerDraft
from crm.lead import Lead
from crm.number import PhoneNumber
from crm.quota.grant import Grant
from crm.room import Crm, open_crm
from kernel.clock import LoopClock
from kernel.settings import QuotaSettings, Settings, StorageSettings
from kernel.tenant import Scope, Tenant

MONDAY_NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
ALL_DAY = {"window_from": time(), "window_to": time()}


class SetClock(LoopClock):
    """Stands at `at` until it is set."""

    def __init__(self, at: datetime = MONDAY_NOON) -> None:
        super().__init__()
        self.at = at

    def now(self) -> datetime:
        return self.at

    def forward(self, **duration: float) -> datetime:
        self.at += timedelta(**duration)
        return self.at


def settings_in(folder: Path, **quota: object) -> Settings:
    """Four shards and a platform database in the folder; the platform's window is the whole day unless given."""
    return Settings(
        storage=StorageSettings(directory=folder),
        quota=QuotaSettings.model_validate({**ALL_DAY, **quota}),
    )


def number(n: int) -> PhoneNumber:
    """A number in New York, where the plan keeps 555-0100 to 0199 free; more of them elsewhere."""
    return PhoneNumber(e164=f"+1{212 + n // 10000}555{n % 10000:04}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A tenant with a campaign."""

    crm: Crm
    tenant: Tenant
    scope: Scope
    campaign: Campaign

    async def customer(self, n: int, **draft: object) -> Customer:
        """Customer number n, new or known."""
        fields = {"name": f"Customer {n}", "zone": "UTC", **draft}
        return (await self.crm.customers.register(self.scope, CustomerDraft(number=number(n), **fields))).customer  # type: ignore[arg-type]  # a test's own keywords

    async def lead(self, n: int, **draft: object) -> Lead:
        """The lead of customer number n."""
        customer = await self.customer(n, **draft)
        return await self.crm.leads.add(self.scope, self.campaign.id, customer.id)

    async def grant(self, lead: Lead) -> Grant:
        """A reserved grant for the lead."""
        decision = await self.crm.quota.reserve(self.scope, lead)
        assert decision.grant is not None, decision.reasons
        return decision.grant


async def line(crm: Crm, name: str = "shop") -> Line:
    """A new tenant with a campaign."""
    tenant = await crm.tenants.create(name)
    scope = Scope(tenant_id=tenant.id)
    campaign = await crm.campaigns.create(scope, "spring", assistant="course_en", state="running")
    return Line(crm=crm, tenant=tenant, scope=scope, campaign=campaign)


@asynccontextmanager
async def opened(folder: Path, clock: SetClock | None = None, **quota: object) -> AsyncIterator[Crm]:
    """The room in a folder, new or as it was left."""
    async with open_crm(settings_in(folder, **quota), clock or SetClock()) as crm:
        yield crm

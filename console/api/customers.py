"""Customers: what is known of them, and what happened with them."""

from datetime import timedelta
from typing import Final

from fastapi import APIRouter

from console.api import shapes
from console.api.access import Caller, Who
from console.api.place import Here, Id, Place
from console.api.words import event_view, reasons_view
from console.masked import masked_name
from crm.customer import Customer
from crm.errors import NotFound
from dialer.part import JOINED, took_part
from dialer.permission import may_call
from kernel.tenant import Role

_REVEALED: Final = timedelta(seconds=30)

router = APIRouter(prefix="/api")


@router.get("/customers/{customer_id}", operation_id="getCustomer")
async def get_customer(here: Here, customer_id: Id, who: Who) -> shapes.CustomerView:
    """One, with their history."""
    customer = await here.crm.customers.get(who.scope, customer_id)
    heard = await _heard(here, who, customer_id)
    campaigns: dict[int, str] = {one.id: one.name for one in await here.crm.campaigns.all(who.scope)}
    people: dict[int, str] = {one.id: one.display_name for one in await here.crm.users.all(who.scope)}
    return shapes.CustomerView(
        customer_id=str(customer.id),
        masked_name=masked_name(customer.name),
        masked_number=customer.numbers[0].number.masked if customer.numbers else "",
        owner=people.get(customer.owner_id or 0),
        consent="opted_out" if await _opted_out(here, customer) else "not_opted_out",
        interest=shapes.Interest(machine=customer.grade_machine, human=customer.grade_human),
        timeline=[
            event_view(entry, campaigns, people, heard) for entry in await here.crm.timeline.of(who.scope, customer_id)
        ],
        allowed_actions=["reveal"] if who.may(Role.SUPERVISOR, Role.ADMIN) else [],
    )


@router.get("/customers/{customer_id}/can-call", operation_id="canCall")
async def can_call(here: Here, customer_id: Id, who: Who) -> shapes.CanCall:
    """Would a campaign dial them now, and why not? Nothing is taken."""
    found = await may_call(here.crm, who.scope, customer_id, here.live.now())
    return shapes.CanCall(
        allowed=found.allowed,
        rule=found.rule,
        reasons=reasons_view(found.reasons),
        campaign=found.campaign,
        detail=found.detail,
        retry_at=found.retry_at.isoformat() if found.retry_at else None,
    )


@router.post("/customers/{customer_id}/reveal", operation_id="revealNumber")
async def reveal(here: Here, customer_id: Id, why: shapes.Reveal, who: Who) -> shapes.Revealed:
    """The whole number, for a reason, which is audited."""
    customer = await here.crm.customers.get(who.scope, customer_id)
    if not customer.numbers:
        raise NotFound("number of customer", customer_id)
    await here.crm.users.audited(who.scope, "reveal", about_id=customer_id, reason=why.reason)
    until = here.live.now() + _REVEALED
    return shapes.Revealed(number=customer.numbers[0].number.e164, until=until.isoformat())


async def _heard(here: Place, who: Caller, customer_id: int) -> set[int]:
    """Ids of the customer's recorded calls that the caller may hear: an agent those they had a part in."""
    calls = {call.id for call in await here.crm.calls.of_customer(who.scope, customer_id, limit=200) if call.result.wav}
    if who.may(Role.SUPERVISOR, Role.ADMIN):
        return calls
    joined = await here.crm.journal.of_customer(who.scope, customer_id, JOINED)
    return {call_id for call_id in calls if took_part(joined.get(call_id, ()), who.agent_id)}


async def _opted_out(here: Place, customer: Customer) -> bool:
    return any([await here.crm.opt_outs.stands(one.subject_id) for one in customer.numbers])

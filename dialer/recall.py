"""What was before this call with the same customer, fetched for whoever talks with them next."""

from crm.call_record import CallRecord
from dialer.history import earlier
from dialer.life import Life


async def recall(life: Life) -> list[CallRecord]:
    """The customer's calls before this one, newest first; what an agent is shown of them is the call's from now on."""
    crm, scope, customer_id = life.around.crm, life.picked.scope, life.picked.lead.customer_id
    before = [one for one in await crm.calls.of_customer(scope, customer_id) if one.id != life.call.call_id]
    timeline = await crm.timeline.of(scope, customer_id)
    life.earlier = earlier(timeline, {one.id: one for one in before})
    return before

"""A customer's page: may they be called now?"""

from dialer.campaign import Event, move
from tests.console.conftest import Console


async def test_whether_a_customer_may_be_called_and_why_not(console: Console):
    crm, shop = console.platform.crm, console.shop
    path = f"/api/customers/{shop.lead.customer_id}/can-call"
    async with console.browser("ann") as ann:
        draft = (await ann.get(path)).json()
        assert (draft["allowed"], draft["rule"], draft["retry_at"]) == (False, "campaign_not_running", None)
        await move(crm, shop.scope, shop.campaign.id, Event.START)
        assert (await ann.get(path)).json() == {
            "allowed": True,
            "rule": None,
            "reason": "campaign spring",
            "retry_at": None,
        }
        await crm.opt_outs.add(
            shop.scope, shop.lead.subject_id, source="call", evidence="no", customer_id=shop.lead.customer_id
        )
        refused = (await ann.get(path)).json()
        assert (refused["allowed"], refused["rule"], refused["retry_at"]) == (False, "opt_out", None)
    assert await crm.quota.denials(shop.scope) == []

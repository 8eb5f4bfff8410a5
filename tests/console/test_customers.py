"""A customer's page: may they be called now?"""

from console.api import words
from crm.timeline import Kind
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
            "reasons": [],
            "campaign": "spring",
            "detail": "",
            "retry_at": None,
        }
        await crm.opt_outs.add(
            shop.scope, shop.lead.subject_id, source="call", evidence="no", customer_id=shop.lead.customer_id
        )
        refused = (await ann.get(path)).json()
        assert (refused["allowed"], refused["rule"], refused["retry_at"]) == (False, "opt_out", None)
        assert refused["reasons"] == [{"rule": "opt_out", "level": "", "limit": "0", "seen": "1"}]
    assert await crm.quota.denials(shop.scope) == []


async def test_the_timeline_says_names_and_no_ids(console: Console):
    crm, shop = console.platform.crm, console.shop
    sue = next(user for user in await crm.users.all(shop.scope) if user.name == "sue")
    await crm.customers.assign(shop.scope, shop.lead.customer_id, sue.id)
    await crm.customers.note(shop.scope, shop.lead.customer_id, "likes mornings")
    await crm.leads.stop(shop.scope, shop.lead.id, "opt_out")
    async with console.browser("ann") as ann:
        view = (await ann.get(f"/api/customers/{shop.lead.customer_id}")).json()
    told = {entry["kind"]: entry["data"] for entry in view["timeline"]}
    assert told["lead_added"] == {"campaign": "spring"}
    assert told["assigned"] == {"owner": sue.display_name}
    assert told["note"] == {"text": "likes mornings"}
    assert told["lead_stopped"] == {"because": "opt_out"}
    assert view["owner"] == sue.display_name
    assert set(words.TOLD) == set(Kind), "the facts of every kind are told"

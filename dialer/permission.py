"""May this customer be called now? The answer of the picker and of quota, with nothing taken.

A customer may be called when one of their leads would be: its campaign runs, its turn has come (as `dialer.picker` sees
it), and quota would give a grant. What quota says comes first: it holds for every campaign. Of several leads the one that may
be called soonest answers.
"""

from dataclasses import dataclass
from datetime import datetime

from crm.campaign import Campaign
from crm.lead import Lead
from crm.lead import State as LeadState
from crm.quota.decision import Decision
from crm.quota.rules import Reason
from crm.room import Crm
from dialer.campaign import State as CampaignState
from dialer.modes.table import mode_of
from kernel.tenant import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """`rule` is what forbids it: quota's, with its `reasons`, or one of `standing`, with the campaign and what its list says
    of the customer (`detail`: a result, a reason to stop, the campaign's state). `retry_at` None: nobody can say when."""

    allowed: bool
    rule: str | None = None
    reasons: tuple[Reason, ...] = ()
    campaign: str = ""
    detail: str = ""
    retry_at: datetime | None = None


async def may_call(crm: Crm, scope: Scope, customer_id: int, now: datetime) -> Permission:
    """Whether a campaign would dial the customer now, and why not.

    Raises:
        NotFound: the tenant has no such customer.
        StorageFailed: the databases cannot answer.
    """
    await crm.customers.get(scope, customer_id)
    leads = await crm.leads.of_customer(scope, customer_id)
    answers = [await _of_lead(crm, scope, lead, now) for lead in leads]
    if not answers:
        return Permission(allowed=False, rule="no_lead")
    return min(answers, key=lambda one: (not one.allowed, one.retry_at is None, one.retry_at or now))


async def _of_lead(crm: Crm, scope: Scope, lead: Lead, now: datetime) -> Permission:
    campaign = await crm.campaigns.get(scope, lead.campaign_id)
    callback = await crm.callbacks.of_lead(scope, lead.id) if lead.state is LeadState.CALLBACK else None
    own = standing(lead, campaign, callback.due_at if callback else None, now)
    objection = await crm.quota.objection(scope, lead)
    if objection is None:
        return own
    return _denied(objection, own)


def standing(lead: Lead, campaign: Campaign, due_at: datetime | None, now: datetime) -> Permission:
    """What the lead and its campaign say, quota apart; `due_at` is the promised call's time. Pure.

    A campaign dials while it runs; a READY lead when its pause is over, a promised one when it is due. One that only answers
    calls (mode inbound) keeps promises and dials nobody else.
    """
    name = campaign.name
    match lead.state:
        case LeadState.HELD:
            return Permission(allowed=False, rule="lead_held", campaign=name)
        case LeadState.CALLING:
            return Permission(allowed=False, rule="being_called", campaign=name)
        case LeadState.DONE:
            return Permission(allowed=False, rule="lead_done", campaign=name, detail=lead.last_result or "")
        case LeadState.STOPPED:
            because = lead.stopped_because or ""
            return Permission(allowed=False, rule="lead_stopped", campaign=name, detail=because)
        case LeadState.READY | LeadState.CALLBACK:
            pass
    if campaign.state != CampaignState.RUNNING:
        return Permission(allowed=False, rule="campaign_not_running", campaign=name, detail=campaign.state)
    if lead.state is LeadState.READY and mode_of(campaign.mode, campaign.name).promises_as:
        return Permission(allowed=False, rule="calls_come_in", campaign=name)
    turn = lead.next_at if lead.state is LeadState.READY else due_at
    if turn is None or turn > now:
        rule = "lead_waits" if lead.state is LeadState.READY else "callback_promised"
        return Permission(allowed=False, rule=rule, campaign=name, retry_at=turn)
    return Permission(allowed=True, campaign=name)


def _denied(objection: Decision, own: Permission) -> Permission:
    """Quota's no, whose reasons are all told; not before the lead's own turn, never when that is unknown."""
    known = objection.retry_at is not None and (own.allowed or own.retry_at is not None)
    moments = [moment for moment in (objection.retry_at, own.retry_at) if moment is not None]
    return Permission(
        allowed=False,
        rule=objection.rules[0],
        reasons=objection.reasons,
        retry_at=max(moments) if known else None,
    )

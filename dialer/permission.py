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
from crm.room import Crm
from dialer.campaign import State as CampaignState
from dialer.modes.table import mode_of
from kernel.tenant import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """`rule` is what forbids it (quota's, or one of `standing`), `reason` its facts. `retry_at` None: nobody can say when."""

    allowed: bool
    rule: str | None = None
    reason: str = ""
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
        return Permission(allowed=False, rule="no_lead", reason="on no campaign's list")
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
    where = f"campaign {campaign.name}"
    match lead.state:
        case LeadState.HELD:
            return Permission(allowed=False, rule="lead_held", reason=f"{where}: the list is being read in")
        case LeadState.CALLING:
            return Permission(allowed=False, rule="being_called", reason=f"{where}: a call is under way")
        case LeadState.DONE:
            return Permission(allowed=False, rule="lead_done", reason=f"{where}: {lead.last_result or 'done'}")
        case LeadState.STOPPED:
            because = lead.stopped_because or "stopped"
            return Permission(allowed=False, rule="lead_stopped", reason=f"{where}: {because}")
        case LeadState.READY | LeadState.CALLBACK:
            pass
    if campaign.state != CampaignState.RUNNING:
        return Permission(allowed=False, rule="campaign_not_running", reason=f"{where} is {campaign.state}")
    if lead.state is LeadState.READY and mode_of(campaign.mode, campaign.name).promises_as:
        return Permission(allowed=False, rule="calls_come_in", reason=f"{where} only answers calls")
    turn = lead.next_at if lead.state is LeadState.READY else due_at
    if turn is None or turn > now:
        rule = "lead_waits" if lead.state is LeadState.READY else "callback_promised"
        return Permission(allowed=False, rule=rule, reason=where, retry_at=turn)
    return Permission(allowed=True, reason=where)


def _denied(objection: Decision, own: Permission) -> Permission:
    """Quota's no, whose reasons are all told; not before the lead's own turn, never when that is unknown."""
    known = objection.retry_at is not None and (own.allowed or own.retry_at is not None)
    moments = [moment for moment in (objection.retry_at, own.retry_at) if moment is not None]
    return Permission(
        allowed=False,
        rule=objection.rules[0],
        reason="; ".join(f"{one.rule}: limit {one.limit}, seen {one.seen}" for one in objection.reasons),
        retry_at=max(moments) if known else None,
    )

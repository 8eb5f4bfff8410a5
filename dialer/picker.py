"""Who is called next, and whether they may be: a promised callback before a lead, quota before both, then the claim.

What comes out has a committed attempt row: from then on somebody must end it.
"""

from dataclasses import dataclass
from typing import Final

from crm.attempt import Attempt
from crm.callback import Callback
from crm.campaign import Campaign
from crm.lead import Lead
from crm.quota.decision import Decision
from crm.quota.grant import Grant
from crm.room import Crm
from kernel.clock import Clock
from kernel.log import get_logger
from kernel.tenant import Scope

_LOOK: Final = 20  # callbacks and leads looked at before giving up for this tick

log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """The right to a call: to dial a lead, whose `grant` must be released in the end, or (None) a call to us."""

    scope: Scope
    campaign: Campaign
    lead: Lead
    attempt: Attempt
    grant: Grant | None
    callback: Callback | None


class Picker:
    """Picks for one worker. `denied` counts refusals since the start, by rule."""

    def __init__(self, crm: Crm, clock: Clock) -> None:
        self._crm = crm
        self._clock = clock
        self.denied: dict[str, int] = {}

    async def pick(self, campaign: Campaign, *, promises_as: str = "") -> Picked | None:
        """The next call of a campaign, or None when nobody may be called now; `promises_as`: callbacks only, in this mode.

        Raises:
            StorageFailed: the databases cannot answer.
        """
        scope = Scope(tenant_id=campaign.tenant_id)
        now = self._clock.now()
        for callback in await self._crm.callbacks.due(scope, now, _LOOK, campaign_id=campaign.id):
            lead = await self._crm.leads.get(scope, callback.lead_id)
            decision = await self._crm.quota.reserve(scope, lead)
            if decision.grant is None:
                await self._callback_denied(scope, callback, decision)
                if decision.full:
                    return None
                continue
            picked = await self._claim(scope, campaign, lead, decision.grant, callback, promises_as)
            if picked is not None:
                return picked
        if promises_as:
            return None
        for lead in await self._crm.leads.next_for(scope, campaign.id, now, _LOOK):
            decision = await self._crm.quota.reserve(scope, lead)
            if decision.grant is None:
                self._count(decision)
                await self._crm.leads.denied(scope, lead.id, decision)
                if decision.full:
                    return None  # not this person's fault: nobody can be called now
                continue
            picked = await self._claim(scope, campaign, lead, decision.grant, None)
            if picked is not None:
                return picked
        return None

    async def _claim(
        self,
        scope: Scope,
        campaign: Campaign,
        lead: Lead,
        grant: Grant,
        callback: Callback | None,
        mode: str = "",
    ) -> Picked | None:
        attempt = await self._crm.attempts.claim(
            scope, lead.id, grant, mode=mode or campaign.mode, callback_id=callback.id if callback else None
        )
        if attempt is None:
            await self._crm.quota.release(scope, grant, rung=False)
            return None
        return Picked(scope=scope, campaign=campaign, lead=lead, attempt=attempt, grant=grant, callback=callback)

    async def _callback_denied(self, scope: Scope, callback: Callback, decision: Decision) -> None:
        """A promise that may not be kept now is moved to when it may; never lost."""
        self._count(decision)
        because = ", ".join(decision.rules)
        if decision.retry_at is None:
            await self._crm.leads.stop(scope, callback.lead_id, because)  # never: the callback goes with the lead
        else:
            await self._crm.callbacks.move(scope, callback.id, decision.retry_at, because)

    def _count(self, decision: Decision) -> None:
        for rule in decision.rules:
            self.denied[rule] = self.denied.get(rule, 0) + 1

"""Takes the calls to us: whose number was called, who calls, the rows that must stand, then a call as any other.

A running campaign of mode `inbound` answers (dialer.inbound_rules). Who is not known becomes a customer of its tenant. A
caller who withholds their number cannot be known, and nothing they ask could be kept: they are refused and counted.
"""

from collections.abc import Callable
from functools import partial
from typing import Final

from crm.campaign import Campaign
from crm.customer import CustomerDraft
from crm.number import NumberInvalid, parse_number
from crm.storage.errors import StorageFailed
from dialer.life import Surroundings
from dialer.modes import inbound
from dialer.picker import Picked
from dialer.runner import CallRunner
from kernel.log import get_logger
from kernel.metrics import counter
from kernel.tasks import alongside
from kernel.tenant import Scope
from media.leg import Cause, Incoming, LegState

MODE: Final = "inbound"
REFUSED = counter("inbound_refused", help="Calls to us that were not taken, by cause.", labels=("cause",))

log = get_logger(__name__)


class Reception:
    """For one worker. `take` puts a runner among the calls under way; False when no further call is wanted."""

    def __init__(self, around: Surroundings, running: str, take: Callable[[CallRunner], bool]) -> None:
        self._around = around
        self._running = running
        self._take = take

    async def run(self) -> None:
        """Take calls until cancelled."""
        async with alongside() as background:
            async for incoming in self._around.gateway.incoming():
                background.start(self._receive(incoming))

    async def _receive(self, incoming: Incoming) -> None:
        try:
            cause = await self._begin(incoming)
        except StorageFailed as exc:
            log.error("a call to us could not be taken", error=exc.code)
            cause = Cause.NETWORK_FAILURE
        if cause is not None:
            REFUSED.labels(cause=cause.name.lower()).inc()
            log.warning("a call to us was not taken", cause=cause.name.lower())
            await incoming.leg.hang_up(cause)

    async def _begin(self, incoming: Incoming) -> Cause | None:
        """Write the rows and start the call; else why not."""
        crm = self._around.crm
        campaign = await self._campaign(incoming.called)
        if campaign is None:
            return Cause.NOT_IN_SERVICE
        try:
            number = parse_number(incoming.caller)
        except NumberInvalid:
            return Cause.REJECTED
        scope = Scope(tenant_id=campaign.tenant_id)
        registered = await crm.customers.register(scope, CustomerDraft(number=number, source="call_in"))
        lead = await crm.leads.add(scope, campaign.id, registered.customer.id)
        if incoming.leg.state is LegState.ENDED:
            return None  # they gave up
        attempt = await crm.attempts.receive(scope, lead.id, worker=crm.worker)
        if attempt is None:
            return Cause.BUSY  # they are in a call with us already
        picked = Picked(scope=scope, campaign=campaign, lead=lead, attempt=attempt, grant=None, callback=None)
        runner = CallRunner(picked, self._around, partial(inbound.live, incoming=incoming))
        if self._take(runner):
            return None
        await crm.attempts.end(scope, attempt.id, result="failed")
        return Cause.NETWORK_FAILURE

    async def _campaign(self, called: str) -> Campaign | None:
        """The running campaign that answers this number of ours, with an assistant that this worker has."""
        running = await self._around.crm.campaigns.in_state(self._running)
        found = [one for one in running if one.mode == MODE and one.assistant in self._around.robots]
        mine = [one for one in found if one.options.get("called") == called]
        return next(iter(mine or [one for one in found if not one.options.get("called")]), None)

"""Every call that an agent has to write of is kept as unfinished from the moment they are joined with the customer: who lets
the time run out without a word, is lost, or whose platform is killed meanwhile, finds it among their unfinished calls.
"""

import asyncio
from typing import Final

from console.live import LiveHub
from crm.room import Crm
from dialer.part import wrapped_up
from dialer.wiring.platform import Platform
from handoff.agents import AgentId
from handoff.transfer import State, Transfer
from kernel.log import get_logger
from kernel.metrics import counter
from kernel.tenant import Scope, TenantId, UserId

LOST: Final = counter("unfinished_not_kept", help="Calls to be written of that could not be kept as unfinished.")
log = get_logger(__name__)


class Unfinished:
    """Watches a platform's desk; `run` writes."""

    def __init__(self, platform: Platform, hub: LiveHub) -> None:
        self._crm: Crm = platform.crm
        self._hub = hub
        # without a bound, for none may be lost: one for each call that an agent had
        self._to_keep: asyncio.Queue[tuple[TenantId, AgentId, int]] = asyncio.Queue()
        platform.desk.watch(self._on_transfer)

    def _on_transfer(self, transfer: Transfer) -> None:
        if transfer.state is State.BRIDGED and transfer.agent is not None:
            request = transfer.request
            self._to_keep.put_nowait((request.tenant_id, transfer.agent, int(request.call_id)))

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            tenant_id, agent_id, call_id = await self._to_keep.get()
            try:
                await self._keep(Scope(tenant_id=tenant_id, user_id=UserId(int(agent_id))), agent_id, call_id)
            except Exception:  # a supervisor: the next call is another matter
                LOST.inc()
                log.exception("call not kept as unfinished", call=call_id)

    async def _keep(self, scope: Scope, agent_id: AgentId, call_id: int) -> None:
        """They may finish it meanwhile: that is written before the draft is dropped, so one of the two sees the other."""
        await self._crm.drafts.begin(scope, call_id)
        if wrapped_up(await self._crm.journal.read(scope, call_id), agent_id):
            await self._crm.drafts.drop(scope, call_id)
        self._hub.tell(scope.tenant_id, f"desk/{agent_id}", "unfinished", {"call_id": str(call_id)})

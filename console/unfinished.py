"""Every call that an agent has to write of is kept as unfinished from the moment it begins to be written of: who lets the
time run out without a word, or whose platform is killed meanwhile, finds it among their unfinished calls.
"""

import asyncio
from typing import Final

from console.live import LiveHub
from crm.room import Crm
from dialer.part import wrapped_up
from dialer.wiring.platform import Platform
from handoff.agents import Agent, AgentId
from handoff.agents import State as AgentState
from handoff.desk import Desk
from kernel.log import get_logger
from kernel.metrics import counter
from kernel.tenant import Scope, TenantId, UserId

LOST: Final = counter("unfinished_not_kept", help="Calls to be written of that could not be kept as unfinished.")
log = get_logger(__name__)


class Unfinished:
    """Watches a platform's desk; `run` writes."""

    def __init__(self, platform: Platform, hub: LiveHub) -> None:
        self._crm: Crm = platform.crm
        self._desk: Desk = platform.desk
        self._hub = hub
        self._begun: dict[AgentId, str] = {}
        # without a bound, for none may be lost: one for each call that an agent had
        self._to_keep: asyncio.Queue[tuple[TenantId, AgentId, int]] = asyncio.Queue()
        platform.desk.watch_agents(self._on_agent)

    def _on_agent(self, agent: Agent) -> None:
        request = self._desk.wraps_up(agent.id) if agent.state is AgentState.WRAP_UP else None
        if request is not None and self._begun.get(agent.id) != request.call_id:
            self._begun[agent.id] = request.call_id
            self._to_keep.put_nowait((agent.tenant_id, agent.id, int(request.call_id)))

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

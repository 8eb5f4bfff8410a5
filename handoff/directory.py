"""Who else is there: an agent's colleagues, and the queues of their tenant, to put a customer through to."""

from collections.abc import Iterable
from dataclasses import dataclass

from handoff.agents import Agent, AgentId
from handoff.agents import State as AgentState
from handoff.transfer import State, Transfer
from kernel.tenant import TenantId


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLine:
    """A queue as an agent sees it: how many customers wait in it, how many others serve it, how many of these are free."""

    name: str
    waiting: int
    served_by: int
    free: int


def colleagues(agents: Iterable[Agent], tenant_id: TenantId, besides: AgentId) -> list[Agent]:
    """The others of the tenant who are signed in: who may be offered a call now first, then by name."""
    found = [
        agent
        for agent in agents
        if agent.tenant_id == tenant_id and agent.id != besides and agent.state is not AgentState.GONE
    ]
    return sorted(found, key=lambda agent: (not agent.available, agent.name.casefold(), agent.id))


def queues(
    agents: Iterable[Agent], transfers: Iterable[Transfer], tenant_id: TenantId, besides: AgentId
) -> list[QueueLine]:
    """The tenant's queues that somebody serves or in which a customer waits, by name."""
    signed_in = [a for a in agents if a.tenant_id == tenant_id and a.state is not AgentState.GONE]
    waiting = [
        transfer.request.queue
        for transfer in transfers
        if transfer.request.tenant_id == tenant_id
        and transfer.request.only is None
        and transfer.state in (State.WAITING, State.OFFERED)
    ]
    names = {queue for agent in signed_in for queue in agent.queues} | set(waiting)
    others = [agent for agent in signed_in if agent.id != besides]
    return [
        QueueLine(
            name=name,
            waiting=waiting.count(name),
            served_by=sum(name in agent.queues for agent in others),
            free=sum(name in agent.queues and agent.available for agent in others),
        )
        for name in sorted(names)
    ]

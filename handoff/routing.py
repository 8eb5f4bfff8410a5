"""Which customer gets which agent: priority, then waiting time; then skills, then the agent who has been idle longest."""

from collections.abc import Iterable, Iterator

from handoff.agents import Agent
from handoff.transfer import State, Transfer


def suits(agent: Agent, transfer: Transfer) -> bool:
    """True when the agent may take it: their tenant, their queue (or they alone are asked), the skills it asks for."""
    request = transfer.request
    return (
        agent.tenant_id == request.tenant_id
        and (request.queue in agent.queues if request.only is None else request.only == agent.id)
        and request.skills <= agent.skills
        and agent.available
    )


def pairs(transfers: Iterable[Transfer], agents: Iterable[Agent]) -> Iterator[tuple[Transfer, Agent]]:
    """Offers to make now, each agent and each transfer at most once.

    Who declined or missed a transfer is not offered it again.
    """
    free = sorted((agent for agent in agents if agent.available), key=lambda agent: agent.idle_since_s)
    waiting = [transfer for transfer in transfers if transfer.state is State.WAITING]
    for transfer in sorted(waiting, key=lambda one: (-one.request.priority, one.requested_s)):
        suited = [agent for agent in free if suits(agent, transfer)]
        chosen = next((agent for agent in suited if agent.id not in transfer.refused), None)
        if chosen is not None:
            free.remove(chosen)
            yield transfer, chosen

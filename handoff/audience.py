"""Who is told what happens at a desk: each agent's listeners, and those who watch all transfers or all agents."""

from collections.abc import Callable

from handoff.agents import Agent, AgentId
from handoff.news import AgentNews, StateChanged
from handoff.transfer import Transfer


class Audience:
    """They are told at once, in the order of asking; none may block."""

    def __init__(self) -> None:
        self._listeners: dict[AgentId, list[Callable[[AgentNews], None]]] = {}
        self.of_transfers: list[Callable[[Transfer], None]] = []
        self.of_agents: list[Callable[[Agent], None]] = []

    def listen(self, agent: Agent, listener: Callable[[AgentNews], None]) -> Callable[[], None]:
        """Tell `listener` how the agent is, and everything for them from now on; returns how to stop."""
        listeners = self._listeners.setdefault(agent.id, [])
        listeners.append(listener)
        listener(as_news(agent))
        return lambda: listeners.remove(listener) if listener in listeners else None

    def tell(self, agent_id: AgentId, news: AgentNews) -> None:
        """For one agent."""
        for listener in tuple(self._listeners.get(agent_id, ())):
            listener(news)

    def changed(self, agent: Agent) -> None:
        """An agent's status or state."""
        self.tell(agent.id, as_news(agent))
        for watcher in self.of_agents:
            watcher(agent)

    def moved(self, transfer: Transfer) -> None:
        """A transfer."""
        for watcher in self.of_transfers:
            watcher(transfer)


def as_news(agent: Agent) -> StateChanged:
    """How the agent is."""
    return StateChanged(status=agent.status, state=agent.state, reason=agent.reason, next=agent.next)

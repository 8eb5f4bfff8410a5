"""The work after a call: which call each agent writes about, and until when."""

from collections.abc import Iterator

from handoff.agents import AgentId
from handoff.transfer import Transfer


class WrapUps:
    """Those under way. Times are the clock's seconds."""

    def __init__(self) -> None:
        self._of: dict[AgentId, tuple[Transfer, float]] = {}

    def begin(self, agent_id: AgentId, transfer: Transfer, until_s: float) -> None:
        """The agent writes about this call now."""
        self._of[agent_id] = transfer, until_s

    def transfer(self, agent_id: AgentId) -> Transfer | None:
        """What brought the call to the agent; None when they wrap up none."""
        return self._of[agent_id][0] if agent_id in self._of else None

    def left_s(self, agent_id: AgentId, now_s: float) -> float:
        """Seconds until it ends by itself; 0 when there is none."""
        return max(0.0, self._of[agent_id][1] - now_s) if agent_id in self._of else 0.0

    def extend(self, agent_id: AgentId, by_s: float) -> bool:
        """More time; False when there is none to extend."""
        if agent_id not in self._of:
            return False
        transfer, until_s = self._of[agent_id]
        self._of[agent_id] = transfer, until_s + by_s
        return True

    def end(self, agent_id: AgentId) -> None:
        """It is over. Idempotent."""
        self._of.pop(agent_id, None)

    def over(self, now_s: float) -> Iterator[AgentId]:
        """Whose time has run out."""
        return iter([agent_id for agent_id, (_, until_s) in self._of.items() if now_s >= until_s])

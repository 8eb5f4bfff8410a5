"""Which agents had a part in a call, and which of them have finished theirs, as its journal tells. Pure."""

from collections.abc import Iterable
from typing import Final

from crm.journal import Entry
from handoff.agents import AgentId

JOINED: Final = ("bridged", "transferred", "taken_over")
WRAPPED_UP: Final = "wrap_up"
KINDS: Final = (*JOINED, WRAPPED_UP)


def took_part(entries: Iterable[Entry], agent_id: AgentId) -> bool:
    """True when the agent was joined with the customer, was put through to them, or took them over."""
    return any(
        entry.kind in JOINED and agent_id in (entry.data.get("agent"), entry.data.get("to")) for entry in entries
    )


def wrapped_up(entries: Iterable[Entry], agent_id: AgentId) -> bool:
    """True when the agent has written what came of it."""
    return any(entry.kind == WRAPPED_UP and entry.data.get("by") == agent_id for entry in entries)

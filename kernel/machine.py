"""State machines from one table. An event the table does not list raises `IllegalTransition` and changes nothing.

A table maps (state, event) to the next state. An event is a member of an enum, or an object whose class is the key:

    TABLE: Final[Table[State, Event]] = {(State.OPEN, Event.CLOSE): State.CLOSED}              # Event is an enum
    TABLE: Final[Table[State, type[Event]]] = {(State.WAITING, AgentReserved): State.OFFERED}  # Event is a union

`Machine` holds a state; `step` is the same without one, for states that live in SQL rows.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Generic, TypeAlias, TypeVar

from kernel.errors import JingyinError

S = TypeVar("S", bound=Enum)
E = TypeVar("E")
K = TypeVar("K")

Table: TypeAlias = Mapping[tuple[S, K], S]


class IllegalTransition(JingyinError):
    """The event does not belong to this state; nothing was changed. `state` and `event` say which."""

    code = "kernel.illegal_transition"

    def __init__(self, state: Enum, event: object, allowed: list[str]) -> None:
        super().__init__(
            f"{type(state).__name__} {_label(state)!r} does not take {_label(event)!r}",
            remedy=f"It takes: {', '.join(allowed)}." if allowed else "It is final.",
            params={"state": _label(state), "event": _label(event)},
        )
        self.state = state
        self.event = event


class Machine(Generic[S, E]):
    """One life: a state, moved by its table only."""

    __slots__ = ("_state", "_table")

    def __init__(self, table: Mapping[tuple[S, E], S] | Mapping[tuple[S, type[E]], S], start: S) -> None:
        self._table = table
        self._state = start

    @property
    def state(self) -> S:
        return self._state

    @property
    def ended(self) -> bool:
        """True when no event leads anywhere from here."""
        return not any(state == self._state for state, _ in self._table)

    def takes(self, event: E) -> bool:
        """True when the table lists the event for the present state."""
        return (self._state, _key(event)) in self._table

    def on(self, event: E) -> S:
        """Take the event and return the new state.

        Raises:
            IllegalTransition: the table does not list it; the state is as before.
        """
        self._state = step(self._table, self._state, event)
        return self._state


def step(table: Mapping[tuple[S, E], S] | Mapping[tuple[S, type[E]], S], state: S, event: E) -> S:
    """The state after `event`.

    Raises:
        IllegalTransition: the table does not list it.
    """
    targets: Mapping[tuple[S, object], S] = table  # type: ignore[assignment]  # either kind of table is one of these
    target = targets.get((state, _key(event)))
    if target is not None:
        return target
    raise IllegalTransition(state, event, sorted(_label(key) for source, key in table if source == state))


def mermaid(table: Mapping[tuple[S, K], S], start: S) -> str:
    """The table as a Mermaid state diagram, in the table's own order."""
    lines = ["stateDiagram-v2", f"    [*] --> {_node(start)}"]
    lines += [f"    {_node(source)} --> {_node(target)}: {_label(key)}" for (source, key), target in table.items()]
    sources = {source for source, _ in table}
    finals = dict.fromkeys(target for target in table.values() if target not in sources)
    lines += [f"    {_node(state)} --> [*]" for state in finals]
    return "\n".join(lines) + "\n"


def _key(event: object) -> object:
    return event if isinstance(event, Enum) else type(event)


def _label(thing: object) -> str:
    if isinstance(thing, Enum):
        return str(thing.value)
    return thing.__name__ if isinstance(thing, type) else type(thing).__name__


def _node(state: Enum) -> str:
    return str(state.value).replace("-", "_").replace(" ", "_")

"""The state machine engine: the table is the whole truth."""

from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.machine import IllegalTransition, Machine, Table, mermaid, step


class State(StrEnum):
    WAITING = "waiting"
    OFFERED = "offered"
    BRIDGED = "bridged"
    WITHDRAWN = "with-drawn"


class Event(StrEnum):
    OFFER = "offer"
    DECLINE = "decline"
    ACCEPT = "accept"
    LEAVE = "leave"


TABLE: Table[State, Event] = {
    (State.WAITING, Event.OFFER): State.OFFERED,
    (State.WAITING, Event.LEAVE): State.WITHDRAWN,
    (State.OFFERED, Event.DECLINE): State.WAITING,
    (State.OFFERED, Event.ACCEPT): State.BRIDGED,
    (State.OFFERED, Event.LEAVE): State.WITHDRAWN,
}


class Opened:
    """An event with facts."""


class Closed:
    """Another."""


CLASSES: Table[State, type[Opened | Closed]] = {
    (State.WAITING, Opened): State.OFFERED,
    (State.OFFERED, Closed): State.WITHDRAWN,
}


@given(st.lists(st.sampled_from(Event)))
def test_only_the_table_moves_the_state(events: list[Event]) -> None:
    machine = Machine(TABLE, State.WAITING)
    for event in events:
        before = machine.state
        if (before, event) in TABLE:
            assert machine.takes(event)
            assert machine.on(event) is TABLE[before, event]
        else:
            assert not machine.takes(event)
            with pytest.raises(IllegalTransition):
                machine.on(event)
            assert machine.state is before


@given(st.lists(st.sampled_from(Event)))
def test_step_and_machine_agree(events: list[Event]) -> None:
    machine, state = Machine(TABLE, State.WAITING), State.WAITING
    for event in events:
        if machine.takes(event):
            state = step(TABLE, state, event)
            assert machine.on(event) is state


@given(st.lists(st.sampled_from(Event)))
def test_a_final_state_takes_nothing(events: list[Event]) -> None:
    machine = Machine(TABLE, State.WAITING)
    for event in events:
        if machine.takes(event):
            machine.on(event)
    assert machine.ended == (machine.state in (State.BRIDGED, State.WITHDRAWN))
    assert machine.ended == (not any(machine.takes(event) for event in Event))


def test_events_may_be_objects_keyed_by_their_class() -> None:
    machine: Machine[State, Opened | Closed] = Machine(CLASSES, State.WAITING)
    assert machine.on(Opened()) is State.OFFERED
    with pytest.raises(IllegalTransition, match="'offered' does not take 'Opened'"):
        machine.on(Opened())
    assert machine.on(Closed()) is State.WITHDRAWN


def test_the_error_says_what_would_be_taken() -> None:
    with pytest.raises(IllegalTransition) as caught:
        step(TABLE, State.OFFERED, Event.OFFER)
    assert caught.value.state is State.OFFERED
    assert caught.value.event is Event.OFFER
    assert "It takes: accept, decline, leave." in str(caught.value)
    with pytest.raises(IllegalTransition, match="It is final"):
        step(TABLE, State.BRIDGED, Event.OFFER)


def test_the_diagram_shows_every_transition_in_order() -> None:
    assert mermaid(TABLE, State.WAITING).splitlines() == [
        "stateDiagram-v2",
        "    [*] --> waiting",
        "    waiting --> offered: offer",
        "    waiting --> with_drawn: leave",
        "    offered --> waiting: decline",
        "    offered --> bridged: accept",
        "    offered --> with_drawn: leave",
        "    with_drawn --> [*]",
        "    bridged --> [*]",
    ]

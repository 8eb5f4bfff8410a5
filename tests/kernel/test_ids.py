"""Ids: unique, growing, and they know slot, worker and time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.ids import (
    EPOCH,
    MAX_AHEAD_MS,
    SEQUENCES,
    SLOTS,
    WORKERS,
    IdMaker,
    IdsExhausted,
    made_at,
    slot_of,
    worker_of,
)


@dataclass
class HandClock:
    """A clock set by hand, in ms after EPOCH."""

    ms: int = 0

    def now(self) -> datetime:
        return EPOCH + timedelta(milliseconds=self.ms)


slots = st.integers(0, SLOTS - 1)
workers = st.integers(0, WORKERS - 1)


@given(slots, workers, st.integers(0, (1 << 41) - 1))
def test_an_id_is_63_bits_and_knows_its_parts(slot: int, worker: int, ms: int) -> None:
    made = IdMaker(worker, HandClock(ms)).make(slot)
    assert 0 <= made < 1 << 63
    assert (slot_of(made), worker_of(made), made_at(made)) == (slot, worker, EPOCH + timedelta(milliseconds=ms))


@given(st.lists(st.tuples(st.integers(-3, 5), st.integers(0, 2)), max_size=300), workers)
def test_ids_are_unique_and_grow_within_a_slot_even_if_the_clock_goes_back(
    steps: list[tuple[int, int]], worker: int
) -> None:
    clock = HandClock(1_000_000)
    maker, last, seen = IdMaker(worker, clock), {}, set()
    for advance_ms, slot in steps:
        clock.ms += advance_ms
        made = maker.make(slot)
        assert made not in seen
        assert made > last.get(slot, -1)
        seen.add(made)
        last[slot] = made


@given(workers, workers, slots)
def test_two_workers_never_make_the_same_id(one: int, other: int, slot: int) -> None:
    clock = HandClock(5)
    first = {IdMaker(one, clock).make(slot)}
    assert one == other or IdMaker(other, clock).make(slot) not in first


def test_a_child_lives_in_its_parents_slot() -> None:
    maker = IdMaker(3, HandClock(9))
    assert slot_of(maker.child_of(maker.make(777))) == 777


def test_a_slot_that_runs_too_far_ahead_is_refused_and_recovers() -> None:
    clock = HandClock(10)
    maker = IdMaker(0, clock)
    for _ in range(SEQUENCES * (MAX_AHEAD_MS + 1)):
        maker.make(1)
    with pytest.raises(IdsExhausted):
        maker.make(1)
    maker.make(2)  # the others go on
    clock.ms += 1
    maker.make(1)


def test_a_clock_outside_the_range_is_refused() -> None:
    with pytest.raises(IdsExhausted):
        IdMaker(0, HandClock(-1)).make(0)


@pytest.mark.parametrize("worker", [-1, WORKERS])
def test_a_worker_number_out_of_range_is_refused(worker: int) -> None:
    with pytest.raises(ValueError, match="worker must be"):
        IdMaker(worker, HandClock())


@pytest.mark.parametrize("slot", [-1, SLOTS])
def test_a_slot_out_of_range_is_refused(slot: int) -> None:
    with pytest.raises(ValueError, match="slot must be"):
        IdMaker(0, HandClock()).make(slot)

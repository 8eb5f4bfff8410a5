"""Packets in order, whatever the network does to them."""

from hypothesis import given
from hypothesis import strategies as st

from media.rtp import Sequencer


def payload(number: int) -> bytes:
    return number.to_bytes(2, "big")


@given(first=st.integers(0, 65535), count=st.integers(1, 50), data=st.data())
def test_what_is_late_by_less_than_it_holds_is_put_back(first: int, count: int, data: st.DataObject):
    numbers = [(first + n) % 65536 for n in range(count)]
    shuffled = list(numbers)
    for at in range(1, count - 1, 2):
        if data.draw(st.booleans()):
            shuffled[at], shuffled[at + 1] = shuffled[at + 1], shuffled[at]
    sequencer = Sequencer()
    out = [one for number in shuffled for one in sequencer.put(number, payload(number))]
    assert out == [payload(number) for number in numbers]


@given(lost=st.sets(st.integers(1, 40)), twice=st.sets(st.integers(0, 50)))
def test_what_is_lost_leaves_a_gap_of_its_length_and_what_comes_twice_counts_once(lost: set[int], twice: set[int]):
    sequencer = Sequencer()
    out = []
    for number in range(60):
        if number not in lost:
            for _ in range(2 if number in twice else 1):
                out += sequencer.put(number, payload(number))
    expected = [None if number in lost else payload(number) for number in range(60)]
    assert out == expected
    assert sequencer.lost == len(lost)


def test_a_sender_that_starts_anew_is_followed():
    sequencer = Sequencer()
    sequencer.put(10, b"a")
    assert sequencer.put(40_000, b"b") == [b"b"]
    assert sequencer.put(40_001, b"c") == [b"c"]
    assert sequencer.put(39_999, b"x") == []

"""Playout and jitter buffer: exact positions, delay that returns to its target, nothing reordered."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.audio import FRAME_BYTES, FRAME_SAMPLES, SILENT_FRAME
from media.jitter import JitterBuffer
from media.playout import Playout


def numbered(n: int) -> bytes:
    """A loud frame that carries its number."""
    return (4000 + n).to_bytes(2, "little") * FRAME_SAMPLES


@given(st.lists(st.one_of(st.integers(1, 900), st.just(0)), max_size=40))
def test_playout_sends_every_sample_once_in_order_at_the_promised_index(sizes: list[int]):
    playout, sent, promised, value = Playout(), bytearray(), [], 0
    for size in sizes:
        if size:
            value += 1
            pcm = value.to_bytes(2, "little") * size
            promised.append((playout.put(pcm), pcm))
        else:
            sent += playout.take()
    while playout.queued:
        sent += playout.take()
    for at, pcm in promised:
        assert bytes(sent[2 * at : 2 * at + len(pcm)]) == pcm
    assert playout.position * 2 == len(sent)


@given(st.integers(1, 60), st.integers(0, 80))
def test_flush_tells_what_was_heard_to_the_frame(frames: int, taken: int):
    playout = Playout()
    playout.put(bytes(frames * FRAME_BYTES))
    for _ in range(taken):
        playout.take()
    heard_s = playout.flush()
    assert heard_s == pytest.approx(min(frames, taken) * 0.02)
    assert playout.queued == 0
    assert playout.take() == SILENT_FRAME


@given(st.integers(1, 5000), st.integers(0, 3))
def test_the_end_of_what_was_queued_is_exact_to_the_sample(samples: int, silent_frames: int):
    playout = Playout()
    for _ in range(silent_frames):
        playout.take()
    at = playout.put(bytes(2 * samples))
    while playout.queued:
        playout.take()
    assert playout.end == at + samples
    playout.take()
    assert playout.end == at + samples
    assert playout.flush() == pytest.approx(samples / 8000)
    assert playout.flush() == 0.0


def test_half_a_sample_is_refused_before_it_shifts_all_others():
    with pytest.raises(ValueError, match="two bytes"):
        Playout().put(b"abc")


@given(st.lists(st.integers(0, 6), max_size=60), st.integers(40, 160).map(lambda ms: ms // 20 * 20))
def test_jitter_returns_to_its_target_whatever_came_before(arrivals: list[int], target_ms: int):
    buffer, now, n = JitterBuffer(target_ms=target_ms), 0, 0
    for count in [*arrivals, *([1] * 800)]:  # 16 s of a steady line
        for _ in range(count):
            n += 1
            buffer.put(numbered(n))
        now += 20
        buffer.take(now)
    assert buffer.depth_ms <= target_ms


def test_jitter_follows_a_far_end_whose_clock_runs_fast_or_slow():
    for extra in (1, -1):
        buffer, now, n, deepest = JitterBuffer(), 0, 0, 0
        for tick in range(6000):
            for _ in range(1 + (extra if tick % 250 == 249 else 0)):  # 4000 ppm
                n += 1
                buffer.put(numbered(n % 20000))
            now += 20
            buffer.take(now)
            deepest = max(deepest, buffer.depth_ms)
        assert deepest <= 100
        assert buffer.dropped + buffer.concealed >= 20


def test_a_short_sound_is_played_even_if_nothing_follows():
    buffer = JitterBuffer(target_ms=100)
    buffer.put(numbered(1))
    assert numbered(1) in [buffer.take(20 * tick) for tick in range(10)]


def test_jitter_returns_to_its_target_after_a_burst():
    buffer, now = JitterBuffer(), 0
    for n in range(8):
        buffer.put(numbered(n))
    for n in range(8, 400):
        buffer.put(numbered(n))
        now += 20
        buffer.take(now)
    assert buffer.depth_ms <= 60
    assert buffer.dropped > 0


@pytest.mark.parametrize("unbroken", [False, True])
def test_the_more_there_is_over_the_target_the_sooner_it_goes(unbroken: bool):
    buffer, now = JitterBuffer(), 0
    for n in range(7):  # 100 ms more than the target: a stall came to its end
        buffer.put(numbered(n))
    dropped_at = []
    for n in range(7, 150):
        buffer.put(numbered(n) if unbroken or n % 5 else SILENT_FRAME)
        now += 20
        before = buffer.dropped
        buffer.take(now)
        if buffer.dropped > before:
            dropped_at.append(now)
    assert len(dropped_at) == 6
    assert dropped_at[4] <= 1100, "one frame over the target may stay a little longer"
    assert dropped_at[5] <= 2100
    gaps = [later - earlier for earlier, later in pairwise(dropped_at)]
    assert gaps == sorted(gaps)
    assert gaps[0] <= 220 and gaps[-1] >= 400


def test_a_silent_frame_is_dropped_by_preference():
    buffer, now, out = JitterBuffer(), 0, []
    for n in range(200):
        buffer.put(SILENT_FRAME if n % 10 == 0 else numbered(n))
        if n == 3:
            buffer.put(numbered(9000))
            buffer.put(numbered(9001))
        now += 20
        out.append(buffer.take(now))
    loud_in = [numbered(n) for n in range(190) if n % 10]
    assert all(frame in out for frame in loud_in if frame not in (numbered(1), numbered(2)))
    assert buffer.dropped >= 1


@given(st.lists(st.integers(0, 3), max_size=200))
def test_jitter_never_reorders_and_never_exceeds_its_longest_delay(arrivals: list[int]):
    buffer, n, now, seen = JitterBuffer(), 0, 0, []
    for count in arrivals:
        for _ in range(count):
            n += 1
            buffer.put(numbered(n))
        now += 20
        frame = buffer.take(now)
        assert len(frame) == FRAME_BYTES
        assert buffer.depth_ms <= 160
        value = int.from_bytes(frame[:2], "little")
        if value > 4000 and frame == numbered(value - 4000):
            seen.append(value)
    assert seen == sorted(seen)


def test_a_gap_is_concealed_then_silent():
    buffer = JitterBuffer()
    for n in range(3):
        buffer.put(numbered(n))
    frames = [buffer.take(20 * i) for i in range(9)]
    assert buffer.concealed == 3
    assert frames[-1] == SILENT_FRAME

"""Calling windows: every answer is compared with asking minute by minute."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crm.quota.window import Window, day_of, is_open, next_closed, next_open

# jumps by an hour, by half of one, at midnight, southern, twice in a year around Ramadan, none at all, odd offset
ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Asia/Beirut",
    "Africa/Casablanca",
    "Pacific/Apia",
    "Asia/Shanghai",
    "Asia/Kathmandu",
]
MINUTE = timedelta(minutes=1)

zones = st.sampled_from(ZONES).map(ZoneInfo)
minutes = st.integers(0, 24 * 60 - 1).map(lambda n: time(n // 60, n % 60))
windows = st.builds(lambda start, end: Window(start=start, end=end), minutes, minutes)


def _jumps(zone: ZoneInfo) -> list[datetime]:
    """The minutes of 2026 at which the zone's offset changes."""
    found = []
    hour = datetime(2026, 1, 1, tzinfo=UTC)
    while hour.year == 2026:
        later = hour + timedelta(hours=1)
        if hour.astimezone(zone).utcoffset() != later.astimezone(zone).utcoffset():
            found.append(later)
        hour = later
    return found


JUMPS = {name: _jumps(ZoneInfo(name)) for name in ZONES}


@st.composite
def moments(draw: st.DrawFn, zone: ZoneInfo) -> datetime:
    """A minute of 2026, half of the time within two days of a jump."""
    jumps = JUMPS[zone.key]
    if draw(st.booleans()) and jumps:
        jump: datetime = draw(st.sampled_from(jumps))
        return jump + MINUTE * draw(st.integers(-2 * 24 * 60, 24 * 60))
    return datetime(2026, 1, 1, tzinfo=UTC) + MINUTE * draw(st.integers(0, 360 * 24 * 60))


@st.composite
def places(draw: st.DrawFn) -> tuple[datetime, ZoneInfo]:
    """A moment and a zone."""
    zone = draw(zones)
    return draw(moments(zone)), zone


@given(places(), st.lists(windows, min_size=1, max_size=4))
def test_it_opens_again_at_the_first_minute_at_which_all_windows_are_open(
    place: tuple[datetime, ZoneInfo], some: list[Window]
) -> None:
    now, zone = place
    after = (now + MINUTE * n for n in range(2 * 24 * 60))
    assert next_open(some, now, zone) == next((at for at in after if is_open(some, at, zone)), None) or _rare(
        some, now, zone
    )


def _rare(some: list[Window], now: datetime, zone: ZoneInfo) -> bool:
    """Open together only in an hour that comes twice, or in none on the day of a jump: looked for three days ahead."""
    found = next_open(some, now, zone)
    return found is not None and found - now >= timedelta(days=2) and is_open(some, found, zone)


@given(places(), st.lists(windows, min_size=1, max_size=4))
def test_it_closes_at_the_first_minute_at_which_a_window_is_closed(
    place: tuple[datetime, ZoneInfo], some: list[Window]
) -> None:
    now, zone = place
    within = timedelta(days=1)
    if not is_open(some, now, zone):
        return
    after = (now + MINUTE * n for n in range(1, 24 * 60 + 1))
    assert next_closed(some, now, within, zone) == next((at for at in after if not is_open(some, at, zone)), None)


@given(minutes, minutes, minutes)
def test_a_window_and_its_reverse_share_the_day(start: time, end: time, at: time) -> None:
    if start == end:
        assert Window(start=start, end=end).holds(at)
    else:
        assert Window(start=start, end=end).holds(at) != Window(start=end, end=start).holds(at)


@pytest.mark.parametrize(
    ("at", "holds"),
    [("21:59", False), ("22:00", True), ("23:59", True), ("00:00", True), ("05:59", True), ("06:00", False)],
)
def test_a_window_may_cross_midnight(at: str, holds: bool) -> None:
    assert Window(start=time(22), end=time(6)).holds(time.fromisoformat(at)) is holds


def test_midnight_as_an_end_is_the_end_of_the_day() -> None:
    evening = Window(start=time(9), end=time(0))
    assert evening.holds(time(23, 59, 59)) and not evening.holds(time(0)) and not evening.holds(time(8, 59))


@given(places())
@example((datetime(2026, 9, 6, 3, 30, tzinfo=UTC), ZoneInfo("America/Santiago")))  # the day begins at 01:00
def test_a_day_begins_with_its_first_moment(place: tuple[datetime, ZoneInfo]) -> None:
    now, zone = place
    start, end = day_of(now, zone)
    today = now.astimezone(zone).date()
    assert start <= now < end
    assert timedelta(hours=22) < end - start < timedelta(hours=26)
    assert start.astimezone(zone).date() == today
    assert end.astimezone(zone).date() == today + timedelta(days=1)
    blink = timedelta(microseconds=1)
    assert (start - blink).astimezone(zone).date() < today
    assert (end - blink).astimezone(zone).date() == today


def test_a_window_that_starts_in_the_hour_left_out_opens_at_the_jump() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    now = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)  # 01:30; at 02:00 it becomes 03:00
    assert next_open([Window(start=time(2, 30), end=time(5))], now, berlin) == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert next_open([Window(start=time(2, 10), end=time(2, 50))], now, berlin) == datetime(
        2026, 3, 30, 0, 10, tzinfo=UTC
    ), "a window that lies within the hour left out is not open that day"


def test_an_hour_that_comes_twice_is_open_twice() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    window = [Window(start=time(2), end=time(2, 30))]
    first = datetime(2026, 10, 25, 0, 0, tzinfo=UTC)  # 02:00 for the first time
    assert next_open(window, first + timedelta(minutes=30), berlin) == first + timedelta(hours=1)


def test_windows_without_a_common_minute_are_never_open() -> None:
    some = [Window(start=time(9), end=time(12)), Window(start=time(13), end=time(18))]
    assert next_open(some, datetime(2026, 1, 5, tzinfo=UTC), ZoneInfo("UTC")) is None


def test_a_windows_times_carry_no_zone() -> None:
    with pytest.raises(ValueError, match="zone"):
        Window(start=time(9, tzinfo=UTC), end=time(12))

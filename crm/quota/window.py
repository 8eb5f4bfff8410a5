"""Calling windows: times of day on the customer's own clock. Pure.

A window is open from its start up to, not including, its end. Start after end crosses midnight (22:00-06:00); start
equal to end is the whole day. The clock on the wall decides, also when it jumps: a local time that comes twice is open
twice, one that is left out is open never, and a window whose start is left out opens at the jump.

Between two boundaries nothing changes, so "when is it open again" looks at boundaries only: every window's start and
end on the days concerned, and the moments when the zone's offset changes.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

HORIZON: Final = timedelta(days=3)  # windows repeat daily; two days and a change of the clock decide
_STEP: Final = timedelta(hours=6)  # no zone changes its offset and back within it
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """`start` to `end`, local times."""

    start: time
    end: time

    def __post_init__(self) -> None:
        if self.start.tzinfo is not None or self.end.tzinfo is not None:
            raise ValueError("a window is on the customer's clock: its times carry no zone")

    def __str__(self) -> str:
        return f"{_clock(self.start)}-{_clock(self.end)}"

    def holds(self, local: time) -> bool:
        """True when the time of day lies within."""
        if self.start < self.end:
            return self.start <= local < self.end
        return local >= self.start or local < self.end or self.start == self.end


def is_open(windows: Iterable[Window], now: datetime, zone: ZoneInfo) -> bool:
    """True when all windows are open."""
    local = now.astimezone(zone).time()
    return all(window.holds(local) for window in windows)


def next_open(windows: Sequence[Window], now: datetime, zone: ZoneInfo) -> datetime | None:
    """The first moment from now at which all windows are open, UTC; None: they never are together."""
    if is_open(windows, now, zone):
        return now.astimezone(UTC)
    return next((at for at in _boundaries(windows, now, HORIZON, zone) if is_open(windows, at, zone)), None)


def next_closed(windows: Sequence[Window], now: datetime, within: timedelta, zone: ZoneInfo) -> datetime | None:
    """For windows that are open now: the first moment, up to `within` later, at which one is closed, UTC; None: none is."""
    return next((at for at in _boundaries(windows, now, within, zone) if not is_open(windows, at, zone)), None)


def day_of(now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The customer's calendar day: its first moment and the next day's, UTC. 23 to 25 hours long."""
    today = now.astimezone(zone).date()
    return _midnight(today, zone), _midnight(today + _DAY, zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    # where the clock jumps at midnight, fold=0 reckons with the old offset and so gives the jump itself
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _boundaries(windows: Sequence[Window], now: datetime, within: timedelta, zone: ZoneInfo) -> Iterator[datetime]:
    """Moments after now, in order, between which no window opens or closes."""
    now = now.astimezone(UTC)
    last = now + within
    first_day, last_day = now.astimezone(zone).date(), last.astimezone(zone).date()
    days = [first_day + _DAY * n for n in range((last_day - first_day).days + 1)]
    times = {edge for window in windows for edge in (window.start, window.end)}
    found = {
        datetime.combine(day, edge.replace(fold=fold), zone).astimezone(UTC)
        for day in days
        for edge in times
        for fold in (0, 1)
    }
    found.update(_jumps(now, last, zone))
    yield from sorted(at for at in found if now < at <= last)


def _jumps(first: datetime, last: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """The moments at which the zone's offset changes, to the second."""
    steps = [first + _STEP * n for n in range((last - first) // _STEP + 1)] + [last]
    for before, after in pairwise(steps):
        offset = before.astimezone(zone).utcoffset()
        if offset == after.astimezone(zone).utcoffset():
            continue
        low, high = before.replace(microsecond=0), after.replace(microsecond=0) + timedelta(seconds=1)
        while high - low > timedelta(seconds=1):
            middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
            low, high = (middle, high) if middle.astimezone(zone).utcoffset() == offset else (low, middle)
        yield high


def _clock(at: time) -> str:
    return at.strftime("%H:%M:%S" if at.second else "%H:%M")

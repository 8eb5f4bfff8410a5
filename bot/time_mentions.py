"""What a text mentions of a time, in the order said, folded to what is meant in the end.

Each language finds its mentions (bot.callback_time_en, bot.callback_time_zh); how they add up is the same for all. People
correct themselves: "tomorrow at five no at three". The last value said wins, part by part: a new hour keeps the day, a new
day keeps the hour. Day and time of day are the parts; a span ("in ten minutes") is both, a span of days is a day as soon as
an hour follows. A part of the day beside an hour says which half is meant; said as a correction it takes the hour's place.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import time, timedelta
from enum import StrEnum
from typing import Final, assert_never

_NOON: Final = time(12, 0)
_DAY: Final = timedelta(days=1)
# Hours of the morning and of the afternoon: none but them is meant by a part of the day that was said beside another
# ("at nine in the morning, no at three").
_MORNING: Final = range(7, 12)
_AFTERNOON: Final = (12, *range(1, 8))
_EVENING: Final = time(17, 0)


class Kind(StrEnum):
    """What of a time a mention is, and the type of its value."""

    SPAN = "span"  # timedelta from now
    DAY = "day"  # int, days from today
    WEEKDAY = "weekday"  # int, 0 is Monday: the coming one, or that of the week mentioned before
    THIS_WEEKDAY = "this_weekday"  # int: the coming one, whatever week was mentioned
    NEXT_WEEK = "next_week"  # None: its Monday, or the weekday beside it
    CLOCK = "clock"  # (hour, minute) as said
    PART = "part"  # time: what stands for the part of the day
    HALF = "half"  # "am" or "pm"


Value = timedelta | time | tuple[int, int] | int | str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One value. `corrects`: a word of correction ("no", 不对) stands between it and the mention before."""

    kind: Kind
    value: Value = None
    corrects: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What is meant. `days` are from today; `clock` is (hour, minute) as said; `half` is am, pm or ""."""

    span: timedelta | None = None
    days: int | None = None
    clock: tuple[int, int] | None = None
    part: time | None = None
    half: str = ""
    weekday: int | None = None  # of `days`, where one was named
    next_week: bool = False  # `days` are in the week that was named
    fresh: bool = False  # nothing was corrected since the hour

    @property
    def empty(self) -> bool:
        """Nothing names a time; a half of the day alone does not."""
        return self.span is None and self.days is None and self.clock is None and self.part is None

    @property
    def morning(self) -> bool:
        """The hour is before noon."""
        return self.half == "am" or (not self.half and self.part is not None and self.part < _NOON)


def fold(mentions: Iterable[Mention], weekday_now: int) -> Read:
    """What the mentions come to; `weekday_now` of the day they were said on, 0 is Monday."""
    read = Read()
    for mention in mentions:
        read = _with(replace(read, fresh=read.fresh and not mention.corrects), mention, weekday_now)
    return read


def _with(read: Read, mention: Mention, weekday_now: int) -> Read:
    value = mention.value
    match mention.kind:
        case Kind.SPAN:
            assert isinstance(value, timedelta)
            return Read(span=value)
        case Kind.DAY:
            assert isinstance(value, int)
            return replace(read, span=None, days=value, weekday=None, next_week=False)
        case Kind.NEXT_WEEK | Kind.WEEKDAY | Kind.THIS_WEEKDAY:
            assert value is None or isinstance(value, int)
            next_week = mention.kind is Kind.NEXT_WEEK or (mention.kind is Kind.WEEKDAY and read.next_week)
            weekday = read.weekday if mention.kind is Kind.NEXT_WEEK else value
            days = 7 - weekday_now + (weekday or 0) if next_week else ((weekday or 0) - weekday_now) % 7 or 7
            return replace(read, span=None, days=days, weekday=weekday, next_week=next_week)
        case Kind.CLOCK | Kind.PART | Kind.HALF:
            return _with_hour(_of_days(read), mention)
        case _:
            assert_never(mention.kind)


def _of_days(read: Read) -> Read:
    """The same before an hour of it is said: "in two days", at three."""
    if read.span is None:
        return read
    return Read(days=read.span.days) if read.span >= _DAY else Read()


def _with_hour(read: Read, mention: Mention) -> Read:
    value = mention.value
    if mention.kind is Kind.HALF:
        assert isinstance(value, str)
        return replace(read, half=value)
    if mention.kind is Kind.PART:
        assert isinstance(value, time)
        return replace(read, part=value, half="", clock=read.clock if read.fresh else None)
    assert isinstance(value, tuple)
    hour, another = value[0] % 12 or 12, read.clock is not None or mention.corrects
    afternoon = read.part is not None and _NOON <= read.part < _EVENING
    if another and ((read.morning and hour not in _MORNING) or (afternoon and hour not in _AFTERNOON)):
        read = replace(read, part=None, half="")
    return replace(read, clock=value, fresh=True)

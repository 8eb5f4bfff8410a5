"""Spoken times to the moment that is meant: "tomorrow at three", "in ten minutes", "on monday", "in the evening".

A small grammar over the words recognisers give (no digits, no marks). Libraries were tried and refused (FACTS: dateparser
and recognizers-text find little in spoken telephone answers, or take 11-22 ms). A text is read for four parts, each in one
place: a span ("in two hours"), a day, a clock, a part of the day. How they are put together, in the customer's zone:
- hours one to seven are in the afternoon unless the morning is named, eight to twelve as said;
- morning 10:00, noon 12:00, after lunch 14:00, afternoon 15:00, after work 18:00, evening 18:30, night 19:00; no hour: 10:00;
- "monday" is the coming one, "next monday" that of next week, "next week" its Monday, the weekend its Saturday;
- what has passed today is meant tomorrow; a bare "today" or "later" is in two hours.
Chinese characters are read by a grammar of their own (bot.callback_time_zh) and put together by the same rules.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import Final

from bot.callback_time_zh import as_spoken_zh, read_zh
from speech.han import has_han

_ONES: Final = tuple(
    re.findall(
        r"\w+",
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
        " eighteen nineteen",
    )
)
_TENS: Final = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50}
_NUMBERS: Final = {word: value for value, word in enumerate(_ONES)} | _TENS
_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PARTS: Final = {
    "morning": time(10, 0),
    "noon": time(12, 0),
    "midday": time(12, 0),
    "lunchtime": time(12, 30),
    "afternoon": time(15, 0),
    "evening": time(18, 30),
    "tonight": time(19, 0),
    "night": time(19, 0),
}
_AFTER: Final = {"lunch": time(14, 0), "work": time(18, 0), "noon": time(14, 0)}
_MINUTES: Final = {"minute": 1, "hour": 60, "day": 1440, "week": 10080}
_LATER: Final = timedelta(hours=2)
_OFFICE: Final = time(10, 0)
_NEGATED: Final = re.compile(r"\b(not|no|busy|time) (right |at |on |this )?(now|today|tomorrow|moment)\b")
_HEARD_AS: Final = {"for": "four", "to": "two", "too": "two", "fine": "five"}  # hours after "at", as recognisers err
_BARE: Final = frozenset(
    (*_NUMBERS, *re.findall(r"\w+", "at o clock is fine good okay yes please maybe around about say"))
)
_VAGUE: Final = re.compile(
    r"\b(any ?time|any day|whenever|later|another time|(some )?other time|some ?time|another day|soon|any moment)\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenTime:
    """The moment meant: aware, after the moment it was said. `precise`: the customer named it (not just "later")."""

    at: datetime
    precise: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """The parts found in a text. `days` are from today; `clock` is (hour, minute) as said."""

    span: timedelta | None = None
    days: int | None = None
    clock: tuple[int, int] | None = None
    part: time | None = None
    morning: bool = False
    today: bool = False
    midnight: bool = False  # "twelve in the morning" with "am"
    second_half: bool = False  # "pm"
    vague: bool = False

    @property
    def empty(self) -> bool:
        return self.span is None and self.days is None and self.clock is None and self.part is None


def spoken_time(text: str, now: datetime, *, asked: bool = False) -> SpokenTime | None:
    """The time in `text` as said at `now` (aware, in the customer's zone); None when there is none in it.

    `asked`: the question was for a time, so that a bare "three" is one.
    """
    read = _read(text, now, asked=asked)
    if read.span is not None:
        return SpokenTime(at=_rounded((now.astimezone(UTC) + read.span).astimezone(now.tzinfo)), precise=True)
    if read.empty or (read.today and read.clock is None and read.part is None):
        return SpokenTime(at=later(now), precise=read.today) if read.vague or read.today else None
    at = _on(now, read.days or 0, _time_of(read))
    if at <= now:
        at = _on(now, 1 if not read.days else 7, _time_of(read))
    return SpokenTime(at=at, precise=True)


def later(now: datetime) -> datetime:
    """When "later" is: in two hours."""
    return _rounded((now.astimezone(UTC) + _LATER).astimezone(now.tzinfo))


def names_a_time(text: str) -> bool:
    """True when the text speaks of a time, also a vague one ("later")."""
    return spoken_time(text, _SOME_DAY) is not None


def is_whole(text: str) -> bool:
    """True when the time in the text is complete: a span, an hour or a part of a day; a bare day often goes on."""
    read = _read(text, _SOME_DAY, asked=False)
    words = _words(text)
    marked = has_han(text) or "o" in words or "past" in words or "pm" in words or "am" in words
    said_hour = read.clock is not None and marked
    return read.span is not None or read.part is not None or said_hour


def as_spoken(at: datetime, now: datetime, lang: str = "en") -> str:
    """The moment as the robot says it: "tomorrow at 3 pm", "on Monday at 10:30 am"; in `zh` 明天下午3点."""
    if lang == "zh":
        return as_spoken_zh(at, now)
    days = (at.date() - now.date()).days
    if days < 7:
        day = {0: "today", 1: "tomorrow"}.get(days) or f"on {_DAYS[at.weekday()].capitalize()}"
    else:
        day = f"on {_DAYS[at.weekday()].capitalize()}, the {_ordinal(at.day)} of {at:%B},"
    if (at.hour, at.minute) == (12, 0):
        return f"{day} at noon"
    minutes = f":{at.minute:02d}" if at.minute else ""
    return f"{day} at {at.hour % 12 or 12}{minutes} {'am' if at.hour < 12 else 'pm'}"


_SOME_DAY: Final = datetime(2026, 6, 3, 12, 0, tzinfo=UTC)


def _words(text: str) -> list[str]:
    joined = " ".join(re.sub(r"[^a-z ]", " ", text.lower().replace("'", "").replace("o'clock", "o clock")).split())
    for found, meant in (("oclock", "o clock"), ("a m", "am"), ("p m", "pm"), ("week end", "weekend")):
        joined = re.sub(rf"\b{found}\b", meant, joined)
    words = _NEGATED.sub(r"\1", joined).split()
    for at in range(1, len(words)):
        ends = at + 1 == len(words) or words[at + 1] in ("o", "in", "tomorrow", "today", "please")
        if words[at - 1] == "at" and ends:
            words[at] = _HEARD_AS.get(words[at], words[at])
    return words


def _read(text: str, now: datetime, *, asked: bool) -> _Read:
    if has_han(text):
        return _Read(**read_zh(text, now, asked=asked)._asdict())
    words = _words(text)
    span = _span(words)
    if span is not None:
        return _Read(span=span)
    days = _days(words, now)
    part = next((_PARTS[word] for word in words if word in _PARTS), None)
    for before, after in pairwise(words):
        if before == "after" and after in _AFTER:
            part = _AFTER[after]
    beside = days is not None or part is not None or (asked and set(words) <= _BARE)
    return _Read(
        days=days,
        part=part,
        clock=_clock(words, beside=beside),
        morning="morning" in words or "am" in words,
        today="today" in words,
        midnight="am" in words,
        second_half="pm" in words,
        vague=bool(_VAGUE.search(" ".join(words))),
    )


def _span(words: list[str]) -> timedelta | None:
    """ "in ten minutes", "in half an hour", "in two days"; "ten minutes" too, but not the "one minute" of "wait"."""
    for at, word in enumerate(words):
        unit = _MINUTES.get(word.removesuffix("s"))
        if unit is None or at == 0 or words[at - 1] in ("next", "this", "every", "any"):
            continue
        before = words[max(0, at - 4) : at]
        if "half" in before and unit == 60:
            return timedelta(minutes=30)
        if "quarter" in before and unit == 60:
            return timedelta(minutes=15)
        count = _count(before)
        if count is None and (before[-1], word) == ("in", "hour"):
            count = 1  # "in an hour": the small word is often not heard
        if count is None or (count == 1 and "in" not in before):
            continue
        half = words[at + 1 : at + 4] == ["and", "a", "half"]
        return timedelta(minutes=count * unit + (unit // 2 if half else 0))
    return None


def _count(before: list[str]) -> int | None:
    """The number that ends `before`."""
    text = " ".join(before)
    if text.endswith(("couple of", "couple")):
        return 2
    if text.endswith(("few", "some")):
        return 3
    if before[-1] in ("a", "an", "one"):
        return 1
    if len(before) > 1 and before[-2] in _TENS and before[-1] in _ONES[1:10]:
        return _TENS[before[-2]] + _NUMBERS[before[-1]]
    return _NUMBERS.get(before[-1]) or None


def _days(words: list[str], now: datetime) -> int | None:
    """Days from today of the day that is named."""
    if "tomorrow" in words:
        return 2 if {"day", "after"} <= set(words) else 1
    to_next_week = 7 - now.weekday()
    pairs = list(pairwise(words))
    next_week = ("next", "week") in pairs
    for at, word in enumerate(words):
        name = word.removesuffix("s")
        if name in _DAYS:
            weekday = _DAYS.index(name)
            if next_week or (at and words[at - 1] == "next"):
                return to_next_week + weekday
            return (weekday - now.weekday()) % 7 or 7
    if next_week:
        return to_next_week
    if ("next", "month") in pairs:
        first = (now.replace(day=1) + timedelta(days=32)).replace(day=1)
        first += timedelta(days=max(0, 7 - first.weekday()) if first.weekday() > 4 else 0)  # no weekend
        return (first.date() - now.date()).days
    if "weekend" in words:
        return (5 - now.weekday()) % 7 or 7
    if {"today", "tonight"} & set(words):
        return 0
    return None


def _clock(words: list[str], *, beside: bool) -> tuple[int, int] | None:
    """(hour 1-23, minute) of "three o clock", "at three", "half past three", "three thirty"; with `beside`, of "three"."""
    for at, word in enumerate(words):
        hour = _NUMBERS.get(word)
        if hour is None or not 1 <= hour <= 23:
            continue
        before, after = words[max(0, at - 2) : at], words[at + 1 : at + 3]
        past = _past(before, hour)
        if past is not None:
            return past
        if after[:1] == ["past"] or after[:1] == ["to"]:
            continue  # "ten past three": the hour comes
        minute = _minute(after)
        marked = after[:1] in (["o"], ["am"], ["pm"]) or before[-1:] in (
            *(["at"], ["around"], ["about"], ["after"], ["by"], ["before"]),
        )
        if marked or minute is not None or (beside and after[:1] not in (["minutes"], ["hours"])):
            earlier = before[-1:] == ["before"]
            return (hour - 1 or 12) if earlier else hour, minute or 0
    return None


def _past(before: list[str], hour: int) -> tuple[int, int] | None:
    """ "half past", "quarter to", "ten past" before an hour."""
    if len(before) < 2 or before[-1] not in ("past", "to"):
        return None
    minutes = {"half": 30, "quarter": 15}.get(before[-2]) or _NUMBERS.get(before[-2])
    if not minutes or minutes > 30:
        return None
    return (hour, minutes) if before[-1] == "past" else ((hour - 1) or 12, 60 - minutes)


def _minute(after: list[str]) -> int | None:
    """ "thirty", "fifteen", "forty five" after an hour."""
    if not after or after[0] not in _NUMBERS or _NUMBERS[after[0]] < 10:
        return None
    more = _NUMBERS[after[1]] if len(after) > 1 and after[0] in _TENS and after[1] in _ONES[1:10] else 0
    return _NUMBERS[after[0]] + more


def _time_of(read: _Read) -> time:
    if read.clock is None:
        return read.part or _OFFICE
    hour, minute = read.clock
    if read.morning:
        return time(0 if hour == 12 and read.midnight else hour, minute)
    second_half = read.second_half or (read.part is not None and read.part >= time(12, 0)) or hour <= 7
    return time(hour + 12 if hour < 12 and second_half else hour, minute)


def _on(now: datetime, days: int, hour: time) -> datetime:
    """That hour on the customer's clock; an hour that daylight saving skips is the one after it."""
    day = now.date() + timedelta(days=days)
    at = datetime.combine(day, hour, tzinfo=now.tzinfo)
    return at.astimezone(UTC).astimezone(now.tzinfo)


def _rounded(at: datetime) -> datetime:
    """Up to the next five minutes."""
    late = at.astimezone(UTC) + timedelta(minutes=-at.minute % 5, seconds=-at.second, microseconds=-at.microsecond)
    if late <= at:
        late += timedelta(minutes=5 if at.second or at.microsecond else 0)
    return late.astimezone(at.tzinfo)


def _ordinal(day: int) -> str:
    ending = "th" if 11 <= day <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"

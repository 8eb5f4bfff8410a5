"""Spoken times to the moment that is meant: "tomorrow at three", "in ten minutes", "on monday", "in the evening".

A small grammar over the words recognisers give (no digits, no marks). Libraries were tried and refused (FACTS: dateparser
and recognizers-text find little in spoken telephone answers). Rules of reading, in the customer's zone:
a bare hour one to seven is in the afternoon, eight to twelve as said; morning 10:00, noon 12:00, afternoon 15:00, evening
18:30; a day without an hour 10:00; "later" in two hours, "next week" on its Monday; what has passed today is tomorrow.
"""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

_ONES: Final = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS: Final = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50}
_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PARTS: Final = {
    "morning": time(10, 0),
    "noon": time(12, 0),
    "lunchtime": time(12, 30),
    "afternoon": time(15, 0),
    "evening": time(18, 30),
    "tonight": time(19, 0),
    "night": time(19, 0),
}
_LATER: Final = timedelta(hours=2)
_OFFICE: Final = time(10, 0)
_ANY: Final = re.compile(r"\b(any ?time|whenever|later|another time|some other time|some time)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenTime:
    """The moment meant (aware), and whether the customer named it (not just "later")."""

    at: datetime
    precise: bool


def spoken_time(text: str, now: datetime) -> SpokenTime | None:
    """The time in `text` as said at `now` (aware, in the customer's zone); None when there is none in it."""
    words = re.sub(r"[^a-z ]", " ", text.lower().replace("'", "")).split()
    delta = _span(words)
    if delta is not None:
        return SpokenTime(at=_minutes(now + delta), precise=True)
    clock = _clock(words)
    part = next((_PARTS[word] for word in words if word in _PARTS), None)
    day = _day(words, now)
    if clock is None and part is None and day is None:
        return SpokenTime(at=_minutes(now + _LATER), precise=False) if _ANY.search(" ".join(words)) else None
    hour = _time_of(clock, part, words)
    at = (day or now).replace(hour=hour.hour, minute=hour.minute, second=0, microsecond=0)
    if day is None and at <= now:
        at += timedelta(days=1)
    elif at <= now:
        at += timedelta(days=7)
    return SpokenTime(at=at, precise=True)


def as_spoken(at: datetime, now: datetime) -> str:
    """The moment as the robot says it: "tomorrow at 3 pm"."""
    days = (at.date() - now.date()).days
    day = {0: "today", 1: "tomorrow"}.get(days) or f"on {_DAYS[at.weekday()].capitalize()}"
    hour = at.hour % 12 or 12
    minutes = f":{at.minute:02d}" if at.minute else ""
    return f"{day} at {hour}{minutes} {'am' if at.hour < 12 else 'pm'}"


def _minutes(at: datetime) -> datetime:
    """Rounded up to five minutes."""
    late = at + timedelta(minutes=-at.minute % 5 if at.minute % 5 else 0)
    return late.replace(second=0, microsecond=0)


def _number(words: list[str]) -> int | None:
    if not words:
        return None
    if words[0] in _TENS:
        rest = _ONES.index(words[1]) if len(words) > 1 and words[1] in _ONES[1:10] else 0
        return _TENS[words[0]] + rest
    if words[0] in _ONES:
        return _ONES.index(words[0])
    return {"a": 1, "an": 1, "couple": 2, "few": 3}.get(words[0])


def _span(words: list[str]) -> timedelta | None:
    """ "in ten minutes", "in half an hour", "in two days"; a bare "ten minutes" too."""
    units = {"minute": 1, "hour": 60, "day": 1440, "week": 10080}
    for at, word in enumerate(words):
        unit = units.get(word.removesuffix("s"))
        if unit is None or at == 0:
            continue
        before = words[max(0, at - 3) : at]
        if "half" in before:
            return timedelta(minutes=unit / 2)
        for start in range(len(before)):
            count = _number([w for w in before[start:] if w not in ("of",)])
            if count and "next" not in before and "this" not in before:
                return timedelta(minutes=count * unit)
    return None


def _clock(words: list[str]) -> tuple[int, int] | None:
    """(hour 1-12 or 13-23, minute) of "three o clock", "at three", "half past three", "three thirty"."""
    for at, word in enumerate(words):
        hour = _number([word])
        if hour is None or not 1 <= hour <= 23 or word in ("a", "an", "couple", "few"):
            continue
        after, before = words[at + 1 : at + 3], words[max(0, at - 2) : at]
        if before[-2:] == ["half", "past"]:
            return hour, 30
        if before[-2:] == ["quarter", "past"]:
            return hour, 15
        if before[-2:] == ["quarter", "to"]:
            return (hour - 1) or 12, 45
        if after[:1] in (["o"], ["oclock"], ["am"], ["pm"], ["a"], ["p"]) or before[-1:] in (
            ["at"],
            ["around"],
            ["about"],
        ):
            return hour, 30 if after[:1] == ["thirty"] else 0
        if after[:1] == ["thirty"]:
            return hour, 30
    return None


def _time_of(clock: tuple[int, int] | None, part: time | None, words: list[str]) -> time:
    if clock is None:
        return part or _OFFICE
    hour, minute = clock
    evening = part is not None and part >= time(12, 0)
    if "am" in words or (part is not None and part < time(12, 0)):
        return time(hour % 12 if hour == 12 and "am" in words else hour, minute)
    if hour < 12 and ("pm" in words or evening or hour <= 7):
        return time(hour + 12, minute)
    return time(hour, minute)


def _day(words: list[str], now: datetime) -> datetime | None:
    for word in words:
        if word in _DAYS:
            ahead = (_DAYS.index(word) - now.weekday()) % 7 or 7
            return now + timedelta(days=ahead)
    if "tomorrow" in words:
        return now + timedelta(days=2 if "after" in words[: words.index("tomorrow")] else 1)
    if "next" in words and "week" in words:
        return now + timedelta(days=7 - now.weekday())
    if "next" in words and "month" in words:
        return now + timedelta(days=28)
    if "today" in words or "tonight" in words:
        return now
    return None

"""Spoken times to the moment that is meant: "tomorrow at three", "in ten minutes", "on monday", "in the evening".

Libraries were tried and refused (FACTS: dateparser and recognizers-text find little in spoken telephone answers, or take
11-22 ms). Each language finds what a text mentions (bot.callback_time_en; bot.callback_time_zh for Chinese characters), the
mentions are folded (bot.time_mentions: who corrects himself means the last value said, part by part), and what is left is
put together in the customer's zone:
- hours one to seven are in the afternoon unless the morning is named, eight to twelve as said;
- morning 10:00, noon 12:00, after lunch 14:00, afternoon 15:00, after work 18:00, evening 18:30, night 19:00; no hour: 10:00;
- "monday" is the coming one, "next monday" that of next week, "next week" its Monday, the weekend its Saturday;
- what has passed today is meant tomorrow; a bare "today" or "later" is in two hours.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Final

from bot.callback_time_en import DAYS, ReadEn, read_en, words_of
from bot.callback_time_zh import ReadZh, as_spoken_zh, read_zh
from bot.time_mentions import Read, fold
from speech.han import has_han

_LATER: Final = timedelta(hours=2)
_OFFICE: Final = time(10, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenTime:
    """The moment meant: aware, after the moment it was said. `precise`: the customer named it (not just "later")."""

    at: datetime
    precise: bool


def spoken_time(text: str, now: datetime, *, asked: bool = False, before: str = "") -> SpokenTime | None:
    """The time in `text` as said at `now` (aware, in the customer's zone); None when there is none in it.

    `asked`: the question was for a time, so that a bare "three" is one. `before`: the time said in an earlier turn, which
    this one corrects: what it leaves out is taken from there.
    """
    said = _said(text, now, asked=asked or bool(before))
    mentions = said.mentions
    if before and mentions:
        mentions = [*_said(before, now, asked=True).mentions, replace(mentions[0], corrects=True), *mentions[1:]]
    read = fold(mentions, now.weekday())
    if read.span is not None:
        return SpokenTime(at=_rounded((now.astimezone(UTC) + read.span).astimezone(now.tzinfo)), precise=True)
    today = read.days == 0 and read.clock is None and read.part is None
    if read.empty or today:
        return SpokenTime(at=later(now), precise=today) if said.vague or today else None
    at = _on(now, read.days or 0, _time_of(read))
    if at <= now:
        at = _on(now, 1 if not read.days else 7, _time_of(read))
    return SpokenTime(at=at, precise=True)


def refuses_time(text: str) -> bool:
    """True when the text refuses a time and speaks of no other: "not tomorrow"."""
    said = _said(text, _SOME_DAY, asked=False)
    return said.refused and not said.vague and fold(said.mentions, 0).empty


def later(now: datetime) -> datetime:
    """When "later" is: in two hours."""
    return _rounded((now.astimezone(UTC) + _LATER).astimezone(now.tzinfo))


def names_a_time(text: str) -> bool:
    """True when the text speaks of a time, also a vague one ("later")."""
    return spoken_time(text, _SOME_DAY) is not None


def is_whole(text: str) -> bool:
    """True when the time in the text is complete: a span, an hour or a part of a day; a bare day often goes on."""
    read = fold(_said(text, _SOME_DAY, asked=False).mentions, _SOME_DAY.weekday())
    words = words_of(text)
    marked = has_han(text) or "o" in words or "past" in words or "pm" in words or "am" in words
    said_hour = read.clock is not None and marked
    return read.span is not None or read.part is not None or said_hour


def as_spoken(at: datetime, now: datetime, lang: str = "en") -> str:
    """The moment as the robot says it: "tomorrow at 3 pm", "on Monday at 10:30 am"; in `zh` 明天下午3点."""
    if lang == "zh":
        return as_spoken_zh(at, now)
    days = (at.date() - now.date()).days
    if days < 7:
        day = {0: "today", 1: "tomorrow"}.get(days) or f"on {DAYS[at.weekday()].capitalize()}"
    else:
        day = f"on {DAYS[at.weekday()].capitalize()}, the {_ordinal(at.day)} of {at:%B},"
    if (at.hour, at.minute) == (12, 0):
        return f"{day} at noon"
    minutes = f":{at.minute:02d}" if at.minute else ""
    return f"{day} at {at.hour % 12 or 12}{minutes} {'am' if at.hour < 12 else 'pm'}"


_SOME_DAY: Final = datetime(2026, 6, 3, 12, 0, tzinfo=UTC)


def _said(text: str, now: datetime, *, asked: bool) -> ReadEn | ReadZh:
    return read_zh(text, now, asked=asked) if has_han(text) else read_en(text, now, asked=asked)


def _time_of(read: Read) -> time:
    if read.clock is None:
        return read.part or _OFFICE
    hour, minute = read.clock
    if read.morning:
        return time(0 if hour == 12 and read.half == "am" else hour, minute)
    second_half = read.half == "pm" or (read.part is not None and read.part >= time(12, 0)) or hour <= 7
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

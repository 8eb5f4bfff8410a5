"""Spoken English times: what a text mentions of them ("tomorrow at three", "in ten minutes", "on monday", "not today").

A small grammar over the words recognisers give (no digits, no marks). Mentions are found in one place each and given in the
order said; what is refused ("not tomorrow", "i am busy on monday", "friday is bad") is none. "No" refuses nothing: it
corrects what was said before ("monday no tomorrow").
"""

import re
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Final, NamedTuple

from bot.time_mentions import Kind, Mention, Value

_ONES: Final = tuple(
    re.findall(
        r"\w+",
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
        " eighteen nineteen",
    )
)
_TENS: Final = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50}
_NUMBERS: Final = {word: value for value, word in enumerate(_ONES)} | _TENS
DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
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
_HEARD_AS: Final = {"for": "four", "to": "two", "too": "two", "fine": "five"}  # hours after "at", as recognisers err
_HOUR_AFTER: Final = ("at", "around", "about", "after", "by", "before")
_BARE: Final = frozenset(
    (*_NUMBERS, *re.findall(r"\w+", "at o clock is fine good okay yes no please maybe around about say"))
)
_VAGUE: Final = re.compile(
    r"\b(any ?time|any day|whenever|later|another time|(some )?other time|some ?time|another day|soon|any moment)\b"
)
_CORRECTING: Final = re.compile(r"\b(no|sorry|actually|rather|instead|i mean|i meant|i said|make (it|that)|wait)\b")
_SAID_FOR: Final = re.compile(r"(\b(no|sorry|actually|rather|mean|meant|said|it|that)|^)$")  # before a bare new hour
_JOINS: Final = r"(?: (?:on|at|in|the|this|that|right|around|about|coming|next|either|after|by))*"
_VERB: Final = (
    r"(?: (?:have (?:any |the |much )?time|call(?:ed|ing)?|phone|ring|try|talk|speak|do(?: it| that)?|make it|pick up|answer"
    r"|be|come|work|contact|disturb|bother))?"
)
_REFUSED_BEFORE: Final = re.compile(
    r"(?:(?<!why )\b(?:not|never|dont|doesnt|cant|cannot|wont|isnt|arent|nor)(?: (?:really|even|ever|quite|please))?"
    r"(?: (?:want|wish|like)(?: (?:you|anyone|anybody|anything|a call|calls|them))?(?: to)?| interested in(?: a call)?)?(?: be)?"
    rf"{_VERB}(?: (?:me|us|back|again|here|free|available|it|that|this|to me|to you|with you|number|at home))*"
    r"|\b(?:busy|no time|no (?:more )?calls?|except|away|instead of|rather than|(?:in|have) a meeting)"
    r"(?: again)?)"
    rf"{_JOINS}$"
    r"|\b(?:not|never|dont) (?:ever )?(?:call|phone|ring|try|contact|disturb|bother)"
    r"(?: (?!(?:call|phone|ring|try|contact|but|i|it|instead|better|rather|because|then|so|maybe|please|no|only|now|moment)\b)"
    r"\w+){0,6}$"
)
_REFUSED_AFTER: Final = re.compile(
    r"^ (?:(?:it|that) )?(?:is|would be|will be|was|are) (?:really |very |too |also |a |just )*"
    r"(?:not(?! (?:a )?(?:bad|problem))|bad|no good|no time|impossible|full|difficult|wrong|busy)\b"
    r"|^ (?:isnt|doesnt|does not|do not|dont|will not|wont|would not|can not|cannot|cant)\b"
    r"|^ (?:i am|im|i will be|ill be|we are|i have)(?: really| very| too| also| already)* (?:busy|away|not|no time|a meeting)\b"
    r"|^ i (?:can not|cannot|cant|do not have|dont have|have no)\b"
)
_WISHES: Final = re.compile(r"\b(call|ring|try|phone|reach|talk|speak|contact|do it|better|maybe|please)\b")
_OR: Final = re.compile(rf"^ (?:or|and|nor){_JOINS}$")


class ReadEn(NamedTuple):
    """The mentions of a text; `refused`: it refuses a time; `vague`: it speaks of one without naming it ("later")."""

    mentions: list[Mention]
    refused: bool
    vague: bool


class _Found(NamedTuple):
    begin: int  # words
    end: int
    kind: Kind
    value: Value
    sure: bool = True  # False: a bare number that may be an hour


def read_en(text: str, now: datetime, *, asked: bool) -> ReadEn:
    """What of a time is in a text, said at `now`. `asked`: a bare number answers the question for an hour."""
    words = words_of(text)
    found = sorted(_found(words, now))
    refused = _refused(words, found)
    kept = [one for one in found if one not in refused]
    asked = asked and set(words) <= _BARE
    return ReadEn(
        mentions=list(_mentions(words, kept, asked=asked)),
        refused=bool(refused),
        vague=bool(_VAGUE.search(" ".join(words))),
    )


def words_of(text: str) -> list[str]:
    """The words, hours written as one expects them."""
    joined = " ".join(re.sub(r"[^a-z ]", " ", text.lower().replace("'", "").replace("o'clock", "o clock")).split())
    for found, meant in (("oclock", "o clock"), ("a m", "am"), ("p m", "pm"), ("week end", "weekend")):
        joined = re.sub(rf"\b{found}\b", meant, joined)
    words = joined.split()
    for at in range(1, len(words)):
        ends = at + 1 == len(words) or words[at + 1] in ("o", "in", "tomorrow", "today", "please")
        if words[at - 1] == "at" and ends:
            words[at] = _HEARD_AS.get(words[at], words[at])
    return words


def _mentions(words: list[str], found: list[_Found], *, asked: bool) -> Iterator[Mention]:
    """Those that are times. A bare number is an hour beside a day, or said for an hour before, or as the answer."""
    beside = asked or any(one.kind not in (Kind.SPAN, Kind.CLOCK, Kind.HALF) for one in found)
    hour_known = any(one.kind is Kind.CLOCK and one.sure for one in found)
    last = 0
    for one in found:
        if not one.sure:
            said_for = last > 0 and _SAID_FOR.search(" ".join(words[last : one.begin])) and last < one.begin
            if not said_for and (hour_known or not beside):
                continue
            hour_known = True
        corrects = _CORRECTING.search(" ".join(words[last : one.begin])) is not None
        last = one.end
        yield Mention(kind=one.kind, value=one.value, corrects=corrects)


# -- what is refused ------------------------------------------------------------------------------------------------------
def _refused(words: list[str], found: list[_Found]) -> set[_Found]:
    denied = {one for one in found if _REFUSED_BEFORE.search(" ".join(words[: one.begin]))}
    refused: set[_Found] = set()
    for at, one in enumerate(found):
        following = found[at + 1] if at + 1 < len(found) else None
        together = at > 0 and found[at - 1] in refused and _goes_with(words, found[at - 1], one)
        if one in denied or together or (following not in denied and _is_bad(words, one, following)):
            refused.add(one)
    return refused


def _is_bad(words: list[str], one: _Found, following: _Found | None) -> bool:
    """ "tomorrow is bad", "on monday i am busy"; not the tomorrow of "call me tomorrow i am busy now"."""
    match = _REFUSED_AFTER.match("".join(f" {word}" for word in words[one.end :]))
    if match is None:
        return False
    if match[0].startswith((" i ", " im ", " ill ", " we ")) and _WISHES.search(" ".join(words[: one.begin])):
        return False
    rest = words[one.end + len(match[0].split()) : following.begin if following else len(words)]
    return not {"now", "moment"} & set(rest)


def _goes_with(words: list[str], before: _Found, one: _Found) -> bool:
    """Said in one breath with what is refused: "not tomorrow morning", "not on monday or tuesday"."""
    between = "".join(f" {word}" for word in words[before.end : one.begin])
    if _OR.match(between):
        return before.kind is one.kind
    day_before = before.kind in (Kind.DAY, Kind.WEEKDAY, Kind.THIS_WEEKDAY, Kind.NEXT_WEEK, Kind.CLOCK)
    return (
        day_before
        and one.kind in (Kind.CLOCK, Kind.PART, Kind.HALF)
        and before.kind is not one.kind
        and one.sure
        and re.fullmatch(_JOINS, between) is not None
    )


# -- what is mentioned ----------------------------------------------------------------------------------------------------
def _found(words: list[str], now: datetime) -> Iterator[_Found]:
    spans = list(_spans(words))
    yield from spans
    taken = {at for one in spans for at in range(one.begin, one.end)}
    for one in (*_days(words, now), *_parts(words), *_clocks(words)):
        if not taken & set(range(one.begin, one.end)):
            yield one


def _spans(words: list[str]) -> Iterator[_Found]:
    """ "in ten minutes", "in half an hour", "in two days"; "ten minutes" too, but not the "one minute" of "wait"."""
    for at, word in enumerate(words):
        unit = _MINUTES.get(word.removesuffix("s"))
        if unit is None or at == 0 or words[at - 1] in ("next", "this", "every", "any"):
            continue
        before = words[max(0, at - 4) : at]
        half = words[at + 1 : at + 4] == ["and", "a", "half"]
        minutes = _minutes(before, word, unit)
        if minutes is not None:
            minutes += unit // 2 if half and minutes >= unit else 0
            begin = next((back for back in range(at - 1, max(-1, at - 5), -1) if words[back] == "in"), at - 1)
            yield _Found(begin, at + (4 if half else 1), Kind.SPAN, timedelta(minutes=minutes))


def _minutes(before: list[str], word: str, unit: int) -> int | None:
    if "half" in before and unit == 60:
        return 30
    if "quarter" in before and unit == 60:
        return 15
    count = _count(before)
    if count is None and (before[-1], word) == ("in", "hour"):
        count = 1  # "in an hour": the small word is often not heard
    if count is None or (count == 1 and "in" not in before):
        return None
    return count * unit


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


def _days(words: list[str], now: datetime) -> Iterator[_Found]:
    """The days that are named."""
    for at, word in enumerate(words):
        before, end = words[max(0, at - 1) : at], at + 1
        name = word.removesuffix("s")
        if word == "tomorrow":
            after = {"day", "after"} <= set(words[max(0, at - 3) : at])
            begin = words.index("day", max(0, at - 3)) if after else at
            yield _Found(begin, end, Kind.DAY, 2 if after else 1)
        elif name in DAYS and before == ["next"]:
            yield _Found(at - 1, end, Kind.DAY, 7 - now.weekday() + DAYS.index(name))
        elif name in DAYS:
            yield _Found(at, end, Kind.THIS_WEEKDAY if before == ["this"] else Kind.WEEKDAY, DAYS.index(name))
        elif word == "week" and before == ["next"]:
            yield _Found(at - 1, end, Kind.NEXT_WEEK, None)
        elif word == "month" and before == ["next"]:
            first = (now.replace(day=1) + timedelta(days=32)).replace(day=1)
            first += timedelta(days=max(0, 7 - first.weekday()) if first.weekday() > 4 else 0)  # no weekend
            yield _Found(at - 1, end, Kind.DAY, (first.date() - now.date()).days)
        elif word == "weekend":
            yield _Found(at, end, Kind.DAY, (5 - now.weekday()) % 7 or 7)
        elif word in ("today", "tonight"):
            yield _Found(at, end, Kind.DAY, 0)


def _parts(words: list[str]) -> Iterator[_Found]:
    for at, word in enumerate(words):
        after = at > 0 and words[at - 1] == "after"
        if after and word in _AFTER:
            yield _Found(at - 1, at + 1, Kind.PART, _AFTER[word])
        elif word in _PARTS:
            yield _Found(at, at + 1, Kind.PART, _PARTS[word])
        elif word in ("am", "pm") and words[at - 1 : at] != ["i"]:
            yield _Found(at, at + 1, Kind.HALF, word)


def _clocks(words: list[str]) -> Iterator[_Found]:
    """ "three o clock", "at three", "half past three", "three thirty"; and bare numbers, which may be hours."""
    last = 0
    for at, word in enumerate(words):
        hour = _NUMBERS.get(word)
        if at < last or hour is None or not 1 <= hour <= 23:
            continue
        before, after = words[max(last, at - 2) : at], words[at + 1 : at + 3]
        past = _past(before, hour)
        if past is None and after[:1] in (["past"], ["to"], ["minutes"], ["hours"]):
            continue  # "ten past three": the hour comes
        minute, length = _minute(after)
        marked = past is not None or minute is not None
        marked = marked or after[:1] in (["o"], ["am"], ["pm"]) or before[-1:] in [[one] for one in _HOUR_AFTER]
        earlier = before[-1:] == ["before"] and before[:1] != ["not"]
        clock = past or ((hour - 1 or 12) if earlier else hour, minute or 0)
        last = at + 1 + (0 if past else length)
        yield _Found(at, last, Kind.CLOCK, clock, marked)


def _past(before: list[str], hour: int) -> tuple[int, int] | None:
    """ "half past", "quarter to", "ten past" before an hour."""
    if len(before) < 2 or before[-1] not in ("past", "to"):
        return None
    minutes = {"half": 30, "quarter": 15}.get(before[-2]) or _NUMBERS.get(before[-2])
    if not minutes or minutes > 30:
        return None
    return (hour, minutes) if before[-1] == "past" else ((hour - 1) or 12, 60 - minutes)


def _minute(after: list[str]) -> tuple[int | None, int]:
    """ "thirty", "fifteen", "forty five" after an hour, and of how many words."""
    if not after or after[0] not in _NUMBERS or _NUMBERS[after[0]] < 10:
        return None, 0
    if len(after) > 1 and after[0] in _TENS and after[1] in _ONES[1:10]:
        return _NUMBERS[after[0]] + _NUMBERS[after[1]], 2
    return _NUMBERS[after[0]], 1

"""Spoken Mandarin times to the moment that is meant: 明天下午三点, 后天上午十点半, 下周一, 半个小时以后, 晚上.

Over the characters a recogniser gives (numbers in characters; digits are read too). The parts are those of the English
grammar (bot.callback_time), and so are its rules: hours one to seven are in the afternoon unless the morning is named, a
bare 周一 is the coming one, 下周一 that of next week, 下周 its Monday, 周末 the Saturday. A day or hour that is refused
(今天没空, 上午不行, 不要明天) is none; 不 and 不对 before another correct what was said (明天五点不对三点).
"""

import re
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Final, NamedTuple

from bot.time_mentions import Kind, Mention, Value
from speech.han import together

DIGITS: Final = {**{char: value for value, char in enumerate("零一二三四五六七八九")}, "两": 2, "〇": 0}
_N: Final = "[零〇一二两三四五六七八九十0-9]"
_DAYS: Final = {"今": 0, "明": 1, "后": 2, "大后": 3}
_WEEK: Final = "(?:周|星期|礼拜)"
_WEEKDAYS: Final = "一二三四五六日天"
_PARTS: Final = (
    (("早上", "早晨", "上午", "凌晨", "一早", "清早"), time(10, 0)),
    (("中午", "午休"), time(12, 0)),
    (("午饭后", "午饭以后", "吃完饭", "饭后"), time(14, 0)),
    (("下午", "午后"), time(15, 0)),
    (("下班后", "下班以后", "下了班", "下班", "傍晚"), time(18, 0)),
    (("晚上", "晚饭后", "夜里"), time(19, 0)),
)
_DAY: Final = re.compile(
    rf"(?P<nexts>下{{0,2}})(?P<this>这|本)?个?{_WEEK}(?P<weekday>[{_WEEKDAYS}])|(?P<weekend>(?P<next_weekend>下个?)?周末)"
    rf"|下个?{_WEEK}|(?P<month>下个?月)|(?P<day>大后|后|明|今)(?P<part>[天晚早儿])"
)
_CORRECTING: Final = re.compile("不|错|应该是|还是|改成|改到|换成|我是说")
_PART: Final = "(?:早上|上午|中午|下午|晚上)"
_HOUR: Final = f"(?:{_N}{{1,3}}点(?:半|钟)?)"
_REFUSABLE: Final = (
    rf"(?:(?:今天|明天|大?后天|周末|下个?{_WEEK}(?![{_WEEKDAYS}])|下{{0,2}}个?{_WEEK}[{_WEEKDAYS}]){_PART}?{_HOUR}?"
    rf"|(?:今晚|明晚|今早|明早|现在|{_PART}){_HOUR}?|{_HOUR})"
)
# What stands after 不 where it is said for "no": "明天五点不三点", "今天不明天", "三点不好意思".
_NO_MORE: Final = rf"(?:用|过|如|错|是|对|好意|不|{_N}|今|明|后|周|星期|礼拜|[上中下早晚][午上周个])"
_REFUSED: Final = re.compile(
    rf"{_REFUSABLE}(?:请|麻烦|您|你|我|都|也|真的|肯定|实在)*(?:"
    r"(?:别|不要|不用|甭)再?(?:给我|跟我)?(?:打|来|联系|找)(?:给我|电话|过来|来|我)*"
    rf"|(?:没(?!问题)|不(?!{_NO_MORE})|很忙|太忙|在忙|忙|要开会|在开会|有事|有课)"
    r"(?:有|行|方便|在|想|能|可以)?(?:时间|空|聊|接|说)?)"
    rf"|(?:(?<!是)不是|别|不要|不想|不能|不在|除了|甭)(?:在|给我|跟我|是)*{_REFUSABLE}"
)
_SPAN: Final = re.compile(
    rf"(?:(?P<half>半)个?(?P<half_unit>小时|钟头|天)|(?P<quarter>一刻钟)|(?P<few>几)个?(?P<few_unit>分钟|小时|钟头|天)"
    rf"|(?P<count>{_N}+)个?(?P<more>半)?(?P<unit>分钟|小时|钟头|天|星期|礼拜|周|月))(?!半|[一二三四五六日末])"
)
_UNITS: Final = {"分钟": 1, "小时": 60, "钟头": 60, "天": 1440, "星期": 10080, "礼拜": 10080, "周": 10080}
_CLOCK: Final = re.compile(
    rf"(?P<beside>[上下中]午|晚上|早上|凌晨|傍晚|天|后|[周期拜][{_WEEKDAYS}]|到|那|就|^)?(?P<hour>{_N}{{1,3}})(?:点|时(?!间|候)|[:：])"
    rf"(?:(?P<half>半)|(?P<quarter>[一三])刻|(?P<minute>{_N}{{1,3}})分?)?(?P<clock>钟|整)?"
)
_VAGUE: Final = re.compile(
    "晚点|晚一点|晚些|迟点|迟一点|一会|待会|等会|过会|以后(?![，晚早上下中不别都])|改天|改日|回头|有空|有时间再|随时|都可以|都行|下次|再联系|别的时间"
)
_BARE: Final = re.compile(
    rf"(?:不|不对|不是)?(?:那就|就|在|大概|差不多|是)?(?P<hour>{_N}{{1,3}})(?P<half>半)?(?:吧|可以|左右|好了|行)?"
)


class ReadZh(NamedTuple):
    """The mentions of a text; `refused`: it refuses a time; `vague`: it speaks of one without naming it (晚点)."""

    mentions: list[Mention]
    refused: bool
    vague: bool


class _Found(NamedTuple):
    begin: int  # characters
    end: int
    kind: Kind
    value: Value


def read_zh(text: str, now: datetime, *, asked: bool) -> ReadZh:
    """What of a time is in a text of Chinese characters, said at `now`. `asked`: a bare number is an hour."""
    said = re.sub(r"[^\w:：]", "", together(text))
    words = _REFUSED.sub(lambda found: "，" * len(found[0]), said)  # a mark, so that what is around it is no word
    mentions, last = [], 0
    for one in sorted(_found(words, now, asked=asked), key=lambda one: (one.begin, -one.end)):
        between = words[last : one.begin]
        if one.begin < last:
            continue  # inside the one before: 下周一 is not 周一
        corrects = _CORRECTING.search(between) is not None
        mentions.append(Mention(kind=one.kind, value=one.value, corrects=corrects))
        last = one.end
    return ReadZh(mentions=mentions, refused=words != said, vague=_VAGUE.search(words) is not None)


def number_zh(text: str) -> int | None:
    """The value of 0-99 in characters or digits: 三, 十, 十五, 二十, 四十五, 15."""
    if text.isascii():
        return int(text) if text.isdigit() else None
    tens, ten, ones = text.partition("十")
    if not ten:
        return DIGITS.get(text)
    if (tens and tens not in DIGITS) or (ones and ones not in DIGITS):
        return None
    return 10 * (DIGITS[tens] if tens else 1) + (DIGITS[ones] if ones else 0)


def as_spoken_zh(at: datetime, now: datetime) -> str:
    """The moment as the robot writes it: 明天下午3点, 周一上午10点半, 12月7日星期一下午2点."""
    days = (at.date() - now.date()).days
    name = _WEEKDAYS[at.weekday()]
    if days < 3:
        day = ("今天", "明天", "后天")[days]
    elif days < 7:
        day = f"{'下' if at.weekday() < now.weekday() else ''}周{name}"
    else:
        day = f"{at.month}月{at.day}日星期{name}"
    part = next(
        part for until, part in ((6, "凌晨"), (12, "上午"), (13, "中午"), (18, "下午"), (24, "晚上")) if at.hour < until
    )
    hour = at.hour if at.hour <= 12 else at.hour - 12
    minutes = {0: "", 30: "半"}.get(at.minute, f"{at.minute:02d}分")
    return f"{day}{part}{hour}点{minutes}"


def _found(words: str, now: datetime, *, asked: bool) -> Iterator[_Found]:
    for found in _SPAN.finditer(words):
        span = _span(found)
        if span is not None:
            yield _Found(found.start(), found.end(), Kind.SPAN, span)
    yield from _days(words, now)
    for names, at in _PARTS:
        for found in re.finditer("|".join(sorted(names, key=len, reverse=True)), words):
            yield _Found(found.start(), found.end(), Kind.PART, at)
    yield from _clocks(words, asked=asked)


def _span(found: re.Match[str]) -> timedelta | None:
    """半个小时, 十分钟, 两天, 一个半小时."""
    if found["quarter"]:
        return timedelta(minutes=15)
    if found["half"]:
        return timedelta(minutes=_UNITS[found["half_unit"]] // 2)
    if found["few"]:
        return (
            timedelta(minutes=3 * _UNITS[found["few_unit"]]) if found["few_unit"] != "分钟" else timedelta(minutes=10)
        )
    count = number_zh(found["count"])
    if not count:
        return None
    if found["unit"] == "月":
        return timedelta(days=30 * count) if f"{found['count']}个" in found[0] else None  # 三月 is March
    minutes = _UNITS[found["unit"]]
    return timedelta(minutes=count * minutes + (minutes // 2 if found["more"] else 0))


def _days(words: str, now: datetime) -> Iterator[_Found]:
    """The days that are named."""
    to_next_week = 7 - now.weekday()
    for found in _DAY.finditer(words):
        kind, value = Kind.DAY, 0
        if found["weekday"]:
            value = min(_WEEKDAYS.index(found["weekday"]), 6)
            kind = Kind.WEEKDAY
            if found["nexts"]:
                kind, value = Kind.DAY, to_next_week + value + 7 * (len(found["nexts"]) - 1)
            elif found["this"]:
                kind = Kind.THIS_WEEKDAY
        elif found["weekend"]:
            value = to_next_week + 5 if found["next_weekend"] else (5 - now.weekday()) % 7 or 7
        elif found["month"]:
            first = (now.replace(day=1) + timedelta(days=32)).replace(day=1)
            first += timedelta(days=max(0, 7 - first.weekday()) if first.weekday() > 4 else 0)  # no weekend
            value = (first.date() - now.date()).days
        elif found["day"]:
            value = _DAYS[found["day"]]
            part = {"晚": time(19, 0), "早": time(10, 0)}.get(found["part"])
            if part:
                yield _Found(found.start(), found.end() - 1, Kind.DAY, value)
                yield _Found(found.end() - 1, found.end(), Kind.PART, part)
                continue
        else:
            yield _Found(found.start(), found.end(), Kind.NEXT_WEEK, None)
            continue
        yield _Found(found.start(), found.end(), kind, value)


def _clocks(words: str, *, asked: bool) -> Iterator[_Found]:
    """(hour 1-23, minute) of 三点, 三点半, 十点一刻, 15:30; `asked`: of a bare 三 too. The 一点 of 贵一点 is none."""
    any_clock = False
    for found in _CLOCK.finditer(words):
        clock = _clock(found, words)
        if clock is not None:
            any_clock = True
            yield _Found(found.start("hour"), found.end(), Kind.CLOCK, clock)
    bare = _BARE.fullmatch(words) if asked and not any_clock else None
    hour = number_zh(bare["hour"]) if bare else None
    if bare and hour is not None and 1 <= hour <= 23:
        yield _Found(bare.start("hour"), bare.end("hour"), Kind.CLOCK, (hour, 30 if bare["half"] else 0))


def _clock(found: re.Match[str], words: str) -> tuple[int, int] | None:
    hour = number_zh(found["hour"])
    if hour is None or hour > 23:
        return None
    marked = found["beside"] is not None or found["clock"] or found["half"] or found["minute"] or found["quarter"]
    if hour == 1 and not (marked and words[found.end() : found.end() + 1] not in ("儿", "吗", "点")):
        return None
    if found["half"]:
        return hour, 30
    if found["quarter"]:
        return hour, 15 * DIGITS[found["quarter"]]
    minute = number_zh(found["minute"].lstrip("零〇") or "0") if found["minute"] else 0
    return (hour, minute) if minute is not None and minute < 60 else (hour, 0)

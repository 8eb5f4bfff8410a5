"""Spoken Mandarin times to the moment that is meant: 明天下午三点, 后天上午十点半, 下周一, 半个小时以后, 晚上.

Over the characters a recogniser gives (numbers in characters; digits are read too). The parts are those of the English
grammar (bot.callback_time), and so are its rules: hours one to seven are in the afternoon unless the morning is named, a
bare 周一 is the coming one, 下周一 that of next week, 下周 its Monday, 周末 the Saturday. A day or hour that is refused
("今天没空", "上午不行") is none.
"""

import re
from datetime import datetime, time, timedelta
from typing import Final, NamedTuple

from speech.han import together

DIGITS: Final = {**{char: value for value, char in enumerate("零一二三四五六七八九")}, "两": 2, "〇": 0}
_N: Final = "[零〇一二两三四五六七八九十0-9]"
_DAYS: Final = {"今": 0, "明": 1, "后": 2, "大后": 3}
_WEEK: Final = "(?:周|星期|礼拜)"
_WEEKDAYS: Final = "一二三四五六日天"
_PARTS: Final = (
    (("早上", "早晨", "上午", "一早", "清早"), time(10, 0)),
    (("中午", "午休"), time(12, 0)),
    (("午饭后", "午饭以后", "吃完饭", "饭后"), time(14, 0)),
    (("下午", "午后"), time(15, 0)),
    (("下班后", "下班以后", "下了班", "下班", "傍晚"), time(18, 0)),
    (("晚上", "晚饭后", "夜里"), time(19, 0)),
)
_MORNING: Final = ("早上", "早晨", "上午", "凌晨", "一早", "清早")
_REFUSED: Final = re.compile(
    rf"(?:今天|明天|后天|今晚|明晚|现在|上午|中午|下午|晚上|{_WEEK}[{_WEEKDAYS}])+(?:我)?(?:都|也|真的)?"
    r"(?:没|不(?!用|过|如)|很忙|太忙|在忙|忙|要开会|在开会|有事|有课)"
    r"(?:有|行|方便|在|想|能|可以)?(?:时间|空|聊|接|说)?"
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
    "晚点|晚一点|晚些|迟点|迟一点|一会|待会|等会|过会|以后|改天|改日|回头|有空|有时间再|随时|都可以|都行|下次|再联系|别的时间"
)
_BARE: Final = re.compile(rf"(?:那就|就|在|大概|差不多)?(?P<hour>{_N}{{1,3}})(?P<half>半)?(?:吧|可以|左右|好了|行)?")


class Read(NamedTuple):
    """The parts found in a text. `days` are from today; `clock` is (hour, minute) as said."""

    span: timedelta | None = None
    days: int | None = None
    clock: tuple[int, int] | None = None
    part: time | None = None
    morning: bool = False
    today: bool = False
    vague: bool = False


def read_zh(text: str, now: datetime, *, asked: bool) -> Read:
    """What of a time is in a text of Chinese characters, said at `now`."""
    words = _REFUSED.sub("", re.sub(r"[^\w:：]", "", together(text)))
    part = next((at for names, at in _PARTS if any(name in words for name in names)), None)
    night = re.search("今晚|明晚|后晚", words)
    if night or re.search("明早|后早", words):
        part = part or (time(19, 0) if night else time(10, 0))
    return Read(
        span=_span(words),
        days=_days(words, now),
        clock=_clock(words, asked=asked),
        part=part,
        morning=any(name in words for name in (*_MORNING, "明早")),
        today=re.search("今天|今晚|今儿", words) is not None,
        vague=_VAGUE.search(words) is not None,
    )


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


def _span(words: str) -> timedelta | None:
    """半个小时, 十分钟, 两天, 一个半小时."""
    found = _SPAN.search(words)
    if found is None:
        return None
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
        return timedelta(days=30 * count) if f"{found['count']}个" in words else None  # 三月 is March
    minutes = _UNITS[found["unit"]]
    return timedelta(minutes=count * minutes + (minutes // 2 if found["more"] else 0))


def _days(words: str, now: datetime) -> int | None:
    """Days from today of the day that is named."""
    to_next_week = 7 - now.weekday()
    found = re.search(rf"(下{{0,2}})个?{_WEEK}([{_WEEKDAYS}])", words)
    if found:
        weekday = min(_WEEKDAYS.index(found[2]), 6)
        if found[1]:
            return to_next_week + weekday + 7 * (len(found[1]) - 1)
        return (weekday - now.weekday()) % 7 or 7
    weekend = re.search("(下个?)?周末", words)
    if weekend:
        return to_next_week + 5 if weekend[1] else (5 - now.weekday()) % 7 or 7
    if re.search(rf"下个?{_WEEK}", words):
        return to_next_week
    if re.search("下个?月", words):
        first = (now.replace(day=1) + timedelta(days=32)).replace(day=1)
        first += timedelta(days=max(0, 7 - first.weekday()) if first.weekday() > 4 else 0)  # no weekend
        return (first.date() - now.date()).days
    day = re.search("(大后|后|明|今)(?:天|晚|早|儿)", words)
    return _DAYS[day[1]] if day else None


def _clock(words: str, *, asked: bool) -> tuple[int, int] | None:
    """(hour 1-23, minute) of 三点, 三点半, 十点一刻, 15:30; `asked`: of a bare 三 too. The 一点 of 贵一点 is none."""
    for found in _CLOCK.finditer(words):
        hour = number_zh(found["hour"])
        if hour is None or hour > 23:
            continue
        marked = found["beside"] is not None or found["clock"] or found["half"] or found["minute"] or found["quarter"]
        if hour == 1 and not (marked and words[found.end() : found.end() + 1] not in ("儿", "吗", "点")):
            continue
        if found["half"]:
            return hour, 30
        if found["quarter"]:
            return hour, 15 * DIGITS[found["quarter"]]
        minute = number_zh(found["minute"].lstrip("零〇") or "0") if found["minute"] else 0
        return (hour, minute) if minute is not None and minute < 60 else (hour, 0)
    bare = _BARE.fullmatch(words) if asked else None
    hour = number_zh(bare["hour"]) if bare else None
    return (hour, 30 if bare and bare["half"] else 0) if hour is not None and 1 <= hour <= 23 else None

"""Prompts as they are said: numbers, money, times and digit strings in words. What people read stays as written.

Engines read digits each in their own way, and Mandarin has several: 一千二百八十 is an amount, 一二三四 a card's ending, and
幺三八 begins a telephone number. Rules are tried in an order, each on what those before it left:

- money: ¥1,280.50, $30, 1280.5元 (whole units, then jiao or cents);
- times of day: 15:30, 3:30 pm, 3点30分 (两点, not 二点);
- digits one by one: after "ending", 尾号 and their like, of eleven digits or more, with a `+`, or in groups (`1 2 3 4`);
- percentages, decimals and whole numbers; 两 before a measure word.

Numbers of more than twelve digits are read digit by digit. Text of another language is left to the engine.
"""

import re
from collections.abc import Callable
from typing import Final, Literal

Lang = Literal["en", "zh"]
_NUMBER: Final = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_HAN_DIGITS: Final = "零一二三四五六七八九"
_ONES: Final = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS: Final = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SCALES: Final = ((10**9, "billion"), (10**6, "million"), (10**3, "thousand"))
_MEASURES: Final = "个位节次天周年月块元分钟小时点名种堂门套张人遍倍"
_MOST_DIGITS: Final = 12
_GROUPS: Final = r"(?<![\d.,:])\+?\d+(?:[ -]\d+)+(?!\d|[.,:]\d)"  # 1 2 3 4, +1 202-555-0100
_PHONE: Final = r"\+\d{5,}|(?<![\d.,])\d{11,}(?!\d|[.,]\d)"


def spoken(text: str, lang: str) -> str:
    """The text for the synthesiser, its digits in words of `lang` (en, zh; others unchanged)."""
    rules = _RULES.get(lang, ())
    for pattern, say in rules:
        text = pattern.sub(say, text)
    return text


# -- Mandarin ----------------------------------------------------------------------------------------------------------
def number_zh(value: int) -> str:
    """A whole number of at most twelve digits: 10 十, 105 一百零五, 12000 一万二千."""
    if value < 0:
        return f"负{number_zh(-value)}"
    if value == 0:
        return "零"
    parts: list[str] = []
    gap = False
    for scale, name in ((10**8, "亿"), (10**4, "万"), (1, "")):
        section, value = divmod(value, scale)
        if not section:
            gap = bool(parts)
            continue
        if parts and (gap or section < 1000):
            parts.append("零")
        parts.append(_section(section, first=not parts) + name)
        gap = False
    return "".join(parts)


def _section(value: int, *, first: bool) -> str:
    """1..9999; a leading ten is 十 and not 一十."""
    found, pending = "", False
    for scale, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, value = divmod(value, scale)
        if not digit:
            pending = bool(found)
            continue
        found += "零" if pending else ""
        found += name if (digit, scale, found) == (1, 10, "") and first else _HAN_DIGITS[digit] + name
        pending = False
    return found


def _digits_zh(digits: str, *, phone: bool) -> str:
    said = "".join(_HAN_DIGITS[int(one)] for one in digits if one.isdigit())
    return said.replace("一", "幺") if phone else said


def _decimal_zh(text: str) -> str:
    whole, _, part = text.replace(",", "").partition(".")
    if len(whole) > _MOST_DIGITS or (len(whole) > 1 and whole[0] == "0"):
        return _digits_zh(whole, phone=False) + (f"点{_digits_zh(part, phone=False)}" if part else "")
    return number_zh(int(whole)) + (f"点{_digits_zh(part, phone=False)}" if part else "")


def _counted_zh(text: str) -> str:
    return "两" if text == "2" else _decimal_zh(text)


def _money_zh(match: re.Match[str]) -> str:
    unit = "美元" if match["sign"] in ("$", "US$") else "元"
    whole, _, part = (match["before"] or match["after"]).replace(",", "").partition(".")
    if len(part) > 2 or len(whole) > _MOST_DIGITS:
        return f"{_decimal_zh(f'{whole}.{part}' if part else whole)}{unit}"
    jiao, fen = (int(one) for one in part.ljust(2, "0"))
    said = f"{_counted_zh(str(int(whole)))}{unit}" if int(whole) or not (jiao or fen) else ""
    if unit == "美元":
        cents = 10 * jiao + fen
        return said + (f"{_counted_zh(str(cents))}美分" if cents else "")
    said += f"{_HAN_DIGITS[jiao]}角" if jiao else ""
    return said + (f"{'零' if said and not jiao else ''}{_HAN_DIGITS[fen]}分" if fen else "")


def _time_zh(match: re.Match[str]) -> str:
    minute = int(match["minute"] or 0)
    if minute == 30:
        rest = "半"
    elif minute:
        rest = f"{'零' if minute < 10 else ''}{number_zh(minute)}分"
    else:
        rest = "整" if match["colon"] else ""
    return f"{_counted_zh(str(int(match['hour'])))}点{rest}"


def _date_zh(match: re.Match[str]) -> str:
    year = f"{_digits_zh(match['year'], phone=False)}年" if match["year"] else ""
    return f"{year}{number_zh(int(match['month']))}月{number_zh(int(match['day']))}{match['name']}"


# -- English -----------------------------------------------------------------------------------------------------------
def number_en(value: int) -> str:
    """A whole number of at most twelve digits: 105 one hundred five, 1280 one thousand two hundred eighty."""
    if value < 0:
        return f"minus {number_en(-value)}"
    if value < 20:
        return _ONES[value]
    if value < 100:
        tens, ones = divmod(value, 10)
        return _TENS[tens] + (f" {_ONES[ones]}" if ones else "")
    if value < 1000:
        hundreds, rest = divmod(value, 100)
        return f"{_ONES[hundreds]} hundred" + (f" {number_en(rest)}" if rest else "")
    scale, name = next((scale, name) for scale, name in _SCALES if value >= scale)
    count, rest = divmod(value, scale)
    return f"{number_en(count)} {name}" + (f" {number_en(rest)}" if rest else "")


def _digits_en(digits: str) -> str:
    return " ".join(_ONES[int(one)] for one in digits if one.isdigit())


def _grouped_en(text: str) -> str:
    groups = re.split(r"[ -]", text)
    return (", " if any(len(group) > 1 for group in groups) else " ").join(map(_digits_en, groups))


def _decimal_en(text: str) -> str:
    whole, _, part = text.replace(",", "").partition(".")
    plain = len(whole) <= _MOST_DIGITS and not (len(whole) > 1 and whole[0] == "0")
    return (number_en(int(whole)) if plain else _digits_en(whole)) + (f" point {_digits_en(part)}" if part else "")


def _money_en(match: re.Match[str]) -> str:
    name, small = {"$": ("dollar", "cent"), "US$": ("dollar", "cent")}.get(match["sign"], ("yuan", ""))
    whole, _, part = match["before"].replace(",", "").partition(".")
    if len(part) > 2 or len(whole) > _MOST_DIGITS:
        return f"{_decimal_en(match['before'])} {name}{'s' if small else ''}"
    cents = int(part.ljust(2, "0"))
    if not small:
        value = f"{whole}.{part}" if cents else whole
        return f"{_decimal_en(value)} {name}"
    units = f"{number_en(int(whole))} {name}{'' if int(whole) == 1 else 's'}" if int(whole) or not cents else ""
    rest = f"{number_en(cents)} {small}{'' if cents == 1 else 's'}" if cents else ""
    return " and ".join(filter(None, (units, rest)))


def _time_en(match: re.Match[str]) -> str:
    minute = int(match["minute"] or 0)
    middle = f" {'oh ' if minute < 10 else ''}{number_en(minute)}" if minute else ("" if match["half"] else " o'clock")
    half = {"am": " a m", "pm": " p m"}.get((match["half"] or "").lower().replace(".", ""), "")
    return f"{number_en(int(match['hour']))}{middle}{half}"


_Say = Callable[[re.Match[str]], str]
_RULES: Final[dict[str, tuple[tuple[re.Pattern[str], _Say], ...]]] = {
    "zh": (
        (re.compile(r"(?P<sign>US\$|[¥￥$])\s?(?P<before>" + _NUMBER + r")元?(?P<after>)"), _money_zh),
        (re.compile(r"(?P<sign>)(?P<before>)(?P<after>" + _NUMBER + r")元"), _money_zh),
        (re.compile(r"(?:(?P<year>\d{4})年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})(?P<name>[日号])"), _date_zh),
        (re.compile(r"(?P<hour>\d{1,2})(?P<colon>[:：])(?P<minute>[0-5]\d)(?!\d)"), _time_zh),
        (re.compile(r"(?P<hour>\d{1,2})(?P<colon>)点(?:(?P<minute>\d{1,2})分)?(?!\d)"), _time_zh),
        (
            re.compile(
                r"(?P<name>尾号|末四位|卡号|编号|验证码|工号|分机)(?P<gap>[是为：: ]*)(?P<digits>\d(?:[ -]?\d)*)"
            ),
            lambda match: f"{match['name']}{match['gap']}{_digits_zh(match['digits'], phone=False)}",
        ),
        (re.compile(f"{_PHONE}|{_GROUPS}"), lambda match: _digits_zh(match[0], phone=True)),
        (re.compile(rf"({_NUMBER})\s?[%％]"), lambda match: f"百分之{_decimal_zh(match[1])}"),
        (re.compile(rf"(?<![\d.,])2(?=[{_MEASURES}])(?!月)"), lambda match: "两"),
        (re.compile(_NUMBER), lambda match: _decimal_zh(match[0])),
    ),
    "en": (
        (re.compile(r"(?P<sign>US\$|[$¥￥])\s?(?P<before>" + _NUMBER + ")"), _money_en),
        (re.compile(r"\b(?P<hour>\d{1,2}):(?P<minute>[0-5]\d)(?: ?(?P<half>[ap]\.?m\b\.?))?", re.IGNORECASE), _time_en),
        (re.compile(r"\b(?P<hour>\d{1,2})(?P<minute>) ?(?P<half>[ap]m)\b", re.IGNORECASE), _time_en),
        (
            re.compile(
                r"\b(?P<name>ending(?: in| with)?|number|code|extension|card)(?P<gap>:? )(?P<digits>\d(?:[ -]?\d)*)"
            ),
            lambda match: f"{match['name']}{match['gap']}{_grouped_en(match['digits'])}",
        ),
        (re.compile(f"{_PHONE}|{_GROUPS}"), lambda match: _grouped_en(match[0])),
        (re.compile(rf"({_NUMBER})\s?%"), lambda match: f"{_decimal_en(match[1])} percent"),
        (re.compile(rf"({_NUMBER})(?!\d|(?:st|nd|rd|th)\b)"), lambda match: _decimal_en(match[1])),
    ),
}

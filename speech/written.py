"""How figures are written, whatever the language: one form for all their signs, and what a group of digits can be."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Final

Say = Callable[[re.Match[str]], str]
Rules = tuple[tuple[re.Pattern[str], Say], ...]

NUMBER: Final = r"(?:\d{1,3}(?:,\d{3})++(?!\d)(?:\.\d++)?|\d++(?:\.\d++)?)"
SIGN: Final = r"(?:US\$|HK\$|[¥$€£]|(?<![A-Za-z])(?:RMB|CNY|USD|HKD|EUR|GBP))"
OPERATORS: Final = rf"(?<=\d)\s?[+×xX*÷=]\s?(?=\d)|(?<=\d)\+|[≥≤><≈±=](?=\s?{SIGN}?\d)"
MASK: Final = re.compile(
    r"(?<![A-Za-z0-9*])(?:(?P<head>\d+(?:[ -]\d+){0,4})[ -]?)?"
    r"(?P<mask>\*{2,}(?:[ -]?\*+)*|•{2,}(?:[ -]?•+)*|[xX]{3,}(?:[ -]?[xX]{3,})*)(?:[ -]?(?P<tail>\d+(?:[ -]\d+)*))?"
)
_DATE: Final = r"[12]\d{3}(?:-\d{1,2}-\d{1,2}|/\d{1,2}/\d{1,2}|\.\d{1,2}\.\d{1,2})"
DATES: Final = re.compile(rf"(?<![\d./-])({_DATE})\s?(?:-|–|~|—{{1,2}})\s?({_DATE})(?!\d)")
ISO_DATE: Final = re.compile(
    r"(?<![\d./-])(?P<year>[12]\d{3})(?P<sep>[-/.])(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})(?!\d|[-/.]\d)(?:T(?=\d))?"
)
YEAR_MONTH: Final = re.compile(
    r"(?<![\d,./-])(?P<year>(?:19|20)\d{2})[-/](?P<month>0[1-9]|1[0-2])(?P<day>)(?!\d|[-/.,]\d)"
)
COMPACT_DATE: Final = r"(?<![\d.,A-Za-z+-])(?P<year>(?:19|20)\d{2})(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])"
MOBILE_NETWORK: Final = r"(?<=[^\d.,][2-6])g|(?<=^[2-6])g"  # 5g, and no grams
ADDRESS: Final = re.compile(  # of mail, or of a site
    r"(?<![A-Za-z0-9._+-])[A-Za-z0-9._+-]++@[A-Za-z0-9.-]+"
    r"|(?<![A-Za-z0-9.-])(?:[A-Za-z0-9-]++\.)+(?:com|cn|net|org|gov|edu|io|co|uk|info|app)\b(?:/[A-Za-z0-9/._-]*)?"
)
DOTTED: Final = re.compile(r"(?<![\d.])\d+(?:\.\d+){2,}")
FRACTION: Final = re.compile(
    r"(?:(?<![\d.,/])(?P<whole>\d{1,3}) )?(?<![\d.,/])(?P<top>\d{1,2})/(?P<bottom>\d{1,3})(?![\d/]|[.,]\d)"
)
_GROUPS: Final = re.compile(r"(?<!\d)(?<!\d[.,:])\+?\d+(?:[ –-]\d+)+(?!\d|[.,:]\d)")

_WIDE: Final = {
    ord(wide): plain for wide, plain in zip("＋％＊／＃＄￥～〜∼＝＜＞＠−‑‐－", "+%*/#$¥~~~=<>@----", strict=True)
}
_BLANKS: Final = {ord(blank): " " for blank in "\u00a0\u2009\u202f\u3000"}
_WIDE_POINT: Final = re.compile("(?<=[０-９])[，．：](?=[０-９])")
_WIDE_LETTER: Final = re.compile("[Ａ-Ｚａ-ｚ]+")
_COLON: Final = re.compile(r"(?<=\d)\s?：\s?(?=\d)")
_BLANK_SHARE: Final = re.compile(r"(?<=\d) +(?=[%‰])")
_OTHER: Final = re.compile(r"[^\W_a-zA-Z0-9\u3400-\u9fff]")
_AREA: Final = re.compile(r"(?<![A-Za-z])(?:[kc]?m²|m³)$")
_FIGURES: Final = ("Nd", "Nl", "No")


def pairs(table: str) -> dict[str, str]:
    """A table of signs and their words, as in `kg:kilogram; km:kilometer`."""
    return dict(entry.split(":") for entry in table.split("; "))


def has_figures(text: str) -> bool:
    """True when the text has a digit in whatever script, also ①, ½ or Ⅳ."""
    return any(unicodedata.category(char) in _FIGURES for char in text)


def folded(text: str) -> str:
    """Every digit as 0-9, every sign of a number as ASCII has it; what has no figures is for the caller to leave."""
    text = _WIDE_POINT.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
    text = _WIDE_LETTER.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
    text = _OTHER.sub(_figure, text.translate(_WIDE | _BLANKS))
    return _BLANK_SHARE.sub("", _COLON.sub(":", text))


def _figure(match: re.Match[str]) -> str:
    char, before = match[0], match.string[match.start() - 1 : match.start()]
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if category == "Nl" and char != "〇":
        value = unicodedata.numeric(char)
        return str(int(value)) if value.is_integer() and value >= 0 else char
    if category != "No" or _AREA.search(match.string, max(0, match.start() - 3), match.end()):
        return char
    plain = unicodedata.normalize("NFKC", char).replace("\u2044", "/")
    if "/" in plain:
        return f" {plain}" if before.isdigit() else plain
    raised, lowered = (unicodedata.decomposition(char).startswith(kind) for kind in ("<super>", "<sub>"))
    if raised or lowered:
        return f"^{plain}" if raised and before.isdigit() else plain
    value = unicodedata.numeric(char)
    if not value.is_integer() or value < 0:
        return char
    left, right = (
        " " if beside.isnumeric() else "" for beside in (before, match.string[match.end() : match.end() + 1])
    )
    return f"{left}{int(value)}{right}"


def range_pattern(unit: str) -> str:
    """`3-5` and its like: numbers, times or amounts of money, the first with a `unit` or not."""
    number = rf"\d{{1,2}}:\d\d|{NUMBER}"
    return (
        rf"(?<![\dA-Za-z.,:/-])(?P<minus>-?)(?P<sign>{SIGN}?)(?P<first>{number})(?P<unit>{unit})"
        rf"(?P<gap>\s?)(?P<sep>-|[–~]{{1,2}}|—{{1,2}})(?P=gap)(?P<other>-?)(?P<sign_after>{SIGN}?)(?P<second>{number})"
        r"(?!\d|[-–—~/.,:]\d)"
    )


def range_in_words(match: re.Match[str], to: str, *, counted: bool, timed: bool = False) -> str | None:
    """The range with `to` between its ends, if it is one; `counted` in a unit, or `timed`: 9-5 pm falls and is one.

    A sign of money holds for both ends.
    """
    first, second, sign = match["first"], match["second"], match["sign"]
    sure = timed or match["unit"] or match["sep"] != "-" or sign or match["minus"] or ":" in first + second
    if not (sure or is_range(first, second, counted=counted)):
        return None
    other = match["other"] if match["minus"] else ""
    return f"{match['minus']}{sign}{first}{match['unit']}{to}{other}{match['sign_after'] or sign}{second}"


def day_of(match: re.Match[str]) -> date | None:
    """The day that year, month and day of the match name, if there is one; a month's first where it has no day."""
    try:
        return date(int(match["year"]), int(match["month"]), int(match["day"] or 1))
    except ValueError:
        return None


def is_range(first: str, second: str, *, counted: bool) -> bool:
    """True when `first-second` goes from one to the other: it rises, and is short, round, years, or `counted` in a unit.

    Others are groups of a telephone or account number.
    """
    if any(re.match(r"0\d", one) or len(one) > 12 for one in (first, second)):
        return False
    low, high = (Decimal(one.replace(",", "")) for one in (first, second))
    years = all(re.fullmatch(r"(?:19|20)\d\d", one) for one in (first, second))
    round_ = low % 10 == 0 and high % 10 == 0
    return low < high and (counted or years or round_ or max(len(first), len(second)) <= 3)


def is_share(match: re.Match[str]) -> bool:
    """True for a fraction that is said as one: 1/2, 3/4, 7/100; others may be dates, rooms or choices."""
    top, bottom = int(match["top"]), int(match["bottom"])
    return 0 < top < bottom and (bottom <= 10 or bottom == 100) and not match["top"].startswith("0")


def grouped(say: Callable[[str], str | None]) -> tuple[re.Pattern[str], Say]:
    """The rule for digits in groups, `1 2 3 4` or `202-555-0100`; where `say` is None they stay as they are."""
    return _GROUPS, lambda match: say(match[0]) or match[0]


def is_string(groups: str) -> bool:
    """True when groups of digits are read one by one: three groups or more, or as long as a telephone number; and `1 2`."""
    parts = re.split("[ –-]", groups.lstrip("+"))
    return len(parts) > 2 or sum(map(len, parts)) >= 7 or (" " in groups and all(len(part) == 1 for part in parts))

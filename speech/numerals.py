"""Numbers in words: whole ones, decimals and digits one by one, in Mandarin (`_zh`) and English (`_en`).

Numbers of more than twelve digits, and those with a leading zero, are read digit by digit.
"""

from typing import Final

_HAN_DIGITS: Final = "零一二三四五六七八九"
_ONES: Final = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS: Final = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SCALES: Final = ((10**9, "billion"), (10**6, "million"), (10**3, "thousand"))
_ORDINALS: Final = dict(
    pair.split("=")
    for pair in ["one=first", "two=second", "three=third", "five=fifth", "eight=eighth", "nine=ninth", "twelve=twelfth"]
)
MOST_DIGITS: Final = 12


# -- Mandarin ----------------------------------------------------------------------------------------------------------
def number_zh(value: int) -> str:
    """A whole number of at most twelve digits: 10 十, 105 一百零五, 12000 一万两千."""
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
        parts.append(("两" if section == 2 and name else _section(section, first=not parts)) + name)
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
        if (digit, scale, found) == (1, 10, "") and first:
            found += name
        else:
            found += ("两" if (digit, scale) == (2, 1000) else _HAN_DIGITS[digit]) + name
        pending = False
    return found


def digits_zh(text: str, *, phone: bool = False) -> str:
    """The digits of the text one by one, all else left out; in a telephone number 1 is 幺."""
    said = "".join(_HAN_DIGITS[int(one)] for one in text if one.isdigit())
    return said.replace("一", "幺") if phone else said


def decimal_zh(text: str) -> str:
    """A number as it is written, with commas or a point."""
    whole, _, part = text.replace(",", "").partition(".")
    said = number_zh(int(whole)) if _is_plain(whole) else digits_zh(whole)
    return said + (f"点{digits_zh(part)}" if part else "")


def counted_zh(text: str) -> str:
    """A number before what it counts: 两 for a lone 2."""
    return "两" if text == "2" else decimal_zh(text)


# -- English -----------------------------------------------------------------------------------------------------------
def number_en(value: int) -> str:
    """A whole number of at most twelve digits: 105 one hundred five, 1280 one thousand two hundred eighty."""
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


def ordinal_en(value: int) -> str:
    """1 first, 21 twenty first, 30 thirtieth."""
    before, _, last = number_en(value).rpartition(" ")
    return f"{before} {_ORDINALS.get(last) or (last[:-1] + 'ie' if last.endswith('y') else last) + 'th'}".strip()


def year_en(year: int) -> str:
    """A year of four digits: 2024 twenty twenty four, 2005 two thousand five, 1905 nineteen oh five."""
    century, rest = divmod(year, 100)
    if century % 10 == 0 and rest < 10:
        return number_en(year)
    return f"{number_en(century)} {number_en(rest)}" if rest > 9 else f"{number_en(century)} {_first_years(rest)}"


def _first_years(rest: int) -> str:
    return f"oh {_ONES[rest]}" if rest else "hundred"


def plural_en(words: str) -> str:
    """The plural of a number in words: nineties, twenties, tens."""
    return words[:-1] + "ies" if words.endswith("y") else words + ("es" if words.endswith("x") else "s")


def digits_en(text: str) -> str:
    """The digits of the text one by one, all else left out."""
    return " ".join(_ONES[int(one)] for one in text if one.isdigit())


def decimal_en(text: str) -> str:
    """A number as it is written, with commas or a point."""
    whole, _, part = text.replace(",", "").partition(".")
    said = number_en(int(whole)) if _is_plain(whole) else digits_en(whole)
    return said + (f" point {digits_en(part)}" if part else "")


def _is_plain(whole: str) -> bool:
    return len(whole) <= MOST_DIGITS and not (len(whole) > 1 and whole[0] == "0")

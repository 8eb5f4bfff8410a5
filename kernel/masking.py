"""Numbers in what people say and type, masked: telephone, card, account and identity numbers are personal data.

A number is a run of digits, written or said in English or Mandarin ("one three eight double oh", 一三八, "twenty-one forty-two"),
with whatever people put between its parts. From five digits on it is masked; the last ones stay, as of masked telephone
numbers elsewhere. What is no number in this sense stays as it is: clock times, dates, and amounts of money that say so (a
currency, a unit, separators of thousands, decimals). A run with "twenty" or "thirteen" in it may be a time, so it needs more.

    "call me on one three eight one two three four five six seven eight" -> "call me on ***5678"
"""

import re
from typing import Final

MASKED: Final = "***"

_LONG: Final = 5  # digits
_LONG_WITH_TENS: Final = 7  # "ten thirty eleven" is a time corrected; the shortest telephone numbers have seven
_GROWS: Final = 4  # shown of what is still being said: fewer
_LONG_KEPT: Final = 8  # from so many digits on four stay, else two
_MOST_OF_AMOUNT: Final = 7

_ONES: Final = {
    "zero": "0", "oh": "0", "o": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6",
    "seven": "7", "eight": "8", "nine": "9",
}  # fmt: skip
_TEENS: Final = {
    "ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14", "fifteen": "15", "sixteen": "16",
    "seventeen": "17", "eighteen": "18", "nineteen": "19",
}  # fmt: skip
_TENS: Final = {
    "twenty": "2", "thirty": "3", "forty": "4", "fifty": "5", "sixty": "6", "seventy": "7", "eighty": "8", "ninety": "9",
}  # fmt: skip
_TIMES: Final = {"double": 2, "triple": 3, "treble": 3}
_HAN: Final = dict(zip("零〇一二三四五六七八九幺两壹贰叁肆伍陆柒捌玖", "0012345678912123456789", strict=True))

_ONE: Final = "|".join(one if one != "o" else "o(?!['’])" for one in _ONES)
_UNIT: Final = (
    rf"(?:\d|[{''.join(_HAN)}]|(?<![A-Za-z'’])(?:(?:{'|'.join(_TIMES)})[ \-](?:{_ONE}|\d)"
    rf"|(?:{'|'.join(_TENS)})(?:[ \-](?:{_ONE})(?![A-Za-z]))?|{'|'.join(_TEENS)}|{_ONE})(?![A-Za-z]))"
)
_FILLERS: Final = r"(?:(?<![A-Za-z])(?:uh|um|er|dash|hyphen)(?![A-Za-z])|[嗯呃])"
_BETWEEN: Final = rf"(?:[ \t\-–./()·,，、（）－]|{_FILLERS}){{0,8}}"
_RUN: Final = re.compile(rf"{_UNIT}(?:{_BETWEEN}{_UNIT})*", re.IGNORECASE)
_TOKEN: Final = re.compile(_UNIT, re.IGNORECASE)
_AROUND: Final = re.compile(rf"(?:[\s\-–./()·,，、。（）－?!+]|{_FILLERS})*", re.IGNORECASE)

_DATE: Final = re.compile(
    r"(?:19|20)\d\d([-./])[01]?\d\1[0-3]?\d(?:[ ][0-2]?\d)?|[0-3]?\d([-./])[0-3]?\d\2(?:19|20)\d\d(?:[ ][0-2]?\d)?"
)
_CLOCKS: Final = re.compile(r"[0-2]?\d\.[0-5]\d *[-–] *[0-2]?\d\.[0-5]\d")
_OH_CLOCK: Final = re.compile(rf"(?:{_ONE}) (?:oh|o) (?:{_ONE})", re.IGNORECASE)  # "three oh five"
_AMOUNT: Final = re.compile(r"(?:\d{1,3}(?:,\d{3}){1,2}|\d{1,7})(?:\.\d{1,2})?")
_CURRENCY_BEFORE: Final = re.compile(r"(?:[$€£¥￥]|(?:usd|eur|gbp|rmb|cny)) ?$", re.IGNORECASE)
_UNIT_AFTER: Final = re.compile(
    r" ?(?:[$€£¥￥%元块万千百亿]|(?:dollar|euro|pound|yuan|buck|percent|usd|eur|rmb|cny)s?\b)", re.IGNORECASE
)


def digits_masked(text: str) -> str:
    """The text with long numbers as `***` and their last digits: four of them, of fewer than eight two."""
    return _RUN.sub(lambda found: _kept(found) if _is_number(found) else found[0], text)


def in_digits(text: str) -> str:
    """The text with every number word of one or two digits as its digits: "double four thirty-one" is "44 31"."""
    return _TOKEN.sub(lambda token: _value(token[0])[0], text)


class NumberVeil:
    """Masks what one person says, turn after turn: a number is often said in pieces, with pauses, and typed key by key."""

    def __init__(self) -> None:
        self._open = 0  # digits of a number that the last turns ended in
        self._keys = 0

    def turn(self, text: str) -> str:
        """The words of the next turn, for others."""
        self._keys = 0
        text, piece = self._goes_on(text, at_least=2)
        shown = text if piece else digits_masked(text)
        self._open = self._open + piece if piece else _digits_at_end(text)
        return shown

    def key(self, digit: str) -> str:
        """The next key of the telephone."""
        self._keys += 1
        return digit if self._keys < _LONG else MASKED

    def partial(self, text: str) -> str:
        """What is being said. A number that grows must not be readable from its last digits: none of them is shown."""
        text, _ = self._goes_on(text, at_least=1)
        return _RUN.sub(lambda found: MASKED if _grows_to_number(found) else found[0], text)

    def _goes_on(self, text: str, *, at_least: int) -> tuple[str, int]:
        """With the piece masked by which the number of the turn before goes on, and how many digits that has; else 0."""
        begins = _AROUND.match(text)
        run = _RUN.match(text, begins.end() if begins else 0)
        if run is None or not self._open:
            return text, 0
        digits, tens = _digits_of(run[0])
        if tens or _OH_CLOCK.fullmatch(run[0]) or len(digits) < at_least or self._open + len(digits) < _LONG:
            return text, 0
        if _AROUND.fullmatch(text, run.end()) is None and len(digits) < 3:
            return text, 0
        return f"{text[: run.start()]}{MASKED}{digits_masked(text[run.end() :])}", len(digits)


def _digits_at_end(text: str) -> int:
    """Of the number that the text ends in; 0 of none, or of less than three digits."""
    for run in _RUN.finditer(text):
        if _AROUND.fullmatch(text, run.end()):
            digits, tens = _digits_of(run[0])
            clock = tens or _OH_CLOCK.fullmatch(run[0])
            return len(digits) if len(digits) >= 3 and (not clock or _is_number(run)) else 0
    return 0


def _digits_of(run: str) -> tuple[str, bool]:
    """The digits of a run, and whether some were said as tens or teens."""
    parts = [_value(token[0]) for token in _TOKEN.finditer(run)]
    return "".join(digits for digits, _ in parts), any(tens for _, tens in parts)


def _value(token: str) -> tuple[str, bool]:
    """The digits of one word or sign; True when it says tens."""
    word = token.lower()
    if len(word) == 1 and (word.isdecimal() or word in _HAN):
        return (str(int(word)) if word.isdecimal() else _HAN[word]), False
    first, _, second = word.replace("-", " ").partition(" ")
    if first in _TIMES:
        one = _ONES[second] if second in _ONES else str(int(second))
        return one * _TIMES[first], False
    if first in _TENS:
        return _TENS[first] + _ONES.get(second, "0"), True
    return (_TEENS[first], True) if first in _TEENS else (_ONES[first], False)


def _is_number(found: re.Match[str]) -> bool:
    digits, tens = _digits_of(found[0])
    if len(digits) < (_LONG_WITH_TENS if tens else _LONG) or _DATE.fullmatch(found[0]) or _CLOCKS.fullmatch(found[0]):
        return False
    return not _is_amount(found, len(digits)) and not _two_clocks(found[0])


def _grows_to_number(found: re.Match[str]) -> bool:
    digits, tens = _digits_of(found[0])
    long = len(digits) >= (_LONG if tens else _GROWS)
    return long and not _is_amount(found, len(digits)) and not _two_clocks(found[0])


def _is_amount(found: re.Match[str], digits: int) -> bool:
    if _AMOUNT.fullmatch(found[0]) and not found[0].isdecimal():
        return True
    before, after = found.string[: found.start()], found.string[found.end() :]
    return digits <= _MOST_OF_AMOUNT and bool(_CURRENCY_BEFORE.search(before) or _UNIT_AFTER.match(after))


def _two_clocks(run: str) -> bool:
    """ "Ten thirty, eleven thirty": hours of a clock, and minutes that people name."""
    parts = [_value(token[0]) for token in _TOKEN.finditer(run)]
    if len(parts) != 4 or not (parts[1][1] and parts[3][1]):
        return False
    hours, minutes = (int(parts[0][0]), int(parts[2][0])), (int(parts[1][0]), int(parts[3][0]))
    return all(1 <= hour <= 12 for hour in hours) and all(minute < 60 and minute % 5 == 0 for minute in minutes)


def _kept(found: re.Match[str]) -> str:
    digits, _ = _digits_of(found[0])
    return MASKED + digits[-4 if len(digits) >= _LONG_KEPT else -2 :]

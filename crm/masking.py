"""What of a person's data may be said to whoever answers the telephone: masked forms only ("ending 1234", 尾号1234).

Looked for is what identifies or gives access when it is whole: card, account, telephone and identity numbers, in digits
or spelled out, and e-mail addresses. Seven digits in a row are the shortest telephone numbers, whatever stands between the
digits: a space, a comma, an underscore, a star, a character of no width. Three stars or more mask. What is written as a
date, a clock time or an amount of money is none of these, and ends a row; a text has few of them, a long number in such
pieces many.
"""

import re
import unicodedata
from typing import Final

from kernel.masking import in_digits

_MOST_DIGITS: Final = 6
_UNSEEN: Final = frozenset({"Cf", "Mn", "Me", "Cc"})  # zero width, combining (keycaps), control
_MASK: Final = re.compile(r"(?:[*#•●xX] ?){3,}")
_SAME_TWICE: Final = re.compile(r"([\W_])\1+")
_SAID_BETWEEN: Final = re.compile(r"(?<=\d) ?(?:dash|hyphen|space|slash|dot|point) ?(?=\d)", re.IGNORECASE)
_RUN: Final = re.compile(r"\d(?:(?:[\W_]|[xX]){0,3}\d)*")
_EMAIL: Final = re.compile(r"[^\s@]+@[^\s@]+\.\w+")

_CURRENCY: Final = (
    r"(?:[$€£¥₩₹元块]|人民币|美元|欧元|港币|日元|(?:us|hk)\$"
    r"|(?:usd|eur|gbp|rmb|cny|hkd|jpy|twd|yuan|dollars?|euros?|pounds?|bucks?)(?![a-z]))"
)
_GROUPED: Final = r"(?<![\d.,])[1-9]\d{0,2}([., '])(?:\d{2,3}\G)?(?:\d{2,3}\G)?\d{3}(?:[.,]\d{1,2})?(?![.,']?\d)"
_SMALL: Final = r"(?<![\d.,])\d{1,6}(?:\.\d{1,2})?"  # what goes on after it is no amount
_ENDS: Final = r"(?![\W_]{0,3}\d)"
_ALONE: Final = r"(?<!\d)(?<!\d[\W_])(?<!\d[\W_]{2})(?<!\d[\W_]{3})"


def _grouped(group: str) -> str:
    """An amount with separators of thousands, the same between all groups, which are `group` of the pattern."""
    return _GROUPED.replace(r"\G", rf"\{group}")


_YEAR: Final = r"(?:19|20)\d\d"
_DAY: Final = rf"{_YEAR}([-./])[01]?\d\1[0-3]?\d|[0-3]?\d([-./])[0-3]?\d\2{_YEAR}|{_YEAR}(?=年)"
_WEEKDAY: Final = re.compile(r"(?:周|星期|礼拜)[一二三四五六日天]")
_DATE: Final = re.compile(rf"(?<![\d./:_-])(?:{_DAY})(?![-./:_]?\d)")
_CLOCK: Final = re.compile(r"(?<![\d:.])(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?![:.]?\d)")
_MONEY: Final = re.compile(rf"(?<!\d){_CURRENCY} ?{_grouped('1')}|{_grouped('2')} ?{_CURRENCY}", re.IGNORECASE)
_BARE_MONEY: Final = re.compile(rf"{_ALONE}[1-9]\d{{0,2}}(?:,\d{{3}}){{1,2}}\.\d\d{_ENDS}")
_SMALL_MONEY: Final = re.compile(rf"(?<!\d){_CURRENCY} ?{_SMALL}{_ENDS}|{_SMALL} ?{_CURRENCY}{_ENDS}", re.IGNORECASE)
# with how many of them a text has at most
_NO_NUMBERS: Final = ((_WEEKDAY, 4), (_DATE, 2), (_CLOCK, 2), (_MONEY, 3), (_BARE_MONEY, 3), (_SMALL_MONEY, 3))


def unmasked(text: str) -> str | None:
    """What in `text` must not be said, in words that do not repeat it; None: it may be said as it is."""
    plain = _plain(text)
    if _EMAIL.search(plain):
        return "an e-mail address"
    rest = _without_what_is_no_number(plain)
    written = _longest(rest)
    if written > _MOST_DIGITS:
        return f"a number of {written} digits"
    if _longest(_SAID_BETWEEN.sub(" ", in_digits(rest))) > _MOST_DIGITS:
        return f"a number of more than {_MOST_DIGITS} digits, spelled out"
    return None


def _plain(text: str) -> str:
    """In the usual characters, without those that nobody sees."""
    usual = unicodedata.normalize("NFKC", " ".join(text.split()))
    return "".join(one for one in usual if unicodedata.category(one) not in _UNSEEN)


def _without_what_is_no_number(plain: str) -> str:
    for written, most in _NO_NUMBERS:
        if len(written.findall(plain)) <= most:
            plain = written.sub(" value ", plain)
    return plain


def _longest(text: str) -> int:
    """Digits of the longest row."""
    rows = _RUN.findall(_SAME_TWICE.sub(r"\1", _MASK.sub(" masked ", text)))
    return max((sum(one.isdigit() for one in row) for row in rows), default=0)

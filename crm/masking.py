"""What of a person's data may be said to whoever answers the telephone: masked forms only ("ending 1234", 尾号1234).

Looked for is what identifies or gives access when it is whole: card, account, telephone and identity numbers, in digits
or spelled out, and e-mail addresses. Seven digits in a row are the shortest telephone numbers; dates and amounts written
with thousands separators are none of these.
"""

import re
import unicodedata
from typing import Final

_MOST_DIGITS: Final = 6
_RUN: Final = re.compile(r"\d(?:[ \-./()·]{0,2}\d)*")
_DATE: Final = re.compile(
    r"(?:19|20)\d\d([-./])[01]?\d\1[0-3]?\d(?:[ ][0-2]?\d)?|[0-3]?\d([-./])[0-3]?\d\2(?:19|20)\d\d(?:[ ][0-2]?\d)?"
)
_EMAIL: Final = re.compile(r"[^\s@]+@[^\s@]+\.\w+")
_DIGIT_WORDS: Final = "zero|oh|one|two|three|four|five|six|seven|eight|nine|double"
_SPELLED: Final = re.compile(rf"\b(?:{_DIGIT_WORDS})(?:[ ,\-]+(?:{_DIGIT_WORDS})){{{_MOST_DIGITS},}}\b", re.IGNORECASE)
_SPELLED_ZH: Final = re.compile(
    rf"[零〇一二三四五六七八九幺两](?:[ -]?[零〇一二三四五六七八九幺两]){{{_MOST_DIGITS},}}"
)


def unmasked(text: str) -> str | None:
    """What in `text` must not be said, in words that do not repeat it; None: it may be said as it is."""
    plain = unicodedata.normalize("NFKC", text)
    if _EMAIL.search(plain):
        return "an e-mail address"
    for run in _RUN.findall(plain):
        digits = sum(character.isdigit() for character in run)
        if digits > _MOST_DIGITS and not _DATE.fullmatch(run):
            return f"a number of {digits} digits"
    if _SPELLED.search(plain) or _SPELLED_ZH.search(plain):
        return f"a number of more than {_MOST_DIGITS} digits, spelled out"
    return None

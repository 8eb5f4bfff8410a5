"""Chinese in a text: it is written without blanks, so what other languages count in words is told by its characters.

People read `together`; whatever works on words (turn taking, understanding) works on `apart`, where a character is a word.
Recognisers of Chinese join the words of their lexicon by blanks; their adapters put those together.
"""

import re
from typing import Final

_HAN: Final = "㐀-䶿一-鿿豈-﫿"
_ONE: Final = re.compile(f"[{_HAN}]")
_BETWEEN: Final = re.compile(rf"(?<=[{_HAN}])\s+(?=[{_HAN}])")


def has_han(text: str) -> bool:
    """True when a Chinese character is in the text."""
    return _ONE.search(text) is not None


def apart(text: str) -> str:
    """Blanks around every Chinese character."""
    return " ".join(_ONE.sub(r" \g<0> ", text).split())


def together(text: str) -> str:
    """No blanks between Chinese characters; all others stay."""
    return _BETWEEN.sub("", text)


def count_words(text: str) -> int:
    """How many words a text is about: two Chinese characters, begun or whole, are one (most words have one or two)."""
    characters = len(_ONE.findall(text))
    return len(_ONE.sub(" ", text).split()) + (characters + 1) // 2


def segmented(text: str, words: frozenset[str]) -> str:
    """Words of `words` joined by blanks, the longest first; a character that begins none of them stands alone.

    Text that is not Chinese stays as it is.
    """
    longest = max(map(len, words), default=1)
    found = []
    for run in together(text).split():
        if not has_han(run):
            found.append(run)
            continue
        at = 0
        while at < len(run):
            size = next((n for n in range(min(longest, len(run) - at), 1, -1) if run[at : at + n] in words), 1)
            found.append(run[at : at + size])
            at += size
    return " ".join(found)

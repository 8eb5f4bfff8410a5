"""Which words of a text a recogniser does not have, and which it has that are nearest."""

import difflib
from collections.abc import Iterable

from speech.han import segmented


def unknown_words(known: frozenset[str], texts: Iterable[str]) -> dict[str, str]:
    """Word -> nearest known word ("" when none is near), in the order of the texts."""
    found: dict[str, str] = {}
    for text in texts:
        for word in segmented(text.lower(), known).split():
            if word not in known and word not in found:
                near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
                found[word] = near[0] if near else ""
    return found

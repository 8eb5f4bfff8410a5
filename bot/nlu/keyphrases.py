"""Intents told by a phrase wherever it stands: "i am busy and please do not call me again" is an opt-out.

Phrases are the intent's own examples of at least so many words, found whole. For intents that must not be missed in a longer
answer; Rasa's KeywordIntentClassifier is the idea. The longest phrase found decides.
"""

import re
from collections.abc import Mapping, Sequence

from bot.nlu.ngrams import normal


class Keyphrases:
    """Finds phrases of intents in normal text."""

    def __init__(self, examples: Mapping[str, Sequence[str]], *, least_words: int) -> None:
        phrases = {
            normal(text): intent
            for intent, texts in examples.items()
            for text in texts
            if len(normal(text).split()) >= least_words
        }
        self._intents = phrases
        ordered = sorted(phrases, key=len, reverse=True)
        self._pattern = re.compile("|".join(rf"\b{re.escape(one)}\b" for one in ordered)) if ordered else None

    def find(self, text: str) -> str | None:
        """The intent of the longest phrase in a normal text."""
        found = self._pattern.findall(text) if self._pattern is not None else []
        return self._intents[max(found, key=len)] if found else None

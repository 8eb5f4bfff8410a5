"""Entities found in words: as lookup tables and marked examples have them, by regular expression, and spoken times.

`jingyin.EntityMatcher` finds whole words or phrases, the longest first; `jingyin.SpokenTimeExtractor` finds one entity (`time`
by default), whose value is what was said: when that is, is the dialogue's to say, who knows what day it is.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.callback_time import names_a_time
from bot.rasa.project import EntityData
from speech.han import apart, together


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A value found in words, by its synonym where there is one."""

    name: str
    value: str


class EntityMatcher:
    """Finds the entities of a project in normal text."""

    def __init__(self, entities: Mapping[str, EntityData], synonyms: Mapping[str, str]) -> None:
        self._synonyms = synonyms
        self._patterns = [
            (name, re.compile("|".join(f"(?:{one})" for one in patterns)))
            for name, data in entities.items()
            if (patterns := [*data.patterns, *_words(data.phrases)])
        ]

    def find(self, text: str) -> tuple[Entity, ...]:
        """All of them, those of one name in the order of the text."""
        return tuple(
            Entity(name=name, value=self._synonyms.get(together(match[0]), together(match[0])))
            for name, pattern in self._patterns
            for match in pattern.finditer(text)
        )


class SpokenTimeExtractor:
    """Finds a time in words."""

    def __init__(self, name: str = "time") -> None:
        self._name = name

    def find(self, text: str) -> tuple[Entity, ...]:
        """One entity with the whole text as its value, or none."""
        return (Entity(name=self._name, value=text),) if names_a_time(text) else ()


def _words(phrases: Sequence[str]) -> Iterable[str]:
    longest_first = sorted(phrases, key=len, reverse=True)
    return [rf"\b{re.escape(apart(phrase))}\b" for phrase in longest_first]

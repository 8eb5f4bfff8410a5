"""Reads NLU data: examples with entities marked in them, synonyms, lookup tables, regular expressions."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.rasa.domain import Domain
from bot.rasa.nodes import View, nearest
from bot.rasa.project import EntityData, Place

# [text](entity), [text](entity:value) and [text]{"entity": ..., "value": ...}
_MARKED: Final = re.compile(r"\[(?P<text>[^\]]+)\](?:\((?P<short>[^)]*)\)|(?P<long>\{[^}]*\}))")
_KINDS: Final = ("intent", "synonym", "lookup", "regex")
EXTERNAL: Final = "EXTERNAL_"
FALLBACK: Final = "nlu_fallback"


@dataclass(slots=True, kw_only=True)
class NluData:
    """All NLU data of a project."""

    examples: dict[str, list[str]] = field(default_factory=dict)
    synonyms: dict[str, str] = field(default_factory=dict)
    phrases: dict[str, list[str]] = field(default_factory=dict)
    patterns: dict[str, list[str]] = field(default_factory=dict)

    def entities(self, names: Sequence[str]) -> dict[str, EntityData]:
        """What is known of each entity of the domain."""
        return {
            name: EntityData(
                name=name,
                phrases=tuple(dict.fromkeys(self.phrases.get(name, ()))),
                patterns=tuple(self.patterns.get(name, ())),
            )
            for name in names
        }


def read_nlu(tops: Sequence[View], domain: Domain) -> NluData:
    """The NLU data of all files; problems go to the reader."""
    found = NluData()
    owners: dict[str, tuple[str, Place]] = {}
    for top in tops:
        for item in top.views("nlu", "an NLU entry"):
            kind = next((key for key in _KINDS if key in item.node), None)
            if kind is None:
                item.problem(None, f"an NLU entry begins with one of {', '.join(_KINDS)}")
                continue
            item.allow((kind, "examples"), f"an NLU entry ({kind})")
            lines = list(_examples(item))
            if not lines:
                item.problem("examples", f"{kind} {item.text(kind)!r} has no examples")
            match kind:
                case "intent":
                    _intent(item, lines, domain, found, owners)
                case "synonym":
                    found.synonyms |= {text.lower(): item.text("synonym") for _, text in lines}
                case "lookup":
                    _entity(item, item.text("lookup"), domain)
                    found.phrases.setdefault(item.text("lookup"), []).extend(text.lower() for _, text in lines)
                case _:
                    _regex(item, lines, domain, found)
    for intent in domain.intents:
        if intent not in found.examples and not intent.startswith(EXTERNAL) and intent != FALLBACK:
            tops[0].reader.problem(
                domain.place, f"intent {intent!r} has no examples; only {EXTERNAL}... intents may have none"
            )
    return found


def _examples(item: View) -> Iterator[tuple[Place, str]]:
    """The lines of an `examples: |` block, or of a list."""
    first = item.at("examples").line
    value = item.node.get("examples")
    if isinstance(value, list):
        for place, entry in item.items("examples"):
            yield place, " ".join(str(entry).split())
        return
    for number, line in enumerate(item.text("examples").splitlines(), first + 1):
        text = line.strip()
        place = Place(file=item.place.file, line=number)
        if not text or text.startswith("#"):
            continue
        if not text.startswith("- "):
            item.reader.problem(place, f"an example begins with '- ', not {text[:20]!r}")
            continue
        yield place, " ".join(text[2:].split())


def _intent(
    item: View,
    lines: Sequence[tuple[Place, str]],
    domain: Domain,
    found: NluData,
    owners: dict[str, tuple[str, Place]],
) -> None:
    intent = item.text("intent")
    if intent not in domain.intents:
        item.problem("intent", f"examples of an unknown intent {intent!r}{nearest(intent, domain.intents)}")
    for place, line in lines:
        text = _MARKED.sub(lambda mark, place=place: _marked(mark, item, place, domain, found), line)  # type: ignore[misc]  # a default binds the loop's place
        other, where = owners.setdefault(text.lower(), (intent, place))
        if other != intent:
            item.reader.problem(place, f"{text!r} is an example of {intent!r} and, at {where}, of {other!r}")
        found.examples.setdefault(intent, []).append(text)


def _marked(mark: re.Match[str], item: View, place: Place, domain: Domain, found: NluData) -> str:
    """Learn an entity marked in an example; what stands there without the marks."""
    text = mark["text"]
    if mark["short"] is not None:
        entity, _, value = mark["short"].partition(":")
    else:
        try:
            facts = json.loads(mark["long"])
            entity, value = str(facts["entity"]), str(facts.get("value", ""))
        except (ValueError, KeyError, TypeError):
            item.reader.problem(place, f'{mark[0]!r}: wants {{"entity": "...", "value": "..."}} after the words')
            return text
    if entity not in domain.entities:
        item.reader.problem(place, f"unknown entity {entity!r}{nearest(entity, domain.entities)}")
    found.phrases.setdefault(entity, []).append(text.lower())
    if value:
        found.synonyms[text.lower()] = value
    return text


def _regex(item: View, lines: Sequence[tuple[Place, str]], domain: Domain, found: NluData) -> None:
    entity = item.text("regex")
    _entity(item, entity, domain)
    for place, pattern in lines:
        try:
            re.compile(pattern)
        except re.error as exc:
            item.reader.problem(place, f"no regular expression: {pattern!r} ({exc})")
            continue
        found.patterns.setdefault(entity, []).append(pattern)


def _entity(item: View, entity: str, domain: Domain) -> None:
    if entity not in domain.entities:
        item.problem("examples", f"unknown entity {entity!r}{nearest(entity, domain.entities)}")

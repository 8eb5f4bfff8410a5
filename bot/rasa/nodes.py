"""YAML with places: a view of a mapping that knows its file and lines, and collects what is wrong instead of raising.

A reader asks for what it needs (`text`, `items`, `section`, ...) and gets a value of that type; what does not fit is noted as
a problem with its line, and an empty value returned, so that all problems of a project are told at once.
"""

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError

from bot.rasa.project import Place

Node = Any  # a YAML node as ruamel gives it: CommentedMap, CommentedSeq or a scalar


@dataclass(slots=True, kw_only=True)
class Reader:
    """Loads files of one project; `problems` has a line for everything that is wrong in them."""

    folder: Path
    problems: list[str] = field(default_factory=list)

    def load(self, path: Path) -> "View":
        """The top mapping of a file; an empty one when it cannot be read."""
        place = Place(file=self.name(path), line=1)
        try:
            node = YAML().load(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            self.problems.append(f"{place.file}: the file is missing")
        except (OSError, UnicodeDecodeError) as exc:
            self.problems.append(f"{place.file}: not readable as UTF-8 text ({type(exc).__name__})")
        except YAMLError as exc:
            mark = getattr(exc, "problem_mark", None)
            where = f"{place.file}:{mark.line + 1}" if mark else place.file
            what = str(getattr(exc, "problem", None) or exc).strip().splitlines()[0]
            self.problems.append(f"{where}: no valid YAML: {what}")
        except ValueError as exc:  # ruamel: a timestamp that is none, and the like
            self.problems.append(f"{place.file}: no valid YAML: {exc}")
        else:
            if isinstance(node, CommentedMap):
                return View(reader=self, node=node, place=place)
            if node is not None:
                self.problems.append(f'{place}: wants keys at the top, such as `version: "3.1"`')
        return View(reader=self, node=CommentedMap(), place=place)

    def name(self, path: Path) -> str:
        """The file as people name it: from the assistant's folder on."""
        return str(path.relative_to(self.folder.parent)) if path.is_relative_to(self.folder.parent) else str(path)

    def problem(self, place: Place, what: str) -> None:
        """Note what is wrong where, and what would be right."""
        self.problems.append(f"{place}: {what}")


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A mapping of a file. `place` is where it stands."""

    reader: Reader
    node: CommentedMap
    place: Place

    def at(self, key: object) -> Place:
        """Where a key stands."""
        return Place(file=self.place.file, line=_line(self.node, key, self.place.line))

    def problem(self, key: object, what: str) -> None:
        """Note a problem at a key."""
        self.reader.problem(self.at(key), what)

    def names(self) -> list[str]:
        """The keys, as text."""
        return [str(key) for key in self.node]

    def allow(self, known: Iterable[str], what: str) -> None:
        """Refuse every other key."""
        allowed = list(known)
        for key in self.node:
            if str(key) not in allowed:
                self.problem(key, f"unknown key {str(key)!r} of {what}{nearest(str(key), allowed)}")

    def text(self, key: str, default: str = "") -> str:
        """A scalar as text; numbers and words that YAML takes for something else are text too."""
        value = self.node.get(key)
        if value is None:
            return default
        if isinstance(value, dict | list):
            self.problem(key, f"{key!r} wants a text")
            return default
        return str(value)

    def flag(self, key: str, *, default: bool = False) -> bool:
        """true or false."""
        value = self.node.get(key, default)
        if not isinstance(value, bool):
            self.problem(key, f"{key!r} wants true or false, not {_shown(value)}")
            return default
        return value

    def number(self, key: str, default: float, *, least: float, most: float) -> float:
        """A number within bounds."""
        value = self.node.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            self.problem(key, f"{key!r} wants a number from {least:g} to {most:g}, not {_shown(value)}")
            return default
        return float(value)

    def texts(self, key: str) -> list[str]:
        """A list of texts; one text alone is a list too."""
        value = self.node.get(key)
        if value is None:
            return []
        found = []
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict | list) or one is None:
                self.problem(key, f"{key!r} wants texts, not {_shown(one)}")
            else:
                found.append(str(one))
        return found

    def section(self, key: str) -> "View":
        """A mapping below; empty when absent."""
        return self._view(key, self.node.get(key))

    def sections(self, key: str) -> Iterator[tuple[str, "View"]]:
        """The named mappings below a key (`slots`, `forms`): name and view."""
        outer = self.section(key)
        for key_below, value in outer.node.items():
            yield str(key_below), outer._view(key_below, value)

    def items(self, key: str) -> Iterator[tuple[Place, Node]]:
        """The entries of a list below, each with its place."""
        value = self.node.get(key)
        if value is None:
            return
        if not isinstance(value, CommentedSeq):
            self.problem(key, f"{key!r} wants a list")
            return
        for index, entry in enumerate(value):
            yield Place(file=self.place.file, line=_line(value, index, self.at(key).line)), entry

    def views(self, key: str, what: str) -> Iterator["View"]:
        """The entries of a list of mappings."""
        for place, entry in self.items(key):
            if isinstance(entry, CommentedMap):
                yield View(reader=self.reader, node=entry, place=place)
            else:
                self.reader.problem(place, f"{what} wants keys, not {_shown(entry)}")

    def _view(self, key: object, value: Node) -> "View":
        if value is not None and not isinstance(value, CommentedMap):
            self.problem(key, f"{key!r} wants keys, not {_shown(value)}")
            value = None
        return View(reader=self.reader, node=CommentedMap() if value is None else value, place=self.at(key))


def nearest(name: str, known: Iterable[str]) -> str:
    """What was probably meant, to end a message with."""
    names = sorted(str(name) for name in known)  # also members of an enum
    close = difflib.get_close_matches(name, names, n=1)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; known: {', '.join(names)}" if names else "; there are none"


def _line(node: Node, key: object, default: int) -> int:
    """The line of a key, or of an entry, from 1."""
    data = getattr(getattr(node, "lc", None), "data", None) or {}
    position = data.get(key)
    return position[0] + 1 if position else default


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return "keys"
    if isinstance(value, list):
        return "a list"
    return "nothing" if value is None else repr(value)

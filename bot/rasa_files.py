"""Reads a Rasa project: domain, NLU examples, stories, rules, config. Files are the truth; every error names file and line.

What is read of Rasa's formats, and our own keys under `metadata`, is told in docs/reference/assistants.md. What this
version does not know is refused, not passed over: a step that nobody follows is worse than an error.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError

from kernel.errors import JingyinError
from speech.prompt import Move

Node = Any  # a YAML node as ruamel gives it: CommentedMap, CommentedSeq or a scalar


class AssistantInvalid(JingyinError):
    """Files of an assistant are wrong; `problems` has a line for each place."""

    code = "bot.assistant_invalid"

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems), remedy="The formats: docs/reference/assistants.md. Nothing was loaded.")
        self.problems = list(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something stands."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One wording of a response, with our metadata."""

    text: str
    moves: tuple[Move, ...] = ()
    must_be_heard: bool = False
    expect: Mapping[str, Any] = field(default_factory=dict)  # Any: YAML scalars
    recording: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`kind` is intent, action, slot or loop; `name` its name; `value` of a slot or loop."""

    kind: str
    name: str
    value: object = None

    @property
    def token(self) -> str:
        """The step as one word of a history."""
        value = "" if self.value is None else f"={str(self.value).lower()}"
        return f"{self.kind}:{self.name}{value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Path_:
    """A story or a rule: its name, conditions (of a rule) and steps."""

    name: str
    steps: tuple[Step, ...]
    conditions: tuple[Step, ...] = ()
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A slot: its Rasa type and its value at the start."""

    name: str
    type: str
    initial: object = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form: the slots it asks for, in order."""

    name: str
    required_slots: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A Rasa project, read and checked."""

    name: str
    folder: Path
    language: str
    pipeline: tuple[Mapping[str, Any], ...]  # Any: YAML
    policies: tuple[Mapping[str, Any], ...]
    intents: tuple[str, ...]
    slots: Mapping[str, Slot]
    responses: Mapping[str, tuple[Response, ...]]
    actions: tuple[str, ...]
    forms: Mapping[str, Form]
    examples: Mapping[str, tuple[str, ...]]
    synonyms: Mapping[str, str]
    stories: tuple[Path_, ...]
    rules: tuple[Path_, ...]


_ANNOTATION: Final = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")
_SLOT_MARK: Final = re.compile(r"\{(\w+)\}")
_EXPECT_KEYS: Final = {
    "grammar",
    "interruptible",
    "silence_s",
    "complete_ms",
    "open_ms",
    "incomplete_ms",
    "unknown_ms",
}
_METADATA_KEYS: Final = {"move", "must_be_heard", "expect", "recording"}
_DOMAIN_KEYS: Final = {
    "version",
    "intents",
    "entities",
    "slots",
    "responses",
    "actions",
    "forms",
    "session_config",
    "config",
}


class _Reader:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[str] = []
        self._yaml = YAML()

    def load(self, path: Path) -> Node:
        try:
            return self._yaml.load(path.read_text(encoding="utf-8")) or CommentedMap()
        except FileNotFoundError:
            self.problems.append(f"{self.name(path)}: the file is missing")
        except UnicodeDecodeError:
            self.problems.append(f"{self.name(path)}: not UTF-8")
        except YAMLError as exc:
            mark = getattr(exc, "problem_mark", None)
            line = f":{mark.line + 1}" if mark else ""
            self.problems.append(f"{self.name(path)}{line}: no YAML: {getattr(exc, 'problem', exc)}")
        return CommentedMap()

    def name(self, path: Path) -> str:
        return str(path.relative_to(self.folder.parent)) if path.is_relative_to(self.folder.parent) else str(path)

    def place(self, path: Path, node: Node, key: object = None) -> Place:
        line = 0
        if isinstance(node, CommentedMap | CommentedSeq):
            position = node.lc.data.get(key) if key is not None and node.lc.data else None
            line = position[0] if position else node.lc.line
        return Place(file=self.name(path), line=(line or 0) + 1)

    def problem(self, place: Place, what: str) -> None:
        self.problems.append(f"{place}: {what}")


def read_project(folder: Path) -> Project:
    """Read and check a Rasa project in `folder` (config.yml, domain.yml, data/*.yml).

    Raises:
        AssistantInvalid: files are missing or wrong; all problems at once.
    """
    reader = _Reader(folder)
    if not folder.is_dir():
        raise AssistantInvalid([f"{folder}: there is no such folder"])
    config = reader.load(folder / "config.yml")
    domain = _Domain(reader, folder / "domain.yml")
    data = [(path, reader.load(path)) for path in sorted((folder / "data").glob("**/*.yml"))]
    examples, synonyms = _nlu(reader, data, domain)
    stories = tuple(_paths(reader, data, domain, "stories", "story"))
    rules = tuple(_paths(reader, data, domain, "rules", "rule"))
    for key in ("language", "pipeline", "policies", "assistant_id"):
        if key not in config:
            reader.problems.append(f"{reader.name(folder / 'config.yml')}: {key!r} is missing")
    if reader.problems:
        raise AssistantInvalid(reader.problems)
    return Project(
        name=folder.name,
        folder=folder,
        language=str(config["language"]),
        pipeline=tuple(config["pipeline"]),
        policies=tuple(config["policies"]),
        intents=tuple(domain.intents),
        slots=domain.slots,
        responses=domain.responses,
        actions=tuple(domain.actions),
        forms=domain.forms,
        examples=examples,
        synonyms=synonyms,
        stories=stories,
        rules=rules,
    )


class _Domain:
    def __init__(self, reader: _Reader, path: Path) -> None:
        self._reader, self._path = reader, path
        node = reader.load(path)
        for key in node:
            if key not in _DOMAIN_KEYS:
                reader.problem(reader.place(path, node, key), f"unknown key {key!r}; known: {', '.join(_DOMAIN_KEYS)}")
        self.intents = [next(iter(item)) if isinstance(item, dict) else str(item) for item in node.get("intents", [])]
        self.actions = [str(action) for action in node.get("actions", [])]
        self.slots = {
            name: Slot(name=name, type=str(spec.get("type", "any")), initial=spec.get("initial_value"))
            for name, spec in (node.get("slots") or {}).items()
        }
        self.forms = {
            name: Form(name=name, required_slots=tuple(spec.get("required_slots", [])))
            for name, spec in (node.get("forms") or {}).items()
        }
        for form in self.forms.values():
            for slot in form.required_slots:
                if slot not in self.slots:
                    place = reader.place(path, node["forms"], form.name)
                    reader.problem(place, f"form {form.name!r} asks for slot {slot!r}, which the domain does not have")
        self.responses = dict(self._responses(node.get("responses") or CommentedMap()))

    def _responses(self, node: Node) -> Iterator[tuple[str, tuple[Response, ...]]]:
        for name, wordings in node.items():
            place = self._reader.place(self._path, node, name)
            if not isinstance(wordings, list) or not wordings:
                self._reader.problem(place, f"response {name!r} wants a list of texts")
                continue
            yield name, tuple(self._wording(wording, name, place) for wording in wordings)

    def _wording(self, node: Node, name: str, place: Place) -> Response:
        text = str(node.get("text") or "")
        if not text:
            self._reader.problem(place, f"response {name!r} has a wording without text")
        metadata = node.get("metadata") or {}
        for key in metadata:
            if key not in _METADATA_KEYS:
                self._reader.problem(place, f"unknown metadata {key!r} of {name!r}; known: {', '.join(_METADATA_KEYS)}")
        named = metadata.get("move") or []
        moves = []
        for move in [named] if isinstance(named, str) else named:
            if move in set(Move):
                moves.append(Move(move))
            else:
                self._reader.problem(place, f"unknown move {move!r} of {name!r}; known: {', '.join(Move)}")
        expect = dict(metadata.get("expect") or {})
        for key in expect:
            if key not in _EXPECT_KEYS:
                self._reader.problem(
                    place, f"unknown expectation {key!r} of {name!r}; known: {', '.join(_EXPECT_KEYS)}"
                )
        for slot in _SLOT_MARK.findall(text):
            if slot not in self.slots:
                self._reader.problem(place, f"response {name!r} uses slot {slot!r}, which the domain does not have")
        recording = metadata.get("recording")
        return Response(
            text=text,
            moves=tuple(moves),
            must_be_heard=bool(metadata.get("must_be_heard")),
            expect=expect,
            recording=self._path.parent / recording if recording else None,
        )


def _nlu(
    reader: _Reader, data: Sequence[tuple[Path, Node]], domain: _Domain
) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    examples: dict[str, list[str]] = {}
    synonyms: dict[str, str] = {}
    for path, node in data:
        for item in node.get("nlu", []):
            place = reader.place(path, item)
            lines = [line.strip().removeprefix("-").strip() for line in str(item.get("examples", "")).splitlines()]
            texts = [_ANNOTATION.sub(r"\1", line) for line in lines if line]
            if "intent" in item:
                intent = str(item["intent"])
                if intent not in domain.intents:
                    reader.problem(place, f"examples for intent {intent!r}, which the domain does not have")
                if not texts:
                    reader.problem(place, f"intent {intent!r} has no examples")
                examples.setdefault(intent, []).extend(texts)
            elif "synonym" in item:
                synonyms |= {text.lower(): str(item["synonym"]) for text in texts}
            elif not {"lookup", "regex"} & set(item):
                reader.problem(place, f"unknown NLU item {', '.join(map(str, item))}")
    for intent in domain.intents:
        if intent not in examples and not intent.startswith("EXTERNAL_"):
            reader.problems.append(f"intent {intent!r} has no examples (only EXTERNAL_ intents may have none)")
    return {intent: tuple(dict.fromkeys(texts)) for intent, texts in examples.items()}, synonyms


def _paths(reader: _Reader, data: Sequence[tuple[Path, Node]], domain: _Domain, key: str, kind: str) -> Iterator[Path_]:
    for path, node in data:
        for item in node.get(key, []):
            place = reader.place(path, item)
            if kind not in item or not item.get("steps"):
                reader.problem(place, f"a {kind} wants a name ({kind}:) and steps")
                continue
            steps = tuple(_steps(reader, path, item["steps"], domain))
            conditions = tuple(_steps(reader, path, item.get("condition") or [], domain))
            yield Path_(name=str(item[kind]), steps=steps, conditions=conditions, place=place)


def _steps(reader: _Reader, path: Path, nodes: Node, domain: _Domain) -> Iterator[Step]:
    for index, node in enumerate(nodes):
        place = reader.place(path, nodes, index)
        if "intent" in node:
            if node["intent"] not in domain.intents:
                reader.problem(place, f"unknown intent {node['intent']!r}")
            yield Step(kind="intent", name=str(node["intent"]))
        elif "action" in node:
            name = str(node["action"])
            if name not in domain.responses and name not in domain.actions and name not in domain.forms:
                reader.problem(place, f"unknown action {name!r}: no response, action or form of the domain")
            yield Step(kind="action", name=name)
        elif "slot_was_set" in node:
            for entry in node["slot_was_set"]:
                for slot, value in entry.items() if isinstance(entry, dict) else ((entry, True),):
                    if slot not in domain.slots:
                        reader.problem(place, f"unknown slot {slot!r}")
                    yield Step(kind="slot", name=str(slot), value=value)
        elif "active_loop" in node:
            yield Step(kind="loop", name=str(node["active_loop"]))
        else:
            reader.problem(place, f"unknown step {', '.join(map(str, node))}")

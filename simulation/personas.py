"""Persona files: who is called, what they say to which step of the conversation, and the truth about them.

The format and its words are in docs/reference/personas.md. Unknown keys, moves, truths and causes are refused with file,
line and the nearest right name.
"""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError

from kernel.errors import JingyinError
from speech.prompt import Move

Node = Any  # a YAML node as ruamel gives it
PAUSE: Final = "…"


class PersonasInvalid(JingyinError):
    """A persona file is wrong; `problems` has a line for each place."""

    code = "simulation.personas_invalid"

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems), remedy="The format: docs/reference/personas.md.")
        self.problems = list(problems)


class Truth(StrEnum):
    """What is true of a customer, known to the simulator alone."""

    INTERESTED = "interested"
    PRICE_ASKER = "price_asker"
    WANTS_PERSON = "wants_person"
    CALLBACK = "callback"
    NOT_INTERESTED = "not_interested"
    OPT_OUT = "opt_out"
    SILENT = "silent"
    HUNG_UP = "hung_up"
    VOICEMAIL = "voicemail"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    SWITCHED_OFF = "switched_off"
    NOT_IN_SERVICE = "not_in_service"
    REJECTED = "rejected"


class Result(StrEnum):
    """What happens on the line."""

    ANSWERED = "answered"
    VOICEMAIL = "voicemail"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    SWITCHED_OFF = "switched_off"
    NOT_IN_SERVICE = "not_in_service"
    REJECTED = "rejected"


class Kind(StrEnum):
    """How a customer's turn is meant."""

    SPEECH = "speech"
    INTERRUPTS = "interrupts"
    BACKCHANNEL = "backchannel"


class Ending(StrEnum):
    """How a line ends the call, if it does."""

    NONE = "none"
    AFTER = "after"
    MID_SENTENCE = "mid_sentence"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing a persona may say. `on` None: to anything. `interrupt_after_s`: seconds into the prompt."""

    on: frozenset[Move] | None
    say: tuple[str, ...] = ()
    press: str = ""
    times: int = 1
    kind: Kind = Kind.SPEECH
    interrupt_after_s: float | None = None
    hang_up: Ending = Ending.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What holds for every persona of a file. Seconds and dB."""

    noise_db: float = 20.0
    patience_s: float = 8.0
    react_s: tuple[float, float] = (0.3, 0.9)
    hello_after_s: tuple[float, float] = (0.3, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """A simulated customer."""

    id: str
    truth: Truth
    result: Result
    ring_s: tuple[float, float]
    hello: tuple[str, ...]
    entries: tuple[Entry, ...]
    defaults: Defaults
    lang: str = "en"  # its file's
    voice: str | None = None
    rate_wpm: int | None = None
    pitch: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonaFile:
    """A file of personas, in its order."""

    lang: str
    personas: tuple[Persona, ...]

    def texts(self) -> list[str]:
        """Every wording, its pauses taken out."""
        said = [text for persona in self.personas for entry in persona.entries for text in entry.say]
        said += [text for persona in self.personas for text in persona.hello]
        return [" ".join(text.replace(PAUSE, " ").split()) for text in said]


_PERSONA_KEYS: Final = ("id", "truth", "voice", "rate_wpm", "pitch", "line", "hello", "turns", "noise_db", "patience_s")
_PERSONA_KEYS_ALL: Final = (*_PERSONA_KEYS, "react_s", "hello_after_s")
_ENTRY_KEYS: Final = ("on", "say", "press", "times", "kind", "interrupt_after_s", "hang_up")
_DEFAULT_KEYS: Final = ("noise_db", "patience_s", "react_s", "hello_after_s")


class _Reader:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[str] = []

    def at(self, node: Node, key: object = None) -> str:
        line = 0
        if isinstance(node, CommentedMap | CommentedSeq):
            position = node.lc.data.get(key) if key is not None and node.lc.data else None
            line = position[0] if position else (node.lc.line or 0)
        return f"{self.path}:{line + 1}"

    def keys(self, node: Node, known: Iterable[str], what: str) -> bool:
        if not isinstance(node, CommentedMap):
            self.problems.append(f"{self.at(node)}: {what} wants keys and values")
            return False
        for key in node:
            if key not in tuple(known):
                self.problems.append(f"{self.at(node, key)}: unknown key {key!r} of {what}{nearest(key, known)}")
        return True

    def choice(
        self, node: Node, key: str, kinds: type[StrEnum], default: str | None
    ) -> Any:  # Any: a member of `kinds`
        value = node.get(key, default)
        if value in tuple(kinds):
            return kinds(value)
        known = [str(kind) for kind in kinds]
        self.problems.append(f"{self.at(node, key)}: unknown {key} {value!r}{nearest(str(value), known)}")
        return next(iter(kinds))

    def number(self, node: Node, key: str, default: float) -> float:
        value = node.get(key, default)
        if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0:
            return float(value)
        self.problems.append(f"{self.at(node, key)}: {key} wants a number of at least 0, not {value!r}")
        return default

    def span(self, node: Node, key: str, default: tuple[float, float]) -> tuple[float, float]:
        value = node.get(key)
        if value is None:
            return default
        numbers = [v for v in value if isinstance(v, int | float)] if isinstance(value, list) else []
        if len(numbers) == 2 and 0 <= numbers[0] <= numbers[1]:
            return float(numbers[0]), float(numbers[1])
        self.problems.append(f"{self.at(node, key)}: {key} wants [least, most] in seconds, not {value!r}")
        return default

    def texts(self, node: Node, key: str) -> tuple[str, ...]:
        value = node.get(key) or []
        if isinstance(value, str):
            return (value,)
        if isinstance(value, list) and all(isinstance(text, str) and text.strip() for text in value):
            return tuple(value)
        self.problems.append(f"{self.at(node, key)}: {key} wants a list of texts")
        return ()

    def defaults(self, node: Node, base: Defaults) -> Defaults:
        return Defaults(
            noise_db=self.number(node, "noise_db", base.noise_db),
            patience_s=self.number(node, "patience_s", base.patience_s),
            react_s=self.span(node, "react_s", base.react_s),
            hello_after_s=self.span(node, "hello_after_s", base.hello_after_s),
        )


def nearest(word: object, known: Iterable[str]) -> str:
    """ "; nearest: …", or the whole short list."""
    choices = list(known)
    found = difflib.get_close_matches(str(word), choices, n=2)
    return f"; nearest: {', '.join(found)}" if found else f"; known: {', '.join(choices)}"


def read_personas(path: Path) -> PersonaFile:
    """Read and check a persona file.

    Raises:
        PersonasInvalid: it is missing or wrong; all problems at once.
    """
    reader = _Reader(path)
    try:
        node = YAML().load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as exc:
        raise PersonasInvalid([f"{path}: cannot be read: {exc}"]) from None
    except YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        raise PersonasInvalid(
            [f"{path}:{mark.line + 1 if mark else 1}: no YAML: {getattr(exc, 'problem', exc)}"]
        ) from None
    if not reader.keys(node, ("lang", "defaults", "personas"), "the file"):
        raise PersonasInvalid(reader.problems)
    lang = node.get("lang")
    if lang not in ("en", "zh"):
        reader.problems.append(f"{reader.at(node, 'lang')}: lang wants en or zh, not {lang!r}")
    defaults = Defaults()
    if node.get("defaults") is not None and reader.keys(node["defaults"], _DEFAULT_KEYS, "defaults"):
        defaults = reader.defaults(node["defaults"], defaults)
    personas = tuple(_persona(reader, item, defaults, str(lang)) for item in node.get("personas") or [])
    if not personas:
        reader.problems.append(f"{reader.at(node, 'personas')}: there are no personas")
    seen: set[str] = set()
    for item, persona in zip(node.get("personas") or [], personas, strict=True):
        if persona.id in seen:
            reader.problems.append(f"{reader.at(item, 'id')}: id {persona.id!r} stands twice")
        seen.add(persona.id)
    if reader.problems:
        raise PersonasInvalid(reader.problems)
    return PersonaFile(lang=str(lang), personas=personas)


def _persona(reader: _Reader, node: Node, defaults: Defaults, lang: str) -> Persona:
    if not reader.keys(node, _PERSONA_KEYS_ALL, "a persona"):
        node = CommentedMap()
    if not node.get("id"):
        reader.problems.append(f"{reader.at(node)}: a persona wants an id")
    line = node.get("line") or CommentedMap()
    reader.keys(line, ("ring_s", "result"), "line")
    truth = reader.choice(node, "truth", Truth, None)
    result = reader.choice(line, "result", Result, "answered")
    return Persona(
        id=str(node.get("id", "")),
        truth=truth,
        result=result,
        ring_s=reader.span(line, "ring_s", (2.0, 5.0)),
        hello=reader.texts(node, "hello"),
        entries=tuple(_entry(reader, item) for item in node.get("turns") or []),
        defaults=reader.defaults(node, defaults),
        lang=lang,
        voice=node.get("voice"),
        rate_wpm=node.get("rate_wpm"),
        pitch=node.get("pitch"),
    )


def _entry(reader: _Reader, node: Node) -> Entry:
    if not reader.keys(node, _ENTRY_KEYS, "a turn"):
        return Entry(on=None)
    on = node.get("on")
    moves: frozenset[Move] | None = None
    if on != "any":
        names = [on] if isinstance(on, str) else list(on or [])
        if not names:
            reader.problems.append(f"{reader.at(node)}: a turn wants `on`: move names, or any")
        for name in names:
            if name not in tuple(Move):
                known = [*(str(move) for move in Move), "any"]
                reader.problems.append(f"{reader.at(node, 'on')}: unknown move {name!r}{nearest(name, known)}")
        moves = frozenset(Move(name) for name in names if name in tuple(Move))
    press = str(node.get("press", "") if node.get("press") is not None else "")
    if press and press not in tuple("0123456789*#"):
        reader.problems.append(f"{reader.at(node, 'press')}: press wants one key of 0-9 * #, not {press!r}")
    say = reader.texts(node, "say")
    hang_up = node.get("hang_up", False)
    if hang_up not in (True, False, "mid_sentence"):
        reader.problems.append(f"{reader.at(node, 'hang_up')}: hang_up wants true or mid_sentence, not {hang_up!r}")
    if not say and not press and not hang_up:
        reader.problems.append(f"{reader.at(node)}: a turn wants something to say, press or hang_up")
    after = node.get("interrupt_after_s")
    return Entry(
        on=moves,
        say=say,
        press=press,
        times=int(reader.number(node, "times", 1)),
        kind=reader.choice(node, "kind", Kind, "interrupts" if after is not None else "speech"),
        interrupt_after_s=None if after is None else reader.number(node, "interrupt_after_s", 1.0),
        hang_up=Ending.MID_SENTENCE if hang_up == "mid_sentence" else Ending.AFTER if hang_up else Ending.NONE,
    )

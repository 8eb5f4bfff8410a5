"""A Rasa project as the platform knows it: what was read of domain, NLU data, stories, rules and config.

Values only. Which parts of Rasa's formats fill them, and our keys under `metadata`, is told in docs/reference/assistants.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from speech.endpointing import Expectation
from speech.prompt import Move


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something stands: a file as people name it, and a line from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """`means` is what a turn of it says about interest (a bot.grading.Meaning), "" when nothing. `taken_for` is the intent it
    counts as where no rule and no story says what to do, "" when none."""

    name: str
    means: str = ""
    taken_for: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One wording of a response. `expectation` is how to listen after it."""

    text: str
    moves: tuple[Move, ...] = ()
    must_be_heard: bool = False
    expectation: Expectation = field(default_factory=Expectation)
    recording: Path | None = None


class StepKind(StrEnum):
    """What a step of a story is."""

    INTENT = "intent"
    ACTION = "action"
    LOOP = "loop"  # `active_loop`: a form begins, or ends (name "None")
    SLOT = "slot"  # `slot_was_set`: holds at this place


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step. `value` is a slot's; `text` what the customer says in a test story."""

    kind: StepKind
    name: str
    value: object = None
    text: str = ""

    @property
    def token(self) -> str:
        """The step as one word of a history."""
        return f"{self.kind}:{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A story, a rule or a test story. `conditions` and the two flags are of rules."""

    name: str
    steps: tuple[Step, ...]
    conditions: tuple[Step, ...] = ()
    conversation_start: bool = False
    wait_for_user_input: bool = True
    place: Place


class MappingKind(StrEnum):
    """Where a slot's value comes from."""

    ENTITY = "from_entity"
    INTENT = "from_intent"
    TEXT = "from_text"
    CUSTOM = "custom"  # the platform or an action sets it


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotMapping:
    """One way to fill a slot. Empty `intents`: any; `loop` and `requested`: only while that form asks (for that slot)."""

    kind: MappingKind
    entity: str = ""
    value: object = None
    intents: tuple[str, ...] = ()
    not_intents: tuple[str, ...] = ()
    loop: str = ""
    requested: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A slot: its Rasa type, its value at the start, how it is filled."""

    name: str
    type: str
    initial: object = None
    mappings: tuple[SlotMapping, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form: the slots it asks for, in order. `ignored` intents fill nothing while it asks."""

    name: str
    required_slots: tuple[str, ...]
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityData:
    """How an entity is found in words: `phrases` (lower case) as they stand, and regular expressions."""

    name: str
    phrases: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One entry of `pipeline` or `policies`: its name and its settings."""

    name: str
    settings: Mapping[str, Any]  # Any: YAML scalars and lists, checked by the component
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A Rasa project, read and checked: every name a story uses exists."""

    name: str
    folder: Path
    language: str
    pipeline: tuple[Component, ...]
    policies: tuple[Component, ...]
    intents: Mapping[str, Intent]
    entities: Mapping[str, EntityData]
    slots: Mapping[str, Slot]
    responses: Mapping[str, tuple[Response, ...]]
    actions: tuple[str, ...]
    forms: Mapping[str, Form]
    examples: Mapping[str, tuple[str, ...]]
    synonyms: Mapping[str, str]
    stories: tuple[Story, ...]
    rules: tuple[Story, ...]
    domain: Place
    config: Place

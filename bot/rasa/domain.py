"""Reads domain.yml: intents, entities, slots, forms, actions and responses."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ruamel.yaml.comments import CommentedMap

from bot.grading import Meaning
from bot.rasa.nodes import Reader, View, nearest
from bot.rasa.project import Form, Intent, MappingKind, Place, Response, Slot, SlotMapping
from speech.endpointing import Expectation, Patience
from speech.prompt import Move
from speech.recognition import Grammar

SLOT_MARK: Final = re.compile(r"\{(\w+)\}")
_KEYS: Final = (
    *("version", "intents", "entities", "slots", "forms", "actions", "responses", "session_config", "config"),
)
_SLOT_TYPES: Final = ("text", "bool", "float", "categorical", "list", "any")
_MAPPING_KEYS: Final = ("type", "entity", "value", "intent", "not_intent", "conditions", "action")
_MOST_MS: Final = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """What domain.yml declares."""

    place: Place
    intents: dict[str, Intent]
    entities: tuple[str, ...]
    slots: dict[str, Slot]
    forms: dict[str, Form]
    actions: tuple[str, ...]
    responses: dict[str, tuple[Response, ...]]


def read_domain(reader: Reader, path: Path) -> Domain:
    """The domain; problems go to the reader."""
    top = reader.load(path)
    top.allow(_KEYS, "the domain")
    intents = dict(_intents(top))
    _check_taken_for(top, intents)
    entities = tuple(dict.fromkeys(_names(top, "entities")))
    slots = {name: _slot(view, name, intents, entities) for name, view in top.sections("slots")}
    forms = {name: _form(view, name, slots, intents) for name, view in top.sections("forms")}
    for slot_name, view in top.sections("slots"):
        _check_loops(view, slots[slot_name], forms)
    return Domain(
        place=top.place,
        intents=intents,
        entities=entities,
        slots=slots,
        forms=forms,
        actions=tuple(dict.fromkeys(_names(top, "actions"))),
        responses=dict(_responses(top, slots, path.parent)),
    )


def _names(top: View, key: str) -> Iterator[str]:
    for place, entry in top.items(key):
        if isinstance(entry, dict):
            yield from map(str, entry)
        elif isinstance(entry, list) or entry is None:
            top.reader.problem(place, f"{key!r} wants names")
        else:
            yield str(entry)


def _intents(top: View) -> Iterator[tuple[str, Intent]]:
    seen = set()
    for place, entry in top.items("intents"):
        if isinstance(entry, CommentedMap) and len(entry) == 1:
            view = View(reader=top.reader, node=entry, place=place)
            name = next(iter(entry))
            options = view.section(name)
            options.allow(("means", "taken_for", "use_entities", "ignore_entities"), f"intent {name!r}")
            intent = Intent(name=str(name), means=_meaning(options), taken_for=options.text("taken_for"))
        elif isinstance(entry, dict | list) or entry is None:
            top.reader.problem(place, "an intent wants a name, or a name with its options")
            continue
        else:
            intent = Intent(name=str(entry))
        if intent.name in seen:
            top.reader.problem(place, f"intent {intent.name!r} is listed twice")
        seen.add(intent.name)
        yield intent.name, intent


def _check_taken_for(top: View, intents: dict[str, Intent]) -> None:
    for intent in intents.values():
        if intent.taken_for and intent.taken_for not in intents:
            near = nearest(intent.taken_for, intents)
            top.problem("intents", f"{intent.name!r} is taken for an unknown intent {intent.taken_for!r}{near}")
        elif intent.taken_for and intents[intent.taken_for].taken_for:
            top.problem(
                "intents", f"{intent.name!r} is taken for {intent.taken_for!r}, which is itself taken for another"
            )


def _meaning(options: View) -> str:
    means = options.text("means")
    if means and means not in set(Meaning):
        options.problem("means", f"unknown meaning {means!r}{nearest(means, Meaning)}")
        return ""
    return means


def _slot(view: View, name: str, intents: dict[str, Intent], entities: tuple[str, ...]) -> Slot:
    view.allow(("type", "initial_value", "mappings", "influence_conversation", "values"), f"slot {name!r}")
    kind = view.text("type", "any")
    if kind not in _SLOT_TYPES:
        view.problem("type", f"unknown slot type {kind!r}{nearest(kind, _SLOT_TYPES)}")
    mappings = [_mapping(one, intents, entities) for one in view.views("mappings", "a mapping")]
    return Slot(
        name=name,
        type=kind,
        initial=view.node.get("initial_value"),
        mappings=tuple(one for one in mappings if one is not None),
    )


def _mapping(view: View, intents: dict[str, Intent], entities: tuple[str, ...]) -> SlotMapping | None:
    view.allow(_MAPPING_KEYS, "a mapping")
    kind = view.text("type")
    if kind not in set(MappingKind):
        view.problem("type", f"unknown mapping {kind!r}{nearest(kind, MappingKind)}")
        return None
    entity = view.text("entity")
    if kind == MappingKind.ENTITY and entity not in entities:
        view.problem("entity", f"unknown entity {entity!r}{nearest(entity, entities)}")
    for key in ("intent", "not_intent"):
        for name in view.texts(key):
            if name not in intents:
                view.problem(key, f"unknown intent {name!r}{nearest(name, intents)}")
    loop = requested = ""
    for condition in view.views("conditions", "a condition"):
        condition.allow(("active_loop", "requested_slot"), "a condition")
        loop = condition.text("active_loop") or loop
        requested = condition.text("requested_slot") or requested
    return SlotMapping(
        kind=MappingKind(kind),
        entity=entity,
        value=view.node.get("value"),
        intents=tuple(view.texts("intent")),
        not_intents=tuple(view.texts("not_intent")),
        loop=loop,
        requested=requested,
    )


def _check_loops(view: View, slot: Slot, forms: dict[str, Form]) -> None:
    for mapping in slot.mappings:
        if mapping.loop and mapping.loop not in forms:
            view.problem("mappings", f"unknown form {mapping.loop!r}{nearest(mapping.loop, forms)}")


def _form(view: View, name: str, slots: dict[str, Slot], intents: dict[str, Intent]) -> Form:
    view.allow(("required_slots", "ignored_intents"), f"form {name!r}")
    required = view.texts("required_slots")
    if not required:
        view.problem("required_slots", f"form {name!r} asks for nothing")
    for slot in required:
        if slot not in slots:
            view.problem("required_slots", f"form {name!r} asks for an unknown slot {slot!r}{nearest(slot, slots)}")
    ignored = view.texts("ignored_intents")
    for intent in ignored:
        if intent not in intents:
            view.problem("ignored_intents", f"unknown intent {intent!r}{nearest(intent, intents)}")
    return Form(name=name, required_slots=tuple(required), ignored=tuple(ignored))


def _responses(top: View, slots: dict[str, Slot], folder: Path) -> Iterator[tuple[str, tuple[Response, ...]]]:
    outer = top.section("responses")
    for name in outer.names():
        if not name.startswith("utter_"):
            outer.problem(name, f"a response's name begins with utter_, {name!r} does not")
        wordings = [_wording(view, name, slots, folder) for view in outer.views(name, f"a wording of {name!r}")]
        if not wordings:
            outer.problem(name, f"response {name!r} wants a list of wordings, each with a text")
        yield name, tuple(wordings)


def _wording(view: View, name: str, slots: dict[str, Slot], folder: Path) -> Response:
    view.allow(("text", "metadata"), f"a wording of {name!r}")
    text = view.text("text").strip()
    if not text:
        view.problem("text", f"a wording of {name!r} has no text")
    for slot in SLOT_MARK.findall(text):
        if slot not in slots:
            view.problem("text", f"{name!r} speaks of an unknown slot {slot!r}{nearest(slot, slots)}")
    ours = view.section("metadata")
    ours.allow(("move", "must_be_heard", "expect", "recording"), f"metadata of {name!r}")
    moves = []
    for move in ours.texts("move"):
        if move in set(Move):
            moves.append(Move(move))
        else:
            ours.problem("move", f"unknown move {move!r}{nearest(move, Move)}")
    recording = ours.text("recording")
    if recording and not (folder / recording).exists():
        ours.problem("recording", f"there is no recording {recording!r}; the path counts from the assistant's folder")
    return Response(
        text=text,
        moves=tuple(moves),
        must_be_heard=ours.flag("must_be_heard"),
        expectation=_expectation(ours.section("expect"), name),
        recording=folder / recording if recording else None,
    )


def _expectation(view: View, name: str) -> Expectation:
    standard = Patience()
    numbers: dict[str, Any] = {  # Any: whole milliseconds and seconds
        key: int(view.number(key, getattr(standard, key), least=0, most=_MOST_MS))
        for key in ("complete_ms", "open_ms", "incomplete_ms", "unknown_ms")
    }
    silence_s = view.number("silence_s", standard.silence_s, least=0.2, most=120)
    view.allow((*numbers, "silence_s", "grammar", "interruptible"), f"what {name!r} expects")
    grammar = view.text("grammar", Grammar.FREE)
    if grammar not in set(Grammar):
        view.problem("grammar", f"unknown grammar {grammar!r}{nearest(grammar, Grammar)}")
        grammar = Grammar.FREE
    return Expectation(
        name=name,
        grammar=Grammar(grammar),
        interruptible=view.flag("interruptible", default=True),
        patience=Patience(silence_s=silence_s, **numbers),
    )

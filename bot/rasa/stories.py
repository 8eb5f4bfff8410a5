"""Reads stories, rules and test stories: steps whose names all exist."""

from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Final

from ruamel.yaml.comments import CommentedMap

from bot.rasa.domain import Domain
from bot.rasa.nlu import FALLBACK
from bot.rasa.nodes import Node, Reader, View, nearest
from bot.rasa.project import Step, StepKind, Story

NO_LOOP: Final = "None"
_DEFAULT_ACTIONS: Final = ("action_listen", "action_deactivate_loop")
_RULE_KEYS: Final = ("rule", "steps", "condition", "conversation_start", "wait_for_user_input")


def read_stories(tops: Sequence[View], domain: Domain) -> list[Story]:
    """All stories; one with `or:` becomes several."""
    return [story for top in tops for item in top.views("stories", "a story") for story in _story(item, domain)]


def read_rules(tops: Sequence[View], domain: Domain) -> list[Story]:
    """All rules."""
    return [rule for top in tops for item in top.views("rules", "a rule") for rule in _rule(item, domain)]


def read_test_stories(reader: Reader, path: Path, domain: Domain) -> list[Story]:
    """The stories of a test file: steps of the customer have `user:` texts, or stand for events (EXTERNAL_...)."""
    top = reader.load(path)
    top.allow(("version", "stories"), "a test file")
    return read_stories([top], domain)


def _story(item: View, domain: Domain) -> Iterator[Story]:
    item.allow(("story", "steps", "metadata"), "a story")
    for steps in _steps(item, "steps", domain, "story"):
        yield Story(name=item.text("story"), steps=steps, place=item.place)


def _rule(item: View, domain: Domain) -> Iterator[Story]:
    item.allow(_RULE_KEYS, "a rule")
    conditions = next(_steps(item, "condition", domain, ""))
    for step in conditions:
        if step.kind not in (StepKind.SLOT, StepKind.LOOP):
            item.problem("condition", "a condition is a slot_was_set or an active_loop")
    for steps in _steps(item, "steps", domain, "rule"):
        yield Story(
            name=item.text("rule"),
            steps=steps,
            conditions=conditions,
            conversation_start=item.flag("conversation_start"),
            wait_for_user_input=item.flag("wait_for_user_input", default=True),
            place=item.place,
        )


def _steps(item: View, key: str, domain: Domain, kind: str) -> Iterator[tuple[Step, ...]]:
    """Every way through the steps (`or:` gives several)."""
    if kind and not item.text(kind):
        item.problem(kind, f"a {kind} wants a name")
    choices: list[list[tuple[Step, ...]]] = []
    for place, node in item.items(key):
        if isinstance(node, CommentedMap):
            choices.append(list(_step(View(reader=item.reader, node=node, place=place), domain)))
        else:
            item.reader.problem(place, "a step wants a key: intent, user, action, slot_was_set, active_loop or or")
    if kind and not choices:
        item.problem(key, f"{kind} {item.text(kind)!r} has no steps")
    for parts in product(*choices):
        yield tuple(step for part in parts for step in part)


def _step(view: View, domain: Domain) -> Iterator[tuple[Step, ...]]:
    node = view.node
    if "intent" in node or "user" in node:
        view.allow(("intent", "user", "entities"), "a customer's step")
        name = view.text("intent")
        if name not in domain.intents and name != FALLBACK:
            view.problem("intent", f"unknown intent {name!r}{nearest(name, domain.intents)}")
        yield (Step(kind=StepKind.INTENT, name=name, text=" ".join(view.text("user").split())),)
    elif "action" in node:
        view.allow(("action",), "a step of the robot")
        yield (Step(kind=StepKind.ACTION, name=_action(view, domain)),)
    elif "slot_was_set" in node:
        view.allow(("slot_was_set",), "a step of a slot")
        yield tuple(_slots(view, domain))
    elif "active_loop" in node:
        view.allow(("active_loop",), "a step of a form")
        name = view.text("active_loop", NO_LOOP)
        name = NO_LOOP if name == "null" else name
        if name != NO_LOOP and name not in domain.forms:
            view.problem("active_loop", f"unknown form {name!r}{nearest(name, domain.forms)}")
        yield (Step(kind=StepKind.LOOP, name=name),)
    elif "or" in node:
        view.allow(("or",), "an or")
        for way in view.views("or", "a way of an or"):
            yield from _step(way, domain)
    elif "checkpoint" in node or "bot" in node:
        view.problem(next(iter(node)), f"{next(iter(node))!r} is not read by this version: write the story out")
        yield ()
    else:
        view.problem(next(iter(node), None), f"unknown step {', '.join(view.names())!r}")
        yield ()


def _action(view: View, domain: Domain) -> str:
    name = view.text("action")
    known = {*domain.responses, *domain.actions, *domain.forms, *_DEFAULT_ACTIONS}
    if name not in known:
        view.problem("action", f"unknown action {name!r}: no response, action or form{nearest(name, known)}")
    return name


def _slots(view: View, domain: Domain) -> Iterator[Step]:
    for place, entry in view.items("slot_was_set"):
        facts: Node = entry if isinstance(entry, dict) else {entry: _SET}
        for name, value in facts.items():
            if str(name) not in domain.slots:
                view.reader.problem(place, f"unknown slot {str(name)!r}{nearest(str(name), domain.slots)}")
            yield Step(kind=StepKind.SLOT, name=str(name), value=value)


class _AnyValue:
    """What `- slot_was_set: [name]` asks for: any value but none, as in Rasa."""

    def __eq__(self, other: object) -> bool:
        return other is not None

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return "any value"


_SET: Final = _AnyValue()

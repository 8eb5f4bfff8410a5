"""Where settings come from: YAML files and environment variables, each value with its place, so that an error can say
`config.yml:31: platform.dialer.ring_timout_s: unknown key; did you mean ring_timeout_s?`"""

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

ROOT_KEY: Final = "platform"
PREFIX: Final = "JINGYIN_"
_VARIABLE: Final = "environment variable"
_WANT_JSON: Final = ("dict_type", "list_type", "tuple_type", "set_type", "frozen_set_type")

KeyPath = tuple[str | int, ...]
Origins = dict[KeyPath, str]


@dataclass
class Sources:
    """Merged values, the place of each key, and what was wrong with the files themselves."""

    values: dict[str, object] = field(default_factory=dict)
    origins: Origins = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def read_yaml(path: Path, into: Sources) -> None:
    """Merge `platform:` of a YAML file; other top-level keys belong to somebody else (config.yml is Rasa's file)."""
    try:
        document = YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except OSError as exc:
        into.problems.append(f"{path}: cannot be read: {exc.strerror}")
        return
    except UnicodeDecodeError:
        into.problems.append(f"{path}: is not UTF-8 text")
        return
    except YAMLError as exc:
        mark = exc.problem_mark if isinstance(exc, MarkedYAMLError) else None
        what = exc.problem if isinstance(exc, MarkedYAMLError) else str(exc)
        into.problems.append(f"{path}:{mark.line + 1 if mark else 1}: is not valid YAML: {what}")
        return
    if document is None:
        return
    if not isinstance(document, CommentedMap):
        into.problems.append(f"{path}:1: must be a mapping with the key `{ROOT_KEY}:`")
        return
    platform = document.get(ROOT_KEY)
    if platform is None:
        return
    if not isinstance(platform, CommentedMap):
        into.problems.append(f"{path}:{_line(document, ROOT_KEY)}: {ROOT_KEY}: must be a mapping of sections")
        return
    _merge(platform, into.values, (), str(path), into.origins)


def read_environment(env: Mapping[str, str], into: Sources) -> None:
    """Merge `JINGYIN_SECTION__KEY` variables. Values are text, or JSON for lists and mappings (`{"a": "b"}`; YAML flow will do)."""
    for name in sorted(env):
        if not name.startswith(PREFIX):
            continue
        keys = tuple(name.removeprefix(PREFIX).lower().split("__"))
        place = f"{_VARIABLE} {name}"
        value: object = env[name]
        if env[name][:1] in "[{" and env[name]:
            try:
                value = YAML(typ="safe").load(env[name])
            except YAMLError:
                into.problems.append(f'{place}: is not valid JSON; write it like {{"name": "value"}} or ["one", "two"]')
                continue
        target = into.values
        for key in keys[:-1]:
            inner = target.setdefault(key, {})
            if not isinstance(inner, dict):
                into.problems.append(f"{place}: `{key}` is no section")
                break
            target = inner
        else:
            target[keys[-1]] = value
            into.origins[keys] = place


def describe(error: ValidationError, model: type[BaseModel], origins: Origins) -> list[str]:
    """One line for each wrong place: where it stands, its key, what is wrong, what would be right."""
    return [_describe(details, model, origins) for details in error.errors(include_url=False)]


def _describe(details: ErrorDetails, model: type[BaseModel], origins: Origins) -> str:
    location = tuple(details["loc"])
    place = next((origins[location[:n]] for n in range(len(location), 0, -1) if location[:n] in origins), "")
    key = ".".join(str(part) for part in (ROOT_KEY, *location))
    if details["type"] in _WANT_JSON and isinstance(details["input"], str) and place.startswith(_VARIABLE):
        return f"{place}: {key}: JSON is expected, not text; for example {_example(model, location, details['type'])}"
    if details["type"] != "extra_forbidden":
        message = details["msg"].removeprefix("Value error, ")
        return f"{place}: {key}: {message[:1].lower()}{message[1:]}"
    allowed = _keys(model, location[:-1])
    near = difflib.get_close_matches(str(location[-1]), allowed, n=1)
    hint = f"did you mean `{near[0]}`?" if near else f"allowed are: {', '.join(allowed)}"
    return f"{place}: {key}: unknown key; {hint}"


def _example(model: type[BaseModel], location: KeyPath, kind: str) -> str:
    """How the setting may look: its default, unless it is empty."""
    value: object = model().model_dump(mode="json")
    for part in location:
        value = value.get(str(part)) if isinstance(value, dict) else None
    return json.dumps(value or ({"name": "value"} if kind == "dict_type" else ["value"]))


def _keys(model: type[BaseModel], location: KeyPath) -> list[str]:
    for part in location:
        field_info = model.model_fields.get(str(part))
        inner = field_info.annotation if field_info else None
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return []
        model = inner
    return list(model.model_fields)


def _merge(source: CommentedMap, target: dict[str, object], path: KeyPath, file: str, origins: Origins) -> None:
    for key, value in source.items():
        name = str(key)
        here = (*path, name)
        origins[here] = f"{file}:{_line(source, key)}"
        if isinstance(value, CommentedMap):
            inner = target.get(name)
            if not isinstance(inner, dict) or path:  # sections are merged; a mapping within one is replaced whole
                inner = target[name] = {}
            _merge(value, inner, here, file, origins)
        else:
            target[name] = _plain(value)


def _plain(value: object) -> object:
    match value:
        case CommentedMap():
            return {str(key): _plain(inner) for key, inner in value.items()}
        case CommentedSeq():
            return [_plain(inner) for inner in value]
        case _:
            return value


def _line(mapping: CommentedMap, key: object) -> int:
    return int(mapping.lc.key(key)[0]) + 1

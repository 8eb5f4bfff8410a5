"""docs/reference/settings.md, made from the settings themselves: `python -m kernel.settings_reference > that file`."""

from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from kernel.settings import Section, Settings
from kernel.settings_sources import PREFIX

_HEAD = """# Settings

Made from the code by `make docs`; do not edit.

Settings come from the defaults below, then `platform:` in `config.yml`, then `platform:` in a site file (`--site FILE`), then environment variables; the
last that speaks wins. A variable has two underscores for each dot: `JINGYIN_DIALER__MAX_CALLS=6`. Unknown keys are refused with file and line. Relative
paths count from the folder of `config.yml`.
"""


def reference() -> str:
    """The page as Markdown."""
    parts = [_HEAD, "## platform\n\n" + _table("platform", Settings, sections=False)]
    for name, field in Settings.model_fields.items():
        section = _section(field)
        if section is not None:
            parts.append(f"## platform.{name}\n\n{section.__doc__ or ''}\n\n" + _table(f"platform.{name}", section))
    return "\n".join(parts)


def _table(prefix: str, model: type[Section], *, sections: bool = True) -> str:
    rows = ["| key | default | variable | what |", "|---|---|---|---|"]
    for name, field in model.model_fields.items():
        if _section(field) is not None and not sections:
            continue
        variable = PREFIX + "__".join(f"{prefix}.{name}".upper().split(".")[1:])
        what = " ".join(filter(None, (field.description, _limits(field))))
        rows.append(f"| `{prefix}.{name}` | {_default(field)} | `{variable}` | {what} |")
    return "\n".join(rows) + "\n"


def _section(field: FieldInfo) -> type[Section] | None:
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, Section) else None


def _default(field: FieldInfo) -> str:
    value: Any = field.default  # Any: pydantic's own type for a default
    match value:
        case _ if value is PydanticUndefined:
            return "required"
        case None | "":
            return "none"
        case dict() if not value:
            return "none"
        case dict():
            return "<br>".join(f"`{line}`" for line in _lines(value))
        case Path():
            return f"`{value.as_posix()}`"
        case bool():
            return f"`{str(value).lower()}`"
        case _:
            return f"`{value}`"


def _lines(value: dict[str, Any], indent: str = "") -> list[str]:
    lines = []
    for key, inner in value.items():
        if isinstance(inner, dict):
            lines += [f"{indent}{key}:", *_lines(inner, indent + "  ")]
        else:
            lines.append(f"{indent}{key}: {inner}")
    return lines


def _limits(field: FieldInfo) -> str:
    words = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
    limits = [
        f"{word} {getattr(rule, name)}"
        for rule in field.metadata
        for name, word in words.items()
        if getattr(rule, name, None) is not None
    ]
    if get_origin(field.annotation) is not None and all(
        isinstance(choice, str) for choice in get_args(field.annotation)
    ):
        limits.append("one of " + ", ".join(f"`{choice}`" for choice in get_args(field.annotation)))
    return f"({', '.join(limits)})" if limits else ""


if __name__ == "__main__":
    print(reference(), end="")

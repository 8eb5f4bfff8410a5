"""Every error has a code of its own, and every code an entry in docs/errors.md."""

import importlib
import re
from collections import defaultdict
from collections.abc import Iterator

from kernel.errors import JingyinError
from tests.architecture.rooms import ROOT, modules

SETS_A_CODE = re.compile(r'^    code(: ClassVar\[str\])? = "', re.MULTILINE)
ENTRY = re.compile(r"^## (\S+)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)


def test_every_error_sets_a_code_that_no_other_has() -> None:
    by_code = defaultdict(list)
    for error in _errors():
        by_code[error.code].append(f"{error.__module__}.{error.__qualname__}")
    assert {code: names for code, names in by_code.items() if len(names) > 1} == {}


def test_a_code_is_the_room_and_a_name() -> None:
    wrong = [error.code for error in _errors() if not re.fullmatch(r"[a-z]+\.[a-z][a-z0-9_]*", error.code)]
    assert wrong == []


def test_every_code_has_an_entry_and_every_entry_a_code() -> None:
    entries = dict(ENTRY.findall((ROOT / "docs/errors.md").read_text(encoding="utf-8")))
    codes = {error.code for error in _errors()}
    assert sorted(codes - entries.keys()) == [], "without an entry in docs/errors.md"
    assert sorted(entries.keys() - codes) == [], "in docs/errors.md, but no error has it"
    assert [code for code, text in entries.items() if len(text.strip()) < 20] == []


def test_an_entry_says_whether_trying_again_helps() -> None:
    entries = dict(ENTRY.findall((ROOT / "docs/errors.md").read_text(encoding="utf-8")))
    wrong = [
        error.code
        for error in _errors()
        if error.code in entries and error.retryable != ("*Retryable.*" in entries[error.code])
    ]
    assert wrong == [], "retryable in the code and *Retryable.* in docs/errors.md must agree"


def test_the_entries_are_in_alphabetical_order() -> None:
    codes = [code for code, _ in ENTRY.findall((ROOT / "docs/errors.md").read_text(encoding="utf-8"))]
    assert codes == sorted(codes)


def _errors() -> list[type[JingyinError]]:
    for module in modules():
        if SETS_A_CODE.search(module.text):
            name = module.place.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            importlib.import_module(name)
    return [JingyinError, *_below(JingyinError)]


def _below(error: type[JingyinError]) -> Iterator[type[JingyinError]]:
    for child in error.__subclasses__():
        if not child.__module__.startswith("tests."):
            yield child
        yield from _below(child)

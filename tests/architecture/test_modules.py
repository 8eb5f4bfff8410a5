"""The shape of modules: their size, names, docstrings, and how they start tasks."""

import ast
from collections.abc import Iterator

from kernel.shadowing import shadowing_distributions
from tests.architecture.rooms import modules

LONGEST = 700
STRANGERS = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
TASK_STARTERS = {"create_task", "ensure_future"}
OWNS_TASKS = {"kernel/tasks.py"}


def test_no_module_is_longer_than_700_lines() -> None:
    lengths = {module.place: module.text.count("\n") for module in modules(*_EVERYWHERE)}
    assert {place: lines for place, lines in lengths.items() if lines > LONGEST} == {}


def test_no_module_has_a_name_that_collects_strangers() -> None:
    assert [module.place for module in modules() if STRANGERS.intersection(module.path.stem.split("_"))] == []
    assert [module.place for module in modules() if STRANGERS.intersection(module.path.parent.parts)] == []


def test_every_module_class_and_function_says_what_it_is() -> None:
    mute = []
    for module in modules():
        if not ast.get_docstring(module.tree):
            mute.append(module.place)
        mute += [
            f"{module.place}:{node.lineno} {node.name}"
            for node in module.tree.body
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and not node.name.startswith("_")
            and not ast.get_docstring(node)
            and not _is_overload(node)
        ]
    assert mute == []


def test_init_files_hold_a_docstring_and_no_logic() -> None:
    busy = [m.place for m in modules() if m.path.name == "__init__.py" and len(m.tree.body) != 1]
    assert busy == []


def test_every_task_has_an_owner() -> None:
    bare = [
        f"{module.place}:{call.lineno}"
        for module in modules()
        if module.place not in OWNS_TASKS
        for call in ast.walk(module.tree)
        if isinstance(call, ast.Call) and _starts_a_loose_task(call.func)
    ]
    assert bare == [], "use an asyncio.TaskGroup, or kernel.tasks"


def test_imports_are_absolute() -> None:
    relative = [
        f"{module.place}:{node.lineno}"
        for module in modules(*_EVERYWHERE)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []


def test_no_foreign_distribution_shadows_a_room() -> None:
    assert shadowing_distributions() == {}


def test_loose_tasks_are_recognised() -> None:
    loose = "asyncio.create_task(x); loop.create_task(x); asyncio.get_running_loop().create_task(x); ensure_future(x)"
    owned = "tasks.create_task(x); self._tasks.create_task(x)"
    assert [_starts_a_loose_task(call.func) for call in _calls(loose)].count(True) == 4
    assert not any(_starts_a_loose_task(call.func) for call in _calls(owned))


_EVERYWHERE = ("bot", "speech", "media", "handoff", "crm", "dialer", "simulation", "console", "kernel", "tests")


def _calls(source: str) -> Iterator[ast.Call]:
    return (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))


def _starts_a_loose_task(function: ast.expr) -> bool:
    match function:
        case ast.Name(id=name):
            return name in TASK_STARTERS
        case ast.Attribute(value=ast.Name(id="asyncio"), attr=name):
            return name in TASK_STARTERS
        case ast.Attribute(value=ast.Name(id=owner) | ast.Attribute(attr=owner), attr=name):
            return name in TASK_STARTERS and owner.strip("_").endswith("loop")
        case ast.Attribute(value=ast.Call(func=ast.Attribute(attr=maker) | ast.Name(id=maker)), attr=name):
            return name in TASK_STARTERS and maker.endswith("_loop")
    return False


def _is_overload(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(isinstance(mark, ast.Name) and mark.id == "overload" for mark in node.decorator_list)

"""What every test gets: asyncio (virtual on request), and a failure for every leaked task and every warning."""

import asyncio
import inspect
from collections.abc import AsyncIterator

import pytest

from kernel.virtual_time import VirtualTimeLoop

REAL_TIME = ("asyncio", {})
VIRTUAL_TIME = ("asyncio", {"loop_factory": VirtualTimeLoop})


@pytest.fixture
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, object]]:
    """asyncio; on a VirtualTimeLoop for tests marked `virtual_time` and for everything under tests/calls.

    A module whose async fixtures live longer than one test overrides this with a fixture of that scope.
    """
    virtual = request.node.get_closest_marker("virtual_time") or "calls" in request.path.parts
    return VIRTUAL_TIME if virtual else REAL_TIME


@pytest.fixture(autouse=True)
def no_leaked_tasks(request: pytest.FixtureRequest) -> None:
    """A task that outlives its async test, and the fixtures of it, fails the test."""
    if inspect.iscoroutinefunction(getattr(request, "function", None)):
        request.getfixturevalue("_task_leak_check")


@pytest.fixture
async def _task_leak_check() -> AsyncIterator[None]:
    before = asyncio.all_tasks()
    yield
    await asyncio.sleep(0)  # tasks that were cancelled last may finish
    leaked = [task for task in asyncio.all_tasks() - before if not task.done() and not _is_ours(task)]
    assert not leaked, f"tasks outlived the test: {leaked}"


def _is_ours(task: asyncio.Task[object]) -> bool:
    return getattr(task.get_coro(), "__qualname__", "").startswith("TestRunner.")  # anyio's own

"""Whole calls: the assistant is loaded once, a world is made for each test."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.assistant import Assistant, load_assistant
from crm.room import open_crm
from kernel.clock import LoopClock
from kernel.virtual_time import VirtualTimeLoop
from tests.calls.world import World, open_world, settings_in


@pytest.fixture(scope="session")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return load_assistant(Path("bot/assistants/course_en"), cache=tmp_path_factory.mktemp("nlu"))


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Databases that are migrated and empty, made once."""
    folder = tmp_path_factory.mktemp("empty")

    async def migrate() -> None:
        async with open_crm(settings_in(folder), LoopClock()):
            pass

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.run(migrate())
    return folder


@pytest.fixture
async def world(assistant: Assistant, empty: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(assistant, empty, tmp_path / "data") as world:
        yield world

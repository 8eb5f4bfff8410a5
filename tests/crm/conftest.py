"""A migrated folder, copied for each test; the room opened in it; a tenant to work for."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from crm.room import Crm
from crm.storage.migrate import migrate
from crm.storage.storage import Storage
from tests.crm.world import Line, SetClock, line, opened, settings_in


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of empty, migrated databases."""
    folder = tmp_path_factory.mktemp("migrated")
    asyncio.run(_migrate(folder))
    return folder


async def _migrate(folder: Path) -> None:
    storage = Storage.of(settings_in(folder).storage)
    await migrate(storage)
    await storage.close()


@pytest.fixture
def folder(migrated: Path, tmp_path: Path) -> Path:
    """Databases of one's own."""
    return shutil.copytree(migrated, tmp_path / "var")


@pytest.fixture
def clock() -> SetClock:
    """Monday noon, UTC, until set."""
    return SetClock()


@pytest.fixture
async def crm(folder: Path, clock: SetClock) -> AsyncIterator[Crm]:
    """The room, with a platform window of 24 h."""
    async with opened(folder, clock) as crm:
        yield crm


@pytest.fixture
async def shop(crm: Crm) -> Line:
    """A tenant."""
    return await line(crm, "shop")


@pytest.fixture
async def bank(crm: Crm) -> Line:
    """Another tenant."""
    return await line(crm, "bank")

"""Bring every database's tables to this program's revision. Each database in one transaction: all or nothing on SQLite."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection

from crm.storage.database import Database
from crm.storage.errors import SchemaOutdated
from crm.storage.storage import Storage

SCRIPTS: Final = Path(__file__).parent / "migrations"

_ALEMBIC: Final = threading.Lock()
_LOOK_AGAIN_S: Final = 0.01


async def migrate(storage: Storage) -> None:
    """Apply what is missing, to the platform database and then shard by shard. Repeating it changes nothing.

    Two may do it at once, in one process or in two: the second waits, then finds it done.

    Raises:
        StorageFailed: a database does not answer or has no room.
        SchemaOutdated: the tables are newer than this program.
    """
    await _migrate(storage.platform, "platform")
    for shard in storage.shards():
        await _migrate(shard, "customer")


def configuration(domain: str, connection: Connection) -> Config:
    """Alembic's settings for a domain, on a connection of ours."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS / domain).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


async def _migrate(database: Database, domain: str) -> None:
    await database.use_wal()
    try:
        async with database.write() as connection, _alembic_to_ourselves():
            await connection.run_sync(_upgrade, domain)
    except CommandError as exc:
        raise SchemaOutdated(
            f"its {domain} tables are at a revision this program does not know: {exc}",
            where=database.name,
            remedy="Run the version of Jingyin that made it, or a newer one.",
        ) from exc


@asynccontextmanager
async def _alembic_to_ourselves() -> AsyncIterator[None]:
    """One upgrade at a time in a process: `alembic.op` and `alembic.context` are globals, and every statement awaits.

    A thread's lock, because event loops in other threads share those globals too; asked for again, not waited for,
    because its holder may be another task of this loop.
    """
    while not _ALEMBIC.acquire(blocking=False):
        await asyncio.sleep(_LOOK_AGAIN_S)
    try:
        yield
    finally:
        _ALEMBIC.release()


def _upgrade(connection: Connection, domain: str) -> None:
    command.upgrade(configuration(domain, connection), "head")

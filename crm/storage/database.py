"""One database: its connections, its transactions, its errors in our words.

Theory of operation. SQLite has one writer at a time. A write transaction therefore begins with BEGIN IMMEDIATE: it
waits for its turn before it reads, so what it reads stands until it commits, in this process and in others. Within a
process writers queue on a lock, in order; between processes SQLite polls, up to BUSY_TIMEOUT_S. Readers never wait
(WAL) and see one moment. On MySQL InnoDB does the same by row locks; there, whoever decides on what it read says
`with_for_update()`, which SQLite leaves out.

A commit is on the disk before it returns (synchronous=FULL): the right to dial must outlive a power cut (ADR 0005).

On virtual time the clock stands still while a database works.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, MissingGreenlet, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from crm.storage.errors import StorageUnavailable, translated
from kernel.virtual_time import VirtualTimeLoop

BUSY_TIMEOUT_S: Final = 5.0
CONNECTIONS: Final = 4  # per database and process; each is a thread for SQLite

_ASYNC_DRIVERS: Final = {"sqlite": "sqlite+aiosqlite", "mysql": "mysql+asyncmy", "mariadb": "mariadb+asyncmy"}


class Database:
    """Connections to one URL. Never open a transaction of a database inside another one of the same: they would wait."""

    def __init__(self, url: str) -> None:
        parsed = _parsed(url)
        self.name = _name(parsed)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        if self.is_sqlite and parsed.database:
            self._make_folder(Path(parsed.database).parent)
        try:
            self._engine = create_async_engine(
                parsed,
                hide_parameters=True,
                json_serializer=_json,
                pool_size=CONNECTIONS,
                max_overflow=0,
                pool_timeout=BUSY_TIMEOUT_S,
            )
        except (ImportError, NoSuchModuleError) as exc:
            raise StorageUnavailable(
                f"no driver for {parsed.drivername} is installed: {exc}",
                where=self.name,
                remedy="Install it (pip install asyncmy for MySQL and MariaDB), or use sqlite:///FILE.",
            ) from exc
        self._writer = self._engine.execution_options(jingyin_begin="BEGIN IMMEDIATE")
        self._turn = asyncio.Lock() if self.is_sqlite else None
        if self.is_sqlite:
            event.listen(self._engine.sync_engine, "connect", _prepare)
            event.listen(self._engine.sync_engine, "begin", _begin)
            event.listen(self._engine.sync_engine, "invalidate", _abandon)

    def __repr__(self) -> str:
        return f"Database({self.name})"

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that may write: committed when the body ends, undone when it raises.

        Raises:
            StorageFailed: or a subclass; nothing of the transaction was kept.
            sqlalchemy.exc.IntegrityError: a unique key is taken.
        """
        async with self._transaction(self._turn or nullcontext(), write=True) as connection:
            yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that only reads, and sees one moment.

        Raises:
            StorageFailed: or a subclass.
        """
        async with self._transaction(nullcontext(), write=False) as connection:
            yield connection

    async def use_wal(self) -> None:
        """Switch a SQLite file to write-ahead logging; it stays so. Nothing on others."""
        if self.is_sqlite:
            with _time_stands_still(), self._our_words():
                async with self._engine.connect() as connection:
                    autocommit = await connection.execution_options(jingyin_begin="")
                    await autocommit.exec_driver_sql("PRAGMA journal_mode=WAL")

    async def close(self) -> None:
        """Close all connections."""
        with _time_stands_still():
            await self._engine.dispose()

    @asynccontextmanager
    async def _transaction(self, turn: Any, *, write: bool) -> AsyncIterator[AsyncConnection]:  # Any: lock or nothing
        engine = self._writer if write else self._engine
        with _time_stands_still(), self._our_words():
            async with turn, engine.begin() as connection:
                yield connection

    @contextmanager
    def _our_words(self) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, PoolTimeout) as exc:
            error = translated(exc, self.name)
            if error is exc:
                raise
            raise error from exc

    def _make_folder(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as exc:
            raise StorageUnavailable(
                f"the folder {folder} cannot be made: {exc.strerror}",
                where=self.name,
                remedy="Choose another folder (platform.storage.directory) or make it writable.",
            ) from exc


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        # from None, and without the text: it may hold a password
        raise StorageUnavailable(
            "a shard's address is no SQLAlchemy URL",
            where="platform.storage.shards",
            remedy="Write sqlite:///FILE or mysql://USER:PASSWORD@HOST/NAME.",
        ) from None
    return parsed.set(drivername=_ASYNC_DRIVERS.get(parsed.drivername, parsed.drivername))


def _json(value: object) -> str:
    # str for what JSON has not (a time, a path): an entry in a journal is never lost for its form
    return json.dumps(value, ensure_ascii=False, default=str)


def _prepare(connection: Any, _record: object) -> None:  # Any: the driver's connection behind SQLAlchemy's adapter
    connection.isolation_level = None  # the driver begins nothing by itself
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={int(BUSY_TIMEOUT_S * 1000)}")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def _abandon(connection: Any, _record: object, _cause: object) -> None:  # Any: as above
    """Undo what a cancelled task left open, before its connection is closed.

    Closing alone would not: the cursor of a query that was cancelled in mid-flight lives on in the traceback, and a SQLite
    connection with a live cursor keeps its transaction, and with it the write lock, until the garbage is collected.
    """
    with suppress(MissingGreenlet):  # the garbage collector closes by itself
        connection.rollback()


def _begin(connection: Connection) -> None:
    statement = connection.get_execution_options().get("jingyin_begin", "BEGIN")
    if statement:
        connection.exec_driver_sql(statement)


def _name(url: URL) -> str:
    """The file's name, or the URL without its password."""
    return Path(url.database or "memory").name if url.get_backend_name() == "sqlite" else url.render_as_string()


@contextmanager
def _time_stands_still() -> Iterator[None]:
    loop = asyncio.get_running_loop()
    if isinstance(loop, VirtualTimeLoop):
        with loop.outside():
            yield
    else:
        yield

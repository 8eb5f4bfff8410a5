"""What goes wrong with a database, in our words: the place, what to do, whether trying again helps."""

from typing import Final

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from kernel.errors import JingyinError


class StorageFailed(JingyinError):
    """The database refused for a reason of its own. Subclasses name the reasons worth knowing."""

    code = "storage.failed"


class StorageBusy(StorageFailed):
    """Another writer held the database longer than we wait."""

    code = "storage.busy"
    retryable = True


class StorageFull(StorageFailed):
    """No room is left; the transaction was undone."""

    code = "storage.full"
    retryable = True


class StorageUnavailable(StorageFailed):
    """The database cannot be opened, read or reached."""

    code = "storage.unavailable"
    retryable = True


class StorageDamaged(StorageFailed):
    """The file is no database, or its content is broken."""

    code = "storage.damaged"


class SchemaOutdated(JingyinError):
    """The tables are older or newer than this version of Jingyin."""

    code = "storage.schema_outdated"


class MapChanged(JingyinError):
    """The shard map differs from the one the databases were made with, under the same epoch."""

    code = "storage.map_changed"


_BUSY: Final = {5, 6}  # SQLITE_BUSY, SQLITE_LOCKED
_FULL: Final = {13}
_LOST: Final = {8, 10, 14, 23}  # READONLY, IOERR, CANTOPEN, AUTH
_DAMAGED: Final = {11, 26}  # CORRUPT, NOTADB
_MYSQL_BUSY: Final = {1205, 1213, 3024}  # lock wait timeout, deadlock, statement timeout
_MYSQL_FULL: Final = {1021, 1114}
_MYSQL_LOST: Final = {1040, 1044, 1045, 1049, 1836, 2002, 2003, 2006, 2013}


def translated(exc: DBAPIError | PoolTimeout, where: str) -> Exception:
    """The error to raise instead of a driver's. An IntegrityError stays: it is an answer, for whoever asked."""
    if isinstance(exc, IntegrityError):
        return exc
    if isinstance(exc, PoolTimeout):
        return StorageBusy("all connections are in use", where=where, remedy="Try again; the load is too high for it.")
    code = _code(exc)
    if code in _BUSY | _MYSQL_BUSY:
        return StorageBusy(
            "another writer holds the database", where=where, remedy="Try again; nothing of this change was kept."
        )
    if code in _FULL | _MYSQL_FULL:
        return StorageFull(
            "no room is left", where=where, remedy="Make room on its disk; nothing of this change was kept."
        )
    if code in _DAMAGED:
        return StorageDamaged(
            "this is not a sound SQLite database", where=where, remedy="Restore the file from a backup."
        )
    if code in _LOST | _MYSQL_LOST or exc.connection_invalidated:
        return StorageUnavailable(
            "the database cannot be opened, read or written",
            where=where,
            remedy="Check that it is there, that this user may write to it and its folder, and that its disk is sound.",
        )
    return StorageFailed(f"the database refused: {exc.orig}", where=where)


def _code(exc: DBAPIError) -> int | None:
    """SQLite's primary result code, or MySQL's error number."""
    code = getattr(exc.orig, "sqlite_errorcode", None)
    if code is None:
        original = exc.orig.__cause__ if exc.orig is not None else None
        code = getattr(original, "sqlite_errorcode", None)
    if isinstance(code, int):
        return code & 0xFF
    first = exc.orig.args[0] if exc.orig is not None and exc.orig.args else None
    return first if isinstance(first, int) else None

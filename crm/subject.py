"""Subjects: the person behind a number, the same for every tenant. Opt-outs and platform-wide counts hang on them.

A subject is known by HMAC-SHA-256 of the E.164 number under a key of this installation, so the platform database holds
no numbers, and nobody can find them by hashing all numbers there are. Without the key no subject would be recognised
again and every opt-out would silently be forgotten: the database remembers a check value of the key and a different key
is refused.
"""

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NewType

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from crm.number import PhoneNumber
from crm.storage.database import Database
from crm.storage.errors import StorageUnavailable
from crm.storage.platform_tables import meta, subjects
from kernel.clock import Clock
from kernel.errors import JingyinError
from kernel.ids import SLOTS, IdMaker

SubjectId = NewType("SubjectId", int)

KEY_BYTES: Final = 32
BATCH: Final = 500  # values in one IN (...)


class SubjectKeyWrong(JingyinError):
    """The key that the subjects were hashed with is missing, or another one was given."""

    code = "crm.subject_key_wrong"


class SubjectKey:
    """The installation's key. Its repr shows nothing."""

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        if len(key) < KEY_BYTES:
            raise SubjectKeyWrong(f"a subject key has at least {KEY_BYTES} bytes, not {len(key)}")
        self._key = key

    def hash_of(self, number: PhoneNumber) -> str:
        """64 hex digits."""
        return self._digest("number:" + number.e164)

    @property
    def check_value(self) -> str:
        """Tells two keys apart, and neither of them."""
        return self._digest("check")

    def _digest(self, text: str) -> str:
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()


async def subject_key(platform: Database, file: Path, given: bytes | None = None) -> SubjectKey:
    """The key given, or the one in `file` (hex); made there when this installation has none yet.

    Raises:
        SubjectKeyWrong: it is not the key that this database's subjects were hashed with, or that one is gone.
        StorageUnavailable: the file cannot be read or made.
    """
    async with platform.read() as connection:
        known = await connection.scalar(select(meta.c.value).where(meta.c.name == "subject_key"))
    if given is not None:
        key = SubjectKey(given)
    elif file.exists():
        key = _read(file)
    elif known is None:
        key = _make(file)
    else:
        raise SubjectKeyWrong(
            "the key file is missing, and people (their opt-outs too) could not be recognised without it",
            where=str(file),
            remedy="Restore it from the backup of this folder.",
        )
    if known is None:
        known = await _remember(platform, key)
    if not hmac.compare_digest(known, key.check_value):
        raise SubjectKeyWrong(
            f"this is not the key that the people in {platform.name} were hashed with",
            where="the given key" if given is not None else str(file),
            remedy="Restore the right key; opt-outs could not be recognised with another one.",
        )
    return key


class Subjects:
    """Finds and makes subjects. They belong to the platform: no scope."""

    def __init__(self, platform: Database, key: SubjectKey, ids: IdMaker, clock: Clock) -> None:
        self._platform = platform
        self._key = key
        self._ids = ids
        self._clock = clock

    async def of(self, number: PhoneNumber) -> SubjectId:
        """The subject behind a number, new if nobody knew it."""
        async with self._platform.write() as connection:
            return (await self.enter(connection, [number]))[number]

    async def find(self, number: PhoneNumber) -> SubjectId | None:
        """The subject behind a number; None: nobody knows it."""
        query = select(subjects.c.id).where(subjects.c.hash == self._key.hash_of(number))
        async with self._platform.read() as connection:
            found = await connection.scalar(query)
        return None if found is None else SubjectId(found)

    async def enter(self, connection: AsyncConnection, numbers: Iterable[PhoneNumber]) -> dict[PhoneNumber, SubjectId]:
        """The subjects behind numbers, new where nobody knew them, in the caller's transaction on the platform."""
        by_hash = {self._key.hash_of(number): number for number in numbers}
        hashes = list(by_hash)
        found: dict[PhoneNumber, SubjectId] = {}
        for start in range(0, len(hashes), BATCH):
            query = select(subjects.c.hash, subjects.c.id).where(subjects.c.hash.in_(hashes[start : start + BATCH]))
            found |= {by_hash[row.hash]: SubjectId(row.id) for row in await connection.execute(query.with_for_update())}
        new = [
            {"id": self._ids.make(_slot_of(digest)), "hash": digest, "created_at": self._clock.now()}
            for digest, number in by_hash.items()
            if number not in found
        ]
        for row in new:
            found[by_hash[str(row["hash"])]] = SubjectId(int(str(row["id"])))
        if new:
            await connection.execute(insert(subjects), new)
        return found


def _slot_of(digest: str) -> int:
    return int(digest[:8], 16) % SLOTS


async def _remember(platform: Database, key: SubjectKey) -> str:
    try:
        async with platform.write() as connection:
            await connection.execute(insert(meta).values(name="subject_key", value=key.check_value))
    except IntegrityError:  # another process was faster
        async with platform.read() as connection:
            return str(await connection.scalar(select(meta.c.value).where(meta.c.name == "subject_key")))
    return key.check_value


def _read(file: Path) -> SubjectKey:
    try:
        return SubjectKey(bytes.fromhex(file.read_text(encoding="ascii").strip()))
    except OSError as exc:
        raise StorageUnavailable(f"cannot be read: {exc.strerror}", where=str(file)) from exc
    except ValueError:
        # from None: the cause may repeat the key
        raise SubjectKeyWrong("this is not a key in hex digits", where=str(file), remedy="Restore it.") from None


def _make(file: Path) -> SubjectKey:
    """Write a new key so that the file is never seen half-written; keep another process's if that was faster."""
    draft = file.with_name(f"{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as out:
            out.write(secrets.token_hex(KEY_BYTES) + "\n")
            out.flush()
            os.fsync(out.fileno())
        try:
            os.link(draft, file)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    except OSError as exc:
        raise StorageUnavailable(f"cannot be written: {exc.strerror}", where=str(file)) from exc
    return _read(file)

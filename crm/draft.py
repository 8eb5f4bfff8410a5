"""What an agent has written of a call and not yet finished: kept on the server, so that another tab or machine has it."""

import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from crm.call_record import Calls
from crm.storage.database import Database
from crm.storage.platform_tables import drafts
from kernel.clock import Clock
from kernel.errors import JingyinError
from kernel.tenant import Scope

DO_NOT_CALL: Final = "do_not_call"  # the outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A version of a call's result: `etag` names it."""

    call_id: int
    note: str
    outcome: str
    grade: str | None
    callback_at: datetime | None
    etag: str
    saved_at: datetime

    @property
    def written(self) -> bool:
        """Whether anything is in it."""
        return bool(self.note or self.outcome or self.grade or self.callback_at)


class DraftChanged(JingyinError):
    """Another tab saved a version that this one has not seen; `other` is it."""

    code = "crm.draft_changed"

    def __init__(self, other: Draft) -> None:
        super().__init__("another version was saved meanwhile", remedy="Take theirs, or save yours over it.")
        self.other = other


class Drafts:
    """The drafts of the user of a scope."""

    def __init__(self, platform: Database, calls: Calls, clock: Clock) -> None:
        self._platform = platform
        self._calls = calls
        self._clock = clock

    async def of(self, scope: Scope, call_id: int) -> Draft | None:
        """The draft of a call."""
        async with self._platform.read() as connection:
            row = (await connection.execute(select(drafts).where(*_own(scope, call_id)))).one_or_none()
        return None if row is None else _from_row(row)

    async def forbids_calls(self, scope: Scope, call_id: int) -> bool:
        """Whether anybody has chosen of this call that its customer is not to be called again; it holds before it is saved."""
        said = select(drafts.c.call_id).where(
            drafts.c.call_id == call_id, drafts.c.tenant_id == scope.tenant_id, drafts.c.outcome == DO_NOT_CALL
        )
        async with self._platform.read() as connection:
            return (await connection.execute(said.limit(1))).first() is not None

    async def all(self, scope: Scope, *, limit: int = 100) -> list[Draft]:
        """The user's drafts, the latest saved first."""
        own = select(drafts).where(drafts.c.user_id == scope.user_id, drafts.c.tenant_id == scope.tenant_id)
        async with self._platform.read() as connection:
            rows = await connection.execute(own.order_by(drafts.c.saved_at.desc()).limit(limit))
            return [_from_row(row) for row in rows]

    async def begin(self, scope: Scope, call_id: int) -> None:
        """One with nothing written yet, where there is none.

        Raises:
            NotFound: the tenant has no such call.
        """
        if await self.of(scope, call_id) is None:
            with suppress(DraftChanged):  # they have begun to write
                await self.save(scope, call_id, note="", outcome="", etag="")

    async def save(
        self,
        scope: Scope,
        call_id: int,
        *,
        note: str,
        outcome: str,
        etag: str,
        grade: str | None = None,
        callback_at: datetime | None = None,
    ) -> Draft:
        """Save over the version `etag` ("" for none yet). A version with nothing written may always be saved over.

        Raises:
            NotFound: the tenant has no such call.
            DraftChanged: what is saved is another version.
        """
        await self._calls.get(scope, call_id)
        saved = await self.of(scope, call_id)
        if saved is not None and saved.etag != etag and saved.written:
            raise DraftChanged(saved)
        values: dict[str, Any] = {  # Any: columns of several types
            "note": note,
            "outcome": outcome,
            "grade": grade,
            "callback_at": callback_at,
            "etag": secrets.token_hex(8),
            "saved_at": self._clock.now(),
        }
        if not await self._put(scope, call_id, saved, values):  # another was faster
            return await self.save(
                scope, call_id, note=note, outcome=outcome, etag=etag, grade=grade, callback_at=callback_at
            )
        return Draft(call_id=call_id, **values)

    async def _put(self, scope: Scope, call_id: int, over: Draft | None, values: Mapping[str, object]) -> bool:
        """Write the version over another, None: over none; False when that is no longer the latest."""
        own = _own(scope, call_id)
        try:
            async with self._platform.write() as connection:
                if over is not None:
                    latest = drafts.c.etag == over.etag
                    return bool((await connection.execute(update(drafts).where(*own, latest).values(values))).rowcount)
                key = {"call_id": call_id, "user_id": scope.user_id, "tenant_id": scope.tenant_id}
                await connection.execute(insert(drafts).values({**key, **values}))
        except IntegrityError:
            return False
        return True

    async def drop(self, scope: Scope, call_id: int) -> None:
        """The call is finished. Idempotent."""
        async with self._platform.write() as connection:
            await connection.execute(delete(drafts).where(*_own(scope, call_id)))


def _from_row(row: Row[Any]) -> Draft:
    return Draft(
        call_id=row.call_id,
        note=row.note,
        outcome=row.outcome,
        grade=row.grade,
        callback_at=row.callback_at,
        etag=row.etag,
        saved_at=row.saved_at,
    )


def _own(scope: Scope, call_id: int) -> tuple[ColumnElement[bool], ...]:
    return (drafts.c.call_id == call_id, drafts.c.user_id == scope.user_id, drafts.c.tenant_id == scope.tenant_id)

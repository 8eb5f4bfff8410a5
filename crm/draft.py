"""What an agent has written of a call and not yet finished: kept on the server, so that another tab or machine has it."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, insert, select, update

from crm.call_record import Calls
from crm.storage.database import Database
from crm.storage.platform_tables import drafts
from kernel.clock import Clock
from kernel.errors import JingyinError
from kernel.tenant import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A version: `etag` names it."""

    call_id: int
    note: str
    outcome: str
    etag: str
    saved_at: datetime


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
        if row is None:
            return None
        return Draft(call_id=row.call_id, note=row.note, outcome=row.outcome, etag=row.etag, saved_at=row.saved_at)

    async def save(self, scope: Scope, call_id: int, *, note: str, outcome: str, etag: str) -> Draft:
        """Save over the version `etag` ("" for none yet).

        Raises:
            NotFound: the tenant has no such call.
            DraftChanged: what is saved is another version.
        """
        await self._calls.get(scope, call_id)
        saved = await self.of(scope, call_id)
        if saved is not None and saved.etag != etag:
            raise DraftChanged(saved)
        draft = Draft(
            call_id=call_id, note=note, outcome=outcome, etag=secrets.token_hex(8), saved_at=self._clock.now()
        )
        values = {"note": note, "outcome": outcome, "etag": draft.etag, "saved_at": draft.saved_at}
        async with self._platform.write() as connection:
            if saved is None:
                await connection.execute(
                    insert(drafts).values(call_id=call_id, user_id=scope.user_id, tenant_id=scope.tenant_id, **values)
                )
            else:
                own = (*_own(scope, call_id), drafts.c.etag == etag)
                changed = await connection.execute(update(drafts).where(*own).values(values))
                if not changed.rowcount:
                    raise DraftChanged(saved)
        return draft

    async def drop(self, scope: Scope, call_id: int) -> None:
        """The call is finished. Idempotent."""
        async with self._platform.write() as connection:
            await connection.execute(delete(drafts).where(*_own(scope, call_id)))


def _own(scope: Scope, call_id: int) -> tuple[ColumnElement[bool], ...]:
    return (drafts.c.call_id == call_id, drafts.c.user_id == scope.user_id, drafts.c.tenant_id == scope.tenant_id)

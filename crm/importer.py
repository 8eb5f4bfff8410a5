"""Importing customers and their leads from a CSV file, once.

Theory of operation. The rows go to several shards, and no transaction spans them. So an import is a saga: its row in the
platform database says WRITING; numbers are claimed in the directory; each shard gets its customers, and leads that are
HELD, which nobody calls; when all shards have theirs the leads are released shard by shard and the import is DONE.
Every step finds what is there already, so after a crash the same file again goes on where it was. If a shard fails the
others are undone; should that fail too, held leads remain, and nobody is called.

The same file (bytes and options) for the same campaign is imported once: again, it only reports what it was.
"""

import asyncio
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, TypeVar

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from crm import lead as lead_
from crm.campaign import Campaigns
from crm.customer import Directory, Identity, Rows, insert_new
from crm.import_csv import CsvOptions, Duplicate, Reading, Row, RowError, masked_only, read_csv
from crm.lead import lead_row
from crm.storage.customer_tables import customers, leads, numbers, timeline
from crm.storage.database import Database
from crm.storage.errors import StorageFailed
from crm.storage.platform_tables import identities, imports
from crm.storage.storage import Storage
from crm.subject import BATCH
from crm.tenant import Tenants
from crm.timeline import Kind, entry_row
from kernel.clock import Clock
from kernel.ids import IdMaker
from kernel.log import get_logger
from kernel.tenant import Scope, Tenant

T = TypeVar("T")

SAYS_ATTRIBUTES: Final = "one_sentence"  # the mode whose campaigns say attributes to people

log = get_logger(__name__)


class State(StrEnum):
    """How far an import is."""

    WRITING = "writing"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What became of a file. `rows` counts good ones; `created` new customers, `leads` new leads: the rest were there.

    `written` is False for a preview and when all-or-nothing met an error; `repeated` when the file was imported before.
    """

    rows: int
    created: int = 0
    leads: int = 0
    written: bool = False
    repeated: bool = False
    duplicates: tuple[Duplicate, ...] = ()
    errors: tuple[RowError, ...] = ()


class Importer:
    """Imports files for a tenant."""

    def __init__(
        self,
        storage: Storage,
        tenants: Tenants,
        campaigns: Campaigns,
        directory: Directory,
        ids: IdMaker,
        clock: Clock,
    ) -> None:
        self._storage = storage
        self._tenants = tenants
        self._campaigns = campaigns
        self._directory = directory
        self._ids = ids
        self._clock = clock

    async def run(
        self,
        scope: Scope,
        campaign_id: int,
        data: bytes,
        options: CsvOptions | None = None,
        *,
        name: str = "file",
        all_or_nothing: bool = False,
        preview: bool = False,
    ) -> ImportReport:
        """Make customers of a CSV file's rows, and leads of the campaign; a customer who is known keeps what is known.

        Rows with errors are left out, or with `all_or_nothing` nothing is written then. `preview` only reads.

        Raises:
            CsvUnreadable: the file as a whole; nothing was written.
            NotFound: the tenant has no such campaign.
            StorageFailed: a database failed; what was written is undone, or held until the file is imported again.
        """
        options = options or CsvOptions()
        campaign = await self._campaigns.get(scope, campaign_id)
        reading = await asyncio.to_thread(read_csv, data, options, name=name)
        if campaign.mode == SAYS_ATTRIBUTES:
            reading = masked_only(reading)
        report = ImportReport(rows=len(reading.rows), duplicates=reading.duplicates, errors=reading.errors)
        if preview or not reading.rows or (all_or_nothing and reading.errors):
            return report
        digest = _digest(data, options)
        import_id, done = await self._begin(scope, campaign.id, digest, report)
        if done is not None:
            return replace(done, repeated=True)
        try:
            await self._write(scope, campaign.id, import_id, reading)
        except (StorageFailed, IntegrityError):
            await self._undo(scope, import_id)
            raise
        return await self._release(import_id, report)

    async def _begin(
        self, scope: Scope, campaign_id: int, digest: str, report: ImportReport
    ) -> tuple[int, ImportReport | None]:
        """The import of this file, new or left unfinished; with its report when it is done."""
        query = select(imports).where(
            imports.c.tenant_id == scope.tenant_id,
            imports.c.campaign_id == campaign_id,
            imports.c.file_hash == digest,
        )
        async with self._storage.platform.write() as connection:
            there = (await connection.execute(query.with_for_update())).one_or_none()
            if there is not None:
                return there.id, _report(there.report) if there.state == State.DONE else None
            import_id = self._ids.make(0)
            await connection.execute(
                insert(imports).values(
                    id=import_id,
                    tenant_id=scope.tenant_id,
                    campaign_id=campaign_id,
                    file_hash=digest,
                    state=State.WRITING,
                    report=_as_json(report),
                    at=self._clock.now(),
                )
            )
        return import_id, None

    async def _write(self, scope: Scope, campaign_id: int, import_id: int, reading: Reading) -> None:
        tenant = await self._tenants.get(scope)
        by_shard: dict[Database, list[tuple[Row, Identity]]] = defaultdict(list)
        for some in _batches(reading.rows):
            claimed = await self._directory.claim(scope, [row.draft.number for row in some])
            for row in some:
                identity = claimed[row.draft.number]
                by_shard[self._storage.home(identity.customer_id)].append((row, identity))
        for shard, theirs in by_shard.items():
            for part in _batches(theirs):
                await self._write_part(scope, tenant, campaign_id, import_id, shard, part)

    async def _write_part(
        self,
        scope: Scope,
        tenant: Tenant,
        campaign_id: int,
        import_id: int,
        shard: Database,
        part: Sequence[tuple[Row, Identity]],
    ) -> None:
        """Customers and held leads of one shard, in one transaction."""
        now = self._clock.now()
        by_customer = {identity.customer_id: row for row, identity in part}  # several numbers of one person: one lead
        new = [Rows.of(scope, tenant, who, row.draft, self._ids, now, import_id) for row, who in part]
        wanted = list(by_customer)
        async with shard.write() as connection:
            await insert_new(connection, self._ids, new)
            there = set(
                await connection.scalars(
                    select(leads.c.customer_id).where(
                        leads.c.campaign_id == campaign_id, leads.c.customer_id.in_(wanted)
                    )
                )
            )
            first = await connection.execute(
                select(numbers.c.customer_id, numbers.c.id).where(
                    numbers.c.customer_id.in_(wanted), numbers.c.position == 0
                )
            )
            number_of = {row.customer_id: row.id for row in first}
            rows = [
                lead_row(
                    id=self._ids.child_of(customer_id),
                    tenant_id=scope.tenant_id,
                    campaign_id=campaign_id,
                    customer_id=customer_id,
                    number_id=number_of[customer_id],
                    now=now,
                    state=lead_.State.HELD,
                    priority=row.priority,
                    import_id=import_id,
                )
                for customer_id, row in by_customer.items()
                if customer_id not in there
            ]
            if rows:
                await connection.execute(insert(leads), rows)
                await connection.execute(insert(timeline), [self._entry(scope, row, now) for row in rows])

    def _entry(self, scope: Scope, lead: dict[str, object], now: datetime) -> dict[str, object]:
        customer_id, lead_id = int(str(lead["customer_id"])), int(str(lead["id"]))
        data = {"campaign_id": lead["campaign_id"], "import_id": lead["import_id"]}
        return entry_row(self._ids, scope.tenant_id, customer_id, Kind.LEAD_ADDED, now, about_id=lead_id, data=data)

    async def _release(self, import_id: int, report: ImportReport) -> ImportReport:
        """Let the held leads be called, and close the import. Asks every shard."""
        created = made = 0
        for shard in self._storage.shards():
            async with shard.write() as connection:
                await connection.execute(
                    update(leads)
                    .where(leads.c.import_id == import_id, leads.c.state == lead_.State.HELD)
                    .values(state=lead_.State.READY)
                )
                query = select(func.count()).select_from(customers).where(customers.c.import_id == import_id)
                created += await connection.scalar(query) or 0
                query = select(func.count()).select_from(leads).where(leads.c.import_id == import_id)
                made += await connection.scalar(query) or 0
        report = replace(report, created=created, leads=made, written=True)
        async with self._storage.platform.write() as connection:
            await connection.execute(
                update(imports).where(imports.c.id == import_id).values(state=State.DONE, report=_as_json(report))
            )
        return report

    async def _undo(self, scope: Scope, import_id: int) -> None:
        """Take back what an import wrote, as long as all its leads are held. Asks every shard."""
        try:
            gone: list[int] = []
            for shard in self._storage.shards():
                async with shard.write() as connection:
                    await connection.execute(
                        delete(leads).where(leads.c.import_id == import_id, leads.c.state == lead_.State.HELD)
                    )
                    used = select(leads.c.customer_id).distinct()
                    idle = select(customers.c.id).where(customers.c.import_id == import_id, customers.c.id.not_in(used))
                    theirs = list(await connection.scalars(idle))
                    for some in _batches(theirs):
                        await connection.execute(delete(timeline).where(timeline.c.customer_id.in_(some)))
                        await connection.execute(delete(numbers).where(numbers.c.customer_id.in_(some)))
                        await connection.execute(delete(customers).where(customers.c.id.in_(some)))
                    gone += theirs
            async with self._storage.platform.write() as connection:
                for some in _batches(gone):
                    await connection.execute(
                        delete(identities).where(
                            identities.c.tenant_id == scope.tenant_id, identities.c.customer_id.in_(some)
                        )
                    )
                await connection.execute(delete(imports).where(imports.c.id == import_id))
        except StorageFailed as exc:
            log.error("import not undone: its leads are held until the file is imported again", error=exc.code)


def _batches(items: Sequence[T]) -> Iterable[Sequence[T]]:
    return (items[start : start + BATCH] for start in range(0, len(items), BATCH))


def _digest(data: bytes, options: CsvOptions) -> str:
    how = json.dumps(asdict(options), sort_keys=True)
    return hashlib.sha256(how.encode() + b"\0" + data).hexdigest()


def _as_json(report: ImportReport) -> dict[str, object]:
    return asdict(report)


def _report(stored: dict[str, Any]) -> ImportReport:  # Any: JSON as `_as_json` wrote it
    lists = {
        "duplicates": tuple(Duplicate(**duplicate) for duplicate in stored["duplicates"]),
        "errors": tuple(RowError(**error) for error in stored["errors"]),
    }
    return ImportReport(**stored | lists)

"""The whole room, opened: databases checked and migrated, a worker number held, every repository at hand."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from crm.agent import Agents
from crm.attempt import Attempts
from crm.call_record import Calls
from crm.callback import Callbacks
from crm.campaign import Campaigns
from crm.consent import Consents, OptOuts
from crm.customer import Customers, Directory
from crm.draft import Drafts
from crm.importer import Importer
from crm.journal import Journal
from crm.lead import Leads
from crm.quota.quota import Quota
from crm.quota.sql_store import SqlQuotaStore
from crm.recovery import Recovery
from crm.storage.errors import SchemaOutdated, StorageFailed
from crm.storage.lease import Lease, take_lease
from crm.storage.storage import Storage
from crm.subject import SubjectKey, Subjects, subject_key
from crm.tenant import Tenants
from crm.timeline import Timeline
from crm.user import Users
from kernel.clock import Clock
from kernel.ids import IdMaker
from kernel.log import get_logger
from kernel.settings import Settings
from kernel.tasks import alongside, finish

KEY_FILE: Final = "subject.key"
_CLOSING_S: Final = 10.0

log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crm:
    """Everything the room offers. `worker` is this process's number: in its ids, attempts and grants."""

    worker: int
    storage: Storage
    tenants: Tenants
    subjects: Subjects
    customers: Customers
    leads: Leads
    opt_outs: OptOuts
    consents: Consents
    campaigns: Campaigns
    agents: Agents
    quota: Quota
    attempts: Attempts
    calls: Calls
    journal: Journal
    timeline: Timeline
    callbacks: Callbacks
    importer: Importer
    recovery: Recovery
    users: Users
    drafts: Drafts


@asynccontextmanager
async def open_crm(
    settings: Settings, clock: Clock, *, worker: int | None = None, key: bytes | None = None, migrate: bool = True
) -> AsyncIterator[Crm]:
    """Open the databases that the settings name, for as long as the body runs.

    `worker`: the number to hold, None any free one. `key`: the subject key, None the file beside the data.
    `migrate=False` refuses old tables instead of bringing them up to date.

    Raises:
        StorageFailed: a database cannot be used.
        SchemaOutdated, MapChanged, WorkerTaken, SubjectKeyWrong: as they say.
        ExceptionGroup: of LeaseLost, when the worker number was lost meanwhile; the body was cancelled.
    """
    storage = Storage.of(settings.storage)
    try:
        await _prepare(storage, migrate=migrate)
        known = await subject_key(storage.platform, settings.storage.directory / KEY_FILE, key)
        lease = await take_lease(storage.platform, clock, worker)
        try:
            async with alongside(lease.keep()):
                yield _furnish(settings, storage, lease, known, clock)
        finally:
            await finish(_give_back(lease), within_s=_CLOSING_S)
    finally:
        await finish(storage.close(), within_s=_CLOSING_S)


async def _prepare(storage: Storage, *, migrate: bool) -> None:
    try:
        await storage.check()
    except SchemaOutdated:
        if not migrate:
            raise
        # imported here: Alembic is large, and only needed when something is to be done
        from crm.storage.migrate import migrate as run_migrations

        await run_migrations(storage)
        await storage.check()


async def _give_back(lease: Lease) -> None:
    try:
        await lease.give_back()
    except StorageFailed as exc:
        log.warning("worker number not given back, its lease will run out", worker=lease.worker, error=exc.code)


def _furnish(settings: Settings, storage: Storage, lease: Lease, key: SubjectKey, clock: Clock) -> Crm:
    ids = IdMaker(lease.worker, clock)
    subjects = Subjects(storage.platform, key, ids, clock)
    directory = Directory(storage, subjects, ids)
    tenants = Tenants(storage.platform, ids, clock)
    campaigns = Campaigns(storage.platform, ids, clock)
    store = SqlQuotaStore(storage.platform, ids)
    attempts = Attempts(storage, ids, clock)
    callbacks = Callbacks(storage, ids, clock)
    journal = Journal(storage, clock)
    calls = Calls(storage, ids, clock)
    return Crm(
        worker=lease.worker,
        storage=storage,
        tenants=tenants,
        subjects=subjects,
        customers=Customers(storage, tenants, directory, ids, clock),
        leads=Leads(storage, ids, clock),
        opt_outs=OptOuts(storage, subjects, ids, clock),
        consents=Consents(storage, ids, clock),
        campaigns=campaigns,
        agents=Agents(storage.platform, ids, clock),
        quota=Quota(store, settings.quota, tenants, campaigns, ids, clock, lease.worker),
        attempts=attempts,
        calls=calls,
        journal=journal,
        timeline=Timeline(storage),
        callbacks=callbacks,
        importer=Importer(storage, tenants, campaigns, directory, ids, clock),
        recovery=Recovery(storage, attempts, callbacks, journal, store, clock),
        users=Users(storage.platform, ids, clock),
        drafts=Drafts(storage.platform, calls, clock),
    )

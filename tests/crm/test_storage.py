"""Databases: migrations, the shard map, what full and locked files do, the subject key."""

import asyncio
import sqlite3
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, create_engine, select
from sqlalchemy.dialects import mysql
from sqlalchemy.schema import CreateTable

from crm.room import open_crm
from crm.storage import customer_tables, platform_tables
from crm.storage.database import CONNECTIONS, Database
from crm.storage.errors import MapChanged, SchemaOutdated, StorageBusy, StorageDamaged, StorageFull, StorageUnavailable
from crm.storage.migrate import configuration, migrate
from crm.storage.storage import HEADS, PlatformSharded, Storage
from crm.subject import SubjectKeyWrong
from kernel.ids import slot_of
from kernel.settings import Settings, StorageSettings
from tests.crm.world import SetClock, line, number, opened, settings_in

METADATA = {"platform": platform_tables.metadata, "customer": customer_tables.metadata}


@pytest.mark.parametrize("domain", METADATA)
def test_migrations_from_empty_make_the_tables_of_the_code(migrated: Path, domain: str) -> None:
    file = "platform.db" if domain == "platform" else "customer-2.db"
    engine = create_engine(f"sqlite:///{migrated / file}")
    with engine.connect() as connection:
        assert compare_metadata(_context(connection, domain), METADATA[domain]) == []
    engine.dispose()


def _context(connection: Connection, domain: str) -> MigrationContext:
    return MigrationContext.configure(connection, opts={"version_table": f"{domain}_version", "compare_type": True})


@pytest.mark.parametrize("domain", METADATA)
def test_the_code_knows_the_newest_revision(domain: str) -> None:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        scripts = ScriptDirectory.from_config(configuration(domain, connection))
        assert scripts.get_current_head() == HEADS[domain]
    engine.dispose()


@pytest.mark.parametrize("metadata", METADATA.values(), ids=METADATA)
def test_every_table_can_be_made_on_mysql(metadata: MetaData) -> None:
    for table in metadata.sorted_tables:
        assert "utf8mb4_bin" in str(CreateTable(table).compile(dialect=mysql.dialect()))


async def test_migrating_twice_changes_nothing(folder: Path) -> None:
    storage = Storage.of(settings_in(folder).storage)
    before = {path.name: _schema(path) for path in folder.glob("*.db")}
    await asyncio.gather(migrate(storage), migrate(storage))
    await storage.close()
    assert {path.name: _schema(path) for path in folder.glob("*.db")} == before
    assert len(before) == 5


async def test_bare_folders_of_one_process_may_be_migrated_at_once(tmp_path: Path) -> None:
    storages = [Storage.of(settings_in(tmp_path / str(each)).storage) for each in range(8)]
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        for storage in storages:
            group.create_task(migrate(storage))
    for storage in storages:
        await storage.close()
    first, *others = (sorted((tmp_path / str(each)).rglob("*.db")) for each in range(8))
    assert len(first) == 5
    assert all([_schema(path) for path in folder] == [_schema(path) for path in first] for folder in others)


def _schema(path: Path) -> list[tuple[str, str]]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
    finally:
        connection.close()


async def test_a_bare_folder_is_made_ready_by_opening(tmp_path: Path) -> None:
    async with opened(tmp_path / "a" / "b") as crm:
        assert (await line(crm)).tenant in await crm.tenants.all()
    assert sorted(path.name for path in (tmp_path / "a" / "b").glob("*.db")) == [
        "customer-0.db",
        "customer-1.db",
        "customer-2.db",
        "customer-3.db",
        "platform.db",
    ]
    assert (tmp_path / "a" / "b" / "subject.key").stat().st_mode & 0o077 == 0


async def test_old_tables_are_refused_when_migrating_was_not_asked_for(tmp_path: Path) -> None:
    with pytest.raises(SchemaOutdated, match="revision none"):
        async with open_crm(settings_in(tmp_path), SetClock(), migrate=False):
            pass


async def test_newer_tables_are_refused(folder: Path) -> None:
    connection = sqlite3.connect(folder / "customer-1.db")
    with connection:
        connection.execute("UPDATE customer_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(SchemaOutdated, match=r"customer-1\.db"):
        async with opened(folder):
            pass


async def test_rows_lie_in_the_shard_of_their_customers_slot(folder: Path) -> None:
    async with opened(folder) as crm:
        shop = await line(crm)
        leads = [await shop.lead(n) for n in range(40)]
    used = set()
    for lead in leads:
        home = slot_of(lead.customer_id) // 256
        assert slot_of(lead.id) == slot_of(lead.number_id) == slot_of(lead.customer_id)
        for shard in range(4):
            connection = sqlite3.connect(folder / f"customer-{shard}.db")
            found = connection.execute("SELECT count(*) FROM leads WHERE id = ?", (lead.id,)).fetchone()[0]
            connection.close()
            assert found == (shard == home)
        used.add(home)
    assert used == {0, 1, 2, 3}


async def test_moved_slots_are_refused_until_the_epoch_is_raised(folder: Path) -> None:
    async with opened(folder):
        pass
    moved = {"0-511": "sqlite:///{directory}/customer-0.db", "512-1023": "sqlite:///{directory}/customer-2.db"}
    shards = {"customer": moved, "platform": {"0-1023": "sqlite:///{directory}/platform.db"}}
    with pytest.raises(MapChanged, match="epoch"):
        async with open_crm(Settings(storage=StorageSettings(directory=folder, shards=shards)), SetClock()):
            pass
    raised = Settings(storage=StorageSettings(directory=folder, shards=shards, epoch=2))
    async with open_crm(raised, SetClock()):
        pass
    with pytest.raises(MapChanged):
        async with opened(folder):
            pass


async def test_one_database_for_everything_is_a_map_too(tmp_path: Path) -> None:
    one = {"0-1023": "sqlite:///{directory}/all.db"}
    settings = Settings(storage=StorageSettings(directory=tmp_path, shards={"customer": one, "platform": one}))
    async with open_crm(settings, SetClock()) as crm:
        shop = await line(crm)
        lead = await shop.lead(1)
        assert await crm.leads.next_for(shop.scope, shop.campaign.id, SetClock().now(), 10) == [lead]


def test_the_platform_is_one_database(tmp_path: Path) -> None:
    two = {"0-511": "sqlite:///{directory}/a.db", "512-1023": "sqlite:///{directory}/b.db"}
    with pytest.raises(PlatformSharded, match="2 databases"):
        Storage.of(StorageSettings(directory=tmp_path, shards={"customer": two, "platform": two}))


async def test_a_full_disk_is_said_and_leaves_nothing_half_done(folder: Path) -> None:
    async with opened(folder) as crm:
        shop = await line(crm)
        lead = await shop.lead(1)
        home = crm.storage.home(lead.id)
        before = _everything(folder / home.name)
        await _limit_pages(home, (folder / home.name).stat().st_size // 4096 + 8)
        with pytest.raises(StorageFull, match="no room is left") as caught:
            await crm.callbacks.book(shop.scope, lead.id, SetClock().now(), note="x" * 500_000)
        assert caught.value.retryable and home.name in str(caught.value)
        assert _everything(folder / home.name) == before
        await _limit_pages(home, 1_000_000)
        await crm.callbacks.book(shop.scope, lead.id, SetClock().now(), note="room again")


async def _limit_pages(database: Database, pages: int) -> None:
    """The limit belongs to a connection: set it on all of the pool."""
    async with AsyncExitStack() as stack:
        for _ in range(CONNECTIONS):
            connection = await stack.enter_async_context(database.read())
            await connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")


def _everything(path: Path) -> str:
    connection = sqlite3.connect(path)
    try:
        return "\n".join(connection.iterdump())
    finally:
        connection.close()


async def test_a_locked_database_is_said_and_leaves_nothing_half_done(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm.storage.database.BUSY_TIMEOUT_S", 0.2)
    async with opened(folder) as crm:
        shop = await line(crm)
        lead = await shop.lead(1)
        grant = await shop.grant(lead)
        home = crm.storage.home(lead.id)
        before = _everything(folder / home.name)
        other = sqlite3.connect(folder / home.name)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageBusy, match=home.name) as caught:
            await crm.attempts.claim(shop.scope, lead.id, grant)
        assert caught.value.retryable
        assert (await crm.leads.get(shop.scope, lead.id)) == lead, "readers do not wait for writers"
        other.rollback()
        other.close()
        assert _everything(folder / home.name) == before
        assert await crm.attempts.claim(shop.scope, lead.id, grant) is not None


async def test_a_cancelled_task_leaves_no_lock_behind(folder: Path) -> None:
    clock = SetClock()
    async with opened(folder, clock, attempts_per_day=50) as crm:
        shop = await line(crm)
        lead = await shop.lead(1)
        for n in range(60):  # wherever in its transactions it is
            clock.forward(seconds=121)
            async with asyncio.TaskGroup() as tasks:
                task = tasks.create_task(crm.quota.reserve(shop.scope, lead))
                await asyncio.sleep(n * 0.0003)
                task.cancel()
            other = sqlite3.connect(folder / "platform.db", timeout=2, isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            other.execute("ROLLBACK")
            other.close()
        clock.forward(days=1)
        assert (await crm.quota.reserve(shop.scope, lead)).allowed


async def test_a_file_that_is_no_database_is_said(folder: Path) -> None:
    (folder / "customer-3.db").write_bytes(b"this is a letter, not a database" * 100)
    with pytest.raises(StorageDamaged, match=r"customer-3\.db"):
        async with opened(folder):
            pass


@pytest.mark.parametrize(
    ("url", "says"),
    [("mysql://u:hunter2@db/x", "asyncmy"), ("no url hunter2", "no SQLAlchemy URL"), ("db2://h/x", "db2")],
)
def test_an_address_we_cannot_use_is_said_without_its_password(url: str, says: str) -> None:
    with pytest.raises(StorageUnavailable, match=says) as caught:
        Database(url)
    assert "hunter2" not in str(caught.value)


async def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file in the way")
    with pytest.raises(StorageUnavailable, match="cannot be made"):
        async with opened(tmp_path / "var" / "deep"):
            pass


async def test_another_subject_key_is_refused(folder: Path) -> None:
    async with opened(folder) as crm:
        await crm.subjects.of(number(1))
    (folder / "subject.key").write_text("ab" * 32)
    with pytest.raises(SubjectKeyWrong, match="not the key"):
        async with opened(folder):
            pass


async def test_a_lost_subject_key_is_not_replaced(folder: Path) -> None:
    async with opened(folder):
        pass
    (folder / "subject.key").unlink()
    with pytest.raises(SubjectKeyWrong, match="missing"):
        async with opened(folder):
            pass
    assert not (folder / "subject.key").exists()


async def test_a_damaged_subject_key_is_said_without_showing_it(folder: Path) -> None:
    (folder / "subject.key").write_text("secret but not hex\n")
    with pytest.raises(SubjectKeyWrong) as caught:
        async with opened(folder):
            pass
    assert "secret" not in str(caught.value)


async def test_the_platform_database_holds_no_number_and_no_name(folder: Path) -> None:
    async with opened(folder) as crm:
        shop = await line(crm)
        lead = await shop.lead(7, name="Ada Lovelace")
        await crm.opt_outs.add(
            shop.scope, lead.subject_id, source="call", evidence="stop", customer_id=lead.customer_id
        )
        await crm.quota.reserve(shop.scope, lead)
    content = _everything(folder / "platform.db")
    assert "5550007" not in content and "Lovelace" not in content


async def test_errors_do_not_show_what_was_written(folder: Path) -> None:
    async with opened(folder) as crm:
        shop = await line(crm)
        customer = await shop.customer(1)
        home = crm.storage.home(customer.id)
        with pytest.raises(Exception) as caught:  # whatever it is, it must not show the name
            async with home.write() as connection:
                row = (await connection.execute(select(customer_tables.customers))).one()
                await connection.execute(customer_tables.customers.insert().values(row._asdict() | {"name": "Grace"}))
        assert "Grace" not in str(caught.value) and "Grace" not in repr(caught.value)

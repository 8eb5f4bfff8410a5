"""All databases: the platform's one, and the customers' shards by slot."""

import json
from collections.abc import Iterable
from typing import Final, Self

from sqlalchemy import Table, insert, select, update

from crm.storage import customer_tables, platform_tables
from crm.storage.database import Database
from crm.storage.errors import MapChanged, SchemaOutdated, StorageFailed
from kernel.errors import JingyinError
from kernel.ids import SLOTS, slot_of
from kernel.settings import StorageSettings

# The newest revision of each domain; a test compares them with Alembic's.
HEADS: Final = {"platform": "0003", "customer": "0001"}


class PlatformSharded(JingyinError):
    """The platform domain was mapped to several databases."""

    code = "storage.platform_sharded"


class Storage:
    """Routes an id to its database. `epoch` is the version of the map slot -> database."""

    def __init__(self, *, epoch: int, platform: str, customer: Iterable[tuple[int, int, str]]) -> None:
        """`platform` is a URL; `customer` are (first slot, last slot, URL) covering 0..1023 once."""
        self.epoch = epoch
        databases: dict[str, Database] = {}
        self.platform = databases.setdefault(platform, Database(platform))
        self._by_slot: list[Database] = []
        self._slots: dict[Database, list[list[int]]] = {}
        for first, last, url in sorted(customer):
            if url not in databases:
                databases[url] = Database(url)
            self._by_slot += [databases[url]] * (last - first + 1)
            self._slots.setdefault(databases[url], []).append([first, last])
        if len(self._by_slot) != SLOTS:
            raise ValueError(f"the customer map covers {len(self._by_slot)} of {SLOTS} slots")
        self._databases = tuple(databases.values())

    @classmethod
    def of(cls, settings: StorageSettings) -> Self:
        """The databases that the settings map. Nothing is opened yet.

        Raises:
            PlatformSharded: the platform domain has more than one database.
        """
        platform = sorted(set(settings.urls("platform").values()))
        if len(platform) != 1:
            raise PlatformSharded(
                f"{len(platform)} databases are mapped",
                where="platform.storage.shards.platform",
                remedy="Rules that hold over all tenants are decided in one transaction: map 0-1023 to one database.",
            )
        customer = [(first, last, url) for (first, last), url in settings.urls("customer").items()]
        return cls(epoch=settings.epoch, platform=platform[0], customer=customer)

    def home(self, id: int) -> Database:
        """The shard of an id: a customer's own, or of anything that hangs on a customer."""
        return self._by_slot[slot_of(id)]

    def shards(self) -> tuple[Database, ...]:
        """All customer shards, each once. Whoever asks them all says so in its docstring."""
        return tuple(self._slots)

    async def check(self) -> None:
        """See that every database answers, has today's tables, and was made with this map.

        Raises:
            StorageFailed: a database does not answer.
            SchemaOutdated: the tables are older, or newer, than this program.
            MapChanged: slots were moved without raising the epoch.
        """
        await self._check_version(self.platform, "platform")
        for shard, slots in self._slots.items():
            await self._check_version(shard, "customer")
            await self._check_map(shard, customer_tables.meta, json.dumps(slots))
        await self._check_map(self.platform, platform_tables.meta, "all")

    async def close(self) -> None:
        """Close all connections."""
        for database in self._databases:
            await database.close()

    async def _check_version(self, database: Database, domain: str) -> None:
        try:
            async with database.read() as connection:
                row = await connection.exec_driver_sql(f"SELECT version_num FROM {domain}_version")
                version = row.scalar()
        except StorageFailed as exc:
            if type(exc) is not StorageFailed:
                raise
            version = None  # no such table
        if version != HEADS[domain]:
            raise SchemaOutdated(
                f"its {domain} tables are at revision {version or 'none'}, this program needs {HEADS[domain]}",
                where=database.name,
                remedy="Migrate (crm.storage.migrate), or run the version of Jingyin that made it if that is newer.",
            )

    async def _check_map(self, database: Database, meta: Table, slots: str) -> None:
        """Remember the map at first sight and when the epoch grew; refuse another map under the same epoch."""
        now = json.dumps({"epoch": self.epoch, "slots": slots})
        async with database.write() as connection:
            query = select(meta.c.value).where(meta.c.name == "map")
            was = (await connection.execute(query)).scalar()
            if was is None:
                await connection.execute(insert(meta).values(name="map", value=now))
            elif was != now:
                if json.loads(was)["epoch"] >= self.epoch:
                    raise MapChanged(
                        f"it was made with {was}, the settings say {now}",
                        where=database.name,
                        remedy="Move the rows first, then raise platform.storage.epoch; or set the old map again.",
                    )
                await connection.execute(update(meta).where(meta.c.name == "map").values(value=now))

"""The fake and the SQL store pass one suite; besides, two processes on the same files take no more than there is."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import insert

from crm.quota.sql_store import SqlQuotaStore
from crm.storage.platform_tables import opt_outs
from crm.storage.storage import Storage
from kernel.ids import IdMaker
from tests.contract.quota_store import BANK, NOON, QuotaStoreContract, World
from tests.crm.world import SetClock, settings_in
from tests.fakes.quota_store import FakeQuotaStore

ROOT = Path(__file__).resolve().parents[2]


class TestFakeQuotaStore(QuotaStoreContract):
    """In memory."""

    @pytest.fixture
    def world(self) -> World:
        store = FakeQuotaStore()

        async def opt_out(subject: int) -> None:
            store.opted_out.add(subject)

        return World(store=store, opt_out=opt_out)


class TestSqlQuotaStore(QuotaStoreContract):
    """On SQLite files."""

    @pytest.fixture
    async def world(self, folder: Path) -> AsyncIterator[World]:
        storage = Storage.of(settings_in(folder).storage)
        ids = IdMaker(0, SetClock())

        async def opt_out(subject: int) -> None:
            async with storage.platform.write() as connection:
                row = {"id": ids.make(0), "subject_id": subject, "tenant_id": BANK, "at": NOON}
                await connection.execute(insert(opt_outs).values(**row, source="letter", evidence="never again"))

        yield World(store=SqlQuotaStore(storage.platform, ids), opt_out=opt_out)
        await storage.close()


def test_two_processes_with_fifty_reserves_each_take_no_more_than_there_is(folder: Path) -> None:
    competitors = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.crm.competitor", str(folder), str(worker), "50", "13"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for worker in (1, 2)
    ]
    outputs = []
    for competitor in competitors:
        assert competitor.stdout is not None
        assert competitor.stdout.readline() == "ready\n"
    for competitor in competitors:
        assert competitor.stdin is not None
        competitor.stdin.write("go\n")
        competitor.stdin.flush()
    for competitor in competitors:
        out, _ = competitor.communicate(timeout=60)
        assert competitor.returncode == 0
        outputs.append(json.loads(out))
    assert sum(output["allowed"] for output in outputs) == 13
    assert sum(output["denied"] for output in outputs) == 87
    assert all(output["rules"] <= ["concurrency.platform"] for output in outputs)

"""Worker numbers: one process each, free at once after a crash on this machine, later after one elsewhere."""

import asyncio
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from crm.room import open_crm
from crm.storage.lease import LEASE_S, LeaseLost, WorkerTaken, lives, take_lease
from crm.storage.storage import Storage
from kernel.clock import LoopClock
from tests.crm.world import SetClock, opened, settings_in


async def test_every_process_gets_a_number_of_its_own(folder: Path) -> None:
    async with opened(folder) as one, opened(folder) as two:
        assert (one.worker, two.worker) == (0, 1)


async def test_a_number_that_is_held_is_refused(folder: Path) -> None:
    async with opened(folder) as one:
        with pytest.raises(WorkerTaken, match="pid"):
            async with open_crm(settings_in(folder), SetClock(), worker=one.worker):
                pass


@pytest.mark.virtual_time
async def test_a_number_given_back_rests_a_second(folder: Path) -> None:
    storage, clock = Storage.of(settings_in(folder).storage), LoopClock()
    await (await take_lease(storage.platform, clock, 5)).give_back()
    began_s = clock.monotonic()
    await take_lease(storage.platform, clock, 5)
    assert clock.monotonic() == began_s + 1
    await storage.close()


async def test_the_number_of_a_killed_process_is_free(folder: Path) -> None:
    program = (
        "import asyncio, os, pathlib, signal, sys\n"
        "from tests.crm.world import opened\n"
        "async def main():\n"
        "    async with opened(pathlib.Path(sys.argv[1])) as crm:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "asyncio.run(main())\n"
    )
    root = Path(__file__).resolve().parents[2]
    await asyncio.to_thread(subprocess.run, [sys.executable, "-c", program, str(folder)], cwd=root, check=False)
    storage, clock = Storage.of(settings_in(folder).storage), SetClock()
    assert (await lives(storage.platform, clock)).since == {}
    assert (await take_lease(storage.platform, clock, 0)).worker == 0
    assert list((await lives(storage.platform, clock)).since) == [0]
    await storage.close()


async def test_the_number_of_another_machine_is_free_when_its_lease_ran_out(folder: Path) -> None:
    storage, clock = Storage.of(settings_in(folder).storage), SetClock()
    lease = await take_lease(storage.platform, clock, 3)
    async with storage.platform.write() as connection:
        await connection.exec_driver_sql("UPDATE id_workers SET host = 'elsewhere', started = 'x', pid = 1")
    assert (await lives(storage.platform, clock)).holds(3, lease.taken_at)
    assert not (await lives(storage.platform, clock)).holds(3, lease.taken_at - timedelta(seconds=1))
    with pytest.raises(WorkerTaken, match="elsewhere"):
        await take_lease(storage.platform, clock, 3)
    clock.forward(seconds=LEASE_S + 1)
    assert (await lives(storage.platform, clock)).since == {}
    await take_lease(storage.platform, clock, 3)
    await storage.close()


async def test_all_numbers_taken_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm.storage.lease.WORKERS", 2)
    storage, clock = Storage.of(settings_in(folder).storage), SetClock()
    assert [(await take_lease(storage.platform, clock)).worker for _ in range(2)] == [0, 1]
    with pytest.raises(WorkerTaken, match="all are held"):
        await take_lease(storage.platform, clock)
    await storage.close()


@pytest.mark.virtual_time
async def test_a_process_that_lost_its_number_is_stopped(folder: Path) -> None:
    clock = LoopClock()
    with pytest.raises(ExceptionGroup) as caught:
        async with open_crm(settings_in(folder), clock) as crm:
            async with crm.storage.platform.write() as connection:
                await connection.exec_driver_sql("UPDATE id_workers SET token = 'another process took it'")
            await asyncio.sleep(60)
    assert caught.group_contains(LeaseLost)

"""Worker numbers: who may make ids with which of the 256 numbers, until when.

A process takes a number for LEASE_S, renews it, and gives it back. A number whose lease ran out is free after it has
rested as long as an id maker may run ahead of the clock. A process on this very machine that no longer lives has lost
its number at once: after kill -9 and restart nothing waits.

`Lives` is what recovery asks: does the worker that claimed this, then, still run?
"""

import os
import socket
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Row, delete, insert, select, update

from crm.storage.database import Database
from crm.storage.errors import StorageFailed
from crm.storage.platform_tables import id_workers
from kernel.clock import Clock
from kernel.errors import JingyinError
from kernel.ids import MAX_AHEAD_MS, WORKERS
from kernel.log import get_logger

LEASE_S: Final = 30.0
RENEW_S: Final = 10.0
REST: Final = timedelta(milliseconds=MAX_AHEAD_MS)

log = get_logger(__name__)


class WorkerTaken(JingyinError):
    """Another process holds the worker number, or all of them are held."""

    code = "storage.worker_taken"
    retryable = True


class LeaseLost(JingyinError):
    """This process could not renew its worker number in time: it must stop making ids and placing calls."""

    code = "storage.lease_lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lives:
    """Which worker numbers are held at one moment, since when."""

    since: Mapping[int, datetime]

    def holds(self, worker: int, at: datetime) -> bool:
        """True when the process that was `worker` at that time still is."""
        since = self.since.get(worker)
        return since is not None and since <= at


class Lease:
    """A worker number that this process holds."""

    def __init__(self, platform: Database, clock: Clock, worker: int, token: str, taken_at: datetime) -> None:
        self.worker = worker
        self.taken_at = taken_at
        self._platform = platform
        self._clock = clock
        self._token = token

    async def keep(self) -> None:
        """Renew until cancelled.

        Raises:
            LeaseLost: another process took the number, or the database did not answer until the lease ran out.
        """
        until_s = self._clock.monotonic() + LEASE_S
        while True:
            await self._clock.sleep(RENEW_S)
            asked_s = self._clock.monotonic()
            try:
                ours = await self._renew()
            except StorageFailed as exc:
                log.warning("lease not renewed", worker=self.worker, error=exc.code)
                ours = asked_s < until_s
            else:
                until_s = asked_s + LEASE_S
            if not ours:
                raise LeaseLost(
                    f"worker number {self.worker} is no longer this process's",
                    remedy="The process was stopped for longer than its lease, or the platform database is gone.",
                )

    async def give_back(self) -> None:
        """End the lease; the number rests a second and is free."""
        async with self._platform.write() as connection:
            await connection.execute(
                update(id_workers)
                .where(id_workers.c.worker == self.worker, id_workers.c.token == self._token)
                .values(token="", leased_until=self._clock.now())
            )

    async def _renew(self) -> bool:
        async with self._platform.write() as connection:
            result = await connection.execute(
                update(id_workers)
                .where(id_workers.c.worker == self.worker, id_workers.c.token == self._token)
                .values(leased_until=self._clock.now() + timedelta(seconds=LEASE_S))
            )
        return result.rowcount == 1


async def take_lease(platform: Database, clock: Clock, worker: int | None = None) -> Lease:
    """Hold that worker number, or the lowest free one. Waits a second if the number has not rested yet.

    Raises:
        WorkerTaken: a living process holds it, or there is none left.
    """
    token = uuid.uuid4().hex
    now = clock.now()
    wanted = range(WORKERS) if worker is None else (worker,)
    async with platform.write() as connection:
        rows = {row.worker: row for row in await connection.execute(select(id_workers).with_for_update())}
        free = [number for number in wanted if number not in rows or not _held(rows[number], now)]
        if not free:
            holders = ", ".join(sorted({f"pid {row.pid} on {row.host}" for row in map(rows.__getitem__, wanted)}))
            raise WorkerTaken(
                f"worker number {worker} is held by {holders}" if worker is not None else f"all are held by {holders}",
                remedy="Set another number (platform.dialer.worker_id), end that process, or wait for its lease to end.",
            )
        rested = [number for number in free if number not in rows or rows[number].leased_until + REST <= now]
        taken = min(rested or free)
        await connection.execute(delete(id_workers).where(id_workers.c.worker == taken))
        await connection.execute(
            insert(id_workers).values(
                worker=taken,
                token=token,
                host=socket.gethostname(),
                pid=os.getpid(),
                started=_started(os.getpid()),
                taken_at=now,
                leased_until=now + timedelta(seconds=LEASE_S),
            )
        )
    if not rested:
        await clock.sleep(REST.total_seconds())
    return Lease(platform, clock, taken, token, now)


async def lives(platform: Database, clock: Clock) -> Lives:
    """Who holds a worker number now."""
    now = clock.now()
    async with platform.read() as connection:
        rows = (await connection.execute(select(id_workers))).all()
    return Lives(since={row.worker: row.taken_at for row in rows if _held(row, now)})


def _held(row: Row[tuple[object, ...]], now: datetime) -> bool:
    if not row.token or row.leased_until <= now:
        return False
    return bool(row.host != socket.gethostname() or _started(row.pid) == row.started)


def _started(pid: int) -> str:
    """When a process of this machine began, in the system's own words; empty when there is none."""
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text(encoding="utf-8").rpartition(")")[2].split()[19]
    except OSError:
        pass
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        pass
    return "alive"

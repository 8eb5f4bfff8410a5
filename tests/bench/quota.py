"""How fast quota decides: `python -m tests.bench.quota [--quick] [--json FILE]`.

Times are per operation on SQLite files with every commit on the disk; beside them, in the same run, a bare `sqlite3`
transaction of one row, so that the ratio says what the room costs on whatever machine this is.
"""

import argparse
import asyncio
import json
import os
import platform
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from datetime import time as time_of_day
from pathlib import Path
from zoneinfo import ZoneInfo

from crm.import_csv import read_csv
from crm.lead import Lead
from crm.quota.rules import Limits, Policy, Seen, decide, expires_at, retry_at
from crm.quota.window import Window
from tests.contract.quota_store import TTL
from tests.crm.world import Line, line, number, opened


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One measured value; `n` is how many operations it is the mean of."""

    name: str
    value: float
    unit: str
    n: int


async def measure(quick: bool) -> list[Result]:
    """All results."""
    calls, leads = (200, 2_000) if quick else (2_000, 20_000)
    with tempfile.TemporaryDirectory() as folder:
        bare_us = _bare(Path(folder) / "bare.db", calls)
        results = [bare_us, *_pure(calls * 10)]
        async with opened(Path(folder) / "var", concurrency=1_000_000) as crm:
            shop = await line(crm)
            results += await _imported(shop, leads)
            results += await _quota(shop, calls, bare_us.value)
    return results


def _bare(path: Path, n: int) -> Result:
    """One row, one transaction, on the disk."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT)")
    began = time.perf_counter()
    for i in range(n):
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO t VALUES (?, ?)", (i, "x" * 100))
        connection.execute("COMMIT")
    result = _per_operation("bare_sqlite3_transaction", began, n)
    connection.close()
    return result


def _pure(n: int) -> list[Result]:
    """The rules without a store: an allowed attempt and one that is denied for its window."""
    window = Window(start=time_of_day(9), end=time_of_day(20))
    limits = Limits(window=window, attempts_per_day=3, concurrency=100)
    policy = Policy(platform=limits, tenant=limits, campaign=window, customer=window, lead=window)
    berlin = ZoneInfo("Europe/Berlin")
    by_day = Seen(now=datetime(2026, 1, 5, 12, tzinfo=UTC), zone=berlin)
    by_night = Seen(now=datetime(2026, 1, 5, 22, tzinfo=UTC), zone=berlin)
    began = time.perf_counter()
    for _ in range(n):
        assert not decide(by_day, policy)
        expires_at(by_day, policy, TTL)
    allowed = _per_operation("rules_allow", began, n)
    began = time.perf_counter()
    for _ in range(n // 10):
        assert retry_at(decide(by_night, policy), by_night, policy)
    return [allowed, _per_operation("rules_deny_by_window", began, n // 10)]


async def _imported(shop: Line, n: int) -> list[Result]:
    """Reading and importing a file."""
    data = "\n".join(["name,number,zone", *(f"Customer {i},{number(i).e164},UTC" for i in range(n))]).encode()
    began = time.perf_counter()
    read_csv(data)
    read = _per_operation("csv_row_read", began, n)
    began = time.perf_counter()
    await shop.crm.importer.run(shop.scope, shop.campaign.id, data)
    imported = _per_operation("csv_row_imported", began, n)
    began = time.perf_counter()
    for _ in range(20):
        await shop.crm.leads.next_for(shop.scope, shop.campaign.id, shop.campaign.created_at, 20)
    return [read, imported, _per_operation(f"next_20_of_{n}_leads", began, 20)]


async def _quota(shop: Line, n: int, bare_us: float) -> list[Result]:
    """A call's whole way through quota and attempt, one after another and twenty at a time; denials; journal."""
    leads = await shop.crm.leads.next_for(shop.scope, shop.campaign.id, shop.campaign.created_at, 2 * n + 1)
    alone, together = leads[: n // 2], leads[n // 2 : n]
    one_by_one = await _timed("reserve_claim_commit_end_release", alone, 1, lambda lead: _call(shop, lead))
    results = [
        one_by_one,
        await _timed("the_same_20_at_a_time", together, 20, lambda lead: _call(shop, lead)),
        Result(name="of_6_transactions_against_bare", value=one_by_one.value / 6 / bare_us, unit="ratio", n=len(alone)),
    ]
    denied = leads[-1]
    await shop.crm.opt_outs.add(shop.scope, denied.subject_id, source="bench", evidence="")
    results.append(
        await _timed("denied", [denied] * (n // 4), 1, lambda lead: shop.crm.quota.reserve(shop.scope, lead))
    )
    return results


async def _call(shop: Line, lead: Lead) -> None:
    crm, scope = shop.crm, shop.scope
    grant = await shop.grant(lead)
    attempt = await crm.attempts.claim(scope, lead.id, grant)
    assert attempt is not None
    assert (await crm.quota.commit(scope, grant)).allowed
    await crm.attempts.mark_dialling(scope, attempt.id)
    await crm.attempts.end(scope, attempt.id, result="busy")
    await crm.quota.release(scope, grant, rung=True)


async def _timed(name: str, leads: list[Lead], width: int, act: Callable[[Lead], Awaitable[object]]) -> Result:
    began = time.perf_counter()
    for start in range(0, len(leads), width):
        await asyncio.gather(*(act(lead) for lead in leads[start : start + width]))
    return _per_operation(name, began, len(leads))


def _per_operation(name: str, began: float, n: int) -> Result:
    return Result(name=name, value=round((time.perf_counter() - began) / n * 1e6, 1), unit="us", n=n)


def main() -> None:
    """The command."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--quick", action="store_true")
    arguments.add_argument("--json", type=Path)
    given = arguments.parse_args()
    results = asyncio.run(measure(given.quick))
    for result in results:
        print(f"{result.name:40} {result.value:12.2f} {result.unit:6} n={result.n}")
    if given.json:
        report = {
            "bench": "quota",
            "cores": os.cpu_count(),
            "python": platform.python_version(),
            "results": [asdict(result) for result in results],
        }
        given.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""A process that reserves many grants at once: `python -m tests.crm.competitor FOLDER WORKER RESERVES LIMIT`."""

import asyncio
import json
import sys
from dataclasses import replace
from pathlib import Path

from crm.quota.grant import GrantId
from crm.quota.sql_store import SqlQuotaStore
from crm.storage.storage import Storage
from kernel.ids import IdMaker
from tests.contract.quota_store import NOON, TTL, attempt, limits
from tests.crm.world import SetClock, settings_in


async def main(folder: Path, worker: int, reserves: int, limit: int) -> None:
    """Wait for a line, then ask for everything at once."""
    storage = Storage.of(settings_in(folder).storage)
    store = SqlQuotaStore(storage.platform, IdMaker(worker, SetClock()))
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    first = worker * 100_000
    requests = [replace(attempt(first + n), grant_id=GrantId(first + n)) for n in range(reserves)]
    decisions = await asyncio.gather(
        *(store.reserve(request, limits(calls=limit), now=NOON, ttl=TTL) for request in requests)
    )
    await storage.close()
    allowed = sum(decision.allowed for decision in decisions)
    rules = sorted({rule for decision in decisions for rule in decision.rules})
    print(json.dumps({"allowed": allowed, "denied": reserves - allowed, "rules": rules}))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), *map(int, sys.argv[2:])))

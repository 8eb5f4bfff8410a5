"""After a crash: everything a lost worker left open is ended by its state, nothing is rung twice, nothing stays taken.

Whose worker still runs is known by the leases of worker numbers; an attempt older than its worker's lease belongs to an
earlier life of that number. So `run` may be called at any time: when a worker starts, and every minute after that.
"""

from dataclasses import dataclass

from sqlalchemy import select

from crm import attempt as attempt_
from crm import callback as callback_
from crm.attempt import Attempt, Attempts
from crm.callback import Callbacks
from crm.errors import NotFound
from crm.journal import Event, Journal
from crm.quota.grant import Grant
from crm.quota.store import QuotaStore
from crm.storage.customer_tables import callbacks
from crm.storage.lease import Lives, lives
from crm.storage.storage import Storage
from kernel.clock import Clock
from kernel.log import get_logger
from kernel.machine import IllegalTransition
from kernel.tenant import Scope, TenantId

LOST = "lost"  # the result of an attempt whose worker was lost

log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """What was found. `never_rang` leads may be called again, `may_have_rung` ones are left alone; the rest are counts."""

    never_rang: tuple[Attempt, ...] = ()
    may_have_rung: tuple[Attempt, ...] = ()
    grants: int = 0
    callbacks: int = 0


class Recovery:
    """The platform's own work, over all tenants and shards."""

    def __init__(
        self,
        storage: Storage,
        attempts: Attempts,
        callbacks: Callbacks,
        journal: Journal,
        store: QuotaStore,
        clock: Clock,
    ) -> None:
        self._storage = storage
        self._attempts = attempts
        self._callbacks = callbacks
        self._journal = journal
        self._store = store
        self._clock = clock

    async def run(self) -> Recovered:
        """End what lost workers left open.

        Raises:
            StorageFailed: a database does not answer; what was done so far stands, the rest is found the next time.
        """
        grants = len(await self._store.expire(now=self._clock.now()))
        open_attempts, open_grants = await self._attempts.open_of(), await self._store.open_grants()
        # asked last: a worker that began after the question would look dead
        alive = await lives(self._storage.platform, self._clock)
        never_rang: list[Attempt] = []
        may_have_rung: list[Attempt] = []
        for attempt in open_attempts:
            if not alive.holds(attempt.worker, attempt.claimed_at) and await self._end(attempt):
                (never_rang if attempt.state is attempt_.State.CLAIMED else may_have_rung).append(attempt)
        for grant in open_grants:
            grants += await self._settle(grant, alive)
        found = Recovered(
            never_rang=tuple(never_rang),
            may_have_rung=tuple(may_have_rung),
            grants=grants,
            callbacks=await self._free_callbacks(),
        )
        if found != Recovered():
            log.warning(
                "recovered what a lost worker left",
                never_rang=len(never_rang),
                may_have_rung=len(may_have_rung),
                grants=found.grants,
                callbacks=found.callbacks,
            )
        return found

    async def _end(self, attempt: Attempt) -> bool:
        scope = Scope(tenant_id=attempt.tenant_id)
        never_rang = attempt.state is attempt_.State.CLAIMED
        try:
            await self._attempts.end(scope, attempt.id, result=LOST, retry_at=self._clock.now() if never_rang else None)
        except IllegalTransition:
            return False  # another process recovers too
        event = Event(kind="recovered", data={"state": attempt.state, "worker": attempt.worker})
        await self._journal.append(scope, attempt.id, event)
        return True

    async def _settle(self, grant: Grant, alive: Lives) -> bool:
        """Give back a grant whose attempt is over, or whose worker is lost; True when there was one."""
        attempt = await self._attempts.by_grant(grant)
        if attempt is not None and attempt.state is not attempt_.State.ENDED:
            return False
        if attempt is None and alive.holds(grant.worker, grant.reserved_at):
            return False
        rung = attempt is not None and bool(attempt.rung)
        return await self._store.release(grant.tenant_id, grant.id, rung=rung, now=self._clock.now())

    async def _free_callbacks(self) -> int:
        """Book again what a lost worker had claimed and not yet begun to keep."""
        query = select(
            callbacks.c.id, callbacks.c.tenant_id, callbacks.c.worker, callbacks.c.claimed_at, callbacks.c.due_at
        ).where(callbacks.c.state == callback_.State.CLAIMED)
        freed = 0
        for shard in self._storage.shards():
            async with shard.read() as connection:
                rows = (await connection.execute(query)).all()
            alive = await lives(self._storage.platform, self._clock)
            for row in rows:
                if row.worker is None or alive.holds(row.worker, row.claimed_at):
                    continue
                try:
                    await self._callbacks.move(
                        Scope(tenant_id=TenantId(row.tenant_id)), row.id, row.due_at, because=LOST
                    )
                except (IllegalTransition, NotFound):
                    continue
                freed += 1
        return freed

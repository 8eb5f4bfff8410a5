"""Consent and its opposite.

A consent is between a customer and a tenant. An opt-out is a person's, and holds at every tenant from the moment its row
is committed in the platform database, where every reservation looks. What follows on the tenant's own side (leads
stopped, callbacks cancelled, the timeline) is tidiness: quota has said no since.
"""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, insert, select

from crm.errors import NotFound
from crm.lead import lead_of, stop_lead
from crm.number import PhoneNumber
from crm.storage.customer_tables import consents, customers, leads, numbers
from crm.storage.platform_tables import opt_outs
from crm.storage.storage import Storage
from crm.subject import SubjectId, Subjects
from crm.timeline import Kind, add_entry
from kernel.clock import Clock
from kernel.ids import IdMaker
from kernel.tenant import Scope, TenantId


@dataclass(frozen=True, slots=True, kw_only=True)
class OptOut:
    """Somebody said never again: at which tenant, in which call, in which words."""

    id: int
    subject_id: SubjectId
    tenant_id: TenantId
    call_id: int | None
    source: str
    evidence: str = field(repr=False)
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """A customer agreed, or refused, for one purpose."""

    id: int
    purpose: str
    given: bool
    source: str
    evidence: str = field(repr=False)
    at: datetime


class OptOuts:
    """The platform's suppression list."""

    def __init__(self, storage: Storage, subjects: Subjects, ids: IdMaker, clock: Clock) -> None:
        self._storage = storage
        self._subjects = subjects
        self._ids = ids
        self._clock = clock

    async def add(
        self,
        scope: Scope,
        subject_id: SubjectId,
        *,
        source: str,
        evidence: str,
        customer_id: int | None = None,
        call_id: int | None = None,
    ) -> OptOut:
        """Never call this person again, for whichever tenant. When this returns every reservation is denied.

        `customer_id`: who the person is to this tenant; all their numbers are meant, their leads are stopped and
        callbacks cancelled.

        Raises:
            NotFound: the tenant has no such customer (the person is opted out all the same).
        """
        now = self._clock.now()
        opt_out = OptOut(
            id=self._ids.child_of(subject_id),
            subject_id=subject_id,
            tenant_id=scope.tenant_id,
            call_id=call_id,
            source=source,
            evidence=evidence,
            at=now,
        )
        await self._write(scope, [opt_out])
        if customer_id is not None:
            others = await self._tidy(scope, customer_id, opt_out)
            await self._write(scope, others)
        return opt_out

    async def add_number(self, scope: Scope, number: PhoneNumber, *, source: str, evidence: str) -> OptOut:
        """`add` for a number, whether anybody knows it or not (a list of refusals, a letter)."""
        subject_id = await self._subjects.of(number)
        return await self.add(scope, subject_id, source=source, evidence=evidence)

    async def stands(self, subject_id: SubjectId) -> bool:
        """True when the person opted out, wherever. The platform's own question: no scope."""
        query = select(opt_outs.c.id).where(opt_outs.c.subject_id == subject_id).limit(1)
        async with self._storage.platform.read() as connection:
            return await connection.scalar(query) is not None

    async def of_tenant(self, scope: Scope, *, limit: int = 1000) -> list[OptOut]:
        """What was said to this tenant, newest first."""
        query = select(opt_outs).where(opt_outs.c.tenant_id == scope.tenant_id).order_by(opt_outs.c.at.desc())
        async with self._storage.platform.read() as connection:
            return [
                OptOut(
                    id=row.id,
                    subject_id=SubjectId(row.subject_id),
                    tenant_id=TenantId(row.tenant_id),
                    call_id=row.call_id,
                    source=row.source,
                    evidence=row.evidence,
                    at=row.at,
                )
                for row in await connection.execute(query.limit(limit))
            ]

    async def count(self) -> int:
        """How many people are suppressed, on the whole platform."""
        query = select(func.count(func.distinct(opt_outs.c.subject_id)))
        async with self._storage.platform.read() as connection:
            return int(await connection.scalar(query) or 0)

    async def _write(self, scope: Scope, found: list[OptOut]) -> None:
        if not found:
            return
        rows = [
            {
                "id": opt_out.id,
                "subject_id": opt_out.subject_id,
                "tenant_id": opt_out.tenant_id,
                "call_id": opt_out.call_id,
                "user_id": scope.user_id,
                "source": opt_out.source,
                "evidence": opt_out.evidence,
                "at": opt_out.at,
            }
            for opt_out in found
        ]
        async with self._storage.platform.write() as connection:
            await connection.execute(insert(opt_outs), rows)

    async def _tidy(self, scope: Scope, customer_id: int, opt_out: OptOut) -> list[OptOut]:
        """Stop the customer's leads; the opt-outs of their other numbers."""
        async with self._storage.home(customer_id).write() as connection:
            known = await connection.scalars(
                select(numbers.c.subject_id).where(
                    numbers.c.customer_id == customer_id, numbers.c.tenant_id == scope.tenant_id
                )
            )
            subjects = [SubjectId(subject) for subject in known]
            if not subjects:
                raise NotFound("customer", customer_id)
            theirs = await connection.scalars(
                select(leads.c.id).where(leads.c.customer_id == customer_id, leads.c.tenant_id == scope.tenant_id)
            )
            for lead_id in theirs.all():
                lead = await lead_of(connection, scope, lead_id)
                if lead.stopped_because is None:
                    await stop_lead(connection, self._ids, lead, "opt_out", opt_out.at)
            data = {"source": opt_out.source}
            await add_entry(
                connection,
                self._ids,
                scope.tenant_id,
                customer_id,
                Kind.OPTED_OUT,
                opt_out.at,
                about_id=opt_out.id,
                data=data,
            )
        return [
            OptOut(
                id=self._ids.child_of(subject),
                subject_id=subject,
                tenant_id=opt_out.tenant_id,
                call_id=opt_out.call_id,
                source=opt_out.source,
                evidence=opt_out.evidence,
                at=opt_out.at,
            )
            for subject in subjects
            if subject != opt_out.subject_id
        ]


class Consents:
    """What a tenant's customers agreed to. The latest word on a purpose holds."""

    def __init__(self, storage: Storage, ids: IdMaker, clock: Clock) -> None:
        self._storage = storage
        self._ids = ids
        self._clock = clock

    async def record(
        self, scope: Scope, customer_id: int, *, purpose: str, given: bool, source: str, evidence: str = ""
    ) -> None:
        """Write down a yes or a no.

        Raises:
            NotFound: the tenant has no such customer.
        """
        now = self._clock.now()
        own = select(customers.c.id).where(customers.c.id == customer_id, customers.c.tenant_id == scope.tenant_id)
        async with self._storage.home(customer_id).write() as connection:
            if await connection.scalar(own) is None:
                raise NotFound("customer", customer_id)
            await connection.execute(
                insert(consents).values(
                    id=self._ids.child_of(customer_id),
                    tenant_id=scope.tenant_id,
                    customer_id=customer_id,
                    user_id=scope.user_id,
                    purpose=purpose,
                    given=given,
                    source=source,
                    evidence=evidence,
                    at=now,
                )
            )
            data = {"purpose": purpose, "given": given, "source": source}
            await add_entry(connection, self._ids, scope.tenant_id, customer_id, Kind.CONSENT, now, data=data)

    async def of(self, scope: Scope, customer_id: int) -> list[Consent]:
        """Every word there was, oldest first."""
        query = (
            select(consents)
            .where(consents.c.customer_id == customer_id, consents.c.tenant_id == scope.tenant_id)
            .order_by(consents.c.id)
        )
        async with self._storage.home(customer_id).read() as connection:
            return [
                Consent(
                    id=row.id,
                    purpose=row.purpose,
                    given=row.given,
                    source=row.source,
                    evidence=row.evidence,
                    at=row.at,
                )
                for row in await connection.execute(query)
            ]

    async def stands(self, scope: Scope, customer_id: int, purpose: str) -> bool:
        """True when the latest word on the purpose was a yes."""
        words = [word for word in await self.of(scope, customer_id) if word.purpose == purpose]
        return bool(words) and words[-1].given

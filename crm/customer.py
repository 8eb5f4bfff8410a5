"""Customers: a tenant's persons, with their numbers, zone, language and own calling window.

A customer lives in one shard, drawn from the first number. That a person is one customer of a tenant, whichever of their
numbers is asked for, is kept by the directory `identities` in the platform database: it is claimed first, the rows
follow in the shard, and whoever finds a claim without rows (a crash in between) writes them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NewType, Self

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crm.errors import NotFound
from crm.number import PhoneNumber, zone_of
from crm.quota.window import Window
from crm.storage.customer_tables import customers, numbers, timeline
from crm.storage.platform_tables import identities
from crm.storage.storage import Storage
from crm.storage.windows import window_columns, window_of
from crm.subject import BATCH, SubjectId, Subjects
from crm.tenant import Tenants
from crm.timeline import Kind, add_entry, entry_row
from crm.zone import zone as known_zone
from kernel.clock import Clock
from kernel.errors import JingyinError
from kernel.ids import IdMaker
from kernel.tenant import Scope, Tenant, TenantId

CustomerId = NewType("CustomerId", int)


class NumberOfAnother(JingyinError):
    """The number belongs to another customer of the tenant."""

    code = "crm.number_of_another"


class GradedBy(StrEnum):
    """Who judged a customer's interest. A person's word stands over the machine's."""

    MACHINE = "machine"
    HUMAN = "human"


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerDraft:
    """A customer to be. Without a zone it is the number's area's, or the tenant's; without a language the tenant's."""

    number: PhoneNumber
    name: str = field(default="", repr=False)
    lang: str | None = None
    zone: str | None = None
    window: Window | None = None
    source: str = "manual"
    attributes: Mapping[str, object] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerNumber:
    """One of a customer's numbers; `position` 0 is the first to call."""

    id: int
    subject_id: SubjectId
    number: PhoneNumber
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A tenant's person. `attributes` is what the import or the API said besides."""

    id: CustomerId
    tenant_id: TenantId
    name: str = field(repr=False)
    lang: str
    zone: str
    window: Window | None
    source: str
    attributes: Mapping[str, object] = field(repr=False)
    owner_id: int | None
    grade_machine: str | None
    grade_human: str | None
    numbers: tuple[CustomerNumber, ...]
    created_at: datetime

    @property
    def grade(self) -> str | None:
        """Interest A-F: the human's word, else the machine's."""
        return self.grade_human or self.grade_machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """The customer of a draft, and whether they are new."""

    customer: Customer
    created: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who a number is to a tenant."""

    subject_id: SubjectId
    customer_id: CustomerId


class Directory:
    """Which customer of a tenant a number is: one answer, over all shards."""

    def __init__(self, storage: Storage, subjects: Subjects, ids: IdMaker) -> None:
        self._storage = storage
        self._subjects = subjects
        self._ids = ids

    async def claim(self, scope: Scope, wanted: Iterable[PhoneNumber]) -> dict[PhoneNumber, Identity]:
        """The identities of numbers; a number new to the tenant gets a new customer id, whose rows are still missing."""
        async with self._storage.platform.write() as connection:
            subjects = await self._subjects.enter(connection, wanted)
            known = await self._known(connection, scope, list(subjects.values()))
            new = {
                subject: CustomerId(self._ids.child_of(subject))
                for subject in subjects.values()
                if subject not in known
            }
            rows = [
                {"tenant_id": scope.tenant_id, "subject_id": subject, "customer_id": customer}
                for subject, customer in new.items()
            ]
            if rows:
                await connection.execute(insert(identities), rows)
        whole = known | new
        return {
            number: Identity(subject_id=subject, customer_id=whole[subject]) for number, subject in subjects.items()
        }

    async def find(self, scope: Scope, number: PhoneNumber) -> CustomerId | None:
        """The tenant's customer with that number."""
        subject = await self._subjects.find(number)
        if subject is None:
            return None
        async with self._storage.platform.read() as connection:
            return (await self._known(connection, scope, [subject])).get(subject)

    async def assign(self, scope: Scope, number: PhoneNumber, customer_id: CustomerId) -> Identity:
        """Make the number this customer's too; the identity says whose it is."""
        async with self._storage.platform.write() as connection:
            subject = (await self._subjects.enter(connection, [number]))[number]
            owner = (await self._known(connection, scope, [subject])).get(subject)
            if owner is None:
                owner = customer_id
                await connection.execute(
                    insert(identities).values(tenant_id=scope.tenant_id, subject_id=subject, customer_id=owner)
                )
        return Identity(subject_id=subject, customer_id=owner)

    async def _known(
        self, connection: AsyncConnection, scope: Scope, subjects: list[SubjectId]
    ) -> dict[SubjectId, CustomerId]:
        known: dict[SubjectId, CustomerId] = {}
        for start in range(0, len(subjects), BATCH):
            query = select(identities.c.subject_id, identities.c.customer_id).where(
                identities.c.tenant_id == scope.tenant_id, identities.c.subject_id.in_(subjects[start : start + BATCH])
            )
            rows = await connection.execute(query)
            known |= {SubjectId(row.subject_id): CustomerId(row.customer_id) for row in rows}
        return known


class Customers:
    """A tenant's customers."""

    def __init__(self, storage: Storage, tenants: Tenants, directory: Directory, ids: IdMaker, clock: Clock) -> None:
        self._storage = storage
        self._tenants = tenants
        self._directory = directory
        self._ids = ids
        self._clock = clock

    async def register(self, scope: Scope, draft: CustomerDraft) -> Registered:
        """The customer with the draft's number; made of the draft if there is none, else left as they are.

        Raises:
            ZoneUnknown: the draft's zone is none.
        """
        tenant = await self._tenants.get(scope)
        if draft.zone is not None:
            known_zone(draft.zone)  # before anything is claimed
        identity = (await self._directory.claim(scope, [draft.number]))[draft.number]
        async with self._storage.home(identity.customer_id).write() as connection:
            row = Rows.of(scope, tenant, identity, draft, self._ids, self._clock.now())
            created = bool(await insert_new(connection, self._ids, [row]))
            customer = await _customer(connection, scope, identity.customer_id)
        return Registered(customer=customer, created=created)

    async def get(self, scope: Scope, customer_id: int) -> Customer:
        """One customer.

        Raises:
            NotFound: the tenant has none with that id.
        """
        async with self._storage.home(customer_id).read() as connection:
            return await _customer(connection, scope, customer_id)

    async def by_number(self, scope: Scope, number: PhoneNumber) -> Customer | None:
        """The customer with that number, first or other."""
        customer_id = await self._directory.find(scope, number)
        if customer_id is None:
            return None
        try:
            return await self.get(scope, customer_id)
        except NotFound:
            return None  # claimed, and not written yet

    async def add_number(self, scope: Scope, customer_id: CustomerId, number: PhoneNumber) -> Customer:
        """Give the customer another number; nothing happens when it is theirs already.

        Raises:
            NotFound: the tenant has no such customer.
            NumberOfAnother: another customer of the tenant has it.
        """
        await self.get(scope, customer_id)
        identity = await self._directory.assign(scope, number, customer_id)
        if identity.customer_id != customer_id:
            raise NumberOfAnother(
                f"the number belongs to customer {identity.customer_id}", remedy="Merge the two, or correct the number."
            )
        async with self._storage.home(customer_id).write() as connection:
            customer = await _customer(connection, scope, customer_id)
            if all(known.subject_id != identity.subject_id for known in customer.numbers):
                number_id = self._ids.child_of(customer_id)
                await connection.execute(
                    insert(numbers).values(
                        id=number_id,
                        tenant_id=scope.tenant_id,
                        customer_id=customer_id,
                        subject_id=identity.subject_id,
                        e164=number.e164,
                        position=len(customer.numbers),
                    )
                )
                at = self._clock.now()
                await add_entry(
                    connection, self._ids, scope.tenant_id, customer_id, Kind.NUMBER_ADDED, at, about_id=number_id
                )
            return await _customer(connection, scope, customer_id)

    async def update(
        self,
        scope: Scope,
        customer_id: int,
        *,
        name: str | None = None,
        lang: str | None = None,
        zone: str | None = None,
        window: Window | None = None,
    ) -> None:
        """Change what is given.

        Raises:
            NotFound: the tenant has no such customer.
            ZoneUnknown: the zone is none.
        """
        given: dict[str, object] = {"name": name, "lang": lang, "zone": zone and known_zone(zone).key}
        changes = {key: value for key, value in given.items() if value is not None}
        if window is not None:
            changes |= window_columns(window)
        async with self._storage.home(customer_id).write() as connection:
            await self._change(connection, scope, customer_id, changes)

    async def assign(self, scope: Scope, customer_id: int, owner_id: int | None) -> None:
        """Make an agent the customer's one owner; None: nobody's (the public pool)."""
        async with self._storage.home(customer_id).write() as connection:
            before = (await _customer(connection, scope, customer_id)).owner_id
            await self._change(connection, scope, customer_id, {"owner_id": owner_id})
            await self._note(connection, scope, customer_id, Kind.ASSIGNED, {"owner_id": owner_id, "before": before})

    async def grade(self, scope: Scope, customer_id: int, grade: str, by: GradedBy) -> None:
        """Keep a judgement of the customer's interest, A to F; machine's and human's are kept apart."""
        async with self._storage.home(customer_id).write() as connection:
            await self._change(connection, scope, customer_id, {f"grade_{by}": grade})
            await self._note(connection, scope, customer_id, Kind.GRADED, {"by": by, "grade": grade})

    async def note(self, scope: Scope, customer_id: int, text: str) -> None:
        """Write on the timeline what a person wants remembered."""
        async with self._storage.home(customer_id).write() as connection:
            await self._change(connection, scope, customer_id, {})
            await self._note(connection, scope, customer_id, Kind.NOTE, {"text": text})

    async def _change(
        self, connection: AsyncConnection, scope: Scope, customer_id: int, changes: Mapping[str, object]
    ) -> None:
        changed = await connection.execute(
            update(customers)
            .where(customers.c.id == customer_id, customers.c.tenant_id == scope.tenant_id)
            .values({**changes, "updated_at": self._clock.now()})
        )
        if not changed.rowcount:
            raise NotFound("customer", customer_id)

    async def _note(
        self, connection: AsyncConnection, scope: Scope, customer_id: int, kind: Kind, data: Mapping[str, object]
    ) -> None:
        data = {**data, "user_id": scope.user_id}
        await add_entry(connection, self._ids, scope.tenant_id, customer_id, kind, self._clock.now(), data=data)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What a new customer is in their shard: the customer's row and their first number's."""

    customer: Mapping[str, Any]  # Any: columns of several types
    number: Mapping[str, Any]

    @classmethod
    def of(
        cls,
        scope: Scope,
        tenant: Tenant,
        identity: Identity,
        draft: CustomerDraft,
        ids: IdMaker,
        now: datetime,
        import_id: int | None = None,
    ) -> Self:
        """The rows of a draft."""
        owned = {"tenant_id": scope.tenant_id, "import_id": import_id}
        return cls(
            customer={
                **owned,
                **window_columns(draft.window),
                "id": identity.customer_id,
                "name": draft.name,
                "lang": draft.lang or tenant.lang,
                "zone": known_zone(draft.zone or zone_of(draft.number) or tenant.zone).key,
                "source": draft.source,
                "attributes": dict(draft.attributes),
                "created_at": now,
                "updated_at": now,
            },
            number={
                **owned,
                "id": ids.child_of(identity.customer_id),
                "customer_id": identity.customer_id,
                "subject_id": identity.subject_id,
                "e164": draft.number.e164,
                "position": 0,
            },
        )


async def insert_new(connection: AsyncConnection, ids: IdMaker, rows: list[Rows]) -> list[int]:
    """Insert the customers that are not there yet, in the caller's transaction on their shard; return their ids."""
    wanted = [row.customer["id"] for row in rows]
    there: set[int] = set()
    for start in range(0, len(wanted), BATCH):
        query = select(customers.c.id).where(customers.c.id.in_(wanted[start : start + BATCH]))
        there.update(await connection.scalars(query))
    new = [row for row in rows if row.customer["id"] not in there]
    if new:
        await connection.execute(insert(customers), [row.customer for row in new])
        await connection.execute(insert(numbers), [row.number for row in new])
        entries = [
            entry_row(
                ids,
                row.customer["tenant_id"],
                row.customer["id"],
                Kind.REGISTERED,
                row.customer["created_at"],
                data={name: row.customer[name] for name in ("source", "import_id")},
            )
            for row in new
        ]
        await connection.execute(insert(timeline), entries)
    return [row.customer["id"] for row in new]


async def _customer(connection: AsyncConnection, scope: Scope, customer_id: int) -> Customer:
    query = select(customers).where(customers.c.id == customer_id, customers.c.tenant_id == scope.tenant_id)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        raise NotFound("customer", customer_id)
    known = await connection.execute(
        select(numbers).where(numbers.c.customer_id == customer_id).order_by(numbers.c.position)
    )
    return _from_rows(row, known.all())


def _from_rows(row: Row[Any], known: Iterable[Row[Any]]) -> Customer:
    return Customer(
        id=CustomerId(row.id),
        tenant_id=TenantId(row.tenant_id),
        name=row.name,
        lang=row.lang,
        zone=row.zone,
        window=window_of(row),
        source=row.source,
        attributes=row.attributes,
        owner_id=row.owner_id,
        grade_machine=row.grade_machine,
        grade_human=row.grade_human,
        numbers=tuple(
            CustomerNumber(
                id=number.id,
                subject_id=SubjectId(number.subject_id),
                number=PhoneNumber(e164=number.e164),
                position=number.position,
            )
            for number in known
        ),
        created_at=row.created_at,
    )

"""People who log in: users, their sessions, and what was audited of them.

Passwords are argon2id hashes (RFC 9106, the library's defaults). A session is a random token in the browser's cookie; the
table has its SHA-256. It ends IDLE after the last request, or LONGEST after the login, whichever comes first.
"""

import asyncio
import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from crm.errors import NameTaken, NotFound
from crm.storage.database import Database
from crm.storage.platform_tables import audit, sessions, users
from kernel.clock import Clock
from kernel.errors import JingyinError
from kernel.ids import IdMaker
from kernel.tenant import Principal, Role, Scope, TenantId, UserId

IDLE: Final = timedelta(hours=2)
LONGEST: Final = timedelta(hours=14)  # a shift
LEAST_PASSWORD: Final = 8
_SEEN_EVERY: Final = timedelta(minutes=1)  # a request does not always write
_HASHER: Final = PasswordHasher()
_NOBODY: Final = _HASHER.hash("nobody has this password")  # so that an unknown name takes as long as a known one


class WeakPassword(JingyinError):
    """A password is too short to be one."""

    code = "crm.weak_password"


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person of a tenant. One who is not `active` cannot log in. `queues` are those they serve; none: the default one."""

    id: UserId
    tenant_id: TenantId
    name: str
    display_name: str
    roles: frozenset[Role]
    lang: str
    active: bool
    queues: frozenset[str] = frozenset()

    @property
    def principal(self) -> Principal:
        return Principal(user_id=self.id, tenant_id=self.tenant_id, roles=self.roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A login. `csrf` must come with every command."""

    user: User
    csrf: str = field(repr=False)


class Users:
    """A tenant's users."""

    def __init__(self, platform: Database, ids: IdMaker, clock: Clock) -> None:
        self._platform = platform
        self._ids = ids
        self._clock = clock

    async def create(
        self,
        scope: Scope,
        name: str,
        password: str,
        roles: Iterable[Role],
        *,
        display_name: str = "",
        lang: str = "en",
        queues: Iterable[str] = (),
    ) -> User:
        """A new user.

        Raises:
            NameTaken: the tenant has one of that name.
            WeakPassword: fewer than eight characters.
        """
        user = User(
            id=UserId(self._ids.make(0)),
            tenant_id=scope.tenant_id,
            name=name,
            display_name=display_name or name,
            roles=frozenset(roles),
            lang=lang,
            active=True,
            queues=frozenset(queues),
        )
        hashed = await _hash(password)
        try:
            async with self._platform.write() as connection:
                await connection.execute(
                    insert(users).values(
                        id=user.id,
                        tenant_id=user.tenant_id,
                        name=name,
                        display_name=user.display_name,
                        password=hashed,
                        roles=sorted(user.roles),
                        queues=sorted(user.queues),
                        lang=lang,
                        active=True,
                        created_at=self._clock.now(),
                    )
                )
        except IntegrityError:
            raise NameTaken("user", name) from None
        return user

    async def set_password(self, scope: Scope, name: str, password: str) -> None:
        """A new password; every session of the user ends.

        Raises:
            NotFound: the tenant has no such user.
            WeakPassword: fewer than eight characters.
        """
        hashed = await _hash(password)
        own = (users.c.tenant_id == scope.tenant_id, users.c.name == name)
        async with self._platform.write() as connection:
            user_id = await connection.scalar(select(users.c.id).where(*own))
            if user_id is None:
                raise NotFound("user", name)
            await connection.execute(update(users).where(*own).values(password=hashed))
            await connection.execute(delete(sessions).where(sessions.c.user_id == user_id))

    async def set_queues(self, scope: Scope, name: str, queues: Iterable[str]) -> None:
        """Which queues the user serves from their next shift on; none: the default one.

        Raises:
            NotFound: the tenant has no such user.
        """
        own = (users.c.tenant_id == scope.tenant_id, users.c.name == name)
        async with self._platform.write() as connection:
            result = await connection.execute(update(users).where(*own).values(queues=sorted(set(queues))))
        if not result.rowcount:
            raise NotFound("user", name)

    async def all(self, scope: Scope) -> list[User]:
        """The tenant's users, by name."""
        query = select(users).where(users.c.tenant_id == scope.tenant_id).order_by(users.c.name)
        async with self._platform.read() as connection:
            return [_from_row(row) for row in await connection.execute(query)]

    async def check(self, scope: Scope, name: str, password: str) -> User | None:
        """The user, when the password is theirs; None otherwise, after the same time."""
        query = select(users).where(users.c.tenant_id == scope.tenant_id, users.c.name == name)
        async with self._platform.read() as connection:
            row = (await connection.execute(query)).one_or_none()
        right = await asyncio.to_thread(_verify, _NOBODY if row is None else row.password, password)
        return _from_row(row) if row is not None and right and row.active else None

    async def begin(self, user: User) -> tuple[str, Session]:
        """Log in: the token for the cookie, and the session."""
        token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        now = self._clock.now()
        async with self._platform.write() as connection:
            await connection.execute(delete(sessions).where(sessions.c.begun_at < now - LONGEST))
            await connection.execute(
                insert(sessions).values(
                    token=_digest(token),
                    user_id=user.id,
                    tenant_id=user.tenant_id,
                    csrf=csrf,
                    begun_at=now,
                    seen_at=now,
                )
            )
        return token, Session(user=user, csrf=csrf)

    async def session(self, token: str) -> Session | None:
        """The session of a cookie; None when there is none any more."""
        now = self._clock.now()
        query = (
            select(users, sessions.c.csrf, sessions.c.begun_at, sessions.c.seen_at)
            .join(sessions, sessions.c.user_id == users.c.id)
            .where(sessions.c.token == _digest(token))
        )
        async with self._platform.read() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None or not row.active or now - row.begun_at >= LONGEST or now - row.seen_at >= IDLE:
            return None
        if now - row.seen_at >= _SEEN_EVERY:
            async with self._platform.write() as connection:
                await connection.execute(update(sessions).where(sessions.c.token == _digest(token)).values(seen_at=now))
        return Session(user=_from_row(row), csrf=row.csrf)

    async def end(self, token: str) -> None:
        """Log out. Idempotent."""
        async with self._platform.write() as connection:
            await connection.execute(delete(sessions).where(sessions.c.token == _digest(token)))

    async def audited(self, scope: Scope, what: str, *, about_id: int | None = None, reason: str = "") -> None:
        """Write down that the user of the scope did something."""
        async with self._platform.write() as connection:
            await connection.execute(
                insert(audit).values(
                    id=self._ids.make(0),
                    tenant_id=scope.tenant_id,
                    user_id=scope.user_id or 0,
                    what=what,
                    about_id=about_id,
                    reason=reason,
                    at=self._clock.now(),
                )
            )


async def _hash(password: str) -> str:
    if len(password) < LEAST_PASSWORD:
        raise WeakPassword("the password is too short", remedy=f"Take {LEAST_PASSWORD} characters or more.")
    return await asyncio.to_thread(_HASHER.hash, password)


def _verify(hashed: str, password: str) -> bool:
    try:
        return _HASHER.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _from_row(row: Row[Any]) -> User:
    return User(
        id=UserId(row.id),
        tenant_id=TenantId(row.tenant_id),
        name=row.name,
        display_name=row.display_name,
        roles=frozenset(Role(role) for role in row.roles),
        lang=row.lang,
        active=row.active,
        queues=frozenset(row.queues or ()),
    )

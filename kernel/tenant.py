"""Who owns a row and who asks. Every row, event, document, counter and log line carries a `tenant_id`."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NewType

from kernel.errors import JingyinError

TenantId = NewType("TenantId", int)
UserId = NewType("UserId", int)


class Role(StrEnum):
    """What a person may do: AGENT takes calls, SUPERVISOR runs campaigns, DESIGNER writes dialogues, ADMIN owns it."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    DESIGNER = "designer"
    ADMIN = "admin"


class Forbidden(JingyinError):
    """The principal lacks the role, or asked for another tenant's things."""

    code = "kernel.forbidden"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """A business line. `zone` is its IANA time zone, `lang` the language it speaks to customers (BCP 47)."""

    id: TenantId
    name: str
    zone: str = "UTC"
    lang: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who makes an API call."""

    user_id: UserId
    tenant_id: TenantId
    roles: frozenset[Role] = field(default_factory=frozenset)

    def require(self, *roles: Role) -> None:
        """Nothing when the principal has any of `roles`.

        Raises:
            Forbidden: it has none of them.
        """
        if not self.roles.intersection(roles):
            raise Forbidden(
                f"user {self.user_id} is none of: {', '.join(roles)}",
                remedy="An admin can give the user the role.",
                params={"roles": sorted(roles)},
            )

    @property
    def scope(self) -> "Scope":
        return Scope(tenant_id=self.tenant_id, user_id=self.user_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a repository is allowed to see: one tenant's rows. `user_id` is who asked; None is the platform itself."""

    tenant_id: TenantId
    user_id: UserId | None = None

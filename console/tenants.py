"""Tenants by the name people use."""

from crm.room import Crm
from kernel.errors import JingyinError
from kernel.tenant import Tenant


class UnknownTenant(JingyinError):
    """There is no tenant of that name."""

    code = "console.unknown_tenant"


async def named_tenant(crm: Crm, name: str) -> Tenant:
    """The tenant of that name.

    Raises:
        UnknownTenant: there is none.
    """
    tenant = await crm.tenants.named(name)
    if tenant is None:
        raise UnknownTenant(
            f"no tenant {name!r}", remedy="Create it first (jingyin tenants create), or correct the name."
        )
    return tenant

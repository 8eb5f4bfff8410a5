"""Time zones by their IANA names."""

from functools import cache
from zoneinfo import ZoneInfo

from kernel.errors import JingyinError


class ZoneUnknown(JingyinError):
    """No such time zone."""

    code = "crm.zone_unknown"


@cache
def zone(name: str) -> ZoneInfo:
    """The zone of that name.

    Raises:
        ZoneUnknown: there is none.
    """
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError) as exc:
        raise ZoneUnknown(
            f"{name!r} is no time zone", remedy="Use an IANA name such as Europe/Berlin or Asia/Shanghai."
        ) from exc

"""How fast somebody may go: commands of a session, and tries to log in.

A try is charged to three buckets: the pair of user and address, the address, the user. The pair's is the smallest and the slowest
to fill, so one person's mistakes are refused long before they are felt by who shares their address: a pair cannot empty the
others, which fill faster than it. An address that tries many users, or many addresses that try one user, empty those. Whoever
logged in from an address before is held there by their own pair alone: neither a guesser beside them nor guessers elsewhere
lock them out. A try that is refused costs nothing further.
"""

import ipaddress
import math
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from kernel.errors import JingyinError

_PROVEN: Final = 10_000
_IPV6_SITE: Final = 64  # bits of an address that one site has to itself (RFC 6177): the rest costs a guesser nothing


class TooManyTries(JingyinError):
    """Too many attempts to log in, or too many commands, in a short time. `retry_after_s`: whole seconds to wait."""

    code = "console.too_many_tries"
    retryable = True

    def __init__(self, retry_after_s: float) -> None:
        self.retry_after_s = max(1, math.ceil(retry_after_s))
        super().__init__(
            "too many in a short time", remedy=f"Wait {self.retry_after_s} s.", params={"wait_s": self.retry_after_s}
        )


class Limiter:
    """Token buckets by key, in this process: `burst` at once, then one each `every_s` of `now_s`, a clock's `monotonic`."""

    def __init__(self, now_s: Callable[[], float], *, burst: int, every_s: float, keys: int = 10_000) -> None:
        self._now_s = now_s
        self._burst = burst
        self._every_s = every_s
        self._keys = keys
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> None:
        """One more.

        Raises:
            TooManyTries: the bucket is empty.
        """
        self.check(key)
        self._put(key, self._left(key) - 1)

    def check(self, key: str) -> None:
        """Whether `take` would be refused; takes nothing.

        Raises:
            TooManyTries: the bucket is empty.
        """
        left = self._left(key)
        if left < 1:
            raise TooManyTries((1 - left) * self._every_s)

    def give_back(self, key: str) -> None:
        """One that was taken does not count."""
        self._put(key, min(self._burst, self._left(key) + 1))

    def forget(self, key: str) -> None:
        """The bucket is full again."""
        self._buckets.pop(key, None)

    def _left(self, key: str) -> float:
        now_s = self._now_s()
        left, at_s = self._buckets.get(key, (float(self._burst), now_s))
        return min(self._burst, left + (now_s - at_s) / self._every_s)

    def _put(self, key: str, left: float) -> None:
        self._buckets[key] = (left, self._now_s())
        self._buckets.move_to_end(key)
        while len(self._buckets) > self._keys:
            self._buckets.popitem(last=False)


class Logins:
    """The pace of tries to log in, in this process."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._pairs = Limiter(now_s, burst=5, every_s=60.0)
        self._addresses = Limiter(now_s, burst=50, every_s=10.0)
        self._users = Limiter(now_s, burst=20, every_s=15.0)
        self._proven: OrderedDict[str, None] = OrderedDict()

    def begin(self, user: str, address: str) -> None:
        """A try, before its password is looked at: many at the same moment count too.

        Raises:
            TooManyTries: it is not looked at.
        """
        pair, site, name = _keys(user, address)
        self._pairs.check(pair)
        if pair not in self._proven:
            self._addresses.check(site)
            self._users.check(name)
            self._addresses.take(site)
            self._users.take(name)
        self._pairs.take(pair)

    def succeeded(self, user: str, address: str) -> None:
        """The password was right: the try counts nowhere, and the pair's count begins anew; others' stand."""
        pair, site, name = _keys(user, address)
        self._pairs.forget(pair)
        if pair not in self._proven:
            self._addresses.give_back(site)
            self._users.give_back(name)
        self._proven[pair] = None
        self._proven.move_to_end(pair)
        while len(self._proven) > _PROVEN:
            self._proven.popitem(last=False)


def _keys(user: str, address: str) -> tuple[str, str, str]:
    """Of the pair, the address and the user. Case makes no other user: some databases see none."""
    site, name = _site(address), user.casefold()
    return f"{site} {name}", site, name


def _site(address: str) -> str:
    """An address as it is limited."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, _IPV6_SITE), strict=False))

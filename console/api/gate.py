"""What is refused before anything of a request is read: a Host that is not ours, and a body larger than any of ours.

A body is parsed before it is known who sends it; a large one would hold up the event loop, and with it every call.
"""

from collections.abc import Collection, Mapping
from typing import Final

from kernel.errors import JingyinError

LARGEST: Final = 128 * 1024  # bytes; the largest of ours, a browser's SDP offer, has some ten thousand


class NotLoopback(JingyinError):
    """Without TLS the API must not be reachable from other machines; with it, it answers to its own names only."""

    code = "console.not_loopback"


class TooLarge(JingyinError):
    """A request's body is larger than any that the API takes, or does not say how large it is."""

    code = "console.too_large"


def named(headers: Mapping[str, str], names: Collection[str]) -> bool:
    """Whether the Host is one of `names`, or below one that begins with `*.` (RFC 6125, 6.4.3: one label)."""
    host = headers.get("host", "").rsplit(":", 1)[0].strip("[]").lower()
    return host in names or f"*.{host.partition('.')[2]}" in names


def refusal(headers: Mapping[str, str], names: Collection[str]) -> tuple[JingyinError, int] | None:
    """The error and its HTTP status; None: the request may come in."""
    if not named(headers, names):
        return NotLoopback("unknown Host header", remedy="Use 127.0.0.1, or add to platform.console.names."), 421
    if "transfer-encoding" in headers:
        return TooLarge("the body does not say how large it is", remedy="Send it with its Content-Length."), 411
    size = headers.get("content-length", "0")
    if not size.isdecimal() or int(size[:20]) > LARGEST:
        return TooLarge(f"the body is larger than {LARGEST} bytes", remedy="Send less at once."), 413
    return None

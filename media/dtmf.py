"""Keys on the line as RFC 4733 events: four bytes a packet (event, end bit and volume, duration in samples)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

KEYS: Final = "0123456789*#ABCD"
_HEAD: Final = struct.Struct(">BBH")
_END: Final = 0x80
_PACKET_SAMPLES: Final = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """A packet: `timestamp` is the RTP timestamp of the event's begin, the same in all its packets."""

    timestamp: int
    payload: bytes


def encode(key: str, *, timestamp: int, duration_ms: int = 100, volume: int = 10) -> Iterator[Press]:
    """The packets of one key press: one every 20 ms, the last one three times (RFC 4733, 2.5.1.4).

    Raises:
        ValueError: no such key.
    """
    event = KEYS.index(key)
    packets = max(1, duration_ms // 20)
    for number in range(1, packets + 1):
        yield Press(timestamp=timestamp, payload=_HEAD.pack(event, volume, number * _PACKET_SAMPLES))
    for _ in range(3):
        yield Press(timestamp=timestamp, payload=_HEAD.pack(event, _END | volume, packets * _PACKET_SAMPLES))


class KeyReader:
    """Packets in, keys out: each press once, at its first packet, whatever of it is lost or doubled."""

    def __init__(self) -> None:
        self._last: int | None = None

    def feed(self, press: Press) -> str | None:
        """The key whose press begins with this packet; None for the rest of a press, and for other events."""
        if len(press.payload) < _HEAD.size:
            return None
        event, _, _ = _HEAD.unpack_from(press.payload)
        if press.timestamp == self._last or event >= len(KEYS):
            return None
        self._last = press.timestamp
        return KEYS[event]

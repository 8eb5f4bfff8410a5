"""Keys on the line as RFC 4733 events: four bytes a packet (event, end bit and volume, duration in samples)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

KEYS: Final = "0123456789*#ABCD"  # event codes 0-15, RFC 4733, table 3
LONGEST_SAMPLES: Final = 0xFFFF  # of one segment: a longer press goes on in a new one (RFC 4733, 2.5.1.3)
_HEAD: Final = struct.Struct(">BBH")
_END: Final = 0x80
_PACKET_SAMPLES: Final = 160  # 20 ms at 8000 Hz
_END_PACKETS: Final = 3  # RFC 4733, 2.5.1.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """A packet: `timestamp` is the RTP timestamp (32 bits) of the event's begin, the same in all its packets."""

    timestamp: int
    payload: bytes


def encode(key: str, *, timestamp: int, duration_ms: int = 100, volume: int = 10) -> Iterator[Press]:
    """The packets of one key press, one every 20 ms, the last one three times. `volume`: 0..63, -dBm0.

    Raises:
        ValueError: no such key, or longer than one segment (8.19 s).
    """
    event = KEYS.index(key)
    packets = max(1, duration_ms // 20)
    if packets * _PACKET_SAMPLES > LONGEST_SAMPLES:
        raise ValueError(f"a press of {duration_ms} ms needs more than one segment")
    for number in range(1, packets):
        yield Press(timestamp=timestamp, payload=_HEAD.pack(event, volume, number * _PACKET_SAMPLES))
    end = Press(timestamp=timestamp, payload=_HEAD.pack(event, _END | volume, packets * _PACKET_SAMPLES))
    for _ in range(_END_PACKETS):
        yield end


class KeyReader:
    """Packets in, keys out: each press once, at its first packet, whatever of it is lost, doubled or late."""

    def __init__(self) -> None:
        self._event = -1
        self._begin: int | None = None
        self._duration = 0

    def feed(self, press: Press) -> str | None:
        """The key whose press begins with this packet; None for the rest of a press, and for events that are no keys."""
        if len(press.payload) < _HEAD.size:
            return None
        event, _, duration = _HEAD.unpack_from(press.payload)
        if event >= len(KEYS):
            return None
        if self._begin is not None:
            since = (press.timestamp - self._begin) & 0xFFFFFFFF
            if since == 0:
                self._duration = max(self._duration, duration)
                return None
            if since >= 1 << 31:
                return None  # of an earlier press, late
            if event == self._event and since == self._duration == LONGEST_SAMPLES:
                self._begin, self._duration = press.timestamp, duration
                return None  # the same finger, next segment
        self._event, self._begin, self._duration = event, press.timestamp, duration
        return str(KEYS[event])

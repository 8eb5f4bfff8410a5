"""G.711 (ITU-T, 1988): A-law and u-law, by tables. One byte a sample, 8000 Hz."""

from typing import Final

import numpy as np
import numpy.typing as npt

_Bytes = npt.NDArray[np.uint8]
_Samples = npt.NDArray[np.int16]


def _alaw_decode_table() -> _Samples:
    code = np.arange(256, dtype=np.int32) ^ 0x55
    segment = (code & 0x70) >> 4
    low = (code & 0x0F) << 4
    magnitude = np.where(segment == 0, low + 8, (low + 0x108) << np.maximum(segment - 1, 0))
    return np.where(code & 0x80, magnitude, -magnitude).astype(np.int16)


def _ulaw_decode_table() -> _Samples:
    code = ~np.arange(256, dtype=np.int32) & 0xFF
    magnitude = ((((code & 0x0F) << 3) + 0x84) << ((code & 0x70) >> 4)) - 0x84
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


def _encode_table(decode: _Samples) -> _Bytes:
    """Every int16 to the code whose value is nearest."""
    order = np.argsort(decode, kind="stable")
    values = decode[order].astype(np.int32)
    middles = (values[:-1] + values[1:] + 1) // 2
    nearest = np.searchsorted(middles, np.arange(-32768, 32768), side="right")
    return order[nearest].astype(np.uint8)


_ALAW: Final = _alaw_decode_table()
_ULAW: Final = _ulaw_decode_table()
_TO_ALAW: Final = _encode_table(_ALAW)
_TO_ULAW: Final = _encode_table(_ULAW)


def _encode(pcm: bytes, table: _Bytes) -> bytes:
    return table[np.frombuffer(pcm, dtype=np.int16).astype(np.int32) + 32768].tobytes()


def alaw_encode(pcm: bytes) -> bytes:
    """s16le to A-law (PCMA)."""
    return _encode(pcm, _TO_ALAW)


def alaw_decode(data: bytes) -> bytes:
    """A-law to s16le."""
    return _ALAW[np.frombuffer(data, dtype=np.uint8)].tobytes()


def ulaw_encode(pcm: bytes) -> bytes:
    """s16le to u-law (PCMU)."""
    return _encode(pcm, _TO_ULAW)


def ulaw_decode(data: bytes) -> bytes:
    """u-law to s16le."""
    return _ULAW[np.frombuffer(data, dtype=np.uint8)].tobytes()

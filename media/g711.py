"""G.711 (ITU-T, 1988): A-law and u-law, by tables. One byte a sample, 8000 Hz.

Bit-exact with the reference coder of ITU-T G.191: its decision values stand at the ends of the segments, so beside such an
end the code is not always the one whose value is nearest.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

_Bytes = npt.NDArray[np.uint8]
_Samples = npt.NDArray[np.int16]
_Wide = npt.NDArray[np.int32]

_INT16: Final = np.arange(-32768, 32768, dtype=np.int32)
_ULAW_BIAS: Final = 33  # of 14-bit magnitudes (G.711, 3.2: u-law)
_ULAW_LARGEST: Final = 8158  # with the bias the last of 13 bits


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


def _segment(magnitude: _Wide, lowest_bits: int) -> _Wide:
    """0 for magnitudes of up to `lowest_bits` bits, one more for every further bit."""
    ends = (1 << np.arange(lowest_bits, lowest_bits + 8)) - 1
    return np.searchsorted(ends, magnitude).astype(np.int32)


def _alaw_encode_table() -> _Bytes:
    value = _INT16 >> 3  # 13 bits
    magnitude = np.where(value >= 0, value, -value - 1)
    segment = _segment(magnitude, 5)
    code = segment << 4 | (magnitude >> np.maximum(segment, 1)) & 0x0F
    table: _Bytes = (code ^ np.where(value >= 0, 0xD5, 0x55)).astype(np.uint8)
    return table


def _ulaw_encode_table() -> _Bytes:
    value = _INT16 >> 2  # 14 bits
    magnitude = np.minimum(np.abs(value), _ULAW_LARGEST) + _ULAW_BIAS
    segment = _segment(magnitude, 6)
    code = segment << 4 | (magnitude >> (segment + 1)) & 0x0F
    table: _Bytes = (code ^ np.where(value >= 0, 0xFF, 0x7F)).astype(np.uint8)
    return table


_ALAW: Final = _alaw_decode_table()
_ULAW: Final = _ulaw_decode_table()
_TO_ALAW: Final = np.roll(_alaw_encode_table(), 32768)  # by the sample's bits as unsigned: a view indexes it
_TO_ULAW: Final = np.roll(_ulaw_encode_table(), 32768)


def alaw_encode(pcm: bytes) -> bytes:
    """s16le to A-law (PCMA)."""
    return _TO_ALAW[np.frombuffer(pcm, dtype=np.uint16)].tobytes()


def alaw_decode(data: bytes) -> bytes:
    """A-law to s16le."""
    return _ALAW[np.frombuffer(data, dtype=np.uint8)].tobytes()


def ulaw_encode(pcm: bytes) -> bytes:
    """s16le to u-law (PCMU)."""
    return _TO_ULAW[np.frombuffer(pcm, dtype=np.uint16)].tobytes()


def ulaw_decode(data: bytes) -> bytes:
    """u-law to s16le."""
    return _ULAW[np.frombuffer(data, dtype=np.uint8)].tobytes()

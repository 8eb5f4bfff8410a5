"""Who hears whom: the mix matrix of a bridged call and its supervisor."""

from collections.abc import Iterable
from enum import StrEnum

import numpy as np

from media.audio import SILENT_FRAME


class Party(StrEnum):
    """A party of a bridge."""

    CUSTOMER = "customer"
    AGENT = "agent"
    SUPERVISOR = "supervisor"


class Monitor(StrEnum):
    """How a supervisor is in the call. LISTEN: neither hears them. WHISPER: the agent does. BARGE: both do."""

    LISTEN = "listen"
    WHISPER = "whisper"
    BARGE = "barge"


def hears(ear: Party, source: Party, monitor: Monitor | None) -> bool:
    """True when `ear` hears `source`. Nobody hears themselves; `monitor` is None without a supervisor."""
    if ear is source:
        return False
    if ear is Party.SUPERVISOR:
        return monitor is not None
    if source is not Party.SUPERVISOR:
        return True
    if ear is Party.AGENT:
        return monitor in (Monitor.WHISPER, Monitor.BARGE)
    return monitor is Monitor.BARGE


def mixed(frames: Iterable[bytes]) -> bytes:
    """The sum of equally long s16le frames, clipped to int16. No frames: 20 ms of silence."""
    parts = list(frames)
    if len(parts) <= 1:
        return parts[0] if parts else SILENT_FRAME
    total = np.zeros(len(parts[0]) // 2, dtype=np.int32)
    for part in parts:
        total += np.frombuffer(part, dtype=np.int16)
    return np.clip(total, -32768, 32767).astype(np.int16).tobytes()

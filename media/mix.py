"""Who hears whom: the mix matrix of a bridged call, its supervisor, hold, mute, and an agent who is away."""

from collections.abc import Iterable
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """How a bridge is at a moment. `monitor` None: no supervisor. `held`: the customer was put on hold. `muted`: the agent's
    microphone is off. `away`: nobody sits in the agent's place (their phone is lost)."""

    monitor: Monitor | None = None
    held: bool = False
    muted: bool = False
    away: bool = False

    @property
    def music(self) -> bool:
        """True when the customer hears music, and nobody; then nobody hears them either."""
        return self.held or (self.away and self.monitor is not Monitor.BARGE)


def hears(ear: Party, source: Party, situation: Situation) -> bool:
    """True when `ear` hears `source`. Nobody hears themselves."""
    if ear is source:
        return False
    if situation.music and Party.CUSTOMER in (ear, source):
        return False
    if source is Party.AGENT and situation.muted:
        return False
    if ear is Party.SUPERVISOR:
        return situation.monitor is not None
    if source is not Party.SUPERVISOR:
        return True
    if ear is Party.AGENT:
        return situation.monitor in (Monitor.WHISPER, Monitor.BARGE)
    return situation.monitor is Monitor.BARGE


def mixed(frames: Iterable[bytes]) -> bytes:
    """The sum of equally long s16le frames, clipped to int16. No frames: 20 ms of silence."""
    parts = list(frames)
    if len(parts) <= 1:
        return parts[0] if parts else SILENT_FRAME
    total = np.zeros(len(parts[0]) // 2, dtype=np.int32)
    for part in parts:
        total += np.frombuffer(part, dtype=np.int16)
    return np.clip(total, -32768, 32767).astype(np.int16).tobytes()

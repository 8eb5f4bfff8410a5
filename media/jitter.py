"""A jitter buffer: frames in as they come, one frame out every 20 ms, the delay near its target. Pure; times in ms.

Theory of operation. Playing begins when the target depth is there, or when the oldest frame has waited that long. From
then on every tick takes one frame. A missing one is concealed by the last one, faded, for 60 ms, then silence, and playing
begins afresh. A depth that stays over the target is delay that would never go away by itself (a burst after a stall, a far
end whose clock runs fast): one frame is dropped, a silent one if there is one. How long it stays first depends on how far
over it was all the while, n frames: `patience_ms` / n, and for want of a silent frame a further 600 ms / n^2. So of
120 ms of surplus all but a frame is gone within 1.1 s, and that one, with care, within a further second. `longest_ms` is a hard
cap. Numbers: target 40 ms and cap 160 ms, measured in the media study; the pace of dropping by tests/bench/media (5 % loss,
60 ms jitter: within a frame of its target again after 1.6 s at most, n 20).
"""

from collections import deque
from typing import Final

import numpy as np

from media.audio import FRAME_BYTES, FRAME_MS, SILENT_FRAME, level_dbfs

_SILENT_DBFS: Final = -45.0
_FADE: Final = (0.7, 0.4, 0.15)  # gains of the last frame while it stands in for missing ones
_WAIT_FOR_SILENCE_MS: Final = 600


class JitterBuffer:
    """Sound of s16le mono 8 kHz, in order (a stream transport never reorders; RTP is sorted before it)."""

    def __init__(self, *, target_ms: int = 40, longest_ms: int = 160, patience_ms: int = 400) -> None:
        self._target = target_ms // FRAME_MS
        self._longest = longest_ms // FRAME_MS
        self._patience_ms = patience_ms
        self._frames: deque[bytes] = deque()
        self._rest = b""
        self._filling = True
        self._waited = 0  # ticks with sound in the buffer, before playing
        self._over_since_ms: int | None = None
        self._over_by = 0  # frames over the target, the least since then
        self._last: bytes | None = None
        self._missing = 0
        self.played = 0
        self.dropped = 0
        self.concealed = 0

    @property
    def depth_ms(self) -> int:
        """Sound waiting to be played."""
        return len(self._frames) * FRAME_MS

    def put(self, pcm: bytes) -> None:
        """Sound that arrived, any length; beyond the longest delay the oldest goes."""
        data = self._rest + pcm if self._rest else pcm
        whole = len(data) - len(data) % FRAME_BYTES
        self._rest = data[whole:]
        for at in range(0, whole, FRAME_BYTES):
            self._frames.append(data[at : at + FRAME_BYTES])
        while len(self._frames) > self._longest:
            self._frames.popleft()
            self.dropped += 1

    def take(self, now_ms: int) -> bytes:
        """The frame to play now: always one."""
        if self._filling:
            self._waited += bool(self._frames)
            if len(self._frames) < self._target and self._waited <= self._target:
                return self._conceal()
            self._filling = False
        if not self._frames:
            self._filling = True
            self._waited = 0
            self._over_since_ms = None
            return self._conceal()
        self._drain(now_ms)
        self._last = self._frames.popleft()
        self._missing = 0
        self.played += 1
        return self._last

    def _drain(self, now_ms: int) -> None:
        over_by = len(self._frames) - self._target
        if over_by <= 0:
            self._over_since_ms = None
            return
        if self._over_since_ms is None:
            self._over_since_ms, self._over_by = now_ms, over_by
        self._over_by = min(self._over_by, over_by)
        over_ms, patience_ms = now_ms - self._over_since_ms, self._patience_ms / self._over_by
        if over_ms < patience_ms:
            return
        silent = next((i for i, frame in enumerate(self._frames) if level_dbfs(frame) < _SILENT_DBFS), None)
        if silent is None and over_ms < patience_ms + _WAIT_FOR_SILENCE_MS / self._over_by**2:
            return
        del self._frames[silent or 0]
        self.dropped += 1
        self._over_since_ms = None

    def _conceal(self) -> bytes:
        if self._last is None or self._missing >= len(_FADE):
            return SILENT_FRAME
        self._missing += 1
        self.concealed += 1
        faded = np.frombuffer(self._last, dtype=np.int16) * _FADE[self._missing - 1]
        return faded.astype(np.int16).tobytes()

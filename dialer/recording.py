"""Recordings of calls: one stereo file each, from the answer through robot and agent to the end.

Left is the customer as received, right what they hear. Files lie in `DAY/TENANT/CALL.wav` (the day in UTC) below one folder;
a call's row keeps that path. A full disk never touches a call: it is told when the recording is closed.
"""

import asyncio
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from kernel.clock import Clock
from kernel.log import get_logger
from kernel.tenant import TenantId
from media.leg import Leg, Tapeable
from media.recorder import StereoRecorder

log = get_logger(__name__)


class Recording:
    """One call's, under way. `path` is relative to the folder of recordings."""

    def __init__(self, path: str, recorder: StereoRecorder, stop: Callable[[], None]) -> None:
        self.path = path
        self._recorder = recorder
        self._stop = stop

    async def close(self) -> None:
        """Stop, and wait until the file stands under its name.

        Raises:
            RecordingFailed: it could not be written; nothing half-done is left.
        """
        self._stop()
        await asyncio.to_thread(self._recorder.close)


class Recordings:
    """All recordings of an installation, kept `keep_days` days (0: for ever)."""

    def __init__(self, folder: Path, clock: Clock, *, keep_days: int) -> None:
        self._folder = folder
        self._clock = clock
        self._keep_days = keep_days

    def begin(self, leg: Leg, tenant_id: TenantId, call_id: int) -> Recording | None:
        """Record an answered leg from now on; None for a leg that cannot be taped."""
        if not isinstance(leg, Tapeable):
            log.warning("leg cannot be recorded", leg=leg.id)
            return None
        path = f"{self._clock.now().date().isoformat()}/{tenant_id}/{call_id}.wav"
        recorder = StereoRecorder(self._folder / path)
        return Recording(path, recorder, leg.tape(received=recorder.left, sent=recorder.right))

    def purge(self) -> int:
        """Delete the days that are older than they are kept; how many. Blocks for the disk: call it in a thread."""
        if not self._keep_days or not self._folder.is_dir():
            return 0
        oldest = self._clock.now().date() - timedelta(days=self._keep_days)
        old = [folder for folder in self._folder.iterdir() if (day := _day(folder.name)) and day < oldest]
        for folder in old:
            shutil.rmtree(folder)
            log.info("old recordings deleted", day=folder.name)
        return len(old)


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(name)
    except ValueError:
        return None

"""The simulator's processes: started with the demo, ended with it, their words kept in a file."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from kernel.errors import JingyinError

_READY_S: Final = 30.0
_STOP_S: Final = 5.0


class SimulatorFailed(JingyinError):
    """A process of the simulator did not start."""

    code = "console.simulator_failed"


@asynccontextmanager
async def child(
    module: str, arguments: Sequence[str], log: Path, *, env: Mapping[str, str] | None = None
) -> AsyncIterator[dict[str, Any]]:  # Any: JSON
    """`python -m module`, for as long as the body runs; yields the JSON line it prints when it is ready.

    `env` is added to its environment: secrets do not belong on a command line.

    Raises:
        SimulatorFailed: it ended, or said nothing, instead.
    """
    with log.open("wb") as words:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            module,
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=words,
            env={**os.environ, **(env or {})},
            start_new_session=True,  # Ctrl-C is the demo's to answer
        )
    try:
        assert process.stdout is not None
        try:
            async with asyncio.timeout(_READY_S):
                line = await process.stdout.readline()
        except TimeoutError:
            line = b""
        if not line:
            said = log.read_text(encoding="utf-8", errors="replace").strip() or "it said nothing"
            raise SimulatorFailed(
                said.splitlines()[-1] if "Traceback" in said else said, where=module, remedy=f"All it said: {log}"
            )
        yield json.loads(line)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(_STOP_S):
                await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

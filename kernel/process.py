"""Child processes that serve the worker (recognition, synthesis): started, watched, replaced when they die.

The parent holds a `ChildProcess` and runs it in a task; the child is `python -m MODULE` and talks through `parent_pipe()`.
Between them is one socket pair carrying messages: 4 bytes little-endian length, then that many bytes. An empty message
from the child says "ready". What the bytes mean is the affair of the module that owns both ends.

A child ends with its parent, whatever kills that: its pipe ends, and on Linux the kernel signals it. It ignores Ctrl-C:
the parent decides.
"""

import asyncio
import contextlib
import ctypes
import os
import select
import signal
import socket
import struct
import sys
from collections.abc import Callable, Sequence
from typing import Final

from kernel.clock import Clock
from kernel.errors import JingyinError
from kernel.log import get_logger
from kernel.metrics import counter
from kernel.tasks import finish

log = get_logger(__name__)

RESTARTS = counter("process_restarts", help="Child processes that died and were replaced, by name.", labels=("name",))

MAX_MESSAGE: Final = 64 * 1024 * 1024
MAX_UNSENT: Final = 8 * 1024 * 1024
_HEAD: Final = struct.Struct("<I")
_PIPE_FD: Final = "_JINGYIN_PIPE_FD"
_STOP_S: Final = 2.0


class ProcessLost(JingyinError):
    """The child is not running (it died, or is not ready yet). It is being replaced."""

    code = "kernel.process_lost"
    retryable = True


class ChildProcess:
    """A child kept alive by `run()`.

    `on_message(payload)` is called on the loop for every message of the child. `on_ready()` whenever a child, first or
    replacement, has said that it is ready. `on_lost()` when a ready child died, before it is replaced: fail what was
    under way. Callbacks must not block and must not raise.
    """

    def __init__(
        self,
        *,
        name: str,
        module: str,
        arguments: Sequence[str] = (),
        clock: Clock,
        on_message: Callable[[bytes], None],
        on_ready: Callable[[], None] = lambda: None,
        on_lost: Callable[[], None] = lambda: None,
        ready_within_s: float = 60.0,
        first_pause_s: float = 0.05,
        longest_pause_s: float = 5.0,
    ) -> None:
        self.name = name
        self._command = (sys.executable, "-P", "-m", module, *arguments)
        self._clock = clock
        self._on_message = on_message
        self._on_ready = on_ready
        self._on_lost = on_lost
        self._ready_within_s = ready_within_s
        self._pauses_s = (first_pause_s, longest_pause_s)
        self._child: asyncio.subprocess.Process | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._ready = asyncio.Event()
        self.starts = 0

    @property
    def pid(self) -> int | None:
        """The present child's process id; None while there is none."""
        return self._child.pid if self._child else None

    @property
    def ready(self) -> bool:
        """True while a child runs that has said so."""
        return self._ready.is_set()

    async def wait_ready(self) -> None:
        """Return when a child is ready; the caller knows how long to wait."""
        await self._ready.wait()

    def send(self, payload: bytes) -> None:
        """Hand a message (1 byte to 64 MiB) to the child, without waiting. A child that leaves 8 MiB unread is killed.

        Raises:
            ProcessLost: no child is ready.
        """
        if not self._ready.is_set() or self._writer is None or self._child is None:
            raise ProcessLost("not running", where=self.name)
        if not 0 < len(payload) <= MAX_MESSAGE:
            raise ValueError(f"a message is 1..{MAX_MESSAGE} bytes, not {len(payload)}")
        self._writer.write(_HEAD.pack(len(payload)) + payload)
        if self._writer.transport.get_write_buffer_size() > MAX_UNSENT:
            log.error("child does not read its pipe and is killed", name=self.name, pid=self._child.pid)
            self._kill()

    async def run(self) -> None:
        """Start the child and replace it whenever it dies, until cancelled; then the child is stopped too."""
        first_s, longest_s = self._pauses_s
        pause_s = first_s
        while True:
            began_s = self._clock.monotonic()
            reason = await self._one_life()
            RESTARTS.labels(name=self.name).inc()
            if self._clock.monotonic() - began_s > longest_s:
                pause_s = first_s
            log.error("child process lost", name=self.name, reason=reason, pause_s=pause_s)
            await self._clock.sleep(pause_s)
            pause_s = min(2 * pause_s, longest_s)

    async def _one_life(self) -> str:
        """Start a child and read from it until it is gone; returns why it went."""
        ours, theirs = socket.socketpair()
        try:
            environment = {
                **os.environ,
                "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
                _PIPE_FD: str(theirs.fileno()),
            }
            child = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.DEVNULL,
                env=environment,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        self.starts += 1
        self._child = child
        try:
            reader, self._writer = await asyncio.open_connection(sock=ours)
            return await self._read(reader)
        finally:
            was_ready = self._ready.is_set()
            self._ready.clear()
            if was_ready:
                self._on_lost()
            await finish(self._stop(child), within_s=2 * _STOP_S)
            self._child = self._writer = None

    async def _read(self, reader: asyncio.StreamReader) -> str:
        try:
            async with asyncio.timeout(self._ready_within_s):
                if await _message(reader):
                    return "it spoke before it was ready"
        except TimeoutError:
            return f"not ready within {self._ready_within_s} s"
        except (asyncio.IncompleteReadError, ConnectionError):
            return "it ended before it was ready"
        self._ready.set()
        self._on_ready()
        try:
            while True:
                self._on_message(await _message(reader))
        except (asyncio.IncompleteReadError, ConnectionError):
            return "its pipe ended"

    async def _stop(self, child: asyncio.subprocess.Process) -> None:
        """Close the pipe, so that the child goes by itself; kill it when it does not."""
        if self._writer is not None:
            self._writer.close()
        try:
            async with asyncio.timeout(_STOP_S):
                await child.wait()
        except TimeoutError:
            self._kill()
            await child.wait()
        if self._writer is not None:
            self._writer.transport.abort()  # drops what it never read
            with contextlib.suppress(OSError):
                await self._writer.wait_closed()

    def _kill(self) -> None:
        if self._child is not None:
            with contextlib.suppress(ProcessLookupError):
                self._child.kill()


async def _message(reader: asyncio.StreamReader) -> bytes:
    (length,) = _HEAD.unpack(await reader.readexactly(_HEAD.size))
    return await reader.readexactly(length) if length else b""


class ParentPipe:
    """The child's end: blocking. One thread receives, one thread sends (they may differ).

    When the parent has gone both raise SystemExit: leave at once.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._buffer = bytearray()

    def ready(self) -> None:
        """Tell the parent that work may come."""
        self._send(_HEAD.pack(0))

    def send(self, payload: bytes) -> None:
        """Send a message of at least one byte; waits while the parent is busy."""
        self._send(_HEAD.pack(len(payload)) + payload)

    def receive(self, *, wait_s: float | None = None) -> bytes | None:
        """The next message; None when `wait_s` (None: for ever, 0: not at all) has passed without a whole one."""
        while True:
            if len(self._buffer) >= _HEAD.size:
                (length,) = _HEAD.unpack_from(self._buffer)
                end = _HEAD.size + length
                if len(self._buffer) >= end:
                    payload = bytes(self._buffer[_HEAD.size : end])
                    del self._buffer[:end]
                    return payload
            if wait_s is not None and not select.select((self._socket,), (), (), wait_s)[0]:
                return None
            try:
                piece = self._socket.recv(1 << 16)
            except ConnectionError:
                piece = b""
            if not piece:
                raise SystemExit(0)
            self._buffer += piece

    def _send(self, data: bytes) -> None:
        try:
            self._socket.sendall(data)
        except ConnectionError:
            raise SystemExit(0) from None


def parent_pipe() -> ParentPipe:
    """Called once, first of all, by a module started as a `ChildProcess`.

    Raises:
        SystemExit: it was started by hand, without a parent.
    """
    number = os.environ.pop(_PIPE_FD, None)
    if number is None:
        raise SystemExit("this module is started by Jingyin itself, not by hand")
    end_with_parent()
    return ParentPipe(socket.socket(fileno=int(number)))


def end_with_parent() -> None:
    """Have this process ignore Ctrl-C and, on Linux, be killed by the kernel when its parent dies."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        parent = os.getppid()
        pr_set_pdeathsig = 1  # linux/prctl.h
        ctypes.CDLL(None, use_errno=True).prctl(pr_set_pdeathsig, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            raise SystemExit(0)

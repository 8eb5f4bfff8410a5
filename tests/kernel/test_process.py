"""Child processes: they answer, are replaced when they die, and never outlive their parent."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import psutil
import pytest

from kernel.clock import LoopClock
from kernel.process import MAX_UNSENT, ChildProcess, ProcessLost
from kernel.tasks import alongside

CHILD = "tests.kernel.echo_child"


@dataclass
class Served:
    """A running child, and what it has said."""

    child: ChildProcess
    answers: asyncio.Queue[bytes] = field(default_factory=asyncio.Queue)
    lost: list[bool] = field(default_factory=list)

    async def ask(self, payload: bytes) -> bytes:
        self.child.send(payload)
        return await self.answers.get()


@asynccontextmanager
async def served(module: str = CHILD, *, ready: bool = True) -> AsyncIterator[Served]:
    child = ChildProcess(
        name="echo",
        module=module,
        clock=LoopClock(),
        on_message=lambda payload: world.answers.put_nowait(payload),
        on_lost=lambda: world.lost.append(True),
    )
    world = Served(child)
    async with alongside(child.run()):
        if ready:
            await child.wait_ready()
        yield world


async def test_messages_of_any_size_come_back() -> None:
    async with served() as world:
        for size in (1, 319, 70_000, 3_000_000):
            payload = os.urandom(size)
            assert await world.ask(payload) == payload


@pytest.mark.parametrize("how", ["killed", "exits"])
async def test_a_dead_child_is_reported_and_replaced(how: str) -> None:
    async with served() as world:
        first = int(await world.ask(b"pid"))
        if how == "killed":
            os.kill(first, signal.SIGKILL)
        else:
            world.child.send(b"exit")
        while not world.lost:
            await asyncio.sleep(0.01)
        with pytest.raises(ProcessLost):
            world.child.send(b"pid")
        await world.child.wait_ready()
        assert int(await world.ask(b"pid")) != first
        assert world.child.starts == 2


async def test_a_child_that_stops_reading_is_killed_and_replaced() -> None:
    async with served() as world:
        world.child.send(b"hang")
        world.child.send(bytes(2 * MAX_UNSENT))
        while not world.lost:
            await asyncio.sleep(0.01)
        await world.child.wait_ready()
        assert await world.ask(b"hello") == b"hello"


async def test_the_child_ends_with_the_task_that_runs_it() -> None:
    async with served() as world:
        pid = int(await world.ask(b"pid"))
    assert not psutil.pid_exists(pid)


async def test_a_child_that_never_gets_ready_is_not_ready() -> None:
    async with served("this_module_does_not_exist", ready=False) as world:
        while world.child.starts < 2:
            await asyncio.sleep(0.01)
        assert not world.child.ready
        assert not world.lost


async def test_the_child_ends_when_its_parent_is_killed() -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.kernel.echo_parent", stdout=subprocess.PIPE, stdin=subprocess.DEVNULL
    )
    assert parent.stdout is not None
    pid = int(await parent.stdout.readline())
    parent.kill()
    await parent.wait()
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        await asyncio.sleep(0.01)


def test_a_child_module_started_by_hand_says_so() -> None:
    done = subprocess.run([sys.executable, "-m", CHILD], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "not by hand" in done.stderr

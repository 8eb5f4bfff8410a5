"""A parent for test_process: starts the echo child, prints its process id, and waits to be killed."""

import asyncio

from kernel.clock import LoopClock
from kernel.process import ChildProcess
from kernel.tasks import alongside


async def main() -> None:
    """Run for ever."""
    child = ChildProcess(name="echo", module="tests.kernel.echo_child", clock=LoopClock(), on_message=lambda _: None)
    async with alongside(child.run()):
        await child.wait_ready()
        print(child.pid, flush=True)
        await asyncio.Event().wait()


asyncio.run(main())

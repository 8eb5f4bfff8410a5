"""The console's API on a socket, for as long as a platform runs."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn

from console.api.app import check_host, create_app
from console.live import LiveHub
from dialer.wiring.platform import Platform
from kernel.errors import JingyinError
from kernel.settings import Settings
from kernel.tasks import alongside


class PortTaken(JingyinError):
    """Another program listens on the console's port."""

    code = "console.port_taken"


@asynccontextmanager
async def serve(platform: Platform, hub: LiveHub, listening: socket.socket) -> AsyncIterator[str]:
    """The API while the body runs; its address."""
    server = uvicorn.Server(
        uvicorn.Config(create_app(platform, hub), log_config=None, lifespan="off", timeout_graceful_shutdown=2)
    )
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]  # signals are for who serves
    async with alongside() as background:
        background.start(server._serve(sockets=[listening]), name="http")  # serve() takes the signals
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await asyncio.sleep(0.3)


def listen(settings: Settings) -> socket.socket:
    """The socket that the settings name, listening.

    Raises:
        PortTaken: another program has it.
        NotLoopback: others could reach it, and there is no login.
    """
    host, port = settings.console.host, settings.console.port
    check_host(host)
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen()
    except OSError as exc:
        listening.close()
        raise PortTaken(
            f"port {port} is taken ({exc.strerror})",
            where=host,
            remedy="End what listens there, or choose another (platform.console.port or --port; 0: any).",
        ) from None
    return listening

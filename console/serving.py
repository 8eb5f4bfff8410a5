"""The console's API on a socket, for as long as a platform runs: over HTTP for this machine, over HTTPS for others too."""

import asyncio
import errno
import ipaddress
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import uvicorn

from console.api import shapes
from console.api.app import create_app
from console.api.gate import NotLoopback
from console.board import LiveBoard
from console.certificate import LOOPBACK, Certificate, certificate_in, names_of_this_machine
from console.live import LiveHub
from console.own_certificate import CertificateRefused, own_certificate
from console.site import EVERYWHERE
from console.unfinished import Unfinished
from dialer.wiring.platform import Platform
from kernel.clock import Clock
from kernel.errors import JingyinError
from kernel.settings import ConsoleSettings, Settings
from kernel.tasks import alongside


class PortTaken(JingyinError):
    """Another program listens on the console's port."""

    code = "console.port_taken"


class CannotListen(JingyinError):
    """The console's address is not this machine's, or its port needs rights that this user lacks."""

    code = "console.cannot_listen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """The console's socket, closed on exit. `host` and `port` as bound; `certificate` None: no TLS; `names`: its Host names."""

    socket: socket.socket
    host: str
    port: int
    certificate: Certificate | None
    names: frozenset[str]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.socket.close()

    @property
    def url(self) -> str:
        """As this machine reaches it."""
        host = "127.0.0.1" if self.host == EVERYWHERE else self.host
        return f"{'https' if self.certificate else 'http'}://{host}:{self.port}"

    def told(self) -> tuple[str, ...]:
        """What people must know of the certificate, line by line; nothing without one."""
        if self.certificate is None:
            return ()
        if self.certificate.own:
            return (
                f"https by {self.certificate.certificate}, until {self.certificate.ends:%Y-%m-%d}; a new one is read at the next start",
                *(f"  https://{name}:{self.port}" for name in sorted(self.certificate.names)),
            )
        others = sorted(self.names.difference(LOOPBACK)) if self.host == EVERYWHERE else [self.host]
        return (
            "https: browsers give no microphone to a page from another machine without it",
            "the certificate is our own, so each browser warns once; compare its fingerprint, then go on:",
            f"  SHA-256 {self.certificate.fingerprint}",
            f"  {'new, ' if self.certificate.made else ''}until {self.certificate.ends:%Y-%m-%d}: {self.certificate.certificate}",
            *(f"  https://{f'[{name}]' if ':' in name else name}:{self.port}" for name in others),
        )


@asynccontextmanager
async def serve(
    platform: Platform,
    hub: LiveHub,
    live: LiveBoard,
    listening: Listening,
    *,
    demo_users: Sequence[shapes.DemoUser] = (),
) -> AsyncIterator[str]:
    """The API while the body runs; its address."""
    certificate = listening.certificate
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(platform, hub, live, demo_users=demo_users, names=listening.names),
            log_config=None,
            lifespan="off",
            timeout_graceful_shutdown=2,
            ssl_certfile=certificate.certificate if certificate else None,
            ssl_keyfile=certificate.key if certificate else None,
        )
    )
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]  # signals are for who serves
    async with alongside(Unfinished(platform, hub).run()) as background:
        background.start(server._serve(sockets=[listening.socket]), name="http")  # serve() takes the signals
        try:
            yield listening.url
        finally:
            server.should_exit = True
            await asyncio.sleep(0.3)


def listen(settings: Settings, clock: Clock, *, kept_in: Path) -> Listening:
    """The socket that the settings name, listening; with `https` the certificate too: the one that is set, else our own, kept
    in the folder.

    Raises:
        PortTaken: another program has it.
        CannotListen: the address is not this machine's, or the port needs more rights.
        NotLoopback: others could reach it, and it is not to speak TLS.
        CertificateFailed: there is none and none can be made.
        CertificateRefused: the one that is set would not do.
    """
    console = settings.console
    check_host(console)
    bound = _bind(console.host, console.port)
    try:
        certificate = _certificate(console, clock.now(), kept_in) if console.https else None
    except JingyinError:
        bound.close()
        raise
    names = frozenset(LOOPBACK) | (certificate.names if certificate else frozenset())
    port = bound.getsockname()[1]
    return Listening(socket=bound, host=console.host, port=port, certificate=certificate, names=names)


def _certificate(console: ConsoleSettings, now: datetime, kept_in: Path) -> Certificate:
    if console.certificate is not None and console.key is not None:
        return own_certificate(console.certificate, console.key, now)
    if console.certificate is not None or console.key is not None:
        missing = "key" if console.key is None else "certificate"
        raise CertificateRefused(
            f"there is no {missing} to it",
            where=f"platform.console.{missing}",
            remedy="A certificate and its key go together: --certificate FILE --key FILE, or both settings.",
        )
    own = () if console.host == EVERYWHERE else (console.host,)
    return certificate_in(kept_in, [*names_of_this_machine(), *own, *console.names], now)


def check_host(console: ConsoleSettings) -> None:
    """Refuse to listen where others could reach it without TLS: passwords would travel in clear, and browsers give no
    microphone.

    Raises:
        NotLoopback: so it is.
    """
    try:
        loopback = ipaddress.ip_address(console.host).is_loopback
    except ValueError:
        loopback = console.host == "localhost"
    if not loopback and not console.https:
        raise NotLoopback(
            f"{console.host} can be reached from other machines, and without TLS passwords would travel in clear",
            where="platform.console.host",
            remedy="Start with --https (or set platform.console.https), or use 127.0.0.1 behind a proxy with TLS.",
        )


def _bind(host: str, port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen()
    except OSError as exc:
        bound.close()
        if exc.errno == errno.EADDRINUSE:
            raise PortTaken(
                f"port {port} is taken ({exc.strerror})",
                where=host,
                remedy="End what listens there, or choose another (platform.console.port or --port; 0: any).",
            ) from None
        raise CannotListen(
            f"nothing can listen on {host}, port {port} ({exc.strerror})",
            where="platform.console.port" if isinstance(exc, PermissionError) else "platform.console.host",
            remedy="Choose a port above 1023 (--port; 0: any)."
            if isinstance(exc, PermissionError)
            else f"Name an IPv4 address of this machine (--host); {EVERYWHERE} means all of them.",
        ) from None
    return bound

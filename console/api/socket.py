"""The live socket: subscribe, hello, what was missed, then events and a ping every five seconds."""

import asyncio
from collections.abc import Collection, Mapping
from contextlib import aclosing
from typing import Any, Final
from urllib.parse import urlsplit

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from pydantic import Field, ValidationError

from console.api.access import Caller, NotLoggedIn, session_of
from console.api.gate import named
from console.api.shapes import Shape
from console.live import LiveHub
from dialer.wiring.platform import Platform
from kernel.tenant import Role

PING_EVERY_S: Final = 5.0
_SUBSCRIBE_WITHIN_S: Final = 10.0
_LONGEST: Final = 4096  # characters a client may say at once
_TALKS: Final = "talks/"
_WATCHERS: Final = frozenset({"calls", "campaigns", "agents"})


class Subscribe(Shape):
    """What a client says first, and again when it wants other topics."""

    type: str = Field(pattern="^subscribe$")
    topics: list[str] = Field(max_length=20)
    epoch: str | None = None
    last_seq: int | None = None


def routes(platform: Platform, hub: LiveHub, names: Collection[str]) -> APIRouter:
    """The route, for who names us by one of `names` (console.api.gate)."""
    router = APIRouter()

    @router.websocket("/api/live")
    async def live(socket: WebSocket) -> None:
        session = await session_of(platform.crm, socket.cookies)
        if session is None or not named(socket.headers, names) or not same_origin(socket.headers):
            await socket.close(1008)
            return
        await socket.accept()
        client = _Client(socket, hub, Caller(session=session), platform)
        try:
            await client.run()
        except* (WebSocketDisconnect, ConnectionError, RuntimeError):
            pass  # the client went; a send on a closed socket says so by a RuntimeError
        except* (TimeoutError, NotLoggedIn):
            await socket.close(1008)

    return router


def same_origin(headers: Mapping[str, str]) -> bool:
    """True when the page that opens the socket is ours (browsers say Origin; other clients need not)."""
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host", "")


class _Client:
    def __init__(self, socket: WebSocket, hub: LiveHub, caller: Caller, platform: Platform) -> None:
        self._socket = socket
        self._hub = hub
        self._caller = caller
        self._crm = platform.crm
        self._trials = platform.trials
        self._sending = asyncio.Lock()

    async def run(self) -> None:
        """Until the client goes."""
        async with asyncio.TaskGroup() as tasks:
            following: asyncio.Task[None] | None = None
            tasks.create_task(self._ping())
            while True:  # until the client goes: that raises, and ends ping and following with it
                wanted = await self._next(_SUBSCRIBE_WITHIN_S if following is None else None)
                if wanted is None:
                    continue
                if following is not None:
                    following.cancel()
                epoch, seq = self._hub.epoch, self._hub.seq(self._tenant)
                if wanted.last_seq is None:  # what happens while we say hello comes after it
                    wanted = wanted.model_copy(update={"epoch": epoch, "last_seq": seq})
                await self._send({"type": "hello", "epoch": epoch, "seq": seq})
                following = tasks.create_task(self._follow(wanted))

    @property
    def _tenant(self) -> Any:  # Any: a TenantId
        return self._caller.scope.tenant_id

    async def _next(self, within_s: float | None) -> Subscribe | None:
        """The next subscription; None for anything else the client says."""
        try:
            async with asyncio.timeout(within_s):
                said = await self._socket.receive_text()
        except KeyError:
            return None  # a binary frame
        if len(said) > _LONGEST:
            return None
        try:
            return Subscribe.model_validate_json(said)
        except ValidationError:
            return None  # a pong

    async def _follow(self, wanted: Subscribe) -> None:
        events = self._hub.follow(
            self._tenant, self._topics(wanted.topics), epoch=wanted.epoch, last_seq=wanted.last_seq
        )
        async with aclosing(events):
            async for message in events:
                await self._send(message)

    def _topics(self, wanted: list[str]) -> dict[str, str]:
        """The hub's topics that this person may follow, and how they call them."""
        watches = self._caller.may(Role.SUPERVISOR, Role.ADMIN)
        topics = {name: name for name in wanted if name in _WATCHERS and watches}
        if "desk" in wanted:
            topics[f"desk/{self._caller.agent_id}"] = "desk"
        talks = [name for name in wanted if name.startswith(_TALKS)]
        topics |= {name: name for name in talks if self._trials.owns(self._caller.owner, name.removeprefix(_TALKS))}
        return topics

    async def _ping(self) -> None:
        """Now and then a sign of life, as long as the session is one."""
        while True:
            await asyncio.sleep(PING_EVERY_S)
            if await session_of(self._crm, self._socket.cookies) is None:
                raise NotLoggedIn("the session is over")
            await self._send({"type": "ping"})

    async def _send(self, message: Mapping[str, Any]) -> None:  # Any: JSON
        async with self._sending:
            await self._socket.send_json(message)

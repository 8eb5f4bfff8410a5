"""The application: routes put together, and what holds for all of them.

Every answer carries a request id and the security headers; every error is a Problem (console.api.refusals). A command with
an `Idempotency-Key` runs once: the same key again, of the same session as long as it lasts, gets the first answer, also while that
is still being made. Host headers with other names than the console's are refused (DNS rebinding).
"""

import asyncio
import uuid
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Final

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.responses import PlainTextResponse

from console.api import auth, board, calls, campaigns, customers, desk, pages, shapes, socket, supervise, talk, wrap_up
from console.api.access import COOKIE, LOGIN, guard, session_of
from console.api.pace import Limiter, Logins
from console.api.place import Place
from console.api.refusals import answer_to, handle, unexpected
from console.board import LiveBoard
from console.certificate import LOOPBACK
from console.live import LiveHub
from crm.room import Crm
from dialer.wiring.platform import Platform
from handoff.agents import State as AgentState
from kernel.errors import JingyinError
from kernel.metrics import render

_REMEMBERED: Final = 1000
_NOT_BEGUN: Final = frozenset({401, 403, 429})  # refused before it began: the command did nothing
# antd writes its styles at run time, hence 'unsafe-inline' for styles; scripts are ours alone.
_HEADERS: Final = {
    "content-security-policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self' ws: wss:; media-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; object-src 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "microphone=(self), camera=(), geolocation=()",
    "cross-origin-opener-policy": "same-origin",
}


class NotLoopback(JingyinError):
    """Without TLS the API must not be reachable from other machines; with it, it answers to its own names only."""

    code = "console.not_loopback"


def create_app(
    platform: Platform,
    hub: LiveHub,
    live: LiveBoard,
    *,
    demo_users: Sequence[shapes.DemoUser] = (),
    names: Collection[str] = LOOPBACK,
) -> FastAPI:
    """The application over a running platform; it answers to Host headers with these names, in lower case; `*.` is any label."""
    app = FastAPI(title="Jingyin", version="0.1.0", docs_url=None, redoc_url=None)
    app.state.place = Place(platform=platform, live=live, hub=hub)
    app.state.platform, app.state.demo_users = platform, list(demo_users)
    app.state.logins = Logins(live.monotonic)
    app.state.commands = Limiter(live.monotonic, burst=60, every_s=0.1)
    answers = _Answers(platform.crm)

    @app.middleware("http")
    async def around(request: Request, proceed: Callable[[Request], Awaitable[Response]]) -> Response:
        request_id = uuid.uuid4().hex[:12]
        request.state.id = request_id
        name = (request.headers.get("host") or "").rsplit(":", 1)[0].strip("[]")
        if not _ours(name.lower(), names):
            unknown = NotLoopback("unknown Host header", remedy="Use 127.0.0.1, or add to platform.console.names.")
            response: Response = answer_to(unknown, request_id, 421)
        else:
            try:
                response = await answers.once(request, proceed)
            except Exception:  # noqa: BLE001  # the requests' supervisor: it is logged and counted there
                response = unexpected(request)
        response.headers["x-request-id"] = request_id
        for header, value in _HEADERS.items():
            response.headers.setdefault(header, value)
        if request.url.path.startswith("/api/"):
            response.headers.setdefault("cache-control", "no-store")
        return response

    handle(app)
    api = APIRouter(
        dependencies=[Depends(guard)], responses={"4XX": {"model": shapes.Problem, "description": "Refused: why"}}
    )
    for routes in (board, campaigns, calls, customers, desk, wrap_up, supervise, talk):
        api.include_router(routes.router)
    api.include_router(auth.routes())
    api.include_router(_own(platform))
    app.include_router(api)
    app.include_router(socket.routes(platform, hub))
    pages.serve(app)
    return app


def _ours(name: str, names: Collection[str]) -> bool:
    """Whether a host's name is one of `names`, or below one that begins with `*.` (RFC 6125, 6.4.3: one label)."""
    return name in names or f"*.{name.partition('.')[2]}" in names


def _own(platform: Platform) -> APIRouter:
    router = APIRouter(prefix="/api")

    @router.get("/health", operation_id="health")
    async def health() -> shapes.Health:
        speeches = platform.speeches.values()
        up = (
            all(speech.recognizer.pid is not None for speech in speeches),
            all(speech.synthesizer.pid is not None for speech in speeches),
        )
        return shapes.Health(
            status="ok" if all(up) else "degraded",
            calls=len(platform.loop.running),
            agents=sum(agent.state is not AgentState.GONE for agent in platform.desk.agents.values()),
            recognizer=up[0],
            synthesizer=up[1],
            late_ticks=platform.ticker.late,
        )

    @router.get("/metrics", operation_id="metrics", response_class=PlainTextResponse)
    async def metrics() -> PlainTextResponse:
        return PlainTextResponse(render())

    return router


class _Answers:
    """Answers to commands by key and session, kept for a while; a command that is being carried out is waited for.

    Kept is what a command did: a refusal before it began (no session, no right, wrong token, too fast) may be tried again with
    the same key. Given is an answer to its session alone, while that lasts: so a login has none, it has no session yet.
    """

    def __init__(self, crm: Crm) -> None:
        self._crm = crm
        self._known: OrderedDict[str, asyncio.Future[Response]] = OrderedDict()

    async def once(self, request: Request, proceed: Callable[[Request], Awaitable[Response]]) -> Response:
        """The answer, made now or before."""
        key, token = request.headers.get("idempotency-key"), request.cookies.get(COOKIE)
        if not key or not token or request.method not in ("POST", "PUT", "DELETE") or len(key) > 100:
            return await proceed(request)
        session = await session_of(self._crm, request.cookies)
        if session is None or request.headers.get("x-csrf-token") != session.csrf or request.url.path == LOGIN:
            return await proceed(request)  # to be refused there, or to log in anew
        name = f"{token} {request.method} {request.url.path} {key}"
        while (first := self._known.get(name)) is not None:
            await asyncio.wait([first])
            if not first.cancelled():
                whole = first.result()
                return Response(whole.body, whole.status_code, dict(whole.headers), whole.media_type)
        answer = self._known[name] = asyncio.get_running_loop().create_future()
        try:
            response = await proceed(request)
            body = b"".join([chunk async for chunk in response.body_iterator])  # type: ignore[attr-defined]  # a stream
            whole = Response(body, response.status_code, dict(response.headers), response.media_type)
        except BaseException:
            self._known.pop(name, None)
            answer.cancel()
            raise
        if whole.status_code in _NOT_BEGUN:
            self._known.pop(name, None)
        answer.set_result(whole)
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return whole

"""The application: routes put together, and what holds for all of them.

Every answer carries a request id and the security headers; every error is a Problem (console.api.refusals). A command with
an `Idempotency-Key` runs once: the same key again, of the same session as long as it lasts, gets the first answer, also while that
is still being made. Host headers with other names than the console's are refused (DNS rebinding).
"""

import asyncio
import hashlib
import uuid
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Final

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.responses import PlainTextResponse

from console.api import auth, board, calls, campaigns, customers, desk, pages, shapes, socket, supervise, talk, wrap_up
from console.api.access import COOKIE, LOGIN, guard, session_of
from console.api.gate import refusal
from console.api.pace import Limiter, Logins
from console.api.place import Place
from console.api.refusals import KeyReused, Malformed, answer_to, handle, unexpected
from console.board import LiveBoard
from console.certificate import LOOPBACK
from console.live import LiveHub
from crm.room import Crm
from dialer.wiring.platform import Platform
from handoff.agents import State as AgentState
from kernel.metrics import render

_REMEMBERED: Final = 1000
_LONGEST_KEY: Final = 100
_NOT_BEGUN: Final = frozenset({401, 403, 422, 429})  # refused before it began: the command did nothing
# antd writes its styles at run time, hence 'unsafe-inline' for styles; scripts are ours alone.
_HEADERS: Final = {
    "content-security-policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self' ws: wss:; media-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; object-src 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "microphone=(self), camera=(), geolocation=()",
    "cross-origin-opener-policy": "same-origin",
}


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
        refused = refusal(request.headers, names)
        if refused is not None:
            response: Response = answer_to(refused[0], request_id, refused[1])
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
    app.include_router(socket.routes(platform, hub, names))
    pages.serve(app)
    return app


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
    the same key. A key belongs to one command, its path and body. Given is an answer to its session alone, while that lasts: so a login has none, it has no session yet.
    """

    def __init__(self, crm: Crm) -> None:
        self._crm = crm
        self._known: OrderedDict[str, tuple[bytes, asyncio.Future[Response]]] = (
            OrderedDict()
        )  # with the command's digest

    async def once(self, request: Request, proceed: Callable[[Request], Awaitable[Response]]) -> Response:
        """The answer, made now or before."""
        key, token = request.headers.get("idempotency-key"), request.cookies.get(COOKIE)
        if not key or not token or request.method not in ("POST", "PUT", "DELETE"):
            return await proceed(request)
        if len(key) > _LONGEST_KEY:
            long = Malformed("the key is too long", where="Idempotency-Key", remedy=f"{_LONGEST_KEY} characters do.")
            return answer_to(long, request.state.id, 422)
        session = await session_of(self._crm, request.cookies)
        if session is None or request.headers.get("x-csrf-token") != session.csrf or request.url.path == LOGIN:
            return await proceed(request)  # to be refused there, or to log in anew
        name = f"{token} {key}"
        asked = hashlib.sha256(f"{request.method} {request.url.path}\n".encode() + await request.body()).digest()
        while (known := self._known.get(name)) is not None:
            before, first = known
            if before != asked:
                other = KeyReused("another command had this key", where="Idempotency-Key", remedy="Make a new key.")
                return answer_to(other, request.state.id, 422)
            await asyncio.wait([first])
            if not first.cancelled():
                whole = first.result()
                return Response(whole.body, whole.status_code, dict(whole.headers), whole.media_type)
        answer: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        self._known[name] = asked, answer
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

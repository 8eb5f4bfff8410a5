"""What a request that failed is answered with: always `{code, message, remedy, case, params, request_id}`, with a status by its kind."""

from typing import Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from console.api import shapes
from console.api.access import NotLoggedIn, WrongToken
from console.api.desk_view import draft_view
from console.api.own_calls import NotYours
from console.api.pace import TooManyTries
from console.tenants import UnknownTenant
from crm.draft import DraftChanged
from crm.errors import NotFound
from dialer import campaign as campaign_
from dialer.human import NobodyToTransferTo, NotNow
from dialer.supervision import AlreadySupervised
from dialer.trials import NoSuchTalk, NoVoice, TalkOver, TooManyTalks, UnknownLanguage
from dialer.wiring.speech import SpeechNotReady
from handoff.desk import NoSuchAgent, NoSuchTransfer, OfferOver
from handoff.phones import DeskSessionFenced, NoSuchPhone, PhoneMissing
from kernel.errors import JingyinError
from kernel.log import get_logger
from kernel.machine import IllegalTransition
from kernel.metrics import counter
from kernel.tenant import Forbidden

UNEXPECTED: Final = counter("api_unexpected_errors", help="Requests that ended with an error nobody foresaw.")
log = get_logger(__name__)


class Malformed(JingyinError):
    """What was sent is not what the route takes."""

    code = "console.malformed"


class KeyReused(JingyinError):
    """An `Idempotency-Key` came again with another command's body."""

    code = "console.key_reused"


class NoSuchRoute(JingyinError):
    """The API has no such path, or the path does not take this method."""

    code = "console.no_such_route"


class Unexpected(JingyinError):
    """An error nobody foresaw, of the platform's own; the log has it under the request's id."""

    code = "console.unexpected"


_REFERENCE: Final = "docs/reference/openapi.json says what is right."
_STATUS: Final[dict[type[JingyinError], int]] = {
    NotLoggedIn: 401,
    WrongToken: 403,
    Forbidden: 403,
    NotFound: 404,
    UnknownTenant: 404,
    NoSuchAgent: 404,
    NoSuchTransfer: 404,
    OfferOver: 409,
    IllegalTransition: 409,
    PhoneMissing: 409,
    NoSuchPhone: 404,
    DeskSessionFenced: 409,
    NotNow: 409,
    NobodyToTransferTo: 409,
    AlreadySupervised: 409,
    DraftChanged: 409,
    NotYours: 409,
    campaign_.ChangedMeanwhile: 409,
    NoSuchTalk: 404,
    UnknownLanguage: 404,
    TalkOver: 409,
    NoVoice: 409,
    TooManyTries: 429,
    TooManyTalks: 429,
    SpeechNotReady: 503,
}


def handle(app: FastAPI) -> None:
    """Have the application answer foreseen errors so."""

    @app.exception_handler(JingyinError)
    async def refused(request: Request, exc: JingyinError) -> Response:
        status = next((code for kind, code in _STATUS.items() if isinstance(exc, kind)), 400)
        return answer_to(exc, request.state.id, status)

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, exc: RequestValidationError) -> Response:
        first = exc.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        wrong = Malformed(f"{place}: {first['msg']}", remedy=_REFERENCE, params={"field": place})
        return answer_to(wrong, request.state.id, 422)

    @app.exception_handler(HTTPException)
    async def of_the_framework(request: Request, exc: HTTPException) -> Response:
        what = f"{request.method} {request.url.path}: {exc.detail}"
        wrong: JingyinError = Malformed(what, remedy=_REFERENCE, params={"field": "body"})
        if exc.status_code in (404, 405):
            wrong = NoSuchRoute(what, remedy=_REFERENCE)
        answer = answer_to(wrong, request.state.id, exc.status_code)
        answer.headers.update(exc.headers or {})
        return answer


def unexpected(request: Request) -> Response:
    """The answer to the error being handled, which nobody foresaw; it is logged and counted here."""
    UNEXPECTED.inc()
    route = request.scope.get("route")  # its pattern: a path may name a customer
    log.exception("request failed", request=request.state.id, method=request.method, route=getattr(route, "path", ""))
    wrong = Unexpected(
        "the platform failed at this request", remedy="Try again; if it fails again, tell the request id."
    )
    return answer_to(wrong, request.state.id, 500)


def answer_to(exc: JingyinError, request_id: str, status: int) -> JSONResponse:
    """The error in JSON."""
    params = {
        name: value if isinstance(value, str | int | float) else list(value) for name, value in exc.params.items()
    }
    body = shapes.Problem(
        code=exc.code, message=exc.message, remedy=exc.remedy, case=exc.case, params=params, request_id=request_id
    ).model_dump()
    if isinstance(exc, DraftChanged):
        other = draft_view(exc.other).model_dump()
        body["other"] = {name: other[name] for name in ("note", "outcome", "grade", "callback_at", "etag")}
    wait = {"retry-after": str(exc.retry_after_s)} if isinstance(exc, TooManyTries) else None
    return JSONResponse(body, status_code=status, headers=wait)

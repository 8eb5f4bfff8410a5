"""Who may do what: one table from route to right, and the guard that keeps it.

A session is a cookie; a command also carries the session's CSRF token. A route that is not in the table is refused, and a test
walks all routes. SUPERVISOR may what an AGENT may, ADMIN what a SUPERVISOR may.
"""

import math
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Request

from crm.room import Crm
from crm.user import Session, User
from dialer.trial import Owner
from handoff.agents import AgentId
from kernel.errors import JingyinError
from kernel.tenant import Forbidden, Role, Scope

COOKIE: Final = "jingyin_session"
LOGIN: Final = "/api/login"
PUBLIC: Final[frozenset[Role]] = frozenset()
ANYBODY: Final = frozenset(Role)
AGENTS: Final = frozenset({Role.AGENT, Role.SUPERVISOR, Role.ADMIN})
SUPERVISORS: Final = frozenset({Role.SUPERVISOR, Role.ADMIN})

RIGHTS: Final[dict[tuple[str, str], frozenset[Role]]] = {
    ("POST", LOGIN): PUBLIC,
    ("GET", "/api/demo-users"): PUBLIC,
    ("GET", "/api/health"): PUBLIC,
    ("GET", "/api/metrics"): PUBLIC,
    ("POST", "/api/logout"): ANYBODY,
    ("GET", "/api/me"): ANYBODY,
    ("GET", "/api/board"): SUPERVISORS,
    ("GET", "/api/campaigns"): ANYBODY,
    ("GET", "/api/campaigns/{campaign_id}"): ANYBODY,
    ("POST", "/api/campaigns/{campaign_id}/action"): SUPERVISORS,
    ("POST", "/api/campaigns/stop-all"): SUPERVISORS,
    ("GET", "/api/calls"): SUPERVISORS,
    ("GET", "/api/calls/{call_id}"): AGENTS,
    ("GET", "/api/calls/{call_id}/journal"): SUPERVISORS,
    ("GET", "/api/calls/{call_id}/recording"): SUPERVISORS,
    ("GET", "/api/calls/{call_id}/turns/{index}/audio"): AGENTS,
    ("GET", "/api/agents"): SUPERVISORS,
    ("GET", "/api/customers/{customer_id}"): AGENTS,
    ("GET", "/api/customers/{customer_id}/can-call"): AGENTS,
    ("POST", "/api/customers/{customer_id}/reveal"): SUPERVISORS,
    ("GET", "/api/desk"): AGENTS,
    ("GET", "/api/desk/phone"): AGENTS,
    ("POST", "/api/desk/start-shift"): AGENTS,
    ("POST", "/api/desk/end-shift"): AGENTS,
    ("POST", "/api/desk/status"): AGENTS,
    ("POST", "/api/desk/offers/{transfer_id}/accept"): AGENTS,
    ("POST", "/api/desk/offers/{transfer_id}/decline"): AGENTS,
    ("POST", "/api/desk/call/hang-up"): AGENTS,
    ("PUT", "/api/desk/draft"): AGENTS,
    ("POST", "/api/desk/wrap-up"): AGENTS,
    ("POST", "/api/desk/wrap-up/extend"): AGENTS,
    ("POST", "/api/desk/call/hold"): AGENTS,
    ("POST", "/api/desk/call/resume"): AGENTS,
    ("POST", "/api/desk/call/mute"): AGENTS,
    ("POST", "/api/desk/call/unmute"): AGENTS,
    ("POST", "/api/desk/call/transfer"): AGENTS,
    ("POST", "/api/calls/{call_id}/monitor"): SUPERVISORS,
    ("DELETE", "/api/calls/{call_id}/monitor"): SUPERVISORS,
    ("POST", "/api/calls/{call_id}/take-over"): SUPERVISORS,
    ("POST", "/api/phone/offer"): AGENTS,
    ("POST", "/api/phone/resume"): AGENTS,
    ("DELETE", "/api/phone"): AGENTS,
    ("GET", "/api/talk/engines"): ANYBODY,
    ("POST", "/api/talk"): ANYBODY,
    ("GET", "/api/talk/{talk_id}"): ANYBODY,
    ("POST", "/api/talk/{talk_id}/say"): ANYBODY,
    ("POST", "/api/talk/{talk_id}/key"): ANYBODY,
    ("POST", "/api/talk/{talk_id}/hang-up"): ANYBODY,
}
_COMMANDS: Final = frozenset({"POST", "PUT", "DELETE", "PATCH"})


class NotLoggedIn(JingyinError):
    """There is no session, or it is over."""

    code = "console.not_logged_in"


class WrongToken(JingyinError):
    """A command came without the session's CSRF token."""

    code = "console.wrong_token"


class TooManyTries(JingyinError):
    """Too many attempts to log in, or too many commands, in a short time."""

    code = "console.too_many_tries"
    retryable = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who makes a request."""

    session: Session

    @property
    def user(self) -> User:
        return self.session.user

    @property
    def scope(self) -> Scope:
        """What they may see."""
        return self.user.principal.scope

    @property
    def owner(self) -> Owner:
        """Whose talks with the robot are theirs."""
        return Owner(tenant_id=self.user.tenant_id, user_id=self.user.id)

    @property
    def agent_id(self) -> AgentId:
        """Who they are at the desk."""
        return AgentId(str(self.user.id))

    def may(self, *roles: Role) -> bool:
        """True when they have one of the roles."""
        return bool(self.user.roles & set(roles))


class Limiter:
    """Token buckets by key, in this process: `burst` at once, then one each `every_s`."""

    def __init__(self, *, burst: int, every_s: float, keys: int = 10_000) -> None:
        self._burst = burst
        self._every_s = every_s
        self._keys = keys
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str, now_s: float | None = None) -> None:
        """One more.

        Raises:
            TooManyTries: the bucket is empty.
        """
        now_s = time.monotonic() if now_s is None else now_s
        left, at_s = self._buckets.pop(key, (float(self._burst), now_s))
        left = min(self._burst, left + (now_s - at_s) / self._every_s)
        if left < 1:
            self._buckets[key] = (left, now_s)
            raise TooManyTries(
                "too many in a short time",
                remedy=f"Wait {self._every_s:.0f} s.",
                params={"wait_s": math.ceil(self._every_s)},
            )
        self._buckets[key] = (left - 1, now_s)
        while len(self._buckets) > self._keys:
            self._buckets.popitem(last=False)


async def session_of(crm: Crm, cookies: dict[str, str]) -> Session | None:
    """The session of a request's or a socket's cookies."""
    token = cookies.get(COOKIE)
    return await crm.users.session(token) if token else None


async def guard(request: Request) -> None:
    """For every route of the API: right, session, token, pace.

    Raises:
        NotLoggedIn, WrongToken, Forbidden, TooManyTries.
    """
    route = request.scope["route"]
    allowed = RIGHTS.get((request.method, route.path))
    if allowed is None:
        where = f"{request.method} {route.path}"
        raise Forbidden("nobody may do this", where=where, remedy="Give it a right first.", case="nobody")
    if allowed == PUBLIC:
        return
    session = await session_of(request.app.state.platform.crm, request.cookies)
    if session is None:
        raise NotLoggedIn("nobody is logged in", remedy="Log in.")
    if request.method in _COMMANDS:
        if request.headers.get("x-csrf-token") != session.csrf:
            raise WrongToken("the command has no valid token", remedy="Send X-CSRF-Token as /api/me gives it.")
        request.app.state.commands.take(str(session.user.id))
    session.user.principal.require(*allowed)
    request.state.caller = Caller(session=session)


def _caller(request: Request) -> Caller:
    caller: Caller = request.state.caller
    return caller


Who = Annotated[Caller, Depends(_caller)]

"""Who may do what: one table from route to right, and the guard that keeps it.

A session is a cookie; a command also carries the session's CSRF token. A route that is not in the table is refused, and a test
walks all routes. SUPERVISOR may what an AGENT may, ADMIN what a SUPERVISOR may.
"""

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
    ("GET", "/api/calls/{call_id}/recording"): AGENTS,
    ("GET", "/api/calls/{call_id}/turns/{index}/audio"): AGENTS,
    ("GET", "/api/agents"): SUPERVISORS,
    ("GET", "/api/customers/{customer_id}"): AGENTS,
    ("GET", "/api/customers/{customer_id}/can-call"): AGENTS,
    ("POST", "/api/customers/{customer_id}/reveal"): SUPERVISORS,
    ("GET", "/api/desk"): AGENTS,
    ("GET", "/api/desk/phone"): AGENTS,
    ("GET", "/api/desk/transfer-targets"): AGENTS,
    ("GET", "/api/desk/unfinished"): AGENTS,
    ("GET", "/api/desk/unfinished/{call_id}"): AGENTS,
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

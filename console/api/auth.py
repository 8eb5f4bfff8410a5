"""Login, logout, who am I."""

from fastapi import APIRouter, Request, Response

from console.api import shapes
from console.api.access import COOKIE, Caller, NotLoggedIn, Who
from console.api.pace import Logins
from crm.errors import NotFound
from crm.user import LONGEST
from kernel.tenant import Role, Scope, TenantId


def routes() -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/api")

    @router.post("/login", operation_id="login")
    async def login(request: Request, response: Response, who: shapes.Login) -> shapes.Me:
        crm = request.app.state.platform.crm
        tries: Logins = request.app.state.logins
        person, address = f"{who.tenant}/{who.name}", request.client.host if request.client else ""
        tries.begin(person, address)
        tenant = await crm.tenants.named(who.tenant)
        nowhere = TenantId(0)
        scope = Scope(tenant_id=tenant.id if tenant is not None else nowhere)
        user = await crm.users.check(scope, who.name, who.password)
        if user is None:
            raise NotLoggedIn(
                "tenant, name and password do not fit together", remedy="Correct them.", case="credentials"
            )
        tries.succeeded(person, address)
        if old := request.cookies.get(COOKIE):
            await crm.users.end(old)
        token, session = await crm.users.begin(user)
        response.set_cookie(
            COOKIE,
            token,
            max_age=int(LONGEST.total_seconds()),
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return await _me(request, Caller(session=session))

    @router.post("/logout", operation_id="logout", status_code=204)
    async def logout(request: Request, response: Response, who: Who) -> None:
        await request.app.state.platform.crm.users.end(request.cookies[COOKIE])
        response.delete_cookie(COOKIE)

    @router.get("/me", operation_id="me")
    async def me(request: Request, who: Who) -> shapes.Me:
        return await _me(request, who)

    @router.get("/demo-users", operation_id="demoUsers")
    async def demo_users(request: Request) -> list[shapes.DemoUser]:
        users: list[shapes.DemoUser] = request.app.state.demo_users
        if not users:
            raise NotFound("demo", "running")
        return users

    return router


async def _me(request: Request, caller: Caller) -> shapes.Me:
    user = caller.user
    tenant = await request.app.state.platform.crm.tenants.get(caller.scope)
    return shapes.Me(
        user_id=str(user.id),
        name=user.name,
        display_name=user.display_name,
        roles=sorted(user.roles),
        tenant=tenant.name,
        csrf=caller.session.csrf,
        agent_id=caller.agent_id if Role.AGENT in user.roles else None,
        lang=user.lang,
    )

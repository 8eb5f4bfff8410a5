"""The API: health, campaigns, calls, agents, live events.

Without login it serves loopback addresses only, and refuses foreign Host headers (DNS rebinding). Commands take an
`Idempotency-Key`: the same key again gets the first answer again. What may be done is the server's word: `allowed_actions`.
"""

import asyncio
import ipaddress
import uuid
from collections import OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any, Final

from fastapi import FastAPI, Header, Request, Response, WebSocket, WebSocketDisconnect
from fastapi.responses import JSONResponse, PlainTextResponse

from console.api import shapes
from console.live import LiveHub
from console.tenants import named_tenant
from crm.call_record import CallRecord
from crm.errors import NotFound
from dialer import campaign as campaign_
from dialer.wiring.platform import PhoneMissing, Platform
from handoff.agents import Agent, AgentId, Status
from handoff.agents import State as AgentState
from handoff.desk import (
    AgentNews,
    CallEnded,
    Connected,
    NoSuchAgent,
    NoSuchTransfer,
    Offer,
    OfferGone,
    OfferOver,
    StateChanged,
)
from handoff.transfer import TransferId
from kernel.errors import JingyinError
from kernel.machine import IllegalTransition
from kernel.metrics import render
from kernel.tenant import Scope, Tenant

_REMEMBERED: Final = 1000
_STATUS: Final[dict[type[JingyinError], int]] = {
    NotFound: 404,
    NoSuchAgent: 404,
    NoSuchTransfer: 404,
    OfferOver: 409,
    IllegalTransition: 409,
    PhoneMissing: 409,
    campaign_.ChangedMeanwhile: 409,
}


class NotLoopback(JingyinError):
    """The API has no login yet: it must not be reachable from other machines."""

    code = "console.not_loopback"


def check_host(host: str) -> None:
    """Refuse to listen where others could reach it.

    Raises:
        NotLoopback: `host` is no loopback address.
    """
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = host == "localhost"
    if not loopback:
        raise NotLoopback(
            f"{host} can be reached from other machines, and there is no login",
            where="platform.console.host",
            remedy="Use 127.0.0.1 and a tunnel.",
        )


def create_app(platform: Platform, hub: LiveHub) -> FastAPI:
    """The application over a running platform."""
    app = FastAPI(title="Jingyin", version="0.1.0")
    answered: OrderedDict[str, Response] = OrderedDict()

    @app.middleware("http")
    async def guard(request: Request, proceed: Callable[[Request], Awaitable[Response]]) -> Response:
        request_id = uuid.uuid4().hex[:12]
        name = (request.headers.get("host") or "").rsplit(":", 1)[0].strip("[]")
        if name not in ("127.0.0.1", "localhost", "::1", "testserver"):
            return _problem("console.not_loopback", "unknown Host header", "Use 127.0.0.1.", request_id, 421)
        key = request.headers.get("idempotency-key")
        known = f"{request.method} {request.url.path} {key}" if key and request.method == "POST" else ""
        if known in answered:
            return answered[known]
        try:
            response = await proceed(request)
        except JingyinError as exc:
            status = next((code for kind, code in _STATUS.items() if isinstance(exc, kind)), 400)
            response = _problem(exc.code, exc.message, exc.remedy, request_id, status)
        if known:
            body = (
                b"".join([chunk async for chunk in response.body_iterator])
                if hasattr(response, "body_iterator")
                else bytes(response.body)
            )
            response = Response(body, response.status_code, dict(response.headers), response.media_type)
            answered[known] = response
            if len(answered) > _REMEMBERED:
                answered.popitem(last=False)
        response.headers["x-request-id"] = request_id
        return response

    async def tenant_named(name: str) -> Tenant:
        return await named_tenant(platform.crm, name)

    @app.get("/api/health", operation_id="health")
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

    @app.get("/api/metrics", operation_id="metrics", response_class=PlainTextResponse)
    async def metrics() -> PlainTextResponse:
        return PlainTextResponse(render())

    @app.get("/api/campaigns", operation_id="listCampaigns")
    async def list_campaigns(tenant: str) -> list[shapes.CampaignView]:
        scope = Scope(tenant_id=(await tenant_named(tenant)).id)
        return [await _campaign_view(platform, scope, one.id) for one in await platform.crm.campaigns.all(scope)]

    @app.get("/api/campaigns/{campaign_id}", operation_id="getCampaign")
    async def get_campaign(campaign_id: int, tenant: str) -> shapes.CampaignView:
        return await _campaign_view(platform, Scope(tenant_id=(await tenant_named(tenant)).id), campaign_id)

    @app.post("/api/campaigns/{campaign_id}/action", operation_id="moveCampaign")
    async def move_campaign(campaign_id: int, tenant: str, wanted: shapes.CampaignAction) -> shapes.CampaignView:
        scope = Scope(tenant_id=(await tenant_named(tenant)).id)
        await campaign_.move(platform.crm, scope, campaign_id, campaign_.Event(wanted.action))
        view = await _campaign_view(platform, scope, campaign_id)
        hub.tell("campaigns", "moved", view.model_dump())
        return view

    @app.get("/api/calls", operation_id="listCalls")
    async def list_calls(tenant: str, campaign_id: int, limit: int = 100) -> list[shapes.CallView]:
        scope = Scope(tenant_id=(await tenant_named(tenant)).id)
        found = await platform.crm.calls.of_campaign(scope, campaign_id, limit=min(max(limit, 1), 1000))
        return [_call_view(call) for call in found]

    @app.get("/api/calls/{call_id}/journal", operation_id="readJournal")
    async def read_journal(call_id: int, tenant: str) -> list[shapes.JournalEntry]:
        scope = Scope(tenant_id=(await tenant_named(tenant)).id)
        await platform.crm.calls.get(scope, call_id)
        return [
            shapes.JournalEntry(seq=entry.seq, at=entry.at.isoformat(), kind=entry.kind, data=dict(entry.data))
            for entry in await platform.crm.journal.read(scope, call_id)
        ]

    @app.get("/api/agents", operation_id="listAgents")
    async def list_agents() -> list[shapes.AgentView]:
        return [_agent_view(agent) for agent in platform.desk.agents.values()]

    @app.post("/api/agents/sign-in", operation_id="signIn")
    async def sign_in(who: shapes.SignIn) -> shapes.AgentView:
        tenant = await tenant_named(who.tenant)
        platform.sign_in(AgentId(who.agent_id), tenant.id, name=who.name, skills=frozenset(who.skills))
        return _agent_view(platform.desk.agent(AgentId(who.agent_id)))

    @app.get("/api/agents/{agent_id}/phone", operation_id="getPhone")
    async def get_phone(agent_id: str) -> shapes.PhoneView:
        address = platform.phone(AgentId(agent_id))
        return shapes.PhoneView(host=address.host, port=address.port, uuid=str(address.uuid))

    @app.post("/api/agents/{agent_id}/status", operation_id="setStatus")
    async def set_status(agent_id: str, choice: shapes.StatusChoice) -> shapes.AgentView:
        platform.set_status(AgentId(agent_id), Status(choice.status), choice.reason)
        return _agent_view(platform.desk.agent(AgentId(agent_id)))

    @app.post("/api/agents/{agent_id}/transfers/{transfer_id}/accept", operation_id="acceptOffer")
    async def accept(agent_id: str, transfer_id: str) -> shapes.AgentView:
        platform.desk.accept(AgentId(agent_id), TransferId(transfer_id))
        return _agent_view(platform.desk.agent(AgentId(agent_id)))

    @app.post("/api/agents/{agent_id}/transfers/{transfer_id}/decline", operation_id="declineOffer")
    async def decline(agent_id: str, transfer_id: str) -> shapes.AgentView:
        platform.desk.decline(AgentId(agent_id), TransferId(transfer_id))
        return _agent_view(platform.desk.agent(AgentId(agent_id)))

    @app.post("/api/agents/{agent_id}/hang-up", operation_id="hangUp")
    async def hang_up(agent_id: str) -> shapes.AgentView:
        platform.hang_up(AgentId(agent_id))
        return _agent_view(platform.desk.agent(AgentId(agent_id)))

    @app.post("/api/agents/{agent_id}/wrap-up", operation_id="wrapUp")
    async def wrap_up(agent_id: str, done: shapes.WrapUp) -> shapes.AgentView:
        agent = platform.desk.agent(AgentId(agent_id))
        if done.call_id and done.grade:
            await platform.crm.calls.label(Scope(tenant_id=agent.tenant_id), int(done.call_id), done.grade)
        platform.desk.wrap_up_done(AgentId(agent_id))
        return _agent_view(agent)

    @app.websocket("/api/live")
    async def live(
        socket: WebSocket,
        agent: str = "",
        topics: str = "calls,campaigns,agents",
        epoch: str | None = None,
        last_seq: int | None = None,
        host: str = Header(default=""),
    ) -> None:
        if host.rsplit(":", 1)[0].strip("[]") not in ("127.0.0.1", "localhost", "::1", "testserver"):
            await socket.close(1008)
            return
        wanted = frozenset({f"agents/{agent}"} if agent else topics.split(","))
        if agent:
            try:
                stop = platform.desk.listen(
                    AgentId(agent), lambda news: hub.tell(f"agents/{agent}", *_agent_news(news))
                )
            except NoSuchAgent as exc:
                await socket.close(1008, reason=exc.message)
                return
        await socket.accept()
        try:
            await _serve_live(socket, hub.follow(wanted, epoch=epoch, last_seq=last_seq))
        finally:
            if agent:
                stop()

    return app


async def _serve_live(socket: WebSocket, messages: AsyncGenerator[dict[str, Any]]) -> None:  # Any: JSON
    """Send until the client goes. What it says is ignored, but for its going."""

    async def send() -> None:
        async with aclosing(messages):
            async for message in messages:
                await socket.send_json(message)

    async with asyncio.TaskGroup() as tasks:
        sending = tasks.create_task(send())
        try:
            while True:
                await socket.receive_text()
        except WebSocketDisconnect:
            pass
        finally:
            sending.cancel()


def _agent_news(news: AgentNews) -> tuple[str, dict[str, Any]]:  # Any: JSON
    match news:
        case Offer():
            briefing = {name: getattr(news.briefing, name) for name in news.briefing.__slots__}
            briefing["transcript"] = [
                {"who": said.who, "text": said.text, "at_s": said.at_s} for said in news.briefing.transcript
            ]
            return "offer", {
                "transfer_id": news.transfer_id,
                "expires_in_s": news.expires_in_s,
                "straight": news.straight,
                "briefing": briefing,
            }
        case OfferGone():
            return "offer_gone", {"transfer_id": news.transfer_id, "reason": news.reason}
        case Connected():
            return "connected", {"transfer_id": news.transfer_id, "call_id": news.call_id}
        case CallEnded():
            return "call_ended", {"transfer_id": news.transfer_id, "call_id": news.call_id}
        case StateChanged():
            return "state", {"status": news.status, "state": news.state, "reason": news.reason}


def _problem(code: str, message: str, remedy: str, request_id: str, status: int) -> JSONResponse:
    body = shapes.Problem(code=code, message=message, remedy=remedy, request_id=request_id)
    return JSONResponse(body.model_dump(), status_code=status)


def _agent_view(agent: Agent) -> shapes.AgentView:
    actions = {
        AgentState.GONE: [],
        AgentState.IDLE: ["not_ready"] if agent.status is Status.READY else ["ready"],
        AgentState.OFFERED: ["accept", "decline"],
        AgentState.TALKING: ["hang_up"],
        AgentState.WRAP_UP: ["wrap_up"],
    }[agent.state]
    return shapes.AgentView(
        id=agent.id,
        name=agent.name,
        status=agent.status.value,
        state=agent.state.value,
        reason=agent.reason,
        allowed_actions=actions,
    )


async def _campaign_view(platform: Platform, scope: Scope, campaign_id: int) -> shapes.CampaignView:
    found = await platform.crm.campaigns.get(scope, campaign_id)
    counts = await platform.crm.leads.counts(scope, campaign_id)
    state = campaign_.State(found.state)
    return shapes.CampaignView(
        id=str(found.id),
        name=found.name,
        mode=found.mode,
        assistant=found.assistant,
        state=found.state,
        leads={lead_state.value: count for lead_state, count in counts.items()},
        allowed_actions=[
            event.value
            for (source, event) in campaign_.TABLE
            if source is state and event is not campaign_.Event.FINISH
        ],
    )


def _call_view(call: CallRecord) -> shapes.CallView:
    return shapes.CallView(
        id=str(call.id),
        campaign_id=str(call.campaign_id),
        lead_id=str(call.lead_id),
        stage=call.stage,
        outcome=call.result.outcome,
        served=call.result.served,
        grade=call.grade,
        summary=call.result.summary,
    )

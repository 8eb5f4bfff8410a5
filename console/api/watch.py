"""What people watch: board, campaigns, calls with their sound, customers."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response

from console.api import shapes
from console.api.access import Who
from console.board import LiveBoard, call_view, masked_name, timeline_text, turn_view
from console.sound import span_as_wav, whole
from crm.call_record import CallRecord
from crm.customer import Customer
from crm.errors import NotFound
from crm.timeline import Kind
from dialer import campaign as campaign_
from dialer.wiring.platform import Platform
from handoff.agents import State as AgentState
from handoff.agents import Status
from kernel.tenant import Role, Scope

_DENIALS: Final = 50
_REVEALED: Final = timedelta(seconds=30)


def routes(platform: Platform, live: LiveBoard) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/api")
    crm = platform.crm

    async def campaign_view(who: Who, campaign_id: int) -> shapes.CampaignView:
        found = await crm.campaigns.get(who.scope, campaign_id)
        counts = await crm.leads.counts(who.scope, campaign_id)
        state = campaign_.State(found.state)
        return shapes.CampaignView(
            id=str(found.id),
            name=found.name,
            mode=found.mode,
            assistant=found.assistant,
            state=found.state,
            leads={lead_state.value: count for lead_state, count in counts.items()},
            pacing=live.pacing_of(found.id),
            allowed_actions=[
                event.value
                for source, event in campaign_.TABLE
                if source is state and event is not campaign_.Event.FINISH and who.may(Role.SUPERVISOR, Role.ADMIN)
            ],
        )

    @router.get("/board", operation_id="getBoard")
    async def board(request: Request, who: Who, campaign_id: int | None = None) -> shapes.Board:
        hub, now = request.app.state.hub, live.now()
        seq = hub.seq(who.scope.tenant_id)  # first: what happens meanwhile is told again, which does no harm
        agents = [agent for agent in platform.desk.agents.values() if agent.tenant_id == who.scope.tenant_id]
        calls = [
            call_view(runner, now)
            for runner in platform.loop.running.values()
            if runner.lead.tenant_id == who.scope.tenant_id
            and (campaign_id is None or runner.call.campaign_id == campaign_id)
        ]
        denials = await crm.quota.denials(who.scope, limit=_DENIALS)
        here = [agent for agent in agents if agent.state is not AgentState.GONE]
        stages = [call.stage for call in calls]
        tiles = shapes.Tiles(
            dialling=stages.count("dialling"),
            robot=stages.count("robot"),
            waiting=stages.count("waiting"),
            human=stages.count("human"),
            wrap_up=sum(agent.state is AgentState.WRAP_UP for agent in here),
            ready=sum(agent.available for agent in here),
            not_ready=sum(agent.status is Status.NOT_READY for agent in here),
            abandoned_percent=None,
            answer_to_robot_ms=None,
            denials_per_min=sum(now - denial.at < timedelta(minutes=1) for denial in denials),
        )
        return shapes.Board(
            epoch=hub.epoch,
            seq=seq,
            tiles=tiles,
            calls=calls,
            agents=[live.agent_view(agent) for agent in agents],
            denials=[
                shapes.DenialView(
                    at=denial.at.isoformat(),
                    lead_id=str(denial.lead_id),
                    rule=", ".join(reason.rule for reason in denial.reasons),
                    reason="; ".join(
                        f"{reason.rule}: limit {reason.limit}, seen {reason.seen}" for reason in denial.reasons
                    ),
                    retry_at=denial.retry_at.isoformat() if denial.retry_at else None,
                )
                for denial in denials
            ],
            campaigns=[await campaign_view(who, one.id) for one in await crm.campaigns.all(who.scope)],
        )

    @router.get("/campaigns", operation_id="listCampaigns")
    async def list_campaigns(who: Who) -> list[shapes.CampaignView]:
        return [await campaign_view(who, one.id) for one in await crm.campaigns.all(who.scope)]

    @router.post("/campaigns/stop-all", operation_id="stopAllCampaigns")
    async def stop_all(request: Request, who: Who) -> list[shapes.CampaignView]:
        views = []
        for one in await crm.campaigns.all(who.scope):
            if campaign_.State(one.state) in (campaign_.State.RUNNING, campaign_.State.PAUSED):
                await campaign_.move(crm, who.scope, one.id, campaign_.Event.STOP)
            views.append(await campaign_view(who, one.id))
            request.app.state.hub.tell(who.scope.tenant_id, "campaigns", "moved", views[-1].model_dump())
        await crm.users.audited(who.scope, "stop_all")
        return views

    @router.get("/campaigns/{campaign_id}", operation_id="getCampaign")
    async def get_campaign(campaign_id: int, who: Who) -> shapes.CampaignView:
        return await campaign_view(who, campaign_id)

    @router.post("/campaigns/{campaign_id}/action", operation_id="moveCampaign")
    async def move_campaign(
        request: Request, campaign_id: int, wanted: shapes.CampaignAction, who: Who
    ) -> shapes.CampaignView:
        await campaign_.move(crm, who.scope, campaign_id, campaign_.Event(wanted.action))
        view = await campaign_view(who, campaign_id)
        request.app.state.hub.tell(who.scope.tenant_id, "campaigns", "moved", view.model_dump())
        return view

    @router.get("/calls", operation_id="listCalls")
    async def list_calls(campaign_id: int, who: Who, limit: int = 100) -> list[shapes.CallView]:
        found = await crm.calls.of_campaign(who.scope, campaign_id, limit=min(max(limit, 1), 1000))
        return [_call_line(call) for call in found]

    async def my_call(call_id: int, who: Who) -> CallRecord:
        """A call the caller may see: an agent their own only."""
        call = await crm.calls.get(who.scope, call_id)
        runner = platform.loop.running.get(call_id)
        desk = platform.desk
        offered = desk.transfer_of(who.agent_id)  # also by a colleague who puts the customer on
        theirs = (
            (runner is not None and runner.agent == who.agent_id)
            or (offered is not None and offered.request.call_id == str(call_id))
            or desk.last_call_of(who.agent_id) == str(call_id)
        )
        if not theirs and not who.may(Role.SUPERVISOR, Role.ADMIN):
            raise NotFound("call", call_id)
        return call

    @router.get("/calls/{call_id}", operation_id="getCall")
    async def get_call(call_id: int, who: Who) -> shapes.CallDetail:
        call = await my_call(call_id, who)
        runner = platform.loop.running.get(call_id)
        lead = await crm.leads.get(who.scope, call.lead_id)
        turns = await _turns(platform, who.scope, call_id)
        sound = _sound_of(platform, call)
        seconds = whole(sound) if sound is not None else None
        summary = call.result.summary.splitlines() if call.result.summary else []
        return shapes.CallDetail(
            call_id=str(call.id),
            campaign_id=str(call.campaign_id),
            customer_id=str(call.customer_id),
            stage=call_view(runner, live.now()).stage if runner else "ended",
            outcome=call.result.outcome,
            grade=call.grade or (runner.grade if runner else None),
            summary=summary,
            masked_name=masked_name(lead.name),
            masked_number=lead.number.masked,
            turns=turns,
            recording=shapes.RecordingView(available=seconds is not None, seconds=seconds),
            allowed_actions=runner.supervision.actions if runner and who.may(Role.SUPERVISOR, Role.ADMIN) else [],
        )

    @router.get("/calls/{call_id}/journal", operation_id="readJournal")
    async def read_journal(call_id: int, who: Who) -> list[shapes.JournalEntry]:
        await crm.calls.get(who.scope, call_id)
        return [
            shapes.JournalEntry(seq=entry.seq, at=entry.at.isoformat(), kind=entry.kind, data=dict(entry.data))
            for entry in await crm.journal.read(who.scope, call_id)
        ]

    @router.get("/calls/{call_id}/recording", operation_id="getRecording", response_class=Response)
    async def recording(call_id: int, who: Who) -> Response:
        call = await crm.calls.get(who.scope, call_id)
        path = _sound_of(platform, call)
        if path is None:
            raise NotFound("recording of call", call_id)
        await crm.users.audited(who.scope, "recording", about_id=call_id)
        return Response(span_as_wav(path, 0, None), media_type="audio/wav")

    @router.get("/calls/{call_id}/turns/{index}/audio", operation_id="getTurnAudio", response_class=Response)
    async def turn_audio(call_id: int, index: int, who: Who) -> Response:
        call = await my_call(call_id, who)
        turns, path = await _turns(platform, who.scope, call_id), _sound_of(platform, call)
        if path is None or not 0 <= index < len(turns):
            raise NotFound("sound of turn", index)
        turn = turns[index]
        return Response(span_as_wav(path, turn.start_ms, turn.end_ms), media_type="audio/wav")

    @router.get("/agents", operation_id="listAgents")
    async def list_agents(who: Who) -> list[shapes.AgentView]:
        agents = platform.desk.agents.values()
        return [live.agent_view(agent) for agent in agents if agent.tenant_id == who.scope.tenant_id]

    async def opted_out(customer: Customer) -> bool:
        return any([await crm.opt_outs.stands(one.subject_id) for one in customer.numbers])

    @router.get("/customers/{customer_id}", operation_id="getCustomer")
    async def get_customer(customer_id: int, who: Who) -> shapes.CustomerView:
        customer = await crm.customers.get(who.scope, customer_id)
        return shapes.CustomerView(
            customer_id=str(customer.id),
            masked_name=masked_name(customer.name),
            masked_number=customer.numbers[0].number.masked if customer.numbers else "",
            owner=str(customer.owner_id) if customer.owner_id else None,
            consent="opted_out" if await opted_out(customer) else "not_opted_out",
            interest=shapes.Interest(machine=customer.grade_machine, human=customer.grade_human),
            timeline=[
                shapes.CustomerEvent(
                    at=entry.at.isoformat(),
                    kind=entry.kind.value,
                    text=timeline_text(entry.kind, entry.data),
                    call_id=str(entry.about_id) if entry.about_id and entry.kind is Kind.CALL else None,
                )
                for entry in await crm.timeline.of(who.scope, customer_id)
            ],
            allowed_actions=["reveal"] if who.may(Role.SUPERVISOR, Role.ADMIN) else [],
        )

    @router.post("/customers/{customer_id}/reveal", operation_id="revealNumber")
    async def reveal(customer_id: int, why: shapes.Reveal, who: Who) -> shapes.Revealed:
        customer = await crm.customers.get(who.scope, customer_id)
        if not customer.numbers:
            raise NotFound("number of customer", customer_id)
        await crm.users.audited(who.scope, "reveal", about_id=customer_id, reason=why.reason)
        until = live.now() + _REVEALED
        return shapes.Revealed(number=customer.numbers[0].number.e164, until=until.isoformat())

    return router


async def _turns(platform: Platform, scope: Scope, call_id: int) -> list[shapes.TurnView]:
    """Of a call under way from its runner, of another from its journal."""
    runner = platform.loop.running.get(call_id)
    if runner is not None:
        return [turn_view(index, turn) for index, turn in enumerate(runner.turns)]
    said = [entry.data for entry in await platform.crm.journal.read(scope, call_id) if entry.kind == "turn"]
    return [
        shapes.TurnView(
            index=index,
            who=str(turn["who"]),
            kind=str(turn["kind"]),
            text=str(turn["text"]),
            start_ms=int(str(turn["start_ms"])),
            end_ms=int(str(turn["end_ms"])),
            intent=str(turn["intent"]) or None if turn["intent"] else None,
            confidence=float(str(turn["confidence"])) if turn["intent"] else None,
            because=str(turn["because"]) if turn["because"] else None,
        )
        for index, turn in enumerate(said)
    ]


def _sound_of(platform: Platform, call: CallRecord) -> Path | None:
    """The recording, also while it is being written."""
    runner = platform.loop.running.get(call.id)
    name = call.result.wav or (runner.recording if runner is not None else None)
    if name is None:
        return None
    path = platform.settings.recordings / name
    return next((file for file in (path, path.with_name(path.name + ".part")) if file.is_file()), None)


def _call_line(call: CallRecord) -> shapes.CallView:
    return shapes.CallView(
        call_id=str(call.id),
        campaign_id=str(call.campaign_id),
        lead_id=str(call.lead_id),
        stage=call.stage,
        outcome=call.result.outcome,
        served=call.result.served,
        grade=call.grade,
        summary=call.result.summary,
    )


def local_time(now: datetime, zone: str) -> str:
    """HH:MM there."""
    return now.astimezone(ZoneInfo(zone)).strftime("%H:%M")

"""The desk: who is offered what, and that nothing is ever held by the dead."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff.agents import AgentId, Next, Status
from handoff.agents import State as AgentState
from handoff.briefing import Briefing
from handoff.desk import Desk, OfferOver
from handoff.news import AgentNews, Connected, Offer, OfferGone
from handoff.transfer import Request, State, Ticket
from kernel.clock import LoopClock
from kernel.machine import IllegalTransition
from kernel.tenant import TenantId
from kernel.virtual_time import VirtualTimeLoop

pytestmark = pytest.mark.virtual_time
SHOP, OTHER = TenantId(1), TenantId(2)


def briefing(call: str) -> Briefing:
    return Briefing(
        call_id=call,
        campaign="lessons",
        customer_name="",
        masked_number="+1***00",
        grade="A",
        summary=("Is interested.",),
        evidence=(),
        slots=(),
        transcript=(),
    )


def request(call: str, **more) -> Request:
    return Request(call_id=call, tenant_id=more.pop("tenant_id", SHOP), briefing=briefing(call), **more)


class Room:
    """A desk, its agents' news, and time that is told to pass."""

    def __init__(self) -> None:
        self.clock = LoopClock()
        self.desk = Desk(self.clock, offer_s=10, wrap_up_s=20)
        self.news: list[tuple[str, AgentNews]] = []

    def agent(self, name: str, tenant: TenantId = SHOP, **more) -> AgentId:
        agent_id = AgentId(name)
        self.desk.sign_in(agent_id, tenant, **more)
        self.desk.listen(agent_id, lambda news: self.news.append((name, news)))
        self.desk.set_status(agent_id, Status.READY)
        return agent_id

    def offers(self) -> list[str]:
        return [name for name, news in self.news if isinstance(news, Offer)]

    async def wait(self, seconds: float) -> None:
        for _ in range(round(seconds * 10)):
            await self.clock.sleep(0.1)
            self.desk.tick()


@pytest.fixture
async def room() -> Room:
    return Room()


async def test_the_longest_idle_agent_is_offered_the_call_with_its_briefing(room: Room):
    room.agent("ada")
    await room.wait(1)
    room.agent("bea")
    room.desk.request(request("c1"))
    assert room.offers() == ["ada"]
    [offer] = [news for _, news in room.news if isinstance(news, Offer)]
    assert offer.briefing.summary == ("Is interested.",)


async def test_a_call_put_straight_through_is_accepted_for_the_agent_and_none_other_is_offered_it(room: Room):
    ada, _ = room.agent("ada"), room.agent("bea")
    ticket = room.desk.request(request("c1", straight=True))
    assert await ticket.outcome() is State.CONNECTING
    assert ticket.transfer.agent == ada and room.offers() == ["ada"]
    assert room.desk.agents[ada].state is AgentState.TALKING
    assert ticket.transfer.accepted_s == ticket.transfer.offered_s
    assert (room.desk.free(SHOP), room.desk.talking(SHOP)) == (1, 1)


async def test_a_call_put_straight_through_waits_its_grace_and_no_longer(room: Room):
    ticket = room.desk.request(request("c1", straight=True, hold_s=2))
    await room.wait(1.9)
    assert ticket.transfer.state is State.WAITING
    await room.wait(0.3)
    assert await ticket.outcome() is State.BOOKED
    room.agent("ada")
    assert room.offers() == []


async def test_accepting_tells_the_caller_and_bridging_the_agent(room: Room):
    ada = room.agent("ada")
    ticket = room.desk.request(request("c1"))
    room.desk.accept(ada, ticket.transfer.id)
    assert await ticket.outcome() is State.CONNECTING
    room.desk.bridged(ticket.transfer.id)
    assert any(isinstance(news, Connected) for _, news in room.news)
    room.desk.ended(ticket.transfer.id)
    assert room.desk.agent(ada).state is AgentState.WRAP_UP
    await room.wait(21)
    assert room.desk.agent(ada).available


async def test_a_declined_transfer_keeps_its_place_and_goes_to_another(room: Room):
    ada, bea = room.agent("ada"), room.agent("bea")
    first = room.desk.request(request("c1"))
    room.desk.decline(ada, first.transfer.id)
    assert room.offers() == ["ada", "bea"]
    assert first.transfer.agent == bea
    assert room.desk.agent(ada).status is Status.READY


async def test_who_declines_goes_to_the_end_of_those_who_wait(room: Room):
    ada = room.agent("ada")
    await room.wait(1)
    room.agent("bea")
    await room.wait(1)
    room.agent("cy")
    await room.wait(1)
    first = room.desk.request(request("c1"))
    room.desk.decline(ada, first.transfer.id)
    room.desk.request(request("c2"))
    assert room.offers() == ["ada", "bea", "cy"]


async def test_who_leaves_in_the_work_after_a_call_has_none_left(room: Room):
    ada = room.agent("ada")
    ticket = room.desk.request(request("c1"))
    room.desk.accept(ada, ticket.transfer.id)
    room.desk.bridged(ticket.transfer.id)
    room.desk.ended(ticket.transfer.id)
    assert room.desk.wrap_up_left_s(ada) == pytest.approx(20)
    room.desk.gone(ada)
    room.agent("ada")
    assert room.desk.wrap_up_left_s(ada) == 0


async def test_a_missed_offer_makes_not_ready(room: Room):
    ada = room.agent("ada")
    ticket = room.desk.request(request("c1"))
    await room.wait(10.2)
    assert room.desk.agent(ada).status is Status.NOT_READY
    assert room.desk.agent(ada).reason == "missed an offer"  # the desk's page knows it by these words
    assert ticket.transfer.state is State.WAITING
    with pytest.raises(OfferOver):
        room.desk.accept(ada, ticket.transfer.id)


async def test_nobody_in_time_is_booked(room: Room):
    ticket = room.desk.request(request("c1", hold_s=30))
    await room.wait(30.2)
    assert await ticket.outcome() is State.BOOKED


async def test_who_waits_no_longer_is_booked_also_while_they_are_offered(room: Room):
    ada = room.agent("ada")
    ticket = room.desk.request(request("c1", hold_s=5))
    await room.wait(5.3)
    assert await ticket.outcome() is State.BOOKED
    assert room.desk.agent(ada).available


async def test_a_customer_who_leaves_withdraws_the_offer_and_the_agent_keeps_their_place(room: Room):
    ada = room.agent("ada")
    since = room.desk.agent(ada).idle_since_s
    await room.wait(1)
    ticket = room.desk.request(request("c1"))
    room.desk.withdraw(ticket.transfer.id)
    assert await ticket.outcome() is State.WITHDRAWN
    assert any(isinstance(news, OfferGone) and news.reason == "withdrawn" for _, news in room.news)
    assert room.desk.agent(ada).idle_since_s == since
    assert room.desk.agent(ada).available


async def test_tenants_and_skills_are_kept_apart(room: Room):
    room.agent("ada", OTHER)
    room.agent("bea", skills=frozenset({"english"}))
    room.desk.request(request("c1", skills=frozenset({"german"})))
    assert room.offers() == []
    room.agent("cleo", skills=frozenset({"german", "english"}))
    assert room.offers() == ["cleo"]


async def test_priority_goes_before_waiting_time(room: Room):
    first = room.desk.request(request("c1"))
    await room.wait(1)
    second = room.desk.request(request("c2", priority=5))
    room.agent("ada")
    assert (first.transfer.state, second.transfer.state) == (State.WAITING, State.OFFERED)


@pytest.mark.parametrize("when", ["offered", "talking"])
async def test_an_agent_who_is_lost_frees_everything(room: Room, when: str):
    ada = room.agent("ada")
    ticket = room.desk.request(request("c1"))
    if when == "talking":
        room.desk.accept(ada, ticket.transfer.id)
        room.desk.bridged(ticket.transfer.id)
    room.desk.gone(ada)
    assert room.desk.agent(ada).state is AgentState.GONE
    assert ticket.transfer.state is (State.ENDED if when == "talking" else State.WAITING)


async def test_a_request_of_one_agent_goes_to_nobody_else(room: Room):
    ada, _ = room.agent("ada"), room.agent("bea")
    ticket = room.desk.request(request("c1", only=ada, queue="another"))
    assert room.offers() == ["ada"]
    room.desk.decline(ada, ticket.transfer.id)
    assert room.offers() == ["ada"]
    assert await ticket.outcome() is State.BOOKED


async def test_an_offer_to_a_lost_phone_goes_to_the_next_and_comes_back_to_who_is_back(room: Room):
    ada, bea = room.agent("ada"), room.agent("bea")
    ticket = room.desk.request(request("c1"))
    room.desk.phone_lost(ada, 30)
    assert ticket.transfer.agent == bea
    room.desk.phone_lost(bea, 30)
    assert ticket.transfer.state is State.WAITING
    room.desk.phone_back(ada)
    assert ticket.transfer.agent == ada


async def test_a_taken_over_call_is_its_takers_at_once(room: Room):
    sue = room.agent("sue")
    room.desk.set_status(sue, Status.NOT_READY)
    ticket = room.desk.take_over(sue, request("c1"))
    assert await ticket.outcome() is State.CONNECTING
    assert room.desk.agent(sue).state is AgentState.TALKING
    with pytest.raises(IllegalTransition):
        room.desk.take_over(sue, request("c2"))
    assert len(room.desk.transfers) == 1


def busy(room: Room, agent: AgentId, at: str) -> Ticket:
    """The agent is offered a call, being joined, in it, or done with it."""
    ticket = room.desk.request(request("c1"))
    if at != "offered":
        room.desk.accept(agent, ticket.transfer.id)
    if at in ("talking", "wrap_up"):
        room.desk.bridged(ticket.transfer.id)
    if at == "wrap_up":
        room.desk.ended(ticket.transfer.id)
    return ticket


@pytest.mark.parametrize(
    ("at", "how"),
    [
        ("offered", "declined"),
        ("offered", "missed"),
        ("offered", "withdrawn"),
        ("offered", "phone lost"),
        ("offered", "talked"),
        ("connecting", "talked"),
        ("connecting", "withdrawn"),
        ("talking", "talked"),
        ("talking", "phone gone"),
        ("wrap_up", "talked"),
        ("wrap_up", "saved"),
    ],
)
async def test_who_leaves_is_gone_when_nothing_holds_them_and_is_offered_nothing_meanwhile(
    room: Room, at: str, how: str
):
    ada = room.agent("ada")
    ticket = busy(room, ada, at)
    transfer = ticket.transfer.id
    room.desk.end_shift(ada)
    held = room.desk.agents[ada]
    assert (held.state is not AgentState.GONE, held.next, held.available) == (True, Next.END_OF_SHIFT, False)
    assert (room.desk.talking(SHOP), room.desk.soon_free(SHOP)) == (0, 0)
    waiting = room.desk.request(request("c2", hold_s=100))
    match how:
        case "declined":
            room.desk.decline(ada, transfer)
        case "missed":
            await room.wait(10.2)
        case "withdrawn":
            room.desk.withdraw(transfer)
        case "phone lost":
            room.desk.phone_lost(ada, 30)
        case "phone gone":
            room.desk.gone(ada)
        case "saved":
            room.desk.wrap_up_done(ada)
        case "talked":
            if at == "offered":
                room.desk.accept(ada, transfer)
            if at in ("offered", "connecting"):
                room.desk.bridged(transfer)
            if at != "wrap_up":
                room.desk.ended(transfer)
    if how == "talked" or (at, how) == ("connecting", "withdrawn"):
        assert held.state is AgentState.WRAP_UP and room.desk.wraps_up(ada) == ticket.transfer.request
        await room.wait(20.2)
    assert held.state is AgentState.GONE and room.desk.wraps_up(ada) is None
    assert (held.leaving, held.actions) == (False, ["start_shift"])
    assert room.offers() == ["ada"] and waiting.transfer.state is State.WAITING
    room.agent("ada")  # the next shift is one like any other
    assert room.desk.agents[ada].state is AgentState.OFFERED


@pytest.mark.parametrize("at", ["offered", "connecting", "talking", "wrap_up"])
async def test_who_was_to_leave_and_stays_is_as_they_were(room: Room, at: str):
    ada = room.agent("ada")
    busy(room, ada, at)
    room.desk.end_shift(ada)
    room.desk.set_status(ada, Status.READY)
    assert room.desk.agents[ada].next is Next.CALL
    assert room.desk.talking(SHOP) + room.desk.soon_free(SHOP) == 1
    await room.wait(21)
    assert room.desk.agents[ada].state is not AgentState.GONE


async def test_a_break_chosen_in_a_call_begins_after_the_work_that_follows_it(room: Room):
    ada = room.agent("ada")
    ticket = busy(room, ada, "talking")
    room.desk.set_status(ada, Status.NOT_READY, "lunch")
    assert (room.desk.agents[ada].state, room.desk.agents[ada].next) == (AgentState.TALKING, Next.BREAK)
    room.desk.ended(ticket.transfer.id)
    assert room.desk.soon_free(SHOP) == 0
    await room.wait(20.2)
    assert (room.desk.agents[ada].state, room.desk.agents[ada].reason) == (AgentState.IDLE, "lunch")
    room.desk.request(request("c2"))
    assert room.offers() == ["ada"]


async def test_who_ends_their_shift_while_nothing_holds_them_is_gone_at_once(room: Room):
    ada = room.agent("ada")
    room.desk.end_shift(ada)
    assert room.desk.agents[ada].state is AgentState.GONE
    room.desk.end_shift(ada)
    assert room.desk.agents[ada].actions == ["start_shift"]


_CHOICES = {"call": ["not_ready", "end_shift"], "break": ["ready", "end_shift"], "end_of_shift": ["ready", "not_ready"]}


@pytest.mark.parametrize("at", ["offered", "connecting", "wrap_up"])
@pytest.mark.parametrize("following", _CHOICES)
async def test_what_may_be_done_while_busy(room: Room, at: str, following: str):
    ada = room.agent("ada")
    busy(room, ada, at)
    if following == "break":
        room.desk.set_status(ada, Status.NOT_READY, "lunch")
    elif following == "end_of_shift":
        room.desk.end_shift(ada)
    own = {"offered": ["accept", "decline"], "connecting": ["hang_up"], "wrap_up": ["wrap_up", "extend_wrap_up"]}[at]
    assert room.desk.agents[ada].actions == [*own, *_CHOICES[following]]
    assert room.desk.agents[ada].next.value == following


_STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["request", "accept", "decline", "withdraw", "bridged", "ended", "gone", "back", "ready", "tick", "wrap"]
            + ["lost", "found", "take over", "request of one", "leave"]
        ),
        st.integers(0, 3),
    ),
    max_size=40,
)


@settings(max_examples=200, deadline=None)
@given(_STEPS)
def test_no_sequence_leaves_an_agent_held_by_a_dead_transfer(steps: list[tuple[str, int]]):
    async def live() -> None:
        room = Room()
        agents = [room.agent(name) for name in ("ada", "bea")]
        tickets: list[Ticket] = []
        for step, number in steps:
            agent = agents[number % 2]
            transfer = tickets[number % len(tickets)].transfer if tickets else None
            try:
                match step:
                    case "request":
                        tickets.append(room.desk.request(request(f"c{len(tickets)}")))
                    case "request of one":
                        tickets.append(room.desk.request(request(f"c{len(tickets)}", only=agent)))
                    case "lost":
                        room.desk.phone_lost(agent, 30)
                    case "leave":
                        room.desk.end_shift(agent)
                    case "found":
                        room.desk.phone_back(agent)
                    case "take over":
                        tickets.append(room.desk.take_over(agent, request(f"c{len(tickets)}")))
                    case "ready":
                        room.desk.set_status(agent, Status.READY)
                    case "gone":
                        room.desk.gone(agent)
                    case "back":
                        room.desk.sign_in(agent, SHOP)
                    case "tick":
                        await room.wait(3 * (number + 1))
                    case "wrap":
                        room.desk.wrap_up_done(agent)
                    case "accept" | "decline" if transfer:
                        getattr(room.desk, step)(agent, transfer.id)
                    case "withdraw" | "ended" if transfer:
                        getattr(room.desk, step)(transfer.id)
                    case "bridged" if transfer and transfer.state is State.CONNECTING:
                        room.desk.bridged(transfer.id)
            except (OfferOver, IllegalTransition):
                pass
            held = [
                t.transfer.agent
                for t in tickets
                if t.transfer.state in (State.OFFERED, State.CONNECTING, State.BRIDGED)
            ]
            assert len(held) == len(set(held))
            for agent_id, found in room.desk.agents.items():
                assert (found.state in (AgentState.OFFERED, AgentState.TALKING)) == (agent_id in held)
                assert not found.leaving or found.state not in (AgentState.IDLE, AgentState.GONE)

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.run(live())

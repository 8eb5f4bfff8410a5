"""The agent's part of a call on virtual time: hold in the journal, phones that come back or do not, customers put on."""

import pytest

from crm.lead import State as LeadState
from crm.timeline import Kind
from dialer.briefing import briefing_of_record
from dialer.human import NobodyToTransferTo, NotNow
from dialer.part import took_part
from handoff.agents import AgentId, Status
from handoff.agents import State as AgentState
from handoff.news import CallChanged, Offer, PhoneBack, PhoneLost, TransferFailed
from handoff.phones import State as PhoneState
from kernel.tenant import Scope, UserId
from media.leg import Cause
from tests.calls.ears import heard_by, hum, sources
from tests.calls.test_three_stage_calls import INTERESTED
from tests.calls.world import Customer, World

ADA, BEA = AgentId("ada"), AgentId("bea")


async def talking(world: World):
    """A call with ada on it, bea there and not ready; the call's future."""
    world.agent("ada", talk_s=500)
    world.agent("bea", talk_s=500)
    world.desk.set_status(BEA, Status.NOT_READY)
    world.hums |= {"ada": hum("A"), "bea": hum("B")}
    customer = Customer(says=INTERESTED)
    told = world.begin(customer)
    await world.until(lambda: world.loop.running and world.runner.human is not None)
    customer.hum = hum("C")
    return told


async def hears(world: World, who: str) -> str:
    await world.clock.sleep(0.8)
    return sources(heard_by(world, who))


def human(world: World):
    found = world.runner.human
    assert found is not None
    return found


async def test_hold_and_mute_are_in_the_journal_and_in_what_may_be_done(world: World):
    told = await talking(world)
    assert human(world).actions == ["hold", "mute", "transfer", "hang_up"]
    human(world).hold(True)
    human(world).hold(True)
    assert human(world).actions == ["resume", "mute", "transfer", "hang_up"]
    human(world).hold(False)
    human(world).mute(True)
    assert human(world).actions == ["hold", "unmute", "transfer", "hang_up"]
    human(world).mute(False)
    world.runner.hang_up_agent(ADA)
    done = await told
    kinds = [kind for kind in done.kinds() if kind in ("held", "resumed", "muted", "unmuted")]
    assert kinds == ["held", "resumed", "muted", "unmuted"]


async def test_what_the_robot_learnt_is_kept_as_soon_as_an_agent_has_the_call(world: World):
    told = await talking(world)
    await world.clock.sleep(0.5)
    kept = await world.crm.calls.get(world.scope, world.runner.call.call_id)  # all that is left when we are killed now
    assert (kept.grade, kept.result.outcome) == ("A", None)
    briefing = briefing_of_record(world.lead, "spring", kept)
    assert any("interested" in line for line in briefing.summary) and briefing.evidence
    world.runner.hang_up_agent(ADA)
    assert (await told).result == ("handed_over", "A", "agent")
    graded = [
        one for one in await world.crm.timeline.of(world.scope, world.lead.customer_id) if one.kind is Kind.GRADED
    ]
    assert len(graded) == 1


async def test_every_change_of_their_call_is_told_to_the_agent_as_it_is_then(world: World):
    told = await talking(world)
    world.agent("cleo", "ignore")

    def last() -> tuple[bool, bool, str | None]:
        news = [one for name, one in world.news if name == "ada" and isinstance(one, CallChanged)][-1]
        assert news.call_id == str(world.runner.call.call_id)
        return news.held, news.muted, news.transfer_to

    human(world).hold(True)
    assert last() == (True, False, None)
    human(world).mute(True)
    assert last() == (True, True, None)
    human(world).mute(False)
    human(world).hold(False)
    assert last() == (False, False, None)
    human(world).transfer(to_agent="cleo")
    assert last() == (True, False, "cleo")
    human(world).hold(False)
    assert last() == (False, False, None)
    human(world).transfer(to_queue="default")
    assert last() == (True, False, "default")
    await world.until(lambda: human(world).transfer_to is None)
    assert last() == (False, False, None)
    world.runner.hang_up_agent(ADA)
    await told


async def test_a_phone_that_comes_back_joins_the_same_call_as_it_was(world: World):
    told = await talking(world)
    human(world).mute(True)
    phone_id = world.phones._phones[ADA].id
    world.far["ada"].hang_up(Cause.NETWORK_FAILURE)
    assert await hears(world, "customer") == "M"
    assert world.phones.state(ADA) is PhoneState.LOST
    assert 28 < (world.phones.lost_for_s(ADA) or 0) < 30
    assert world.desk.agents[ADA].state is AgentState.TALKING
    await world.clock.sleep(25)
    world.phone("ada", phone_id=phone_id)
    assert await hears(world, "customer") == ""
    human(world).mute(False)
    assert await hears(world, "customer") == "A"
    assert await hears(world, "ada") == "C"
    await world.clock.sleep(40)  # the first loss's deadline is nobody's now
    assert await hears(world, "customer") == "A"
    assert [type(news) for name, news in world.news if isinstance(news, PhoneLost | PhoneBack)] == [
        PhoneLost,
        PhoneBack,
    ]
    world.runner.hang_up_agent(ADA)
    done = await told
    assert [kind for kind in done.kinds() if kind.startswith("phone_")] == ["phone_lost", "phone_back"]
    assert done.result == ("handed_over", "A", "agent")


async def test_a_phone_that_does_not_come_back_is_told_to_the_customer_who_is_called_back(world: World):
    told = await talking(world)
    began_s = world.clock.monotonic()
    world.far["ada"].hang_up(Cause.NETWORK_FAILURE)
    done = await told
    assert done.result == ("handed_over", "A", "agent")
    last = done.turns("robot")[-1]
    assert "colleague was lost. A colleague will call you back" in last["text"]
    assert last["because"] == "EXTERNAL_agent_calls_back"
    assert done.kinds().index("agent_lost") < done.kinds().index("callback_promised")
    booked = await world.crm.callbacks.of_lead(world.scope, world.lead.id)
    assert booked is not None and booked.call_id == done.call.id
    assert (await world.crm.leads.get(world.scope, world.lead.id)).state is LeadState.CALLBACK
    assert 30 <= world.clock.monotonic() - began_s < 40
    assert world.desk.agents[ADA].state is AgentState.GONE
    assert done.grants_open == 0


@pytest.mark.parametrize("how", ["asked us", "told the agent"])
async def test_who_wants_no_more_calls_is_not_called_back_when_the_agent_is_lost(world: World, how: str):
    told = await talking(world)
    call_id = world.runner.call.call_id
    if how == "asked us":  # on another number, by a letter, or through another tenant
        await world.crm.opt_outs.add(world.scope, world.lead.subject_id, source="letter", evidence="a letter")
    else:
        agent = Scope(tenant_id=world.scope.tenant_id, user_id=UserId(7))
        await world.crm.drafts.save(agent, call_id, note="", outcome="do_not_call", etag="")
    world.far["ada"].hang_up(Cause.NETWORK_FAILURE)
    done = await told
    last = done.turns("robot")[-1]
    assert "colleague was lost" in last["text"] and "call you back" not in last["text"]
    assert last["because"] == "EXTERNAL_agent_lost"
    assert "callback_not_booked" in done.kinds()
    assert await world.crm.callbacks.of_lead(world.scope, world.lead.id) is None
    assert done.result == ("handed_over", "A", "agent")


async def test_who_has_gone_before_the_agent_is_given_up_is_promised_nothing(world: World):
    told = await talking(world)
    world.far["ada"].hang_up(Cause.NETWORK_FAILURE)
    await world.clock.sleep(20)
    world.far["customer"].hang_up()
    done = await told
    assert "agent_lost" not in done.kinds() and "callback_promised" not in done.kinds()


async def test_an_agent_whose_phone_is_lost_is_offered_nothing_until_it_is_back(world: World):
    world.agent("ada")
    phone_id = world.phones._phones[ADA].id
    world.far["ada"].hang_up(Cause.NETWORK_FAILURE)
    await world.clock.sleep(1)
    assert not world.desk.agents[ADA].available
    assert world.desk.agents[ADA].status is Status.READY
    world.phone("ada", phone_id=phone_id)
    assert world.desk.agents[ADA].available


async def test_a_call_put_on_to_a_colleague(world: World):
    told = await talking(world)
    world.desk.set_status(BEA, Status.READY)
    world.desk.agents[BEA].name = "Bea of the evenings"
    human(world).transfer(to_agent=BEA)
    assert human(world).transfer_to == "Bea of the evenings"
    assert human(world).actions == ["resume", "mute"]
    with pytest.raises(NotNow):
        world.runner.hang_up_agent(ADA)
    assert await hears(world, "customer") == "M"
    [offer] = [news for name, news in world.news if name == "bea" and isinstance(news, Offer)]
    assert offer.briefing.put_through_by == "ada"
    assert any("interested" in line.lower() for line in offer.briefing.summary)
    await world.until(lambda: world.runner.agent == BEA)
    assert world.desk.agents[ADA].state is AgentState.WRAP_UP
    assert await hears(world, "customer") == "B"
    assert await hears(world, "bea") == "C"
    assert await hears(world, "ada") == ""
    world.runner.hang_up_agent(BEA)
    done = await told
    assert ("transferred", {"agent": "ada", "to": "bea"}) in done.journal
    assert world.desk.agents[BEA].state in (AgentState.WRAP_UP, AgentState.IDLE)


async def test_a_call_put_on_into_a_queue_goes_to_an_agent_of_that_queue(world: World):
    told = await talking(world)
    world.agent("cleo")  # free, and of another queue
    bea = world.desk.agents[BEA]
    bea.queues = frozenset({"returns"})
    world.desk.set_status(BEA, Status.READY)
    human(world).transfer(to_queue="returns")
    assert await hears(world, "customer") == "M"
    await world.until(lambda: world.runner.agent == BEA)
    assert [name for name, news in world.news if isinstance(news, Offer)] == ["ada", "bea"]
    assert world.desk.agents[ADA].state is AgentState.WRAP_UP
    wraps_up = world.desk.wraps_up(ADA)
    assert wraps_up is not None and wraps_up.call_id == str(world.runner.call.call_id)
    assert await hears(world, "customer") == "B"
    assert await hears(world, "bea") == "C"
    assert await hears(world, "ada") == ""
    world.runner.hang_up_agent(BEA)
    done = await told
    assert done.result == ("handed_over", "A", "agent")
    entries = await world.crm.journal.read(world.scope, done.call.id)
    assert [took_part(entries, who) for who in (ADA, BEA, AgentId("cleo"))] == [True, True, False]


async def test_a_shift_that_is_to_end_after_the_call_ends_after_the_wrap_up(world: World):
    told = await talking(world)
    world.desk.end_shift(ADA)
    assert await hears(world, "customer") == "A"  # the call goes on
    world.desk.set_status(BEA, Status.READY)
    human(world).transfer(to_agent="bea")
    await world.until(lambda: world.runner.agent == BEA)
    assert world.desk.agents[ADA].state is AgentState.WRAP_UP
    assert world.phones.state(ADA) is PhoneState.UP
    await world.clock.sleep(20.5)
    assert world.desk.agents[ADA].state is AgentState.GONE
    assert (world.phones.state(ADA), world.far["ada"].over) == (PhoneState.DOWN, True)
    assert await hears(world, "customer") == "B"
    world.runner.hang_up_agent(BEA)
    assert (await told).result == ("handed_over", "A", "agent")


async def test_who_is_to_leave_and_loses_their_phone_leaves_with_the_call(world: World):
    told = await talking(world)
    world.desk.end_shift(ADA)
    world.far["ada"].hang_up(Cause.NETWORK_FAILURE)
    await told
    assert world.desk.agents[ADA].state is AgentState.GONE


@pytest.mark.parametrize("how", ["declined", "missed", "nobody_free"])
async def test_a_customer_nobody_takes_stays_with_the_agent_who_is_told(world: World, how: str):
    told = await talking(world)
    if how != "nobody_free":
        cleo = world.agent("cleo", "decline" if how == "declined" else "ignore")
        human(world).transfer(to_agent=cleo)
    else:
        human(world).transfer(to_queue="default")  # bea serves it, and is not ready
    await world.until(lambda: human(world).transfer_to is None)
    [failed] = [news for name, news in world.news if name == "ada" and isinstance(news, TransferFailed)]
    assert failed.reason == how
    assert await hears(world, "customer") == "A"
    world.runner.hang_up_agent(ADA)
    done = await told
    assert done.result == ("handed_over", "A", "agent")
    assert ("transfer_failed", {"agent": "ada", "reason": how}) in done.journal


async def test_where_one_missed_it_and_another_declined_it_was_declined(world: World):
    told = await talking(world)
    world.agent("cleo", "ignore")
    human(world).transfer(to_queue="default")
    await world.clock.sleep(11)
    world.agent("dia", "decline")
    await world.until(lambda: human(world).transfer_to is None)
    [failed] = [news for name, news in world.news if name == "ada" and isinstance(news, TransferFailed)]
    assert failed.reason == "declined"
    world.runner.hang_up_agent(ADA)
    await told


@pytest.mark.parametrize(
    "wish", [{"to_agent": "nobody"}, {"to_agent": "ada"}, {"to_agent": "bea"}, {"to_queue": "vip"}]
)
async def test_an_unknown_or_busy_name_is_refused_and_nothing_changes(world: World, wish: dict[str, str]):
    told = await talking(world)
    with pytest.raises(NobodyToTransferTo):
        human(world).transfer(**wish)
    assert not human(world).held
    assert await hears(world, "customer") == "A"
    world.runner.hang_up_agent(ADA)
    await told


async def test_taking_the_customer_back_withdraws_the_offer(world: World):
    told = await talking(world)
    world.agent("cleo", "ignore")
    human(world).transfer(to_agent="cleo")
    await world.clock.sleep(1)
    human(world).hold(False)
    assert await hears(world, "customer") == "A"
    assert world.desk.agents[AgentId("cleo")].state is AgentState.IDLE
    world.runner.hang_up_agent(ADA)
    await told


async def test_a_customer_who_leaves_while_being_put_on_frees_everybody(world: World):
    told = await talking(world)
    world.agent("cleo", "ignore")
    human(world).transfer(to_agent="cleo")
    await world.clock.sleep(1)
    world.far["customer"].hang_up()
    await told
    assert world.desk.agents[AgentId("cleo")].state is AgentState.IDLE
    assert world.desk.agents[ADA].state in (AgentState.WRAP_UP, AgentState.IDLE)


async def test_an_agent_lost_for_good_while_a_colleague_is_asked_does_not_lose_the_customer(world: World):
    told = await talking(world)
    human(world).transfer(to_queue="default")
    world.far["ada"].hang_up(Cause.NETWORK_FAILURE)
    await world.clock.sleep(27)
    world.phones.hang_up(ADA)
    world.desk.set_status(BEA, Status.READY)
    await world.until(lambda: world.runner.agent == BEA)
    assert await hears(world, "customer") == "B"
    world.runner.hang_up_agent(BEA)
    done = await told
    assert done.result == ("handed_over", "A", "agent")

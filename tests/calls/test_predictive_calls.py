"""Whole predictive calls on virtual time: an agent at once, or the message and a way to refuse; no agent hears a machine."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.assistant import Assistant, load_assistant
from crm import lead as lead_
from dialer.campaign import CampaignLoop
from dialer.figures import abandoned_percent, answer_to_robot_ms
from dialer.modes.predictive import GRACE_S, spoken_number
from handoff.agents import AgentId, Status
from handoff.agents import State as AgentState
from handoff.desk import Desk
from handoff.news import Connected, Offer
from media.leg import Cause
from tests.calls.people import call, over
from tests.calls.world import Customer, World, loud_s, open_world, recorded

ANSWERED_AFTER_S = 2.5  # they are dialled at once and ring for 2 s: by then an agent can be gone


@pytest.fixture(scope="session")
def apology(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return load_assistant(Path("bot/assistants/apology_en"), cache=tmp_path_factory.mktemp("nlu"))


@pytest.fixture
async def world(apology: Assistant, empty: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(apology, empty, tmp_path / "data", mode="predictive") as world:
        yield world


def goes(world: World, name: str, after_s: float = 1.0) -> None:
    """The agent is ready when the call is dialled, and not any more when it is answered."""
    agent = world.agent(name)
    world.later(after_s, lambda: world.desk.set_status(agent, Status.NOT_READY, "lunch"))


async def test_who_answers_has_an_agent_at_once_and_never_hears_the_robot(world: World):
    world.agent("ada", talk_s=6)
    told = await world.call(Customer())
    assert told.result == ("handed_over", None, "agent")
    times = told.call.result.handover
    assert 0 <= times["bridged_s"] - times["greeted_s"] <= GRACE_S
    assert times["accepted_s"] == times["offered_s"]
    assert told.turns("robot") == []
    assert await abandoned_percent(world.crm, world.scope, world.campaign.id, world.clock.now()) == 0.0
    [offer] = [news for _, news in world.news if isinstance(news, Offer)]
    assert offer.straight
    assert offer.briefing.masked_number == "***0100"
    assert told.grants_open == 0
    assert world.desk.agents["ada"].state in (AgentState.WRAP_UP, AgentState.IDLE)


async def test_who_loses_their_agent_for_good_is_called_back(world: World):
    world.agent("ada", talk_s=500)
    world.later(15, lambda: world.far["ada"].hang_up(Cause.NETWORK_FAILURE))
    told = await world.call(Customer())
    assert told.result == ("handed_over", None, "agent")
    assert told.turns("robot")[-1]["because"] == "EXTERNAL_agent_calls_back"
    assert await world.crm.callbacks.of_lead(world.scope, world.lead.id) is not None


async def test_the_agent_who_is_put_through_sees_what_was_before(world: World):
    await world.crm.customers.note(world.scope, world.lead.customer_id, "rather in the morning")
    world.agent("ada", talk_s=2)
    await world.call(Customer())
    [offer] = [news for _, news in world.news if isinstance(news, Offer)]
    assert [(past.kind, past.text) for past in offer.briefing.earlier] == [("note", "rather in the morning")]


@pytest.mark.parametrize("hello", ["hello", None, "hello there this is mary speaking"], ids=["short", "silent", "long"])
async def test_the_two_seconds_run_from_the_end_of_the_greeting(world: World, hello: str | None):
    world.agent("ada", talk_s=2)
    told = await world.call(Customer(hello=hello))
    times = told.call.result.handover
    assert told.result[0] == "handed_over"
    assert 0 <= times["bridged_s"] - times["greeted_s"] <= 0.7


@pytest.mark.parametrize("hello", ["hello", "hello there this is mary speaking"], ids=["short", "long"])
async def test_the_grace_is_over_two_seconds_after_the_greeting_however_long_it_took_to_be_sure_of_its_end(
    world: World, hello: str
):
    goes(world, "ada")
    told = await world.call(Customer(hello=hello))
    [greeted] = [data for kind, data in told.journal if kind == "greeted"]
    grace_ms = told.turns("robot")[0]["start_ms"] - greeted["ended_ms"]
    assert told.result[0] == "abandoned"
    assert 1000 * GRACE_S <= grace_ms <= 1000 * GRACE_S + 200  # the verdict came half a second after the end


async def test_an_agent_who_is_ready_after_the_grace_comes_too_late(world: World):
    """Ready 2.2 s after the greeting's end: within two seconds of the verdict, and no longer within the grace."""
    goes(world, "ada")
    told = world.begin(Customer())
    await world.until(lambda: world.loop.running and "greeted_s" in world.runner.life.handover)
    life = world.runner.life
    ready_s = life.answered_s + life.handover["greeted_s"] + GRACE_S + 0.2
    world.later(ready_s - world.clock.monotonic(), lambda: world.desk.set_status(AgentId("ada"), Status.READY, ""))
    assert (await told).result[0] == "abandoned"


async def test_nobody_is_dialled_while_no_agent_is_ready(world: World):
    with pytest.raises(AssertionError, match="nobody was called"):
        await world.call(Customer(), within_s=20)


async def test_nobody_there_in_time_is_abandoned_and_told_who_called_and_how_to_refuse(world: World):
    goes(world, "ada")
    told = await world.call(Customer())
    assert told.result == ("abandoned", "D", "none")
    words = " ".join(turn["text"] for turn in told.turns("robot"))
    for fact in ("Lighthouse Languages", "Our number is", "press nine"):
        assert fact in words
    [greeted] = [data for kind, data in told.journal if kind == "greeted"]
    first_ms = told.turns("robot")[0]["start_ms"]
    assert 2000 <= first_ms - greeted["ended_ms"] <= 2600
    tally = world.loop.tallies[world.campaign.id]
    assert (tally.answered, tally.abandoned) == (1, 1)
    assert await world.crm.calls.answered(world.scope, world.campaign.id, told.attempt.claimed_at) == (1, 1)
    assert await abandoned_percent(world.crm, world.scope, world.campaign.id, world.clock.now()) == 100.0
    assert await answer_to_robot_ms(world.crm, world.scope) is None, "the message is no greeting"
    lead = await world.crm.leads.get(world.scope, world.lead.id)
    assert lead.state is lead_.State.READY and (lead.next_at - told.attempt.ended_at).days >= 2  # 72 hours


async def test_the_whole_message_is_heard_and_then_the_call_ends_and_all_of_it_is_on_the_file(world: World):
    goes(world, "ada")
    customer = Customer()
    told = await world.call(customer)
    [greeted] = [data for kind, data in told.journal if kind == "greeted"]
    turns = told.turns("robot")
    words = " ".join(turn["text"] for turn in turns)
    assert words.startswith("Hello, this is a recorded message from Lighthouse Languages.")
    assert words.endswith("Goodbye.")
    spoken_s = sum(turn["heard_s"] for turn in turns)
    assert spoken_s == pytest.approx(sum((turn["end_ms"] - turn["start_ms"]) / 1000 for turn in turns), abs=0.1)
    assert loud_s(bytes(customer.heard)) > 0.8 * spoken_s > 4
    left, right = recorded(world, told)
    assert loud_s(right.tobytes()) == pytest.approx(loud_s(bytes(customer.heard)), abs=0.1)
    assert loud_s(left.tobytes()[: greeted["ended_ms"] * 16]) > 0.2, "their greeting is on the file"
    assert not right[: (greeted["ended_ms"] + 1900) * 8].any(), "nobody spoke before the two seconds were over"
    assert world.far["customer"].over
    kinds = [kind for kind in told.kinds() if kind in ("greeted", "abandoned", "turn")]
    assert kinds[:3] == ["greeted", "abandoned", "turn"]
    states = [data["state"] for kind, data in told.journal if kind == "state"]
    assert states == ["dialling", "robot", "holding", "robot"]
    assert ("ended", "abandoned") in [(kind, data.get("outcome")) for kind, data in world.live]
    assert told.grants_open == 0


async def test_an_abandoned_call_is_of_the_budget_while_its_message_is_heard(world: World):
    goes(world, "ada")
    told = world.begin(Customer())
    await world.until(lambda: world.loop.running and world.runner.life.abandoned)
    await world.clock.sleep(1)
    assert world.loop.running and "abandoned 100.0 % of 1," in world.decisions[-1].because
    await told
    await world.clock.sleep(3)
    assert "abandoned 100.0 % of 1," in world.decisions[-1].because, "and it is counted once"


async def test_workers_of_one_campaign_have_one_budget_of_abandoned_calls(world: World):
    theirs: list[str] = []
    other = CampaignLoop(
        crm=world.crm,
        desk=Desk(world.clock),  # with agents of its own: none
        clock=world.clock,
        lines=4,
        background=world._background,
        assistants={"apology_en"},
        make_runner=lambda picked: pytest.fail("it has nobody to put a customer through to"),
        told=lambda campaign, decision: theirs.append(decision.because),
    )
    world._background.start(other.run())
    goes(world, "ada")
    told = world.begin(Customer())
    await world.until(lambda: world.loop.running and theirs)
    assert "abandoned 0.0 % of 0," in theirs[-1]
    await told
    await world.clock.sleep(3)
    assert "abandoned 100.0 % of 1," in theirs[-1]
    assert "abandoned 100.0 % of 1," in world.decisions[-1].because
    other.drain()


async def test_an_agent_who_is_ready_within_the_grace_gets_the_call(world: World):
    goes(world, "ada")
    world.later(3.9, lambda: world.desk.set_status(world.desk.agents["ada"].id, Status.READY, ""))
    told = await world.call(Customer())
    assert told.result[0] == "handed_over"
    times = told.call.result.handover
    assert 0.5 < times["bridged_s"] - times["greeted_s"] <= GRACE_S


@pytest.mark.parametrize(
    "refuses", [{"presses": ("pitch", "9")}, {"says": [({"notice"}, "remove my number")]}], ids=["key", "words"]
)
async def test_the_message_can_be_refused(world: World, refuses):
    goes(world, "ada")
    told = await world.call(Customer(**refuses))
    assert told.result[0] == "abandoned"  # it still counts
    assert await world.crm.opt_outs.stands(world.lead.subject_id)
    assert (await world.crm.leads.get(world.scope, world.lead.id)).state is lead_.State.STOPPED


@pytest.mark.parametrize("words", ["no thank you", "yes that is right"])
async def test_a_word_into_the_message_does_not_end_it_before_the_law_is_told(world: World, tmp_path: Path, words: str):
    goes(world, "ada")
    told = await call(world, tmp_path, turns=over("greeting", words))
    assert told.result[0] == "abandoned"
    text = " ".join(turn["text"] for turn in told.turns("robot"))
    facts = [text.rindex(fact) for fact in ("Lighthouse Languages", "Our number is", "press nine", "Goodbye")]
    assert facts == sorted(facts)
    assert text.count("Goodbye") == 1


async def test_a_campaigns_queue_is_served_by_its_agents_alone(apology: Assistant, empty: Path, tmp_path: Path):
    async with open_world(apology, empty, tmp_path / "data", mode="predictive", options={"queue": "sales"}) as world:
        world.agent("ada")
        world.agent("bea", queues=("sales",))
        told = await world.call(Customer())
        assert told.result[0] == "handed_over"
        assert [name for name, news in world.news if isinstance(news, Offer)] == ["bea"]


async def test_a_mailbox_is_put_to_no_agent(world: World):
    world.agent("ada")
    told = await world.call(Customer(voicemail=True))
    assert told.result[:2] == ("voicemail", None)
    assert not [news for _, news in world.news if isinstance(news, Offer | Connected)]
    assert world.loop.tallies[world.campaign.id].answered == 0


async def test_who_hangs_up_before_the_grace_is_over_was_answered_and_not_abandoned(world: World):
    goes(world, "ada")
    world.later(4.0, lambda: world.far["customer"].hang_up())
    told = await world.call(Customer())
    assert told.result == ("customer_left", None, "none")
    tally = world.loop.tallies[world.campaign.id]
    assert (tally.answered, tally.abandoned) == (1, 0)


async def test_an_agent_whose_phone_is_gone_is_no_agent(world: World):
    world.agent("ada")
    world.later(ANSWERED_AFTER_S, lambda: world.phones.hang_up(AgentId("ada")))
    told = await world.call(Customer())
    assert told.result[0] == "abandoned"
    assert world.desk.agents["ada"].state is not AgentState.TALKING


async def test_nobody_answers(world: World):
    world.agent("ada")
    told = await world.call(Customer(cause=Cause.BUSY))
    assert told.result[:2] == ("busy", None)


async def test_the_agent_hears_the_customer(world: World):
    world.agent("ada", talk_s=4)
    world.later(ANSWERED_AFTER_S + 1.5, lambda: world.customer.say_now.append("yes this is mary"))
    told = await world.call(Customer())
    world.far["ada"].hang_up()
    heard = b"".join([chunk.pcm async for chunk in world.far["ada"].receive()])
    assert told.result[0] == "handed_over"
    assert 0.8 <= loud_s(heard) <= 1.5


def test_our_number_is_read_digit_by_digit():
    assert spoken_number("+12025550123") == "1 2 0 2 5 5 5 0 1 2 3"
    assert "display" in spoken_number("")
    assert spoken_number("", "zh") == "来电显示的号码"

"""Whole one-sentence calls on virtual time: a key, a short answer, once more and no more, never again, nobody there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.assistant import Assistant, load_assistant
from crm import lead as lead_
from media.leg import Cause
from tests.calls.world import Customer, World, open_world

DATA = {"amount": "thirty dollars", "card": "1234", "due": "on Friday"}
SENTENCE = "Your payment of thirty dollars by the card ending 1234 is due on Friday."


@pytest.fixture(scope="session")
def reminder(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return load_assistant(Path("bot/assistants/reminder_en"), cache=tmp_path_factory.mktemp("nlu"))


@asynccontextmanager
async def a_world(reminder: Assistant, empty: Path, folder: Path, data: dict[str, object]) -> AsyncIterator[World]:
    async with open_world(reminder, empty, folder, mode="one_sentence", attributes=data) as world:
        yield world


@pytest.fixture
async def world(reminder: Assistant, empty: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(reminder, empty, tmp_path / "data", DATA) as world:
        yield world


def said(told, text: str) -> int:
    return sum(text in turn["text"] for turn in told.turns("robot"))


async def test_a_key_confirms_what_was_said_of_the_lead(world: World):
    told = await world.call(Customer(presses=("pitch", "1")))
    assert told.result == ("confirmed", "B", "none")
    assert said(told, SENTENCE) == 1
    assert told.grants_open == 0
    assert (await world.crm.leads.get(world.scope, world.lead.id)).state is lead_.State.DONE


async def test_who_calls_and_that_it_is_a_robot_and_recorded_comes_before_anything_of_the_lead(world: World):
    told = await world.call(Customer(presses=("pitch", "1")))
    words = " ".join(turn["text"] for turn in told.turns("robot"))
    assert 0 <= words.index("this is Lighthouse") < words.index("robot") < words.index("recorded") < words.index("1234")


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        ("yes that is right", ("confirmed", "B", "none")),
        ("no i will not pay", ("declined", "E", "none")),
        ("you have the wrong number", ("opted_out", "E", "none")),
    ],
)
async def test_a_short_answer(world: World, answer: str, result):
    told = await world.call(Customer(says=[({"pitch"}, answer)]))
    assert told.result == result
    assert said(told, "Goodbye") == 1


async def test_it_is_said_once_more_on_request_and_then_answered(world: World):
    told = await world.call(Customer(says=[({"pitch"}, "can you repeat that please"), ({"pitch"}, "yes")]))
    assert told.result == ("confirmed", "B", "none")
    assert said(told, SENTENCE) == 2


async def test_a_second_repetition_is_refused_politely(world: World):
    again = "can you repeat that please"
    told = await world.call(Customer(says=[({"pitch"}, again), ({"pitch"}, again)]))
    assert told.result == ("repeated", "D", "none")
    assert said(told, SENTENCE) == 2
    assert said(told, "twice only") == 1


async def test_an_opt_out_holds_from_then_on(world: World):
    told = await world.call(Customer(presses=("pitch", "9")))
    assert told.result == ("opted_out", "F", "none")
    assert await world.crm.opt_outs.stands(world.lead.subject_id)


async def test_silence_ends_politely_and_is_tried_again_later(world: World):
    told = await world.call(Customer(hello=None))
    assert told.result == ("no_response", "D", "none")
    assert said(told, "Are you still there") == 0
    assert (await world.crm.leads.get(world.scope, world.lead.id)).state is lead_.State.READY


async def test_a_mailbox_hears_nothing_of_the_lead(world: World):
    told = await world.call(Customer(voicemail=True))
    assert told.result[:2] == ("voicemail", None)
    assert said(told, "1234") == 0


async def test_nobody_answers(world: World):
    told = await world.call(Customer(cause=Cause.NO_ANSWER))
    assert told.result[:2] == ("no_answer", None)


@pytest.mark.parametrize(
    ("change", "code"),
    [({"card": "4111 1111 1111 1234"}, "dialer.data_unmasked"), ({"due": ""}, "dialer.data_missing")],
)
async def test_a_lead_that_may_not_be_said_is_refused_before_anything_rings(
    reminder: Assistant, empty: Path, tmp_path: Path, change, code: str
):
    async with a_world(reminder, empty, tmp_path / "data", {**DATA, **change}) as world:
        told = await world.call(Customer(presses=("pitch", "1")))
        assert told.result[0] == "refused"
        assert not told.attempt.rung
        assert world.customer.answered_at is None
        [why] = [data for kind, data in told.journal if kind == "refused"]
        assert why["code"] == code
        assert f"lead {world.lead.id}" in why["because"] and "4111" not in why["because"]
        assert (await world.crm.leads.get(world.scope, world.lead.id)).state is lead_.State.DONE
        assert told.grants_open == 0

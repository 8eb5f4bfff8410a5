"""Whole Mandarin calls beside the course's: the reminder and the apology, barge-in and nods by characters."""

from pathlib import Path

import pytest

from bot.assistant import Assistant, load_assistant
from handoff.agents import Status
from speech.spoken import spoken
from tests.calls.world import Customer, open_world

DATA = {"amount": "¥1,280.50", "card": "1234", "due": "周五"}
INTO_THE_OPENING_S = 6.0  # since the campaign began: ringing and hello are over


@pytest.fixture(scope="module")
def assistants(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Assistant]:
    cache = tmp_path_factory.mktemp("nlu")
    return {
        name: load_assistant(Path("bot/assistants") / name, cache=cache)
        for name in ("course_zh", "reminder_zh", "apology_zh")
    }


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        ("是的没错", ("confirmed", "B", "none")),
        ("嗯我会按时还款", ("confirmed", "B", "none")),
        ("我已经还过了", ("declined", "E", "none")),
        ("你打错了", ("opted_out", "E", "none")),
        ("不要再给我打电话了", ("opted_out", "F", "none")),
    ],
)
async def test_an_answer_to_the_reminder(
    assistants: dict[str, Assistant], empty: Path, tmp_path: Path, answer: str, result: tuple[str, str, str]
):
    async with open_world(
        assistants["reminder_zh"], empty, tmp_path / "data", mode="one_sentence", attributes=DATA
    ) as world:
        told = await world.call(Customer(hello="喂", says=[({"pitch"}, answer)]))
    assert told.result == result
    words = "".join(turn["text"] for turn in told.turns("robot"))
    assert "您尾号1234的卡，有一笔¥1,280.50的还款，周五到期。" in words  # people read it as it is written
    assert "尾号一二三四的卡，有一笔一千二百八十元五角的还款" in spoken(words, "zh")


@pytest.mark.parametrize(
    ("said", "kind"),
    [("嗯", "backchannel"), ("好的", "backchannel"), ("对对", "backchannel"), ("你们是哪个公司的", "interrupts")],
)
async def test_a_nod_is_told_from_an_interruption_by_its_characters(
    assistants: dict[str, Assistant], empty: Path, tmp_path: Path, said: str, kind: str
):
    async with open_world(assistants["course_zh"], empty, tmp_path / "data") as world:
        customer = Customer(hello="喂")
        world.later(INTO_THE_OPENING_S, lambda: customer.say_now.append(said))
        told = await world.call(customer)
    [turn] = [turn for turn in told.turns("customer") if turn["text"] == said]
    assert turn["kind"] == kind


async def test_who_finds_no_agent_hears_who_called_and_how_to_refuse(
    assistants: dict[str, Assistant], empty: Path, tmp_path: Path
):
    async with open_world(assistants["apology_zh"], empty, tmp_path / "data", mode="predictive") as world:
        agent = world.agent("ada")
        world.later(1.0, lambda: world.desk.set_status(agent, Status.NOT_READY, "lunch"))
        told = await world.call(Customer(hello="喂你好", says=[({"notice"}, "删除号码")]))
        assert await world.crm.opt_outs.stands(world.lead.subject_id)
    words = "".join(turn["text"] for turn in told.turns("robot"))
    for fact in ("灯塔外语", "来电显示的号码", "请按9", "号码已删除"):
        assert fact in words

"""Logs: one JSON object a line, context included, personal data masked."""

import asyncio
import io
import json
import logging
from collections.abc import Iterator

import pytest

from kernel.log import LogFormat, configure_logging, get_logger, log_context

log = get_logger("jingyin.test")


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield io.StringIO()
    root.handlers[:] = handlers
    root.setLevel(level)


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_has_time_level_logger_message_and_fields(stream: io.StringIO) -> None:
    configure_logging(stream=stream)
    log.info("attempt ended", cause="busy")
    (line,) = lines(stream)
    assert line.pop("at")
    assert line == {"level": "info", "logger": "jingyin.test", "message": "attempt ended", "cause": "busy"}


async def test_context_reaches_tasks_started_inside_and_ends_outside(stream: io.StringIO) -> None:
    configure_logging(stream=stream)

    async def leg() -> None:
        with log_context(leg="a"):
            await asyncio.sleep(0)
            log.info("leg up")

    with log_context(tenant=1, call=17):
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(leg())
            log.info("call up")
    log.info("over")
    call, leg_line, over = lines(stream)
    assert (leg_line["tenant"], leg_line["call"], leg_line["leg"]) == (1, 17, "a")
    assert (call["call"], "leg" in call, "call" in over) == (17, False, False)


def test_personal_data_is_masked_at_any_depth(stream: io.StringIO) -> None:
    configure_logging(stream=stream)
    log.info("heard", text_pii="I am Ann", copied=1, lead={"id": 1, "pii_name": "Ann"}, turns=[{"text_pii": "Ann"}])
    assert "Ann" not in stream.getvalue()
    (line,) = lines(stream)
    assert (line["text_pii"], line["copied"]) == ("***", 1)


def test_personal_data_is_shown_on_request(stream: io.StringIO) -> None:
    configure_logging(stream=stream, show_pii=True)
    log.info("heard", text_pii="I am Ann")
    assert lines(stream)[0]["text_pii"] == "I am Ann"


def test_an_exception_is_one_line_of_json(stream: io.StringIO) -> None:
    configure_logging(stream=stream)
    try:
        raise RuntimeError("boom")
    except RuntimeError:
        log.exception("leg failed")
    (line,) = lines(stream)
    assert "RuntimeError: boom" in str(line["exception"])


def test_text_is_for_people(stream: io.StringIO) -> None:
    configure_logging(stream=stream, format=LogFormat.TEXT, level="warning")
    log.info("quiet")
    log.warning("index is behind", lag_s=3, name_pii="Ann")
    assert stream.getvalue().endswith(" warning index is behind lag_s=3 name_pii=***\n")
    assert "quiet" not in stream.getvalue()

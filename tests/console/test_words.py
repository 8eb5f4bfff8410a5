"""What the console answers in English, it also answers in facts that a page words in its own language."""

import re
from collections.abc import Iterator

import pytest

from console.api import codes, refusals
from dialer import pacing
from dialer.pacing_predictive import predictive
from kernel.errors import JingyinError
from kernel.shipped import shipped
from tests.console.conftest import Console

SITUATION = pacing.Situation(in_flight=3, lines=8, free_agents=2, soon_free_agents=1, p_warm=0.12, busy_agents=2)
ENGLISH = shipped("console/web/src/i18n/en.ts").read_text(encoding="utf-8")


def test_every_error_of_the_process_is_one_that_requests_meet_or_one_that_none_does():
    known = {error.code for error in _below(JingyinError)} | {JingyinError.code}
    answered = set(codes.ANSWERED)
    assert answered.isdisjoint(codes.ELSEWHERE)
    assert sorted(known - answered - codes.ELSEWHERE) == [], "say in console/api/codes.py whether a request can meet it"
    assert {error.code for error in refusals._STATUS} <= answered


async def test_a_refusal_carries_its_case_and_the_values_in_its_text(console: Console):
    async with console.browser("ann") as ann:
        forbidden = (await ann.get("/api/board")).json()
        assert (forbidden["code"], forbidden["case"]) == ("kernel.forbidden", "")
        assert forbidden["params"] == {"roles": ["admin", "supervisor"]}
        missing = (await ann.get("/api/calls/1")).json()
        assert (missing["code"], missing["case"]) == ("crm.not_found", "call")
        malformed = (await ann.post("/api/desk/status", json={"status": "away"})).json()
        assert (malformed["code"], malformed["params"]) == ("console.malformed", {"field": "body.status"})


@pytest.mark.parametrize("law", [pacing.progressive, pacing.all_lines, predictive])
def test_a_page_words_a_law_by_figures_that_it_has(law: pacing.Law):
    decision = law(SITUATION)
    sentence = re.search(rf'"pacing\.{decision.law}": "([^"]+)"', ENGLISH)
    assert sentence, f"no words for {decision.law}"
    assert set(re.findall(r"{{(\w+)}}", sentence[1])) == {*decision.figures, "dial"}


def _below(error: type[JingyinError]) -> Iterator[type[JingyinError]]:
    for child in error.__subclasses__():
        if not child.__module__.startswith("tests."):
            yield child
        yield from _below(child)

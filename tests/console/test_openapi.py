"""The committed description of the API is the API's."""

import json
from enum import StrEnum
from typing import get_args

import pytest
from typing_extensions import TypeAliasType

from bot.outcome import Grade
from bot.turn import Speaker
from console.api import shapes
from console.api.openapi import document
from crm import timeline
from dialer import campaign
from handoff import agents
from kernel.shipped import shipped
from media.mix import Monitor
from tests.console.conftest import Console

PAGE = shipped("docs/reference/openapi.json")


def test_the_description_is_up_to_date():
    assert PAGE.read_text() == document(), "run make docs"


async def test_a_running_console_describes_itself_so(console: Console):
    assert console.app.openapi() == json.loads(document())


@pytest.mark.parametrize(
    ("choice", "meant"),
    [
        (shapes.Grade, Grade),
        (shapes.Speaker, Speaker),
        (shapes.AgentStatus, agents.Status),
        (shapes.AgentState, agents.State),
        (shapes.CampaignState, campaign.State),
        (shapes.MonitorMode, Monitor),
        (shapes.TimelineKind, timeline.Kind),
    ],
    ids=lambda one: one.__name__,
)
def test_a_closed_choice_of_the_api_is_the_rooms_own(choice: TypeAliasType, meant: type[StrEnum]):
    assert set(get_args(choice.__value__)) == {member.value for member in meant}


def test_closed_choices_and_refusals_have_names_in_the_description():
    described = json.loads(document())
    assert {"Stage", "Grade", "Role", "Speaker", "AgentState", "Problem"} <= described["components"]["schemas"].keys()
    for path, methods in described["paths"].items():
        for operation in methods.values():
            assert "4XX" in operation["responses"], path

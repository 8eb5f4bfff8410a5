"""The committed description of the API is the API's."""

import json

from console.api.openapi import document
from kernel.shipped import shipped
from tests.console.conftest import Console

PAGE = shipped("docs/reference/openapi.json")


def test_the_description_is_up_to_date():
    assert PAGE.read_text() == document(), "run make docs"


async def test_a_running_console_describes_itself_so(console: Console):
    assert console.app.openapi() == json.loads(document())

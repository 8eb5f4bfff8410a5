"""The shipped assistant, loaded once."""

from pathlib import Path

import pytest

from bot.assistant import Assistant, load_assistant


@pytest.fixture(scope="session")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return load_assistant(Path("bot/assistants/course_en"), cache=tmp_path_factory.mktemp("nlu"))

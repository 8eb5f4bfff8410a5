"""The shipped assistant, loaded once for all tests of this folder."""

import tempfile
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.assistant import Assistant, load_assistant
from bot.dialogue import Dialogue
from bot.events import Action, CustomerSaid, Event, Say

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "bot/assistants/course_en"
CALLED_AT = datetime(2026, 11, 24, 11, 32, tzinfo=ZoneInfo("America/New_York"))  # a Tuesday


@cache
def course() -> Assistant:
    """course_en, trained into a folder of this run."""
    return load_assistant(FOLDER, cache=Path(tempfile.mkdtemp(prefix="jingyin-nlu-")))


class Call:
    """A dialogue told like a call: `says` and `happens` return what the robot did."""

    def __init__(self, name: str = "Mary") -> None:
        self.dialogue = Dialogue(course(), called_at=CALLED_AT, slots={"name": name})
        self.actions: list[Action] = self.dialogue.start()

    def says(self, text: str) -> list[Action]:
        """The customer said this."""
        return self.happens(CustomerSaid(text=text))

    def happens(self, event: Event) -> list[Action]:
        """Something happened."""
        self.actions = self.dialogue.on(event)
        return self.actions

    @property
    def keys(self) -> list[str]:
        """The responses of the last utterance."""
        return [prompt.key for action in self.actions if isinstance(action, Say) for prompt in action.prompts]

    def did(self, kind: type[Action]) -> bool:
        """Whether the last actions have one of this kind."""
        return any(isinstance(action, kind) for action in self.actions)

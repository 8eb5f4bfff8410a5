"""The shipped assistant in its languages, loaded once for all tests of this folder."""

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


LANGS = ("en", "zh")


def folder_of(lang: str) -> Path:
    """The assistant's folder."""
    return ROOT / "bot/assistants" / f"course_{lang}"


@cache
def course(lang: str = "en") -> Assistant:
    """course_en or course_zh, trained into a folder of this run."""
    return load_assistant(folder_of(lang), cache=Path(tempfile.mkdtemp(prefix="jingyin-nlu-")))


class Call:
    """A dialogue told like a call: `says` and `happens` return what the robot did."""

    def __init__(self, name: str = "Mary", *, lang: str = "en") -> None:
        self.dialogue = Dialogue(course(lang), called_at=CALLED_AT, slots={"name": name})
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

"""What a demo of each mode needs: which assistant speaks, who is called, and what is known of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from kernel.errors import JingyinError


class NoSuchDemo(JingyinError):
    """A demo of a mode was asked for that has none."""

    code = "console.no_such_demo"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeDemo:
    """`attributes` are every lead's; `robot_first`: the robot talks with who answers, so that there is a grade;
    `fetches`: who wants a person can get one."""

    assistant: str
    personas: Path
    campaign: str
    attributes: Mapping[str, object] = field(default_factory=dict)
    robot_first: bool = True
    fetches: bool = True

    @property
    def folder(self) -> Path:
        """The assistant's, as it ships."""
        return Path("bot/assistants") / self.assistant


DEMOS: Final[Mapping[str, ModeDemo]] = {
    "three_stage": ModeDemo(assistant="course_en", personas=Path("simulation/personas_en.yml"), campaign="free lesson"),
    "one_sentence": ModeDemo(
        assistant="reminder_en",
        personas=Path("simulation/personas_reminder_en.yml"),
        campaign="payment reminder",
        attributes={"amount": "thirty dollars", "card": "1 2 3 4", "due": "on Friday"},
        fetches=False,
    ),
    "predictive": ModeDemo(
        assistant="apology_en",
        personas=Path("simulation/personas_predictive_en.yml"),
        campaign="lesson offers",
        robot_first=False,
    ),
}


def demo_of(mode: str) -> ModeDemo:
    """The demo of a mode.

    Raises:
        NoSuchDemo: there is none.
    """
    found = DEMOS.get(mode)
    if found is None:
        raise NoSuchDemo(f"no demo of mode {mode!r}", where="--mode", remedy=f"There are: {', '.join(DEMOS)}.")
    return found

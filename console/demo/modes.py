"""What a demo of each mode and language needs: which assistant speaks, who is called, and what is known of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from kernel.errors import JingyinError


class NoSuchDemo(JingyinError):
    """A demo of a mode and language was asked for that has none."""

    code = "console.no_such_demo"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeDemo:
    """`attributes` are every lead's; `robot_first`: the robot talks with who answers, so that there is a grade;
    `fetches`: who wants a person can get one; `zone`: the IANA time zone of tenants and customers."""

    assistant: str
    personas: Path
    campaign: str
    attributes: Mapping[str, object] = field(default_factory=dict)
    robot_first: bool = True
    fetches: bool = True
    zone: str = "America/New_York"

    @property
    def folder(self) -> Path:
        """The assistant's, as it ships."""
        return Path("bot/assistants") / self.assistant


DEMOS: Final[Mapping[tuple[str, str], ModeDemo]] = {
    ("three_stage", "en"): ModeDemo(
        assistant="course_en", personas=Path("simulation/personas_en.yml"), campaign="free lesson"
    ),
    ("three_stage", "zh"): ModeDemo(
        assistant="course_zh", personas=Path("simulation/personas_zh.yml"), campaign="免费课", zone="Asia/Shanghai"
    ),
    ("one_sentence", "zh"): ModeDemo(
        assistant="reminder_zh",
        personas=Path("simulation/personas_reminder_zh.yml"),
        campaign="还款提醒",
        attributes={"amount": "¥1,280.50", "card": "1234", "due": "周五"},
        fetches=False,
        zone="Asia/Shanghai",
    ),
    ("predictive", "zh"): ModeDemo(
        assistant="apology_zh",
        personas=Path("simulation/personas_predictive_zh.yml"),
        campaign="课程推荐",
        robot_first=False,
        zone="Asia/Shanghai",
    ),
    ("one_sentence", "en"): ModeDemo(
        assistant="reminder_en",
        personas=Path("simulation/personas_reminder_en.yml"),
        campaign="payment reminder",
        attributes={"amount": "thirty dollars", "card": "1 2 3 4", "due": "on Friday"},
        fetches=False,
    ),
    ("predictive", "en"): ModeDemo(
        assistant="apology_en",
        personas=Path("simulation/personas_predictive_en.yml"),
        campaign="lesson offers",
        robot_first=False,
    ),
}


def demo_of(mode: str, lang: str) -> ModeDemo:
    """The demo of a mode in a language.

    Raises:
        NoSuchDemo: there is none.
    """
    found = DEMOS.get((mode, lang))
    if found is None:
        there_are = ", ".join(f"{mode} in {lang}" for mode, lang in sorted(DEMOS))
        raise NoSuchDemo(f"no demo of mode {mode!r} in {lang!r}", where="--mode", remedy=f"There are: {there_are}.")
    return found

"""What the runner needs of a robot, whoever furnishes it: one for an answered leg."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.assistant import Assistant
from bot.dialogue import ANSWERED, Dialogue
from bot.host import RobotHost
from bot.robot import Greet, Robot
from kernel.clock import Clock
from media.leg import Leg
from speech.player import PromptSource
from speech.prompt import Prompt
from speech.recognition import Recognizer


@dataclass(frozen=True, slots=True, kw_only=True)
class Robots:
    """Furnishes robots of one assistant: the engines they share."""

    assistant: Assistant
    recognizer: Recognizer
    prompts: PromptSource
    clock: Clock
    greet: Greet = Greet.AFTER_HELLO
    max_s: float = 300.0
    hold_every_s: float = 8.0

    def dialogue(
        self, *, called_at: datetime, zone: str, slots: Mapping[str, str], opening: str = ANSWERED
    ) -> Dialogue:
        """A conversation to be held; `slots` that the assistant has. `opening` is how it begins, as an `EXTERNAL_` intent;
        where the assistant knows none of that name, as a call of ours that was answered."""
        project = self.assistant.project
        known = {name: value for name, value in slots.items() if name in project.slots}
        begins = opening if opening in project.intents else ANSWERED
        return Dialogue(self.assistant, called_at=called_at.astimezone(ZoneInfo(zone)), slots=known, opening=begins)

    def first_prompts(self, dialogue: Dialogue) -> list[Prompt]:
        """What will be said first: to be ready before the answer."""
        return [prompt for action in dialogue.copy().start() for prompt in getattr(action, "prompts", ())]

    def robot(
        self, dialogue: Dialogue, leg: Leg, host: RobotHost, *, met_ms: int | None = None, typed: bool = False
    ) -> Robot:
        """A robot on an answered leg; `met_ms` as of `Robot`. `typed`: for a customer who types."""
        return Robot(
            dialogue=dialogue,
            leg=leg,
            recognizer=None if typed else self.recognizer,
            prompts=self.prompts,
            understander=self.assistant.understander,
            host=host,
            clock=self.clock,
            greet=self.greet,
            max_s=self.max_s,
            hold_every_s=self.hold_every_s,
            met_ms=met_ms,
        )

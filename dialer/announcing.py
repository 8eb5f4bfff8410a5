"""What the robot says by itself when nobody else can: the assistant's rule for a happening, said to the end on the leg."""

import asyncio
from contextlib import suppress
from typing import Final

from bot.turn import Speaker, Turn
from dialer.life import Life
from dialer.talk import turn_as_json
from media.audio import FRAME_MS, RATE_HZ
from media.leg import Leg, LegState, Marks
from speech.player import Player, Spoken, Stretch
from speech.prompt import Move

_LONGEST_S: Final = 15.0

AGENT_LOST: Final = "EXTERNAL_agent_lost"
AGENT_CALLS_BACK: Final = "EXTERNAL_agent_calls_back"  # they are lost, and a call back is booked


def can_announce(life: Life, happening: str) -> bool:
    """The assistant has words for it."""
    return happening in life.robots.assistant.project.intents


async def announce(life: Life, leg: Leg, happening: str) -> None:
    """Say it, `_LONGEST_S` at most; nothing where the assistant has no rule for it or the customer has gone."""
    robots, lead = life.robots, life.picked.lead
    if not can_announce(life, happening) or leg.state is not LegState.ANSWERED:
        return
    dialogue = robots.dialogue(
        called_at=life.around.clock.now(), zone=lead.zone, slots={"name": lead.name}, opening=happening
    )

    def said(stretch: Stretch) -> None:
        turn = Turn(
            speaker=Speaker.ROBOT,
            kind="prompt",
            text=" ".join(prompt.text for prompt in stretch.prompts),
            start_ms=stretch.start * 1000 // RATE_HZ,
            end_ms=stretch.end * 1000 // RATE_HZ,
            because=happening,
            heard_s=(stretch.end - stretch.start) / RATE_HZ,
        )
        life.turns.append(turn)
        life.notes.note("turn", turn_as_json(turn))
        life.tell("turn", turn_as_json(turn))

    def moves(started: bool, moves: tuple[Move, ...], at: int) -> None:
        if isinstance(leg, Marks):
            (leg.prompt_started if started else leg.prompt_ended)([move.value for move in moves], at)

    player = Player(leg, robots.prompts, on_stretch=said, on_moves=moves)
    with suppress(TimeoutError):
        async with asyncio.timeout(_LONGEST_S):
            await player.say([Spoken(prompt=prompt) for prompt in robots.first_prompts(dialogue)])
            while leg.state is LegState.ANSWERED and player.active and player.poll() is None:
                await life.around.clock.sleep(FRAME_MS / 1000)
    player.stop()

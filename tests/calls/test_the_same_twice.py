"""A robot leg on virtual time is the same to the bit, however often and on however busy a machine it is run."""

import asyncio
from datetime import UTC, datetime

from bot.assistant import Assistant
from bot.host import NobodyFree
from bot.robot import Robot
from bot.turn import Turn
from dialer.robots import Robots
from kernel.clock import LoopClock
from kernel.tasks import alongside
from kernel.virtual_time import VirtualTimeLoop
from media.audio import FRAME_BYTES, SILENT_FRAME
from media.leg import Dial
from media.loopback import FarEnd
from media.ticker import Ticker
from tests.calls.world import loud_s
from tests.fakes.speech import ScriptedRecognizer, TonePrompts, Utterances

ANSWERS = {
    "ask_interest": "yes i would like to try it",
    "offer_person": "yes please",
    "ask_callback_time": "tomorrow morning",
}


class Host:
    """Keeps the turns; nobody is ever free."""

    robot: Robot

    def __init__(self) -> None:
        self.turns: list[Turn] = []

    def turn(self, turn: Turn) -> None:
        self.turns.append(turn)

    def want_person(self, so_far: object) -> None:
        asyncio.get_running_loop().call_later(12.0, self.robot.tell, NobodyFree(reason="nobody"))

    def moves(self, started: bool, moves: tuple, at: int) -> None:
        (self.far.leg.prompt_started if started else self.far.leg.prompt_ended)([move.value for move in moves], at)

    def decided(self, actions: object) -> None: ...
    def partial(self, *facts: object) -> None: ...
    def withdraw_callback(self, action: object) -> None: ...

    def decided_to_greet(self, at_ms: int) -> None: ...
    def withdraw_person(self) -> None: ...
    def book_callback(self, action: object) -> None: ...
    def opt_out(self, action: object) -> None: ...

    far: FarEnd


async def live(assistant: Assistant) -> tuple[bytes, list[Turn]]:
    """One talk to its end: what the customer heard, and every turn."""
    clock = LoopClock()
    ticker = Ticker(clock)
    far = FarEnd(Dial(number="", caller_id="", ring_timeout_s=20, call_id="1"), clock, ticker)
    utterances = Utterances()
    robots = Robots(assistant=assistant, recognizer=ScriptedRecognizer(utterances), prompts=TonePrompts(), clock=clock)
    host = Host()
    host.far = far
    dialogue = robots.dialogue(called_at=datetime(2026, 11, 24, 15, tzinfo=UTC), zone="UTC", slots={})
    host.robot = robots.robot(dialogue, far.leg, host)
    heard = bytearray()

    async def hear() -> None:
        async for chunk in far.receive():
            heard.extend(chunk.pcm)

    async def speak() -> None:
        to_say, seen, start, tick = bytearray(utterances.pcm("hello")), 0, clock.monotonic(), 0
        while not far.over:
            tick += 1
            await clock.sleep_until(start + 0.02 * tick)
            for mark in far.marks[seen:]:
                seen += 1
                answer = next((ANSWERS[move] for move in mark.moves if move in ANSWERS), None)
                if mark.what == "ended" and answer:
                    to_say += bytes(8000) + utterances.pcm(answer)
            far.send(bytes(to_say[:FRAME_BYTES]).ljust(FRAME_BYTES, b"\0") if to_say else SILENT_FRAME)
            del to_say[:FRAME_BYTES]

    far.answer()
    async with alongside(ticker.run(), hear(), speak()):
        await host.robot.run()
    return bytes(heard), host.turns


def test_a_talk_is_bit_by_bit_the_same_twice(assistant: Assistant):
    runs = []
    for _ in range(2):
        with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
            runs.append(runner.run(live(assistant)))
    assert loud_s(runs[0][0]) > 10
    assert [turn.text for turn in runs[0][1] if turn.speaker == "customer"][1:] == list(ANSWERS.values())
    assert runs[0] == runs[1]

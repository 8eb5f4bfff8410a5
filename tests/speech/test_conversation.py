"""One leg's ear and mouth, on virtual time over a loopback leg: real VAD, floor and player, scripted recognition."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from kernel.clock import LoopClock
from kernel.tasks import alongside
from media.audio import FRAME_BYTES, RATE_HZ, SILENT_FRAME, AudioChunk
from media.leg import Dial
from media.loopback import FarEnd
from media.ticker import Ticker
from speech.conversation import (
    Conversation,
    ConversationEvent,
    CustomerSilent,
    Gone,
    HearingLost,
    Key,
    TurnEnded,
    TurnKind,
    UtteranceOver,
)
from speech.endpointing import Completeness, Expectation, Patience, Understanding
from speech.player import Spoken, Stretch
from speech.prompt import Move, Prompt
from tests.fakes.speech import ScriptedRecognizer, TonePrompts, Utterances

pytestmark = pytest.mark.virtual_time

BACKCHANNELS = {"uh-huh", "right"}
OPEN = {"yes", "okay"}
PITCH = Prompt(
    key="utter_pitch",
    text="we give a free trial lesson to everyone who would like to learn english with us at home",
    moves=(Move.PITCH,),
)


class Words:
    """An understander for tests: any text is an intent of its own."""

    def understand(self, text: str, expectation: Expectation) -> Understanding:
        completeness = Completeness.OPEN if text in OPEN | BACKCHANNELS else Completeness.COMPLETE
        if not text:
            completeness = Completeness.UNKNOWN
        return Understanding(intent=text, confidence=0.9, completeness=completeness, backchannel=text in BACKCHANNELS)


@dataclass
class World:
    """A conversation and the customer at the other end."""

    far: FarEnd
    clock: LoopClock
    conversation: Conversation
    recognizer: ScriptedRecognizer
    utterances: Utterances
    events: list[ConversationEvent] = field(default_factory=list)
    stretches: list[Stretch] = field(default_factory=list)
    moves: list[tuple[bool, tuple[Move, ...], int]] = field(default_factory=list)
    heard: list[AudioChunk] = field(default_factory=list)
    _to_say: bytearray = field(default_factory=bytearray)

    async def talk(self) -> None:
        """The customer's line: a frame every 20 ms, silence when nothing is to say."""
        start = self.clock.monotonic()
        tick = 0
        while not self.far.over:
            tick += 1
            await self.clock.sleep_until(start + tick * 0.02)
            frame = bytes(self._to_say[:FRAME_BYTES]).ljust(FRAME_BYTES, b"\0") if self._to_say else SILENT_FRAME
            del self._to_say[:FRAME_BYTES]
            self.far.send(frame)

    def say(self, text: str) -> None:
        self._to_say += self.utterances.pcm(text)

    async def wait(self, s: float) -> None:
        await self.clock.sleep(s)

    def of(self, kind: type) -> list:
        return [event for event in self.events if isinstance(event, kind)]

    async def robot_says(self, prompt: Prompt = PITCH, **patience: float) -> None:
        await self.conversation.say([Spoken(prompt=prompt)], Expectation(patience=Patience(**patience)))


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """A conversation whose ear is warm, past the customer's hello."""
    async with _world() as opened:
        await opened.clock.sleep(1.1)
        yield opened


@asynccontextmanager
async def _world() -> AsyncIterator[World]:
    """A leg that has just been answered; hung up in the end."""
    clock = LoopClock()
    ticker = Ticker(clock)
    far = FarEnd(Dial(number="+12025550100", caller_id="", ring_timeout_s=20, call_id="1"), clock, ticker)
    utterances = Utterances()
    recognizer = ScriptedRecognizer(utterances)
    events: list[ConversationEvent] = []
    stretches: list[Stretch] = []
    moves: list[tuple[bool, tuple[Move, ...], int]] = []
    conversation = Conversation(
        leg=far.leg,
        recognizer=recognizer,
        prompts=TonePrompts(),
        understander=Words(),
        on_event=events.append,
        on_stretch=stretches.append,
        on_moves=lambda started, names, at: moves.append((started, names, at)),
    )
    world = World(far, clock, conversation, recognizer, utterances, events, stretches, moves)
    far.answer()
    async with alongside(ticker.run(), conversation.run(), world.talk()):
        yield world
        far.hang_up()
        await clock.sleep(0.1)
    assert isinstance(events[-1], Gone)


async def test_an_answer_becomes_a_turn_with_its_times(world: World):
    await world.robot_says(Prompt(key="utter_hello", text="hello"))
    await world.wait(0.6)
    began = world.conversation.now_ms
    world.say("how much is it")
    await world.wait(2)
    [turn] = world.of(TurnEnded)
    assert (turn.kind, turn.text) == (TurnKind.SPEECH, "how much is it")
    assert abs(turn.start_ms - began) <= 40
    assert abs(turn.end_ms - began - 1120) <= 40
    assert turn.decided_ms - turn.end_ms == Patience().complete_ms


async def test_the_prompt_is_heard_as_sent_and_marked(world: World):
    await world.robot_says()
    await world.wait(7)
    [over] = world.of(UtteranceOver)
    assert over.heard[0].complete
    [stretch] = world.stretches
    assert stretch.end - stretch.start == round(over.heard[0].length_s * RATE_HZ)
    assert world.moves == [(True, (Move.PITCH,), stretch.start), (False, (Move.PITCH,), stretch.end)]


async def test_words_over_a_prompt_stop_it_and_become_a_turn(world: World):
    await world.robot_says()
    await world.wait(2)
    world.say("who is calling please")
    await world.wait(2)
    [over] = world.of(UtteranceOver)
    assert not over.heard[0].complete
    assert 2.0 <= over.heard[0].heard_s <= 2.3
    [turn] = world.of(TurnEnded)
    assert (turn.kind, turn.text) == (TurnKind.INTERRUPTS, "who is calling please")
    assert [started for started, _, _ in world.moves] == [True]


async def test_a_backchannel_pauses_and_resumes_without_loss(world: World):
    await world.robot_says()
    await world.wait(2)
    world.say("uh-huh")
    await world.wait(8)
    [turn] = world.of(TurnEnded)
    assert turn.kind is TurnKind.BACKCHANNEL
    [over] = world.of(UtteranceOver)
    assert over.heard[0].complete
    first, second = world.stretches
    assert first.first and not second.first
    assert second.start - first.end <= 1.2 * RATE_HZ
    assert second.end - second.start >= (over.heard[0].length_s - 2.3) * RATE_HZ


async def test_a_pause_for_thought_after_an_open_word_is_one_turn(world: World):
    await world.robot_says(Prompt(key="utter_ask", text="would you like that"))
    await world.wait(1.5)
    world.say("okay")
    await world.wait(0.3 + 0.5)
    world.say("that is good")
    await world.wait(3)
    [turn] = world.of(TurnEnded)
    assert turn.text == "okay that is good"


async def test_going_on_after_the_reply_began_says_so(world: World):
    await world.robot_says(Prompt(key="utter_ask", text="would you like that"))
    await world.wait(1.5)
    world.say("it is fine")
    await world.wait(0.84 + 0.3)
    await world.robot_says()
    await world.wait(0.3)
    world.say("but not today please")
    await world.wait(3)
    assert [turn.kind for turn in world.of(TurnEnded)] == [TurnKind.SPEECH, TurnKind.CONTINUES]


async def test_nothing_said_is_reported(world: World):
    await world.robot_says(Prompt(key="utter_ask", text="would you like that"), silence_s=3.0)
    await world.wait(6)
    assert len(world.of(CustomerSilent)) == 1


async def test_a_key_stops_the_prompt(world: World):
    await world.robot_says()
    await world.wait(1)
    world.far.press("9")
    await world.wait(1)
    assert [key.digit for key in world.of(Key)] == ["9"]
    assert not world.of(UtteranceOver)[0].heard[0].complete


async def test_a_lost_recogniser_is_reported_and_the_next_turn_is_heard(world: World):
    await world.robot_says(Prompt(key="utter_ask", text="would you like that"))
    await world.wait(1.5)
    world.recognizer.lost = True
    world.say("yes please")
    await world.wait(2)
    assert len(world.of(HearingLost)) == 1
    world.say("yes please")
    await world.wait(2)
    assert [turn.text for turn in world.of(TurnEnded)] == ["yes please"]


async def test_a_hello_in_the_first_second_is_no_barge_in_and_one_after_it_is():
    async with _world() as world:
        await world.robot_says()
        await world.wait(0.6)
        world.say("hello")
        await world.wait(1.5)
        [hello] = [turn for turn in world.of(TurnEnded) if turn.text == "hello"]
        assert hello.start_ms < 1000
        assert hello.kind is TurnKind.HELLO
        assert world.of(UtteranceOver) == []
        assert world.conversation.speaking
        world.say("who is calling please")
        await world.wait(2.5)
        assert [turn.kind for turn in world.of(TurnEnded)][1:] == [TurnKind.INTERRUPTS]


async def test_final_words_of_a_more_patient_class_than_the_partial_ones_are_waited_on(world: World):
    world.recognizer.finals["who is it"] = "okay"
    world.say("who is it")
    await world.wait(2)
    [turn] = world.of(TurnEnded)
    assert turn.text == "okay"
    assert turn.decided_ms - turn.end_ms >= 560  # as long as an open answer is, not as a complete one

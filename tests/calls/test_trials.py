"""Talks with the robot by voice: a microphone's sound, heard by the recogniser that hears people, pocketsphinx; and scripted ones."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.assistant import Assistant, load_assistant
from bot.dialogue import Dialogue
from bot.events import Action, CustomerSilent
from bot.turn import Speaker as Who
from bot.turn import Turn
from dialer.robots import Robots
from dialer.trial import Owner
from dialer.trials import Hearing, Mode, NoVoice, Partner, Trials
from kernel.clock import LoopClock
from kernel.settings import TalkSettings
from kernel.tasks import alongside
from kernel.tenant import TenantId, UserId
from media.audio import FRAME_BYTES, SILENT_FRAME
from media.leg import Cause, Dial
from media.line_leg import LineLeg
from media.loopback import FarEnd
from media.ticker import Ticker
from simulation.voices import Mouth, Speaker
from speech.asr_pocketsphinx import PocketsphinxModel
from speech.recognition import Recognizer
from tests.calls.world import loud_s
from tests.fakes.direct import DirectRecognizer
from tests.fakes.speech import ScriptedRecognizer, TonePrompts, Utterances

OWNER = Owner(tenant_id=TenantId(1), user_id=UserId(7))
VOICE = Speaker(voice="en-us", rate_wpm=150, pitch=50, unseen=False)


class Ear:
    """An `Ear` around a recogniser that is there."""

    hearing = Hearing.OWN
    name = "the test's"
    expect = "what the test says"

    def __init__(self, recognizer: Recognizer) -> None:
        self._recognizer = recognizer

    async def open(self) -> Recognizer:
        return self._recognizer


class Booth:
    """Trials whose phone is a loopback leg, and somebody at its far end who says their lines when the robot has finished."""

    def __init__(self, trials: Trials, far: FarEnd, clock: LoopClock) -> None:
        self.trials = trials
        self.far = far
        self.clock = clock
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.heard = bytearray()
        self.logged_in = True

    def data(self, kind: str) -> list[dict[str, Any]]:
        return [data for type, data in self.told if type == kind]

    @property
    def turns(self) -> list[dict[str, Any]]:
        """As a page has them: the last word on each index."""
        return list({turn["index"]: turn for turn in self.data("turn")}.values())

    @property
    def said(self) -> list[tuple[str, str | None]]:
        """What was heard of the customer: text and intent."""
        return [(turn["text"], turn["intent"]) for turn in self.turns if turn["who"] == "customer"]

    async def still(self) -> bool:
        return self.logged_in

    async def talk(self, lines: list[bytes], *, within_s: float = 120) -> dict[str, Any]:
        """A hello, then each line half a second after the robot has finished; how it ended."""
        await self.trials.begin(OWNER, "en", Mode.VOICE, "offer", self.still)
        async with alongside(self._speak(list(lines)), self._listen()), asyncio.timeout(within_s):
            self.far.answer()
            while not self.data("ended"):
                await self.clock.sleep(0.1)
        [ended] = self.data("ended")
        return ended

    async def _speak(self, lines: list[bytes]) -> None:
        to_say, answered, tick, start = bytearray(bytes(8000) + lines.pop(0)), 0, 0, self.clock.monotonic()
        while not self.far.over:
            finished = sum(turn["who"] == "robot" and turn["end_ms"] > turn["start_ms"] for turn in self.turns)
            if finished > answered and lines and not self.far.leg.queued:
                answered = finished
                to_say += bytes(8000) + lines.pop(0)
            self.far.send(bytes(to_say[:FRAME_BYTES]).ljust(FRAME_BYTES, b"\0") if to_say else SILENT_FRAME)
            del to_say[:FRAME_BYTES]
            tick += 1
            await self.clock.sleep_until(start + 0.02 * tick)

    async def _listen(self) -> None:
        async for chunk in self.far.receive():
            self.heard += chunk.pcm

    # -- its telephones ------------------------------------------------------------------------------------------
    async def answer(self, offer: str, *, id: str) -> tuple[str, LineLeg]:
        return "answer", self.far.leg


@asynccontextmanager
async def booth(assistant: Assistant, recognizer: Recognizer | None) -> AsyncIterator[Booth]:
    clock = LoopClock()
    ticker = Ticker(clock)
    far = FarEnd(Dial(number="", caller_id="", ring_timeout_s=20, call_id="1"), clock, ticker)
    scripted = ScriptedRecognizer(Utterances())
    robots = Robots(assistant=assistant, recognizer=scripted, prompts=TonePrompts(), clock=clock)
    partner = Partner(robots=robots, ear=Ear(recognizer) if recognizer else None)
    async with alongside(ticker.run()) as background:
        made = Booth.__new__(Booth)
        trials = Trials(
            {"en": partner}, phones=made, settings=TalkSettings(), clock=clock, ticker=ticker, background=background
        )
        made.__init__(trials, far, clock)  # the two know each other
        trials.listen(lambda tenant_id, topic, kind, data: made.told.append((kind, dict(data))))
        yield made
        await asyncio.sleep(0)


@pytest.fixture(scope="module")
def mouth() -> Mouth:
    """An engine that never speaks itself: its forks do, always the same."""
    return Mouth()


@pytest.fixture(scope="module")
def sphinx(assistant: Assistant) -> PocketsphinxModel:
    return PocketsphinxModel(assistant.phrases.phrases)


def spoken(mouth: Mouth, *texts: str) -> list[bytes]:
    draw = random.Random(3)
    return [mouth.line(text, VOICE, number, draw).astype("<i2").tobytes() for number, text in enumerate(texts)]


async def test_a_voice_is_heard_understood_answered_and_graded(
    assistant: Assistant, sphinx: PocketsphinxModel, mouth: Mouth
):
    async with booth(assistant, DirectRecognizer(sphinx)) as customer:
        ended = await customer.talk(
            spoken(mouth, "hello", "how much does it cost", "i am not interested", "no thank you")
        )
    assert ("how much does it cost", "ask_price") in customer.said
    assert ended["grade"] == "E"
    assert customer.data("partial"), "what is being said is shown while it is"
    answered = [latency["response_ms"] for latency in customer.data("latency")]
    assert answered and all(100 <= ms < 2000 for ms in answered), answered
    assert loud_s(customer.heard) > 5, "the robot is heard"


async def test_a_wish_for_a_person_is_heard_out_then_the_talk_ends(
    assistant: Assistant, sphinx: PocketsphinxModel, mouth: Mouth
):
    async with booth(assistant, DirectRecognizer(sphinx)) as customer:
        ended = await customer.talk(spoken(mouth, "hello", "can i talk to a person"))
    assert [turn["who"] for turn in customer.turns[-2:]] == ["robot", "system"]
    said = customer.turns[-2]
    assert said["end_ms"] - said["start_ms"] > 1000, "it was said to its end"
    assert (ended["grade"], ended["why"]) == ("A", "handed_over")
    assert customer.far.cause is Cause.NORMAL


async def test_the_robots_turn_is_shown_as_it_begins_and_again_as_it_was_heard(assistant: Assistant):
    known = Utterances()
    async with booth(assistant, ScriptedRecognizer(known)) as customer:
        await customer.talk([known.pcm("hello"), known.pcm("not interested"), known.pcm("no thank you")])
    first = next(turn["index"] for turn in customer.turns if turn["who"] == "robot")
    began, over = [turn for turn in customer.data("turn") if turn["index"] == first]
    assert began["end_ms"] == began["start_ms"]
    assert over["end_ms"] > over["start_ms"] + 1000
    assert began["text"] == over["text"]
    assert began["because"] == over["because"] != ""


async def test_a_nod_wants_no_answer_so_what_follows_is_not_timed_from_it(assistant: Assistant):
    async with booth(assistant, ScriptedRecognizer(Utterances())) as customer:
        begun = await customer.trials.begin(OWNER, "en", Mode.TYPED, None, customer.still)
        await customer.clock.sleep(5.0)
        nod = Turn(speaker=Who.CUSTOMER, kind="backchannel", text="uh-huh", start_ms=900, end_ms=1000)
        begun.trial.turn(nod)
        begun.trial.decided(_silent(assistant))
        begun.trial.moves(True, (), 0)
        assert customer.data("latency") == []
        begun.trial.say("how much is it")
        await customer.clock.sleep(0.1)
        assert [latency["response_ms"] for latency in customer.data("latency")] == [0]
        await begun.trial.hang_up()
        await customer.clock.sleep(0.1)


def _silent(assistant: Assistant) -> list[Action]:
    dialogue = Dialogue(assistant, called_at=datetime(2026, 11, 24, 15, tzinfo=UTC))
    dialogue.start()
    return dialogue.on(CustomerSilent())


async def test_what_only_a_lead_could_fill_is_there_by_name(tmp_path: Path):
    reminder = load_assistant(Path("bot/assistants/reminder_en"), cache=tmp_path)
    async with booth(reminder, None) as place:
        await place.trials.begin(OWNER, "en", Mode.TYPED, None, place.still)
        async with asyncio.timeout(20):
            while not any("[amount]" in turn["text"] for turn in place.turns):
                await place.clock.sleep(0.1)
        [said] = [turn["text"] for turn in place.turns if "[amount]" in turn["text"]][:1]
    assert "payment of [amount] by the card ending [card] is due [due]." in said


async def test_a_silent_customer_ends_the_talk(assistant: Assistant):
    async with booth(assistant, ScriptedRecognizer(Utterances())) as customer:
        ended = await customer.talk([bytes(320)])
    assert (ended["grade"], ended["why"]) == ("D", "not_heard")


async def test_a_microphone_that_beeps_is_no_mailbox(assistant: Assistant):
    at = np.arange(8000 * 60)
    beeps = np.where(at % 4000 < 1600, 9000 * np.sin(2 * np.pi * 400 * at / 8000), 0).astype("<i2").tobytes()
    async with booth(assistant, ScriptedRecognizer(Utterances())) as customer:
        began_s = customer.clock.monotonic()
        ended = await customer.talk([beeps])
        assert customer.clock.monotonic() - began_s > 15
    assert ended["why"] in ("not_heard", "not_understood", "goodbye")
    assert any("re-prompt" in turn["because"] for turn in customer.turns if turn["who"] == "robot")


async def test_a_talk_that_is_refused_to_its_end_ends_with_the_robots_goodbye(assistant: Assistant):
    known = Utterances()
    async with booth(assistant, ScriptedRecognizer(known)) as customer:
        ended = await customer.talk([known.pcm("hello"), known.pcm("not interested"), known.pcm("no thank you")])
    assert ended["why"] == "goodbye"


async def test_who_hangs_up_on_the_page_is_told_so(assistant: Assistant):
    async with booth(assistant, ScriptedRecognizer(Utterances())) as customer:
        begun = await customer.trials.begin(OWNER, "en", Mode.TYPED, None, customer.still)
        await customer.clock.sleep(1.0)
        await begun.trial.hang_up()
        await customer.clock.sleep(0.1)
        assert customer.data("ended")[0]["why"] == "hung_up"


@pytest.mark.parametrize("said", ["call me on one three eight one two three four five six seven eight", "13812345678"])
async def test_a_number_in_a_talk_is_masked_in_all_that_is_told(assistant: Assistant, said: str):
    async with booth(assistant, ScriptedRecognizer(Utterances())) as customer:
        begun = await customer.trials.begin(OWNER, "en", Mode.TYPED, None, customer.still)
        await customer.clock.sleep(1.0)
        begun.trial.say(said)
        await customer.clock.sleep(0.5)
        await begun.trial.hang_up()
        await customer.clock.sleep(0.1)
    told = str([*customer.told, *begun.trial.events])
    assert "***5678" in told
    assert "1381234" not in told and "one three eight" not in told


async def test_a_phone_that_goes_ends_the_talk(assistant: Assistant):
    known = Utterances()
    async with booth(assistant, ScriptedRecognizer(known)) as customer:
        async with alongside() as meanwhile:

            async def cut() -> None:
                await customer.clock.sleep(4.0)
                customer.far.hang_up(Cause.NETWORK_FAILURE)

            meanwhile.start(cut())
            ended = await customer.talk([known.pcm("hello")])
        assert (ended["grade"], ended["why"]) == ("D", "line_lost")
        assert customer.trials._places == {}


async def test_words_typed_into_a_voice_talk_count_and_stop_the_prompt(assistant: Assistant):
    known = Utterances()
    async with booth(assistant, ScriptedRecognizer(known)) as customer, alongside() as meanwhile:

        async def type_it() -> None:
            await customer.clock.sleep(3.0)
            [trial] = customer.trials._trials.values()
            trial.say("never call me again")

        meanwhile.start(type_it())
        ended = await customer.talk([known.pcm("hello")])
    assert ("never call me again", "opt_out") in customer.said
    assert ended["grade"] == "F"


async def test_a_phone_that_never_connects_ends_the_talk_without_a_grade(assistant: Assistant):
    async with booth(assistant, ScriptedRecognizer(Utterances())) as customer:
        await customer.trials.begin(OWNER, "en", Mode.VOICE, "offer", customer.still)
        await customer.clock.sleep(0.1)
        customer.far.hang_up(Cause.NO_ANSWER)
        await customer.clock.sleep(0.1)
        assert customer.data("ended") == [{"grade": None, "why": "not_connected", "summary": []}]


async def test_the_talk_of_who_logged_out_ends(assistant: Assistant):
    known = Utterances()
    async with booth(assistant, ScriptedRecognizer(known)) as customer:
        customer.logged_in = False
        began = customer.clock.monotonic()
        ended = await customer.talk([known.pcm("hello")])
        assert customer.clock.monotonic() - began < 6
        assert ended["why"] == "logged_out"


async def test_a_language_without_an_ear_for_people_is_for_typing(assistant: Assistant):
    async with booth(assistant, None) as customer:
        with pytest.raises(NoVoice):
            await customer.trials.begin(OWNER, "en", Mode.VOICE, "offer", customer.still)
        begun = await customer.trials.begin(OWNER, "en", Mode.TYPED, None, customer.still)
        await begun.trial.hang_up()
        await customer.clock.sleep(0.1)
        assert begun.trial.over


async def test_a_platform_that_stops_ends_the_talks_under_way(assistant: Assistant):
    async with booth(assistant, ScriptedRecognizer(Utterances())) as customer:
        await customer.trials.begin(OWNER, "en", Mode.VOICE, "offer", customer.still)
        customer.far.answer()
        await customer.clock.sleep(3.0)
    assert customer.far.over
    assert customer.data("ended") == [{"grade": None, "why": "stopped", "summary": []}]
    assert customer.trials._places == {}

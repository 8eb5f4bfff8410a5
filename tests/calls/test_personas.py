"""Every customer of the shipped sets, by their own script: whole calls with a scripted recogniser, and talks with the real one."""

import asyncio
import itertools
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.assistant import Assistant, load_assistant
from bot.host import Accepted
from bot.turn import Speaker as Who
from bot.turn import Turn
from dialer.robots import Robots
from kernel.clock import LoopClock
from kernel.shipped import shipped
from kernel.tasks import alongside
from kernel.virtual_time import VirtualTimeLoop
from media.leg import Dial
from media.loopback import FarEnd
from media.ticker import Ticker
from simulation.line import PhoneLine
from simulation.personas import Persona, Result, Truth, read_personas
from simulation.talker import Talker, Voice, Wire
from simulation.voices import TRAINED, Mouth, Speaker
from speech.asr_vosk import VoskModel
from speech.graph.build import assistant_model
from tests.calls.people import Clean, Muted, OtherVoice, ScriptedVoice, play
from tests.calls.test_the_same_twice import Host
from tests.calls.world import World, open_world
from tests.fakes.direct import DirectRecognizer
from tests.fakes.speech import TonePrompts

LANGS = ("en", "zh")
PEOPLE = {
    f"{lang}-{person.id}": person
    for lang in LANGS
    for person in read_personas(Path(f"simulation/personas_{lang}.yml")).personas
}
ANSWERED = {name: p for name, p in PEOPLE.items() if p.result is Result.ANSWERED and p.truth not in (Truth.SILENT,)}
GRADES = {  # PERSONAS: the grades that agree with a truth
    Truth.INTERESTED: "AB",
    Truth.PRICE_ASKER: "AB",
    Truth.WANTS_PERSON: "AB",
    Truth.CALLBACK: "C",
    Truth.NOT_INTERESTED: "E",
    Truth.OPT_OUT: "F",
    Truth.SILENT: "D",
    Truth.HUNG_UP: "D",
}
SPEAKER = Speaker(voice="en-us", rate_wpm=160, pitch=50, unseen=False)


@pytest.fixture(scope="module")
def assistants(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Assistant]:
    """One for each language."""
    cache = tmp_path_factory.mktemp("nlu")
    return {lang: load_assistant(Path(f"bot/assistants/course_{lang}"), cache=cache) for lang in LANGS}


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("name", PEOPLE)
async def test_a_whole_call_ends_as_the_customer_meant_it(
    assistants: dict[str, Assistant], empty: Path, tmp_path: Path, name: str, seed: int
):
    async with open_world(assistants[PEOPLE[name].lang], empty, tmp_path / "data") as world:
        await ends_as_meant(world, PEOPLE[name], random.Random(seed))


async def ends_as_meant(world: World, persona: Persona, draw: random.Random) -> None:
    world.agent("ada")
    voice = ScriptedVoice(world.recognizer.utterances)
    talker = Talker(persona=persona, speaker=SPEAKER, draw=draw, voice=voice, wire=Clean())
    told = await world.call_by(lambda far: play(far, persona, talker, world.clock, draw))
    outcome, grade, served = told.result
    assert told.grants_open == 0
    if persona.truth in GRADES:
        assert grade is not None
        assert grade in GRADES[persona.truth], told.turns("customer")
    else:
        assert (outcome, grade) == (persona.truth.value, None)
    if persona.truth in (Truth.INTERESTED, Truth.PRICE_ASKER, Truth.WANTS_PERSON):
        assert served == "agent"
    if persona.truth is Truth.OPT_OUT:
        assert await world.crm.opt_outs.stands(world.lead.subject_id)


@pytest.fixture(scope="module")
def mouth() -> Mouth:
    """An engine that never speaks itself: its forks do, always the same."""
    return Mouth()


@pytest.fixture(scope="module")
def models(assistants: dict[str, Assistant], tmp_path_factory: pytest.TempPathFactory) -> dict[str, VoskModel]:
    """The shipped models with the assistants' words."""
    cache = tmp_path_factory.mktemp("graphs")
    bases = {lang: shipped(Path(f"models/vosk_micro_{lang}")) for lang in LANGS}
    return {
        lang: VoskModel(asyncio.run(assistant_model(bases[lang], assistants[lang].phrases, cache=cache)))
        for lang in LANGS
    }


class AgentAtOnce(Host):
    """A host whose agent takes every call after two seconds."""

    def want_person(self, so_far: object) -> None:
        asyncio.get_running_loop().call_later(2.0, self.robot.tell, Accepted())


def talk(
    assistant: Assistant, model: VoskModel, persona: Persona, voice: Voice, *, seed: int = 1, wire: Wire | None = None
) -> tuple[list[Turn], str]:
    """One robot leg with the real recogniser: the turns and the grade."""

    async def live() -> tuple[list[Turn], str]:
        clock, draw = LoopClock(), random.Random(seed)
        ticker = Ticker(clock)
        far = FarEnd(Dial(number="", caller_id="", ring_timeout_s=20, call_id="1"), clock, ticker)
        robots = Robots(assistant=assistant, recognizer=DirectRecognizer(model), prompts=TonePrompts(), clock=clock)
        host = AgentAtOnce()
        host.far = far
        dialogue = robots.dialogue(called_at=datetime(2026, 11, 24, 15, tzinfo=UTC), zone="UTC", slots={})
        host.robot = robots.robot(dialogue, far.leg, host)
        speaker = Speaker(voice=draw.choice(TRAINED[persona.lang]), rate_wpm=160, pitch=50, unseen=False)
        line = wire or PhoneLine(persona.defaults.noise_db, seed)
        talker = Talker(persona=persona, speaker=speaker, draw=draw, voice=voice, wire=line)
        async with alongside(ticker.run(), play(far, persona, talker, clock, draw)):
            async for _ in far.leg.events():
                if far.leg.state.value == "answered":
                    break
            outcome = await host.robot.run()
            far.hang_up()
        return host.turns, outcome.grade.value

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(live())


def heard(turns: list[Turn]) -> list[str]:
    return [turn.text for turn in turns if turn.speaker is Who.CUSTOMER]


@pytest.mark.parametrize("name", ANSWERED)
def test_the_real_recogniser_hears_a_customer_twice_the_same(
    assistants: dict[str, Assistant], models: dict[str, VoskModel], mouth: Mouth, name: str
):
    persona = ANSWERED[name]
    assistant, model = assistants[persona.lang], models[persona.lang]
    first, grade = talk(assistant, model, persona, mouth)
    again, _ = talk(assistant, model, persona, mouth)
    assert first == again
    assert any(heard(first))
    assert grade in GRADES[persona.truth], heard(first)


@pytest.mark.parametrize(
    ("name", "words"), [("en-wants_the_lesson", "do not call me again"), ("zh-thinks_aloud", "不要再打电话给我了")]
)
def test_what_is_heard_follows_the_sound_and_not_the_script(
    assistants: dict[str, Assistant], models: dict[str, VoskModel], mouth: Mouth, name: str, words: str
):
    persona = PEOPLE[name]
    wordings = itertools.chain(*(entry.say for entry in persona.entries))
    other = OtherVoice(mouth, dict.fromkeys(wordings, words))
    turns, grade = talk(assistants[persona.lang], models[persona.lang], persona, other)
    assert words in heard(turns)
    assert grade == "F"


@pytest.mark.parametrize("name", ["en-wants_the_lesson", "zh-thinks_aloud"])
def test_muted_sound_ends_as_silence(
    assistants: dict[str, Assistant], models: dict[str, VoskModel], mouth: Mouth, name: str
):
    lang = PEOPLE[name].lang
    turns, grade = talk(assistants[lang], models[lang], PEOPLE[name], mouth, wire=Muted())
    assert heard(turns) == []
    assert grade == "D"

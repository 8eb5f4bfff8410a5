"""Persona files, what a script does, and what a line does to sound."""

import random
from pathlib import Path

import numpy as np
import pytest

from bot.nlu.ngrams import normal
from bot.rasa.reader import read_project
from media.audio import FRAME_SAMPLES, level_dbfs
from simulation.line import PhoneLine
from simulation.personas import Ending, Kind, PersonasInvalid, Result, Truth, read_personas
from simulation.script import Script
from speech.han import together
from speech.prompt import Move

SHIPPED = {lang: Path(f"simulation/personas_{lang}.yml") for lang in ("en", "zh")}
in_each_language = pytest.mark.parametrize("lang", SHIPPED)
GOOD = """lang: en
personas:
  - id: one
    truth: interested
    line: {ring_s: [1, 2], result: answered}
    hello: ["hello"]
    turns:
      - on: [pitch]
        interrupt_after_s: 1.0
        say: ["who is calling"]
      - on: [ask_interest]
        times: 2
        say: ["yes"]
      - on: any
        say: ["bye"]
        hang_up: true
"""


def script(text: str, tmp_path: Path, seed: int = 1) -> Script:
    path = tmp_path / "people.yml"
    path.write_text(text)
    return Script(read_personas(path).personas[0], random.Random(seed))


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("truth: interested", "truth: interessted", r":4: unknown truth 'interessted'; nearest: interested"),
        ("on: [pitch]", "on: [pich]", r":8: unknown move 'pich'; nearest: pitch"),
        ("result: answered", "result: anwsered", r":5: unknown result 'anwsered'; nearest: answered"),
        ("times: 2", "time: 2", r":12: unknown key 'time' of a turn; nearest: times"),
        ("ring_s: [1, 2]", "ring_s: [3, 2]", r":5: ring_s wants \[least, most\]"),
        ("lang: en", "lang: de", r":1: lang wants en or zh"),
        ('say: ["yes"]', "say: [1]", r":13: say wants a list of texts"),
    ],
)
def test_mistakes_are_told_with_line_and_nearest_name(tmp_path: Path, old: str, new: str, problem: str):
    path = tmp_path / "people.yml"
    path.write_text(GOOD.replace(old, new, 1))
    with pytest.raises(PersonasInvalid, match=problem):
        read_personas(path)


@in_each_language
def test_the_shipped_set_has_what_a_demo_needs(lang: str):
    people = read_personas(SHIPPED[lang]).personas
    assert len(people) == 20
    assert {person.truth for person in people} == set(Truth)
    assert sum(person.truth is Truth.INTERESTED for person in people) >= 4
    for kind in (Kind.INTERRUPTS, Kind.BACKCHANNEL):
        assert sum(any(entry.kind is kind for entry in person.entries) for person in people) >= 3
    thoughtful = [p for p in people if p.entries and sum("…" in s for e in p.entries for s in e.say) > len(p.entries)]
    assert len(thoughtful) >= 2
    assert all(len(entry.say) >= 3 for person in people for entry in person.entries if entry.say)


@in_each_language
def test_at_least_half_of_the_shipped_wordings_are_no_examples_of_the_assistant(lang: str):
    project = read_project(Path(f"bot/assistants/course_{lang}"))
    examples = {together(normal(text)) for texts in project.examples.values() for text in texts}
    wordings = {
        together(" ".join(s.replace("…", " ").split()))
        for p in read_personas(SHIPPED[lang]).personas
        for e in p.entries
        for s in e.say
    }
    assert len(wordings - examples) >= len(wordings) / 2


def test_an_interruption_comes_into_the_prompt_and_an_answer_after_it(tmp_path: Path):
    one = script(GOOD, tmp_path)
    one.answered()
    assert one.due(2.0).say == "hello"
    one.prompt_started([Move.PITCH], 3.0)
    assert one.due(3.9) is None
    assert one.due(4.0).kind is Kind.INTERRUPTS
    one.prompt_ended([Move.ANSWER_WHO, Move.ASK_INTEREST], 6.0)
    assert one.due(6.2) is None
    assert one.due(7.0).say == "yes"


def test_entries_are_used_up_in_their_order(tmp_path: Path):
    one = script(GOOD, tmp_path)
    said = []
    for n in range(3):
        one.prompt_ended([Move.ASK_INTEREST], 10.0 * n)
        line = one.due(10.0 * n + 2)
        said.append((line.say, line.hang_up))
        one.spoke(10.0 * n + 2)
    assert said == [("yes", Ending.NONE), ("yes", Ending.NONE), ("bye", Ending.AFTER)]


def test_silence_beyond_their_patience_makes_them_hang_up(tmp_path: Path):
    one = script(GOOD, tmp_path)
    assert one.due(7.9) is None
    assert one.due(8.0).hang_up is Ending.AFTER


def test_after_hold_line_speech_without_a_move_is_the_agent(tmp_path: Path):
    one = script(GOOD.replace("on: any", "on: [goodbye]"), tmp_path)
    one.prompt_started([Move.HOLD_LINE], 0.0)
    one.prompt_ended([Move.HOLD_LINE], 2.0)
    for n in range(150, 200):
        one.sound(n * 0.02, loud=True)
    assert one.bridged
    for n in range(200, 260):
        one.sound(n * 0.02, loud=False)
    assert one.due(6.0).say


def test_every_result_but_an_answer_has_a_cause():
    from simulation.party import _CAUSES

    assert set(_CAUSES) == set(Result) - {Result.ANSWERED, Result.VOICEMAIL}


def test_line_noise_lies_20_db_below_speech():
    line = PhoneLine(20.0, seed=3)
    noise = b"".join(line.carry(np.zeros(FRAME_SAMPLES)) for _ in range(500))
    assert level_dbfs(noise) == pytest.approx(-40, abs=1)


def test_an_agent_after_a_prompt_that_was_cut_is_answered(tmp_path: Path):
    one = script(GOOD, tmp_path)
    one.prompt_started([Move.HOLD_LINE], 10.0)
    said = []
    for tick in range(500):
        now = 10 + 0.02 * tick
        one.sound(now, loud=now < 11 or 12 <= now < 15)  # the prompt is flushed at 11, an agent speaks from 12 to 15
        line = one.due(now)
        if line is not None:
            said.append((now, line.say))
    assert one.bridged
    assert 15.9 < said[0][0] < 16.5


def test_a_prompt_that_pauses_for_their_own_words_is_no_agent(tmp_path: Path):
    one = script(GOOD, tmp_path)
    one.prompt_started([Move.HOLD_LINE], 10.0)
    for tick in range(250):
        now = 10 + 0.02 * tick
        if tick == 40:
            one.spoke(12.0)  # from 10.8 on they say something, the robot stops at 11 and goes on when they are done
        one.sound(now, loud=now < 11 or now >= 12.5)
    assert not one.bridged

"""Turn taking, decided purely: pauses, stops, resumes, ends of turns."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.audio import FRAME_MS
from speech.endpointing import Completeness, Expectation, Patience, Understanding
from speech.floor import Decision, Floor, Robot
from speech.vad import Activity

COMPLETE = Understanding(intent="ask_price", confidence=0.9, completeness=Completeness.COMPLETE)
KNOWN = Understanding(intent="ask_who", confidence=0.9, completeness=Completeness.COMPLETE, example=True)
OPEN = Understanding(intent="affirm", confidence=0.9, completeness=Completeness.OPEN)
BACKCHANNEL = Understanding(intent="affirm", confidence=0.9, completeness=Completeness.OPEN, backchannel=True)


@dataclass
class Line:
    """Feeds a floor frame by frame and keeps what it decided, with the time in ms."""

    floor: Floor = field(default_factory=Floor)
    at_ms: int = 0
    decisions: list[tuple[int, Decision]] = field(default_factory=list)

    def hear(self, activity: Activity, ms: int, remaining_ms: int = 5000) -> list[Decision]:
        before = len(self.decisions)
        for _ in range(ms // FRAME_MS):
            self.at_ms += FRAME_MS
            decision = self.floor.heard(self.at_ms, activity, remaining_ms)
            if decision is not None:
                self.decisions.append((self.at_ms, decision))
                if decision in (Decision.TURN_OVER, Decision.JUDGE):
                    return [d for _, d in self.decisions[before:]]
        return [d for _, d in self.decisions[before:]]


def listening(**patience: int) -> Line:
    line = Line()
    line.floor.robot_speaks(Expectation(patience=Patience(**patience)))
    line.hear(Activity.QUIET, 2000)
    line.floor.robot_is_done(line.at_ms)
    return line


def speaking() -> Line:
    line = Line()
    line.floor.robot_speaks(Expectation())
    line.hear(Activity.QUIET, 2000)
    return line


def test_a_complete_answer_ends_after_its_short_hang_over():
    line = listening(complete_ms=160)
    assert line.hear(Activity.SPEECH, 1000) == [Decision.OPEN]
    line.floor.words("how much is it", COMPLETE)
    ended = line.at_ms
    assert line.hear(Activity.QUIET, 2000) == [Decision.TURN_OVER]
    assert line.at_ms - ended == 160


def test_an_open_answer_is_given_time_to_go_on():
    line = listening(open_ms=600)
    line.hear(Activity.SPEECH, 300)
    line.floor.words("okay", OPEN)
    assert line.hear(Activity.QUIET, 500) == []
    assert line.hear(Activity.SPEECH, 500) == []
    line.floor.words("okay that is good", COMPLETE)
    assert line.hear(Activity.QUIET, 500) == [Decision.TURN_OVER]


def test_speech_over_a_prompt_pauses_it_within_a_tenth_of_a_second():
    line = speaking()
    began = line.at_ms
    assert line.hear(Activity.SPEECH, 400) == [Decision.OPEN_AND_PAUSE]
    assert line.decisions[-1][0] - began <= 100
    assert line.floor.robot is Robot.PAUSED


@pytest.mark.parametrize(
    ("spoken_ms", "words", "understood", "stops"),
    [
        (400, "who is calling", KNOWN, False),  # the first partials are often wrong
        (700, "who is calling", KNOWN, True),
        (700, "how come hold on", COMPLETE, False),
        (900, "how come hold on", COMPLETE, True),
        (900, "uh-huh", BACKCHANNEL, False),
    ],
)
def test_words_stop_a_paused_prompt_when_they_are_known_and_long_enough(
    spoken_ms: int, words: str, understood: Understanding, stops: bool
):
    line = speaking()
    line.hear(Activity.SPEECH, spoken_ms)
    assert line.floor.words(words, understood) is (Decision.STOP if stops else None)
    assert line.floor.robot is (Robot.SILENT if stops else Robot.PAUSED)


@pytest.mark.parametrize(
    ("spoken_ms", "understood", "confidence", "stops"),
    [
        (300, KNOWN, 1.0, True),  # "no"
        (300, KNOWN, 0.4, False),  # "right" heard as "friday"
        (500, COMPLETE, 1.0, False),  # "right" heard as "try it"
        (900, COMPLETE, 0.4, True),
        (900, BACKCHANNEL, 1.0, False),
    ],
)
def test_final_words_over_a_prompt_are_a_turn_or_a_nod(
    spoken_ms: int, understood: Understanding, confidence: float, stops: bool
):
    line = speaking()
    line.hear(Activity.SPEECH, spoken_ms)
    assert line.hear(Activity.QUIET, 400) == [Decision.JUDGE]
    assert line.floor.judge("words", understood, 0, confidence) is (Decision.STOP if stops else None)


def test_a_backchannel_resumes_the_prompt():
    line = speaking()
    line.hear(Activity.SPEECH, 300)
    line.floor.words("uh-huh", BACKCHANNEL)
    assert line.hear(Activity.QUIET, 1000) == [Decision.JUDGE]
    assert line.floor.judge("uh-huh", BACKCHANNEL, 0, 1.0) is None
    line.floor.robot_resumes()
    assert line.floor.robot is Robot.SPEAKING
    assert not line.floor.speaking


def test_yes_in_the_last_words_of_a_question_is_an_answer():
    line = speaking()
    line.hear(Activity.SPEECH, 300, remaining_ms=400)
    line.hear(Activity.QUIET, 1000)
    assert line.floor.judge("yes", BACKCHANNEL, 0, 1.0) is Decision.STOP


def test_a_cough_resumes_and_long_unknown_speech_stops():
    cough = speaking()
    cough.hear(Activity.SPEECH, 200)
    cough.hear(Activity.QUIET, 1000)
    assert cough.floor.judge("", COMPLETE, 1, 1.0) is None
    talk = speaking()
    talk.hear(Activity.SPEECH, 1500)
    talk.hear(Activity.QUIET, 1000)
    assert talk.floor.judge("", COMPLETE, 1, 1.0) is Decision.STOP


def test_a_prompt_that_must_not_be_interrupted_plays_on():
    line = Line()
    line.floor.robot_speaks(Expectation(interruptible=False))
    assert line.hear(Activity.SPEECH, 400) == [Decision.OPEN]
    assert line.floor.robot is Robot.SPEAKING


def test_a_hello_in_the_first_second_does_not_pause_the_greeting():
    line = Line()
    line.floor.do_not_yield_before(1000)
    line.floor.robot_speaks(Expectation())
    line.hear(Activity.QUIET, 400)
    assert line.hear(Activity.SPEECH, 400) == [Decision.OPEN]


def test_silence_is_reported_once_after_the_patience():
    line = listening()
    began = line.at_ms
    assert line.hear(Activity.QUIET, 20_000) == [Decision.SILENT]
    assert line.decisions[-1][0] - began == 6000


def test_sound_that_is_no_speech_begins_no_turn():
    assert listening().hear(Activity.SOUND, 3000) == []


@given(st.lists(st.tuples(st.sampled_from(list(Activity)), st.integers(1, 30)), max_size=60), st.booleans())
def test_every_turn_that_opens_is_closed_by_silence(spans: list[tuple[Activity, int]], prompt: bool):
    line = speaking() if prompt else listening()
    for activity, frames in spans:
        decided = line.hear(activity, frames * FRAME_MS)
        if decided and decided[-1] is Decision.JUDGE:
            if line.floor.judge("", COMPLETE, 0, 1.0) is None:
                line.floor.robot_resumes()
        elif decided and decided[-1] is Decision.TURN_OVER:
            line.floor.close()
    line.hear(Activity.QUIET, 3000)
    if line.floor.speaking:
        assert line.decisions[-1][1] in (Decision.JUDGE, Decision.TURN_OVER)


def test_a_mandarin_sentence_needs_no_blanks_to_stop_the_prompt():
    """Nothing counts words: a sentence in Chinese characters is one to `str.split`, and would never claim the turn."""
    line = speaking()
    line.hear(Activity.SPEECH, 620)
    assert line.floor.words("你们是哪个公司的", KNOWN) is Decision.STOP


def test_a_short_mandarin_refusal_is_no_nod_and_what_a_nod_is_misheard_for_is_one():
    line = speaking()
    line.hear(Activity.SPEECH, 320)
    assert line.hear(Activity.QUIET, 500) == [Decision.JUDGE]
    assert line.floor.judge("不用", KNOWN, 0, 1.0) is Decision.STOP
    nod = speaking()
    nod.hear(Activity.SPEECH, 260)
    assert nod.hear(Activity.QUIET, 500) == [Decision.JUDGE]
    assert nod.floor.judge("我不需", COMPLETE, 0, 1.0) is None


@given(st.sampled_from(["嗯", "对", "好的", "是的", "喂", "哦"]))
def test_mandarin_backchannels_resume_the_prompt(text: str):
    line = speaking()
    line.hear(Activity.SPEECH, 400)
    assert line.floor.words(text, BACKCHANNEL) is None
    assert line.hear(Activity.QUIET, 500) == [Decision.JUDGE]
    assert line.floor.judge(text, BACKCHANNEL, 0, 1.0) is None

"""How finished words sound, and what is only a nod."""

import pytest

from bot import understanding
from bot.nlu.completeness import Endings, core
from speech.endpointing import Completeness, Expectation
from tests.bot.course import course

COMPLETE, OPEN, INCOMPLETE, UNKNOWN = (
    Completeness.COMPLETE,
    Completeness.OPEN,
    Completeness.INCOMPLETE,
    Completeness.UNKNOWN,
)
BY_CLASS = {
    COMPLETE: [
        *("who is calling", "how much is it", "okay and how much does it cost", "i am not interested", "yes please"),
        *("yes i am interested", "do not call me again", "tomorrow morning", "in ten minutes", "call me in the evening"),
        *("can i speak to a real person please", "wrong number", "i am busy right now call me later", "goodbye"),
        *("is this a robot", "that is too expensive", "sign me up", "sorry what did you say", "friday afternoon"),
    ],
    OPEN: [
        *("yes", "no", "okay", "sure", "hello", "maybe", "tomorrow", "monday", "on friday", "no thank you", "i am busy"),
        *("okay that is good", "call me later", "call me tomorrow", "i am not sure", "i do not know", "not now", "stop"),
        *("tell me", "how much", "what", "sorry", "thank you", "uh-huh", "five five two", "who am i speaking to", "wait"),
    ],
    INCOMPLETE: [
        *("i want to", "can you", "i would like to", "call me on", "take me off your", "what is the", "i am", "i do not"),
        *("yes but", "i am interested but", "uh", "i need to talk to my", "how did you get", "send it to my", "is it"),
        *("the number is", "put me through to", "i want to speak to a", "i am in a", "okay i", "who gave you my"),
    ],
    UNKNOWN: ["", "xyzzy quux blorb"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"), [(text, kind) for kind, texts in BY_CLASS.items() for text in texts], ids=lambda one: str(one)
)
def test_words_sound_as_finished_as_they_are(text, expected):
    assert course().understander.understand(text, Expectation()).completeness is expected


def test_most_whole_answers_end_fast():
    """More than 55 % of the ways to answer are COMPLETE, hardly any sounds broken off."""
    kinds = [course().understander.understand(text, Expectation()).completeness for text in course().phrases.phrases]
    assert kinds.count(COMPLETE) / len(kinds) > 0.55
    assert kinds.count(INCOMPLETE) / len(kinds) < 0.01


def test_a_beginning_seldom_sounds_finished():
    """Of all proper beginnings of examples that are no example themselves, almost none is COMPLETE."""
    known = set(course().phrases.phrases)
    beginnings = {" ".join(text.split()[:n]) for text in known for n in range(1, len(text.split()))} - known
    wrong = [
        text for text in beginnings
        if course().understander.understand(text, Expectation()).completeness is COMPLETE
    ]  # fmt: skip
    assert len(wrong) <= 0.05 * len(beginnings), sorted(wrong)


@pytest.mark.parametrize("text", ["uh-huh", "yeah", "okay", "right", "i see", "yes yes", "go on", "OKAY"])
def test_a_nod_is_a_backchannel(text):
    assert course().understander.understand(text, Expectation()).backchannel


@pytest.mark.parametrize("text", ["no", "stop", "wait", "okay how much is it", "yes please", "what", "hello", ""])
def test_words_that_want_something_are_none(text):
    assert not course().understander.understand(text, Expectation()).backchannel


def test_the_same_words_are_understood_once():
    first = course().understander.understand("how much is the lesson", Expectation())
    assert course().understander.understand("How much is the lesson?", Expectation()) is first


def test_only_so_many_words_are_remembered(monkeypatch):
    monkeypatch.setattr(understanding, "_REMEMBERED", 3)
    understander = course().understander
    first = understander.understand("one two three four", Expectation())
    for number in range(5):
        understander.understand(f"how much is it {number}", Expectation())
    assert understander.understand("one two three four", Expectation()) is not first


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("okay so how much is it please", "how much is it"),
        ("sorry i am busy thank you very much", "i am busy"),
        ("yes please", ""),
        ("no thank you", ""),
    ],
)
def test_the_core_is_what_is_said_between_politeness(text, left):
    assert " ".join(core(text.split())) == left


def test_endings_of_no_examples_know_nothing():
    judged = Endings([], open_intents=()).judge("hello there", "greet", 0.9, exact=False, understood=True)
    assert judged in (OPEN, COMPLETE)

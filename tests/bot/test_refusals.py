"""What is refused is not wished: a day, a person, and the time that a later turn corrects."""

import pytest

from bot.events import BookCallback, OptOut, RequestHandover, WithdrawHandover
from bot.nlu.ngrams import grams, normal
from bot.outcome import Grade
from tests.bot.course import CALLED_AT, LANGS, Call, course
from tests.bot.test_nlu import HELDOUT as HELDOUT_EN
from tests.bot.test_nlu_zh import HELDOUT as HELDOUT_ZH

HELDOUT = {"en": HELDOUT_EN, "zh": HELDOUT_ZH}
WISHES = {"not_then": {"callback", "callback_time", "opt_out"}, "no_person": {"want_person", "buy"}}
in_each_language = pytest.mark.parametrize("lang", LANGS)


@in_each_language
@pytest.mark.parametrize("intent", WISHES)
def test_other_wordings_of_a_refusal_are_understood_and_hardly_one_is_the_wish(lang: str, intent: str):
    """At least nine in ten (0.95 when written), and at most one in twenty is taken for what it refuses."""
    known = set(course(lang).phrases.phrases)
    wordings = [(text, {intent, *others}) for text, *others in (entry.split("|") for entry in HELDOUT[lang][intent])]
    assert len(wordings) >= 25
    assert not known & {text for text, _ in wordings}
    taken = {text: course(lang).understander.parse(text).intent for text, _ in wordings}
    assert sum(taken[text] in right for text, right in wordings) >= 0.9 * len(wordings), taken
    assert sum(one in WISHES[intent] for one in taken.values()) <= 0.05 * len(wordings), taken


@pytest.mark.parametrize(
    ("lang", "text", "intent"),
    [
        ("en", "do not call me tomorrow call me on monday", "callback"),
        ("en", "do not call me again", "opt_out"),
        ("en", "never call me again not tomorrow not ever", "opt_out"),
        ("en", "no i want to speak to a person now", "want_person"),
        ("en", "i do not want to talk to you i want to talk to a person", "want_person"),
        ("en", "please do not sign me up for it", "not_interested"),
        ("zh", "明天别打给我周一打", "callback"),
        ("zh", "以后不要再打了", "opt_out"),
        ("zh", "我不想跟你说我要找真人", "want_person"),
        ("zh", "不跟你说了转人工", "want_person"),
    ],
)
def test_a_wish_beside_a_refusal_stays_a_wish(lang: str, text: str, intent: str):
    assert course(lang).understander.parse(text).intent == intent


def test_denied_words_are_marked_as_far_as_the_denial_goes():
    assert {"w!person", "w!to"} <= set(grams("i do not want to speak to a person"))
    assert "w!person" not in set(grams("i do not want you i want a person"))
    assert "w!真" in set(grams(normal("请别帮我找真人")))
    assert not [gram for gram in grams(normal("是不是真人")) if gram.startswith("w!")]


@pytest.mark.parametrize(
    ("lang", "refusal", "other", "day"),
    [("en", "do not call me tomorrow", "on monday at three", 30), ("zh", "明天不要打", "周一下午三点", 30)],
)
def test_who_refuses_a_day_is_asked_when_and_called_then(lang: str, refusal: str, other: str, day: int):
    call = Call(lang=lang)
    call.says(refusal)
    assert call.keys == ["utter_ask_callback_time"]
    assert not call.did(BookCallback)
    assert not call.did(OptOut)
    call.says(other)
    [booked] = [action for action in call.actions if isinstance(action, BookCallback)]
    assert (booked.at.day, booked.at.hour) == (day, 15)


@pytest.mark.parametrize(
    ("lang", "refusal", "no"), [("en", "do not call me tomorrow", "no"), ("zh", "明天不要打", "不用了")]
)
def test_who_refuses_a_day_and_every_other_is_called_no_more(lang: str, refusal: str, no: str):
    call = Call(lang=lang)
    call.says(refusal)
    call.says(no)
    assert call.dialogue.ended
    assert call.dialogue.outcome().callback_at is None
    assert call.dialogue.outcome().grade is Grade.E


@pytest.mark.parametrize(
    ("lang", "text"), [("en", "i do not want to speak to a person"), ("zh", "我不想跟真人说话"), ("zh", "不要转人工")]
)
def test_who_wants_no_person_is_put_through_to_none_and_has_not_refused_the_lesson(lang: str, text: str):
    call = Call(lang=lang)
    call.says(text)
    assert not call.did(RequestHandover)
    assert not call.dialogue.ended
    assert call.dialogue.outcome().grade is Grade.D


@pytest.mark.parametrize(
    ("lang", "wish", "text"),
    [("en", "i want to speak to a person", "no do not put me through"), ("zh", "转人工", "别转人工了")],
)
def test_who_takes_the_wish_for_a_person_back_waits_no_longer(lang: str, wish: str, text: str):
    call = Call(lang=lang)
    call.says(wish)
    assert call.did(RequestHandover)
    call.says(text)
    assert call.did(WithdrawHandover)


@pytest.mark.parametrize(
    ("lang", "first", "then", "meant"),
    [
        ("en", "call me tomorrow at five", "no at three", (25, 15)),
        ("en", "call me tomorrow at five", "no on monday", (30, 17)),
        ("en", "tomorrow morning", "sorry in the evening", (25, 18)),
        ("en", "in ten minutes", "no tomorrow", (25, 10)),
        ("zh", "明天五点", "不三点", (25, 15)),
        ("zh", "明天下午五点打给我", "还是后天吧", (26, 17)),
    ],
)
def test_a_time_is_corrected_in_the_next_turn_part_by_part(lang: str, first: str, then: str, meant: tuple[int, int]):
    """Said over the goodbye: what keeps the talk going is heard out then."""
    call = Call(lang=lang)
    call.says(first)
    assert call.did(BookCallback)
    call.dialogue.resume()
    call.says(then)
    at = call.dialogue.outcome().callback_at
    assert at is not None
    assert at.tzinfo == CALLED_AT.tzinfo
    assert (at.day, at.hour) == meant


@pytest.mark.parametrize(
    ("lang", "first", "then"),
    [("en", "call me tomorrow at five", "no do not call me tomorrow"), ("zh", "明天五点打给我", "明天不要打")],
)
def test_a_time_that_is_taken_back_is_asked_for_again(lang: str, first: str, then: str):
    call = Call(lang=lang)
    call.says(first)
    call.dialogue.resume()
    call.says(then)
    assert call.keys == ["utter_ask_callback_time"]
    assert call.dialogue.outcome().grade is Grade.C

"""Chinese in texts: put together for people, taken apart for whatever counts words, cut into a recogniser's words."""

from hypothesis import given
from hypothesis import strategies as st

from speech.han import apart, count_words, has_han, segmented, together
from speech.vocabulary import unknown_words

TEXTS = st.text(alphabet="我想试一下课程 abc 12，。", max_size=30)
WORDS = frozenset({"我", "想", "试", "试一下", "一下", "课程"})


def test_what_recognisers_write_is_put_together():
    assert together("我 想 试 一下") == "我想试一下"
    assert together("加 wechat 吧") == "加 wechat 吧"
    assert together("yes please") == "yes please"


def test_words_are_counted_in_characters():
    assert [count_words(text) for text in ("", "喂", "好的", "不用了", "我想试一下", "yes please", "加 wechat 吧")] == [
        *(0, 1, 1, 2, 3, 2, 2)
    ]


def test_the_longest_word_is_taken():
    assert segmented("我想试一下课程吗", WORDS) == "我 想 试一下 课程 吗"
    assert segmented("yes please", WORDS) == "yes please"


def test_unknown_words_of_chinese_are_those_of_no_word():
    assert unknown_words(WORDS, ["我想试一下", "我想试试"]) == {}
    assert list(unknown_words(WORDS, ["我想报名"])) == ["报", "名"]


@given(TEXTS)
def test_nothing_is_lost_between_apart_and_together(text: str):
    assert "".join(apart(text).split()) == "".join(text.split())
    assert together(apart(text)).replace(" ", "") == "".join(text.split())
    assert apart(apart(text)) == apart(text)
    assert "".join(segmented(text, WORDS).split()) == "".join(text.split())
    assert has_han(text) == any("一" <= char <= "鿿" for char in text)

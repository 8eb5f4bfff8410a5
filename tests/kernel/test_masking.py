"""Numbers in what people say and type: masked when they are long, whoever writes or says them however; times and money stay."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.masking import NumberVeil, digits_masked

ENGLISH = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
MANDARIN = "零一二三四五六七八九"

digit_runs = st.lists(st.integers(0, 9), min_size=5, max_size=19)
between = st.sampled_from(["", " ", "-", " - "])
around = st.sampled_from(["", "call me on ", "my number is, uh, ", "打我手机", "我的号码是 "])


def said(digits: list[int], way: str, gap: str) -> str:
    if way == "written":
        return gap.join(str(digit) for digit in digits)
    if way == "english":
        return f"{gap if gap.strip() or gap == ' ' else ' '}".join(ENGLISH[digit] for digit in digits)
    return gap.join(MANDARIN[digit] for digit in digits)


def digits_shown(text: str) -> int:
    words = re.findall(r"[a-z]+", text.lower())
    return sum(c.isdigit() or c in MANDARIN for c in text) + sum(word in ENGLISH for word in words)


@given(digit_runs, st.sampled_from(["written", "english", "mandarin"]), between, around)
def test_of_a_long_number_the_last_digits_stay(digits: list[int], way: str, gap: str, before: str):
    masked = digits_masked(before + said(digits, way, gap))
    kept = 4 if len(digits) >= 8 else 2
    assert masked == f"{before}***{''.join(map(str, digits[-kept:]))}"
    assert digits_masked(masked) == masked


@given(st.text(alphabet="0123456789 -.,一三八onetwfrhi", max_size=60))
def test_masking_twice_is_masking_once(text: str):
    assert digits_masked(digits_masked(text)) == digits_masked(text)


@given(st.text(max_size=40).filter(lambda text: not any(c.isdigit() for c in text)))
def test_words_without_numbers_stay(text: str):
    found = digits_masked(text)
    assert found == text or "***" in found
    if not re.search(r"(?i)one|two|three|four|five|six|seven|eight|nine|zero|o|ten|[零〇一-龟]", text):
        assert found == text


@given(
    st.integers(1, 12),
    st.sampled_from(["", "fifteen", "twenty", "thirty", "forty five", "fifty five", "oh five"]),
    st.sampled_from(["at {}", "tomorrow at {} please", "on monday at {} or later", "{} is fine", "no not then at {}"]),
)
def test_a_time_stays(hour: int, minutes: str, sentence: str):
    words = [*ENGLISH[1:], "ten", "eleven", "twelve"]
    text = sentence.format(f"{words[hour - 1]} {minutes}".strip())
    assert digits_masked(text) == text
    assert NumberVeil().turn(text) == text
    assert NumberVeil().partial(text) == text


@given(st.integers(0, 23), st.integers(0, 59), st.integers(1, 12), st.integers(1, 28))
def test_clocks_and_dates_that_are_written_stay(hour: int, minute: int, month: int, day: int):
    for text in (
        f"{hour}:{minute:02d}",
        f"2026-{month:02d}-{day:02d} {hour:02d}:{minute:02d}",
        f"{day}.{month}.2026",
        f"{month}月{day}日{hour}点{minute}分",
    ):
        assert digits_masked(text) == text


@given(
    st.integers(1, 9_999_999), st.sampled_from(["${}", "{} dollars", "{} yuan", "{}元", "{}块钱", "€ {}", "{} percent"])
)
def test_money_stays(amount: int, written: str):
    assert digits_masked(written.format(amount)) == written.format(amount)
    assert digits_masked(f"{amount:,}.50") == f"{amount:,}.50"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("call me on one three eight, uh, one two three four five six seven eight", "call me on ***5678"),
        ("double five one two three oh", "***30"),
        ("five five five twenty-one forty-two", "***42"),
        ("６２２２０２１２３４５６７８９０１２３", "***0123"),
        ("打幺三八 一二三四 五六七八", "打***5678"),
        ("138一二三四5678", "***5678"),
        ("(030) 901820", "(***1820"),
        ("ten thirty, eleven thirty", "ten thirty, eleven thirty"),
        ("一千二百三十四块", "一千二百三十四块"),
        ("in nineteen ninety nine", "in nineteen ninety nine"),
        ("card ending 1234", "card ending 1234"),
    ],
)
def test_as_people_say_it(text: str, shown: str):
    assert digits_masked(text) == shown


@given(st.lists(st.integers(0, 9), min_size=11, max_size=11), st.sampled_from(["written", "english", "mandarin"]))
def test_a_number_said_in_pieces_turn_by_turn_shows_its_first_piece_at_most(digits: list[int], way: str):
    veil = NumberVeil()
    pieces = digits[:3], digits[3:7], digits[7:]
    shown = [veil.turn(said(piece, way, " ")) for piece in pieces]
    assert sum(map(digits_shown, shown)) == 3
    assert veil.turn("at three thirty") == "at three thirty"


@given(digit_runs, st.sampled_from(["english", "mandarin", "written"]))
def test_a_number_that_grows_partial_by_partial_is_never_readable(digits: list[int], way: str):
    veil = NumberVeil()
    partials = [veil.partial(said(digits[:so_far], way, " ")) for so_far in range(1, len(digits) + 1)]
    assert max(map(digits_shown, partials)) <= 3
    assert set(partials[3:]) == {"***"}


@given(st.text(alphabet="0123456789", min_size=5, max_size=19))
def test_a_number_pressed_key_by_key_shows_four_at_most(number: str):
    veil = NumberVeil()
    assert "".join(filter(str.isdigit, "".join(veil.key(digit) for digit in number))) == number[:4]
    assert veil.turn("yes please") == "yes please"
    assert veil.key("9") == "9"

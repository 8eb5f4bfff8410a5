"""Prompts as they are said, in both languages; and that a number said is the number written."""

import re
from collections.abc import AsyncIterator
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from speech.numerals import counted_zh, number_en, number_zh, ordinal_en, year_en
from speech.prompt import Prompt
from speech.prompts import PromptStore
from speech.spoken import spoken
from speech.synthesis import Voice

MANDARIN = {
    "您的账单¥1,280.50已到期": "您的账单一千二百八十元五角已到期",
    "一个月99元": "一个月九十九元",
    "还款2元": "还款两元",
    "共1280.05元": "共一千二百八十元零五分",
    "¥0.50": "五角",
    "$30": "三十美元",
    "$2.20": "两美元二十美分",
    "卡尾号1234的账单": "卡尾号一二三四的账单",
    "卡尾号 1 2 3 4": "卡尾号 一二三四",
    "请拨打13800138000": "请拨打幺三八零零幺三八零零零",
    "请拨打+1 202-555-0100": "请拨打幺二零二五五五零幺零零",
    "电话010-8888 6666": "电话零幺零八八八八六六六六",
    "明天下午3点半给您回电": "明天下午三点半给您回电",
    "明天下午2点": "明天下午两点",
    "明天15:30": "明天十五点半",
    "上午10:00": "上午十点整",
    "上午9:05": "上午九点零五分",
    "12月7日星期一下午2点15分": "十二月七日星期一下午两点十五分",
    "2026年2月22日": "二零二六年二月二十二日",
    "打8.5折": "打八点五折",
    "优惠20%": "优惠百分之二十",
    "2个老师,12节课": "两个老师,十二节课",
    "100200": "十万零二百",
    "我们有真人老师": "我们有真人老师",
}
ENGLISH = {
    "Your payment of $1,280.50 is due": "Your payment of one thousand two hundred eighty dollars and fifty cents is due",
    "it costs $30 a month": "it costs thirty dollars a month",
    "¥1,280.50": "one thousand two hundred eighty point five zero yuan",
    "$1.01": "one dollar and one cent",
    "the card ending 1234": "the card ending one two three four",
    "the card ending 1 2 3 4 is": "the card ending one two three four is",
    "Our number is +1 202-555-0100.": "Our number is one, two zero two, five five five, zero one zero zero.",
    "call +12025550100": "call one two zero two five five five zero one zero zero",
    "tomorrow at 3 pm": "tomorrow at three p m",
    "at 10:30 am": "at ten thirty a m",
    "at 9:05": "at nine oh five",
    "at 15:00": "at fifteen o'clock",
    "save 20%": "save twenty percent",
    "on Monday, the 7th of December": "on Monday, the seventh of December",
    "3.5 points": "three point five points",
    "a month is thirty dollars": "a month is thirty dollars",
}


@pytest.mark.parametrize("text", MANDARIN)
def test_mandarin(text: str):
    assert spoken(text, "zh") == MANDARIN[text]


@pytest.mark.parametrize("text", ENGLISH)
def test_english(text: str):
    assert spoken(text, "en") == ENGLISH[text]


def value_zh(text: str) -> int:
    """The number that Mandarin words name, by their own grammar: each unit multiplies what stands before it."""
    total = section = digit = 0
    for char in text:
        if char in "零一二三四五六七八九":
            digit = "零一二三四五六七八九".index(char)
        elif char == "两":
            digit = 2
        elif char in "十百千":
            section += (digit or 1) * 10 ** ("十百千".index(char) + 1)
            digit = 0
        else:
            scale = {"万": 10**4, "亿": 10**8}[char]
            total += (section + digit) * scale
            section = digit = 0
    return total + section + digit


def value_en(text: str) -> int:
    small = {number_en(n): n for n in (*range(20), *range(20, 100, 10))}
    total = section = 0
    for word in text.split():
        if word in small:
            section += small[word]
        elif word == "hundred":
            section *= 100
        else:
            total += section * {"thousand": 10**3, "million": 10**6, "billion": 10**9}[word]
            section = 0
    return total + section


@given(st.integers(0, 10**12 - 1))
def test_a_number_said_is_the_number_written(number: int):
    assert value_zh(number_zh(number)) == number
    assert value_en(number_en(number)) == number
    assert "零零" not in number_zh(number)
    assert not number_zh(number).endswith("零") or number == 0


PIECES = (
    *"0123456789０３½²①Ⅳ٣.,:：-–—~/+*×x=%‰℃°#№$¥€£()（） '^abcTk",
    *(
        "年",
        "月",
        "日",
        "号",
        "点",
        "分",
        "元",
        "第",
        "个",
        "次",
        "天",
        "万",
        "到",
        "室",
        "后",
        "折",
        "比",
        "转",
        "小时",
        "分之",
    ),
    *(
        "尾号",
        "末4位",
        "单号",
        "拨打",
        "电话",
        "****",
        "kg",
        "km/h",
        "GB",
        "am",
        "pm",
        "th",
        "st",
        "s",
        "USD ",
        "to ",
        "May ",
    ),
    *(
        "call ",
        "order ",
        "ending ",
        "in ",
        "the ",
        "ext. ",
        "@",
        "www.",
        ".com",
        " million",
        " people",
        "2025-12-03",
        "24/7",
    ),
    *("usd ", "Rmb", "us$", "Bn", "Ext ", "PM", "m²"),
)
ODD = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
LANGS = st.sampled_from(["zh", "en"])


@given(ODD | st.text(), LANGS)
def test_no_digit_is_left_to_the_engine(text: str, lang: str):
    said = spoken(text, lang)
    assert not re.search(r"\d", said), said
    assert spoken(said, lang) == said


@given(ODD, LANGS, st.data())
def test_no_digit_is_lost(text: str, lang: str, data: st.DataObject):
    places = [place for place, char in enumerate(text) if char in "0123456789"]
    assume(places)
    place = data.draw(st.sampled_from(places))
    other = data.draw(st.sampled_from("0123456789").filter(lambda digit: digit != text[place]))
    assert spoken(text, lang) != spoken(text[:place] + other + text[place + 1 :], lang)


@pytest.mark.parametrize("piece", ["9", "9 ", "9-", "9.", "9,", "a9", "****", "9/", "号9", "May 9 ", "9到"])
def test_what_is_long_is_said_too(piece: str):
    for lang in ("zh", "en"):
        assert not re.search(r"\d", spoken(piece * 2000, lang))


@given(st.dates(date(1000, 1, 1), date(2999, 12, 31)), st.sampled_from("-/."))
def test_a_day_is_said_however_it_is_written(day: date, sep: str):
    written = f"{day.year}{sep}{day.month:02d}{sep}{day.day:02d}"
    assert spoken(written, "zh") == spoken(f"{day.year}年{day.month}月{day.day}日", "zh")
    assert spoken(written, "en") == f"{day:%B} {ordinal_en(day.day)}, {year_en(day.year)}"


@given(st.integers(1000, 2999))
def test_a_year_is_read_digit_by_digit(year: int):
    assert spoken(f"{year}年", "zh") == "".join("零一二三四五六七八九"[int(one)] for one in str(year)) + "年"


@given(st.integers(1, 99), st.integers(1, 99), st.sampled_from("-–—~～"))
def test_a_range_names_both_ends(first: int, step: int, sep: str):
    last = first + step
    assert spoken(f"{first}{sep}{last}岁", "zh") == f"{counted_zh(str(first))}到{counted_zh(str(last))}岁"
    assert spoken(f"{first}{sep}{last} days", "en") == f"{number_en(first)} to {number_en(last)} days"


@given(st.integers(0, 10**9 - 1))
def test_below_zero_is_said_so(number: int):
    assert spoken(f"-{number}", "zh").startswith("负")
    assert spoken(f"-{number}", "en").startswith("minus ")


@given(st.integers(2, 9), st.integers(2, 9), st.integers(0, 99), st.integers(0, 9999))
def test_a_telephone_number_is_the_same_however_it_is_written(area: int, exchange: int, rest: int, line: int):
    first, second, last = f"{area}02", f"{exchange}{rest:02d}", f"{line:04d}"
    said = ", ".join(" ".join(number_en(int(one)) for one in group) for group in (first, second, last))
    for written in ("{}{}{}", "({}) {}-{}", "{}-{}-{}", "{} {} {}", "{}.{}.{}"):
        assert spoken(written.format(first, second, last), "en") == said
    assert spoken(f"+1 {first} {second} {last}", "en") == f"one, {said}"


@given(
    st.text(alphabet="我们有真人老师在线教外语，。？ Hello, there!", max_size=40), st.sampled_from(["zh", "en", "de"])
)
def test_text_without_digits_stays_as_it_is(text: str, lang: str):
    assert spoken(text, lang) == text


@given(st.integers(0, 9999))
def test_the_last_digits_of_a_card_are_read_one_by_one(number: int):
    digits = f"{number:04d}"
    assert spoken(f"尾号{digits}", "zh") == "尾号" + "".join("零一二三四五六七八九"[int(one)] for one in digits)


class Listening:
    """A synthesiser that keeps what it is to say."""

    name = "listening"

    def __init__(self) -> None:
        self.said: list[str] = []

    async def synthesize(self, text: str, voice: Voice) -> AsyncIterator[bytes]:
        self.said.append(text)
        yield text.encode()

    async def close(self) -> None: ...


@pytest.mark.anyio
async def test_a_prompt_is_said_in_words_and_read_as_written():
    prompt = Prompt(key="utter_pitch", text="您尾号1234的卡，应还¥1,280.50。")
    engine = Listening()
    store = PromptStore(engine, Voice(name="cmn"), lang="zh")
    assert await store.audio(prompt) == "您尾号一二三四的卡，应还一千二百八十元五角。".encode()
    assert [piece async for piece in PromptStore(engine, Voice(name="cmn"), lang="zh").stream(prompt)]
    assert set(engine.said) == {"您尾号一二三四的卡，应还一千二百八十元五角。"}
    assert prompt.text == "您尾号1234的卡，应还¥1,280.50。"

"""What may be said to whoever answers: masked forms, amounts and dates; never a whole number."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.import_csv import masked_only, read_csv
from crm.masking import unmasked

MASKED = """
1234; ending 1234; card ending 1234; 尾号1234; ***1234; ****1234; **** **** **** 1234; 6222 **** **** 1234; 138****5678
xxxx1234; 411111******1111; 12-34; 1 2 3 4; one two three four; 尾号一二三四
"""
AMOUNTS = """
thirty dollars; 1,250.00; 12,345,678.90 USD; 1,234,567.00; $1,234,567.00; ¥1,280.50; ￥1,234,567.00; 1,234,567.00元
RMB 1,234,567; 1.234.567,00 €; ₹12,34,567.00; 1,280.50-2,560.00元; ¥100-¥200; 0.99 dollars; 一千二百八十元五角
one hundred and twenty three thousand four hundred fifty six dollars
"""
TIMES = """
2026-11-24; 2026-11-24 1234; 24.11.2026; 11/24/2026 09; 2025-12-03 10:00; 2025-12-03T10:00:00; from 9:00 to 18:00; 10:30-11:30
2025-12-03 10:30-11:30; 2025年12月13日13点30分; 12月3日下午3点; 周一 2025-12-03 10:00; 星期一; on Friday; December 3rd, 2025
二零二六; 二零二六年十一月二十四日; november twenty four twenty twenty six; ten thirty; 一个月
"""
OTHERS = """
Room 12, 3rd floor; double room; 尾号1234，¥1,280.50，2025-12-03; your card 1234, due 2025-12-03 10:00, ¥1,234,567.00
"""
IN_DIGITS = """
4111111111111234; 4111 1111 1111 1234; 4111-1111-1111-1234; +1 (202) 555-0100; 555-0100; 202.555.0100; 11010519491231002X
card 4111 1111 1111 1234 ending 1234; 2026-11-24 4111111; 4111_1111_1111_1111; 4111,1111,1111; 4111:1111; 4111*1111
4111 * 1111 * 1111; 4111**1111**1111; 4111/1111/1111; 4111|1111; 4111x1111x1111; 4111 -- 1111 -- 1111; 4111、1111、1111
41:11:11:11; 11:11 11:11 11:11 11:11; 4111\u200b1111\u200b1111; 4\u200d1\u20601\ufeff1\u00ad1\u200b1\u200b1; 4111\u00a01111\u2003111
４１１１\u3000１１１１; ６２２２０２１２３４５６７８９; 4️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣; ①②③④⑤⑥⑦; ٤١١١١١١١; $4111 1111 1111; 4111¥1111¥1111; 411,111,111
4,111,111,111,111,111 USD; 1,234,5678 USD; 4111-2025-12-03-4111
"""
SPELLED = """
四一一一一一一一; 四一一一 一一一一; 四、一、一、一、一、一、一; 肆壹壹壹壹壹壹壹; 四1一1一1一1; 尾号六二二二零二一二三四; 幺三八零零一三八零零零
four one one one two three four five; double four double one double two one; four-one-one-one, one-one-one-one
FOUR one one one 1 1 1; forty one eleven eleven eleven eleven; triple four one two three four; four_one_one_one_one_one_one
four dash one dash one dash one dash one dash one dash one; oh two oh seven nine four six zero nine five eight
"""
SEPARATORS = [
    "",
    " ",
    "-",
    "_",
    ",",
    ":",
    "*",
    ".",
    "/",
    "|",
    "·",
    "、",
    "，",
    "\u200b",
    "\u00a0",
    " - ",
    ", ",
    "\u3000",
    "~",
    "+",
    "=",
]
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
WRITTEN = ["0123456789", "０１２３４５６７８９", "零一二三四五六七八九", "〇壹贰叁肆伍陆柒捌玖"]


def texts(lines: str) -> list[str]:
    return [text for line in lines.splitlines() if line for text in line.split("; ")]


@pytest.mark.parametrize("text", texts(MASKED + AMOUNTS + TIMES + OTHERS))
def test_masked_forms_amounts_and_dates_may_be_said(text: str):
    assert unmasked(text) is None


@pytest.mark.parametrize("text", [*texts(IN_DIGITS + SPELLED), "ada@example.org"])
def test_whole_numbers_and_addresses_may_not(text: str):
    problem = unmasked(text)
    assert problem is not None
    assert not any(part in problem for part in text.split() if len(part) > 3)


LONG = st.lists(st.integers(0, 9), min_size=9, max_size=19)


@given(LONG, st.sampled_from(SEPARATORS), st.integers(1, 5), st.sampled_from(WRITTEN))
def test_no_grouping_hides_a_long_number(digits: list[int], separator: str, group: int, written: str):
    whole = "".join(written[digit] for digit in digits)
    assert unmasked(separator.join(whole[at : at + group] for at in range(0, len(whole), group)))


@given(LONG, st.lists(st.sampled_from(SEPARATORS), min_size=19, max_size=19), st.integers(4, 5))
def test_no_mixture_of_separators_hides_a_long_number(digits: list[int], separators: list[str], group: int):
    """In groups of three with two decimals it would be an amount of money, and in twos a date."""
    whole = "".join(map(str, digits))
    parts = [whole[at : at + group] for at in range(0, len(whole), group)]
    assert unmasked("".join(part + one for part, one in zip(parts, separators, strict=False)))


@given(LONG, st.sampled_from([" ", "-", ", ", "_", " dash "]), st.booleans())
def test_no_spelling_hides_a_long_number(digits: list[int], separator: str, short: bool):
    spoken = separator.join(WORDS[digit] for digit in digits)
    assert unmasked(spoken.upper() if short else spoken)


@given(
    st.integers(0, 999_999_999),
    st.sampled_from(
        ["${:,.2f}", "{:,.2f}元", "{:,.2f} USD", "¥{:,}", "{:,.2f}", "EUR {:,.2f}", "ending 1234, {:,.2f} dollars"]
    ),
)
def test_amounts_of_money_may_be_said(amount: int, form: str):
    assert unmasked(form.format(amount)) is None


@given(
    st.dates(date(1990, 1, 1), date(2049, 12, 31)),
    st.times(),
    st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%Y年%m月%d日", "%B %d, %Y"]),
    st.sampled_from(["{} {}", "{}, {}", "{} at {}", "****1234, {} {}"]),
)
def test_dates_and_times_may_be_said(day: date, at: time, form: str, both: str):
    assert unmasked(both.format(day.strftime(form), at.strftime("%H:%M"))) is None


def test_an_import_for_such_a_campaign_leaves_unmasked_rows_out_and_says_where():
    reading = masked_only(
        read_csv(b"number,card,due\n+12025550101,1234,Friday\n+12025550102,4111111111111234,Friday\n")
    )
    assert [row.line for row in reading.rows] == [2]
    [error] = reading.errors
    assert (error.line, error.column) == (3, "card")
    assert "4111" not in str(error) and "last four" in error.remedy

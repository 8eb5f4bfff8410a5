"""What may be said to whoever answers: masked forms, amounts and dates; never a whole number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.import_csv import masked_only, read_csv
from crm.masking import unmasked


@pytest.mark.parametrize(
    "text",
    [
        *("1234", "ending 1234", "尾号1234", "***1234", "12-34", "thirty dollars", "1,250.00", "12,345,678.90 USD"),
        *(
            "2026-11-24",
            "24.11.2026",
            "11/24/2026 09",
            "on Friday",
            "one two three four",
            "二零二六",
            "Room 12, 3rd floor",
        ),
    ],
)
def test_masked_forms_amounts_and_dates_may_be_said(text: str):
    assert unmasked(text) is None


@pytest.mark.parametrize(
    "text",
    [
        *(
            "4111111111111234",
            "4111 1111 1111 1234",
            "4111-1111-1111-1234",
            "+1 (202) 555-0100",
            "555-0100",
            "202.555.0100",
        ),
        *(
            "６２２２０２１２３４５６７８９",
            "card 4111 1111 1111 1234 ending 1234",
            "2026-11-24 4111111",
            "11010519491231002X",
        ),
        *("four one one one two three four five", "尾号六二二二零二一二三四", "ada@example.org"),
    ],
)
def test_whole_numbers_and_addresses_may_not(text: str):
    problem = unmasked(text)
    assert problem is not None
    assert not any(part in problem for part in text.split() if len(part) > 3)


@given(
    st.lists(st.sampled_from("0123456789"), min_size=9, max_size=19), st.sampled_from(["", " ", "-"]), st.integers(2, 5)
)
def test_no_grouping_hides_a_long_number(digits: list[str], separator: str, group: int):
    whole = "".join(digits)
    assert unmasked(separator.join(whole[at : at + group] for at in range(0, len(whole), group)))


def test_an_import_for_such_a_campaign_leaves_unmasked_rows_out_and_says_where():
    reading = masked_only(
        read_csv(b"number,card,due\n+12025550101,1234,Friday\n+12025550102,4111111111111234,Friday\n")
    )
    assert [row.line for row in reading.rows] == [2]
    [error] = reading.errors
    assert (error.line, error.column) == (3, "card")
    assert "4111" not in str(error) and "last four" in error.remedy

"""Spoken times: a table of what people say, and what holds for every text at every moment."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.callback_time import as_spoken, is_whole, later, names_a_time, refuses_time, spoken_time

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 24, 11, 32, 20, tzinfo=NEW_YORK)  # a Tuesday

TABLE = {
    "tomorrow": "tomorrow at 10 am",
    "tomorrow morning": "tomorrow at 10 am",
    "tomorrow afternoon": "tomorrow at 3 pm",
    "tomorrow evening please": "tomorrow at 6:30 pm",
    "tomorrow at three": "tomorrow at 3 pm",
    "call me at three tomorrow": "tomorrow at 3 pm",
    "tomorrow three": "tomorrow at 3 pm",
    "tomorrow at ten thirty am": "tomorrow at 10:30 am",
    "tomorrow at noon": "tomorrow at noon",
    "the day after tomorrow": "on Thursday at 10 am",
    "three o clock is fine": "today at 3 pm",
    "at three o'clock": "today at 3 pm",
    "ten o clock": "tomorrow at 10 am",
    "twelve o clock": "today at noon",
    "at nine in the morning": "tomorrow at 9 am",
    "at seven in the morning": "tomorrow at 7 am",
    "at five in the evening": "today at 5 pm",
    "three in the afternoon": "today at 3 pm",
    "at seven": "today at 7 pm",
    "at eight": "tomorrow at 8 am",
    "eight in the evening": "today at 8 pm",
    "half past two": "today at 2:30 pm",
    "quarter to four": "today at 3:45 pm",
    "ten past three": "today at 3:10 pm",
    "at four forty five": "today at 4:45 pm",
    "after five": "today at 5 pm",
    "before five": "today at 4 pm",
    "after work": "today at 6 pm",
    "after lunch": "today at 2 pm",
    "monday": "on Monday at 10 am",
    "on mondays": "on Monday at 10 am",
    "monday morning is good": "on Monday at 10 am",
    "friday afternoon": "on Friday at 3 pm",
    "on friday at four": "on Friday at 4 pm",
    "on tuesday": "on Tuesday, the 1st of December, at 10 am",
    "next friday": "on Friday, the 4th of December, at 10 am",
    "friday next week": "on Friday, the 4th of December, at 10 am",
    "next week is better": "on Monday at 10 am",
    "next month": "on Tuesday, the 1st of December, at 10 am",
    "at the weekend": "on Saturday at 10 am",
    "in ten minutes": "today at 11:45 am",
    "in twenty five minutes": "today at 12 pm",
    "in an hour": "today at 12:35 pm",
    "in hour": "today at 12:35 pm",
    "in an hour and a half": "today at 1:05 pm",
    "in half an hour": "today at 12:05 pm",
    "in a quarter of an hour": "today at 11:50 am",
    "in a couple of hours": "today at 1:35 pm",
    "in a few days": "on Friday at 11:35 am",
    "in two days": "on Thursday at 11:35 am",
    "in a week": "on Tuesday, the 1st of December, at 11:35 am",
    "this afternoon": "today at 3 pm",
    "this evening": "today at 6:30 pm",
    "tonight": "today at 7 pm",
    "this morning": "tomorrow at 10 am",
    "later today": "today at 1:35 pm",
    "today": "today at 1:35 pm",
    "i am busy today call me tomorrow": "tomorrow at 10 am",
    "call me tomorrow at fine": "tomorrow at 5 pm",  # as recognition hears "at five"
    "at to o clock": "today at 2 pm",
}
# Who corrects himself means the last value said, part by part; who refuses one means none of it.
CORRECTED = {
    "no tomorrow at three": "tomorrow at 3 pm",
    "monday no tomorrow at three": "tomorrow at 3 pm",
    "monday at five no tomorrow": "tomorrow at 5 pm",
    "tomorrow at five no at three": "tomorrow at 3 pm",
    "tomorrow at five no three": "tomorrow at 3 pm",
    "tomorrow at five sorry i mean at four thirty": "tomorrow at 4:30 pm",
    "today no tomorrow": "tomorrow at 10 am",
    "today at five no tomorrow": "tomorrow at 5 pm",
    "tomorrow at five no today": "today at 5 pm",
    "tomorrow morning no in the afternoon": "tomorrow at 3 pm",
    "tomorrow at nine in the morning no at three": "tomorrow at 3 pm",
    "tomorrow at nine in the morning no at eleven": "tomorrow at 11 am",
    "tomorrow at eight in the evening no at nine": "tomorrow at 9 pm",
    "tomorrow at three no in the morning": "tomorrow at 10 am",
    "tomorrow at nine am no pm": "tomorrow at 9 pm",
    "in ten minutes no tomorrow at four": "tomorrow at 4 pm",
    "in two days no at three": "on Thursday at 3 pm",
    "tomorrow no in ten minutes": "today at 11:45 am",
    "next week no tomorrow": "tomorrow at 10 am",
    "friday no next week": "on Friday, the 4th of December, at 10 am",
    "next week no this friday": "on Friday at 10 am",
    "no the day after tomorrow": "on Thursday at 10 am",
    "no no on friday at four": "on Friday at 4 pm",
    "call me on friday or better on monday": "on Monday at 10 am",
    "not tomorrow on monday": "on Monday at 10 am",
    "not on monday on friday": "on Friday at 10 am",
    "on friday not on monday": "on Friday at 10 am",
    "not tomorrow morning on monday": "on Monday at 10 am",
    "tomorrow not today": "tomorrow at 10 am",
    "tomorrow but not in the morning in the evening": "tomorrow at 6:30 pm",
    "not on monday or tuesday on friday": "on Friday at 10 am",
    "do not call me tomorrow call me on monday": "on Monday at 10 am",
    "please do not call me back tomorrow call on friday": "on Friday at 10 am",
    "i am busy on monday call me on friday": "on Friday at 10 am",
    "call me tomorrow i am busy today": "tomorrow at 10 am",
    "call me tomorrow i can not talk now": "tomorrow at 10 am",
    "i can not talk call me tomorrow": "tomorrow at 10 am",
    "tomorrow is bad on monday": "on Monday at 10 am",
    "on monday i can not but on friday i can": "on Friday at 10 am",
    "i have no time tomorrow so on monday": "on Monday at 10 am",
    "why not tomorrow": "tomorrow at 10 am",
    "not before five": "today at 5 pm",
    "tomorrow is not bad": "tomorrow at 10 am",
}
VAGUE = ["later", "any time", "any time is fine", "some other time", "call me another time", "whenever you like"]
NONE = [
    *(
        "",
        "yes",
        "no",
        "i am busy",
        "not today",
        "i am busy today",
        "not now",
        "no time today",
        "wait a minute",
        "one moment",
    ),
    *(
        "not tomorrow",
        "not on monday",
        "do not call me tomorrow",
        "do not call me tomorrow at three",
        "never on mondays",
    ),
    *("i do not want to be called tomorrow", "i am busy tomorrow", "i am not free on monday", "tomorrow is not good"),
    *(
        "friday does not work",
        "i have no time on friday",
        "on monday i am busy",
        "tomorrow i can not",
        "no calls tomorrow",
    ),
    *("not on monday or tuesday", "i can not tomorrow", "not in the morning", "i do not have time tomorrow morning"),
    *("one second", "i have one already", "how long does it take", "one two three", "my number is five five two one"),
    *("call me", "on the phone", "next", "half", "past", "at", "o clock", "in minutes"),
]


@pytest.mark.parametrize("text", [*TABLE, *CORRECTED])
def test_a_spoken_time_is_the_moment_meant(text):
    said = spoken_time(text, NOW)
    assert said is not None
    assert said.precise
    meant = (TABLE | CORRECTED)[text]
    assert as_spoken(said.at, NOW).replace("at noon", "at 12 pm") == meant.replace("at noon", "at 12 pm")


@pytest.mark.parametrize(
    ("before", "text", "meant"),
    [
        ("tomorrow at five", "no at three", "tomorrow at 3 pm"),
        ("tomorrow at five", "no three", "tomorrow at 3 pm"),
        ("tomorrow at five", "no on monday", "on Monday at 5 pm"),
        ("call me tomorrow", "in the evening", "tomorrow at 6:30 pm"),
        ("tomorrow at nine in the morning", "sorry at three", "tomorrow at 3 pm"),
        ("in ten minutes", "no tomorrow", "tomorrow at 10 am"),
        ("tomorrow", "no in an hour", "today at 12:35 pm"),
    ],
)
def test_a_later_turn_corrects_the_time_said_before(before, text, meant):
    said = spoken_time(text, NOW, before=before)
    assert said is not None
    assert as_spoken(said.at, NOW) == meant


def test_a_time_is_refused_unless_another_is_named():
    assert refuses_time("not tomorrow")
    assert refuses_time("do not call me on monday")
    assert not refuses_time("not tomorrow on monday")
    assert not refuses_time("no")
    assert not refuses_time("no tomorrow")


@pytest.mark.parametrize("text", VAGUE)
def test_a_vague_time_is_in_two_hours_and_says_so(text):
    said = spoken_time(text, NOW)
    assert said is not None
    assert (said.at, said.precise) == (later(NOW), False)


@pytest.mark.parametrize("text", NONE)
def test_no_time_is_read_where_none_is(text):
    assert spoken_time(text, NOW) is None
    assert not names_a_time(text)


@pytest.mark.parametrize(("text", "hour"), [("three", 15), ("ten please", 10), ("maybe eleven", 11), ("five", 17)])
def test_a_bare_hour_is_a_time_when_one_was_asked_for(text, hour):
    assert spoken_time(text, NOW) is None
    said = spoken_time(text, NOW, asked=True)
    assert said is not None
    assert said.at.hour == hour


def test_a_number_inside_other_words_is_no_hour_even_then():
    assert spoken_time("i have one already", NOW, asked=True) is None
    assert spoken_time("one moment please", NOW, asked=True) is None


@pytest.mark.parametrize("text", ["tomorrow morning", "in ten minutes", "three o clock", "half past two", "tonight"])
def test_a_time_with_an_hour_is_whole(text):
    assert is_whole(text)


@pytest.mark.parametrize("text", ["tomorrow", "monday", "on friday", "next week", "at three", "later", "yes"])
def test_a_bare_day_is_not_whole(text):
    assert not is_whole(text)


def test_the_hour_that_daylight_saving_skips_is_the_one_after():
    before = datetime(2026, 3, 7, 12, 0, tzinfo=NEW_YORK)  # at two the clocks go on to three that night
    said = spoken_time("tomorrow at two in the morning", before)
    assert said is not None
    assert (said.at.day, said.at.hour) == (8, 3)


def test_a_span_counts_hours_not_clock_hands():
    before = datetime(2026, 10, 31, 23, 30, tzinfo=NEW_YORK)  # an hour comes twice that night
    said = spoken_time("in three hours", before)
    assert said is not None
    assert said.at.astimezone(UTC) - before.astimezone(UTC) == timedelta(hours=3)


WORDS = sorted(
    {word for text in (*TABLE, *CORRECTED, *VAGUE, *NONE) for word in text.split()}
    | {"monday", "sunday", "nine", "twenty", "to"}
)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2029, 1, 1)).flatmap(
    lambda moment: st.sampled_from(["America/New_York", "Europe/Berlin", "Asia/Shanghai", "Asia/Kathmandu", "UTC"]).map(
        lambda zone: moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    )
)


@settings(derandomize=True, max_examples=800, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join) | st.text(max_size=30), moments, st.booleans())
def test_every_time_read_is_to_come_within_three_months_and_can_be_said(text, now, asked):
    said = spoken_time(text, now, asked=asked)
    if said is None:
        return
    assert now < said.at <= now + timedelta(days=7 * 60)
    assert said.at.tzinfo is now.tzinfo
    assert said.at.second == said.at.microsecond == 0
    assert as_spoken(said.at, now)


DAYS = {"today": 0, "tomorrow": 1, "the day after tomorrow": 2, "on friday": 3, "on saturday": 4, "on monday": 6}
HOURS = {"at three": 15, "at five": 17, "at ten": 10, "at eleven o clock": 11, "at half past two": 14, "at six": 18}
CORRECTIONS = ["no", "no no", "sorry", "no sorry", "no i mean", "actually", "no better"]
MORNING = datetime(2026, 11, 24, 8, 0, tzinfo=NEW_YORK)  # no hour of the table has passed
days, hours = st.sampled_from(sorted(DAYS)), st.sampled_from(sorted(HOURS))
corrections = st.sampled_from(CORRECTIONS)


def moment(said):
    assert said is not None
    return (said.at.date() - MORNING.date()).days, said.at.hour


@settings(derandomize=True, max_examples=400, deadline=None)
@given(st.lists(st.tuples(corrections, days | hours | st.tuples(days, hours).map(" ".join)), max_size=4), days, hours)
def test_the_last_day_and_the_last_hour_said_are_meant_in_one_turn_and_over_two(said, day, hour):
    turns = [f"{day} {hour}", *(f"{correction} {value}" for correction, value in said)]
    last_day = max(
        DAYS, key=lambda one: (" ".join(turns).rfind(one) + len(one) if one in " ".join(turns) else -1, len(one))
    )
    last_hour = max(HOURS, key=lambda one: " ".join(turns).rfind(one))
    meant = DAYS[last_day], HOURS[last_hour]
    assert moment(spoken_time(" ".join(turns), MORNING)) == meant
    if len(turns) > 1:
        assert moment(spoken_time(" ".join(turns[1:]), MORNING, before=turns[0])) == meant


@settings(derandomize=True, max_examples=200, deadline=None)
@given(
    days, days, hours, st.sampled_from(["not", "do not call me", "i am busy", "i have no time", "please never call"])
)
def test_a_day_that_is_refused_is_not_meant_whatever_is_said_beside_it(refused, day, hour, words):
    assert refuses_time(f"{words} {refused}")
    assert spoken_time(f"{words} {refused}", MORNING) is None
    assert moment(spoken_time(f"{words} {refused} call me {day} {hour}", MORNING)) == (DAYS[day], HOURS[hour])
    assert moment(spoken_time(f"call me {day} {hour} {words} {refused}", MORNING)) == (DAYS[day], HOURS[hour])

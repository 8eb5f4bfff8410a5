"""Spoken Mandarin times: what is meant, what is none, and how the robot writes it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.callback_time import as_spoken, is_whole, later, names_a_time, refuses_time, spoken_time
from bot.callback_time_zh import number_zh
from speech.han import apart

NOW = datetime(2026, 11, 24, 11, 32, tzinfo=ZoneInfo("Asia/Shanghai"))  # a Tuesday
TABLE = {
    "明天下午三点": "明天下午3点",
    "后天上午十点半": "后天上午10点半",
    "下周一": "下周一上午10点",
    "下周三下午两点": "12月2日星期三下午2点",
    "周五": "周五上午10点",
    "星期天晚上": "周日晚上7点",
    "明天": "明天上午10点",
    "明天早上九点": "明天上午9点",
    "明天上午给我打电话": "明天上午10点",
    "明早": "明天上午10点",
    "今天晚上八点": "今天晚上8点",
    "今晚": "今天晚上7点",
    "晚上吧": "今天晚上7点",
    "下班以后再打": "今天晚上6点",
    "三点": "今天下午3点",
    "下午三点一刻": "今天下午3点15分",
    "两点四十五": "今天下午2点45分",
    "下午一点": "今天下午1点",
    "一点半": "今天下午1点半",
    "中午十二点": "今天中午12点",
    "十分钟后再打": "今天上午11点45分",
    "半个小时以后": "今天中午12点05分",
    "一个半小时之后": "今天下午1点05分",
    "过两个小时": "今天下午1点35分",
    "两天后": "后天上午11点35分",
    "周末": "周六上午10点",
    "下周": "下周一上午10点",
    "下个月": "12月1日星期二上午10点",
    "今天没时间明天下午吧": "明天下午3点",
    "现在不方便晚上八点再打": "今天晚上8点",
    "大后天": "周五上午10点",
    "不明天下午三点": "明天下午3点",
    "周一不明天三点": "明天下午3点",
    "周一不对明天三点": "明天下午3点",
    "明天五点不三点": "明天下午3点",
    "明天五点不对三点": "明天下午3点",
    "明天下午五点不是三点": "明天下午5点",
    "明天早上九点不对三点": "明天下午3点",
    "明天上午九点不对下午四点": "明天下午4点",
    "明天五点不对后天": "后天下午5点",
    "今天不明天": "明天上午10点",
    "今天不对明天": "明天上午10点",
    "不是明天是后天": "后天上午10点",
    "是后天不是明天": "后天上午10点",
    "不要明天后天吧": "后天上午10点",
    "明天别打周一打给我": "下周一上午10点",
    "明天不要打给我周一再打": "下周一上午10点",
    "别明天打后天打": "后天上午10点",
    "十分钟后不对明天四点": "明天下午4点",
    "周五不行周六吧": "周六上午10点",
    "明天下午三点没问题": "明天下午3点",
}


@pytest.mark.parametrize("text", TABLE)
def test_a_spoken_time_is_the_moment_meant(text: str):
    said = spoken_time(apart(text), NOW)
    assert said is not None
    assert (said.precise, as_spoken(said.at, NOW, "zh")) == (True, TABLE[text])


@pytest.mark.parametrize("text", ["晚点再打", "一会儿吧", "改天再说", "随时", "以后再说", "都可以"])
def test_a_vague_time_is_in_two_hours(text: str):
    said = spoken_time(text, NOW)
    assert said is not None
    assert (said.precise, said.at) == (False, later(NOW))


@pytest.mark.parametrize(
    "text",
    [
        *("便宜一点吗", "慢一点", "有点贵", "大声一点", "等一下", "多少钱", "一节课多长时间", "什么时候开始", "我很忙"),
        *(
            "我明天没时间",
            "今天不行",
            "我现在很忙",
            "周一没空",
            "上午要开会",
            "不要明天",
            "别明天打",
            "明天不要打",
            "明天别打给我",
            "周末不方便",
            "你好",
            "三",
            "我上午不在",
        ),
    ],
)
def test_words_that_name_no_time(text: str):
    assert spoken_time(text, NOW) is None
    assert not names_a_time(text)


def test_a_bare_number_is_an_hour_where_a_time_was_asked():
    said = spoken_time("三", NOW, asked=True)
    assert said is not None
    assert as_spoken(said.at, NOW, "zh") == "今天下午3点"
    assert spoken_time("我有三个", NOW, asked=True) is None


@pytest.mark.parametrize(
    ("before", "text", "meant"),
    [
        ("明天五点", "不三点", "明天下午3点"),
        ("明天五点", "不对三点", "明天下午3点"),
        ("明天下午五点", "还是后天吧", "后天下午5点"),
        ("明天上午九点", "不下午三点", "明天下午3点"),
        ("明天", "晚上吧", "明天晚上7点"),
        ("十分钟后", "不明天", "明天上午10点"),
    ],
)
def test_a_later_turn_corrects_the_time_said_before(before: str, text: str, meant: str):
    said = spoken_time(apart(text), NOW, before=apart(before))
    assert said is not None
    assert as_spoken(said.at, NOW, "zh") == meant


def test_a_time_is_refused_unless_another_is_named():
    assert all(refuses_time(text) for text in ("不要明天", "明天不要打", "周一没空"))
    assert not any(refuses_time(text) for text in ("不", "不明天", "不要明天后天吧"))


def test_a_day_may_go_on_and_an_hour_is_whole():
    assert not is_whole("明天")
    assert all(is_whole(text) for text in ("明天下午", "三点", "十分钟后"))


@given(st.integers(0, 99))
def test_every_number_below_a_hundred_is_read(number: int):
    digits = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    text = digits[ones] if number < 10 else f"{digits[tens] if tens > 1 else ''}十{digits[ones] if ones else ''}"
    assert number_zh(text) == number


@given(st.integers(0, 6 * 24 * 60 - 1))
def test_what_the_robot_writes_is_read_as_the_same_moment(minutes: int):
    at = (NOW + timedelta(hours=1, minutes=minutes)).replace(second=0)
    at -= timedelta(minutes=at.minute % 5)
    said = spoken_time(as_spoken(at, NOW, "zh"), NOW)
    assert said is not None
    assert said.at == at


DAYS = {"今天": 0, "明天": 1, "后天": 2, "大后天": 3, "周六": 4, "下周一": 6}
HOURS = {"三点": 15, "五点": 17, "下午四点": 16, "十一点": 11, "两点半": 14}
MORNING = datetime(2026, 11, 24, 8, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
days, hours = st.sampled_from(sorted(DAYS)), st.sampled_from(sorted(HOURS))
corrections = st.sampled_from(["不", "不对", "不不", "说错了", "不好意思"])


@settings(derandomize=True, max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(corrections, st.just(""), hours) | st.tuples(corrections, days, hours), max_size=4), days, hours
)
def test_the_last_day_and_the_last_hour_said_are_meant_in_one_turn_and_over_two(
    said: list[tuple[str, str, str]], day: str, hour: str
):
    turns = [f"{day}{hour}", *("".join(one) for one in said)]
    meant = DAYS[[day, *(one[1] for one in said if one[1])][-1]], HOURS[[hour, *(one[2] for one in said)][-1]]
    both = [spoken_time("".join(turns), MORNING)]
    if said:
        both.append(spoken_time("".join(turns[1:]), MORNING, before=turns[0]))
    for one in both:
        assert one is not None
        assert ((one.at.date() - MORNING.date()).days, one.at.hour) == meant

"""Understanding Mandarin: other wordings, what recognition makes of words, turns by their characters, what agents read."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from ruamel.yaml import YAML

from bot.events import BookCallback, CustomerSaid, OptOut, Say
from bot.nlu.completeness import core
from bot.nlu.ngrams import grams, normal
from bot.nlu.words_zh import MANDARIN
from bot.rasa.nlu import FALLBACK
from speech.endpointing import Completeness, Expectation
from speech.spoken import spoken
from tests.bot.course import ROOT, Call, course

HELDOUT = YAML(typ="safe").load((ROOT / "tests/bot/heldout_zh.yml").read_text(encoding="utf-8"))
WORDINGS = [(text, {intent, *others}) for intent, entries in HELDOUT.items()
            for text, *others in (entry.split("|") for entry in entries)]  # fmt: skip
ANYTHING = Expectation()
# What the recogniser's base model knows besides the assistant's own phrases (vosk_micro_zh), and what it means to us.
BASE = {
    "affirm": "是的 对 好 好的 可以 行 没问题 嗯 都可以",
    "deny": "不是 不行 不用 不要 没有 不用了谢谢",
    "greet": "喂 你好 喂你好 我姓王",
    "interested": "我很感兴趣 我感兴趣",
    "not_interested": "我不感兴趣 没兴趣 我不想要 我要取消",
    "no_need": "不需要 我暂时不需要 我已经有了 已经买了",
    "too_expensive": "太贵了 有点贵 没钱 我是学生",
    "think_about_it": "我要跟家人商量一下 我要问一下老板 让我考虑一下 再说吧 我不确定 我不知道",
    "distrust": "你是骗子 是真的吗",
    "ask_price": "多少钱 价格是多少 怎么收费 要钱吗 免费吗 可以试用吗 多少",
    "ask_discount": "能便宜一点吗 有优惠吗",
    "ask_payment": "可以分期吗 怎么付款",
    "ask_who": "你是谁 你哪位 你们是什么公司 你们是做什么的 地址在哪里 哪里",
    "ask_source": "你怎么知道我的电话 你们怎么有我的号码",
    "ask_robot": "你是机器人吗 你是真人吗",
    "ask_purpose": "有什么事 什么事 为什么",
    "ask_more": "介绍一下 你说吧 请说 详细说一下 我有一个问题",
    "ask_how": "怎么报名 什么时候开始 课程有多长时间",
    "ask_terms": "可以退款吗 安全吗 有合同吗",
    "send_info": "加微信吧 发一个短信给我 发资料给我 发邮件给我",
    "want_person": "我要找人工客服 转人工 找你们经理",
    "buy": "我要报名 我想买 我要了 约个时间",
    "callback": "你晚点再打过来吧 明天上午给我打电话 下周再打给我 十分钟后再打",
    "callback_time": "下午三点可以 明天可以 周一可以",
    "busy": "我现在很忙 我在开车 我在开会 没时间 现在不方便",
    "opt_out": "不要再给我打电话了 别再打了 别打了 我要投诉 把我的号码删掉",
    "wrong_number": "打错了 你打错了",
    "repeat": "什么 我没有听清楚请再说一遍 你说什么 大声一点 说慢一点 不明白",
    "wait": "等一下",
    "thanks": "谢谢",
    "goodbye": "再见",
    "acknowledge": "我听到了 明白了 我知道了",
    "out_of_scope": "我的号码是一三五 零一二三 八九十 二 一百",
}


def test_other_wordings_are_understood():
    """At least nine in ten; nearly all are (0.99 when written), so that recognition's errors have room."""
    known = set(course("zh").phrases.phrases)
    assert not known & {text for text, _ in WORDINGS}
    assert len(WORDINGS) >= 270
    parse = course("zh").understander.parse
    wrong = [(text, parse(text).intent) for text, right in WORDINGS if parse(text).intent not in right]
    assert len(wrong) <= 0.1 * len(WORDINGS), wrong


def test_other_wordings_of_an_opt_out_are_understood_and_nothing_else_is_one():
    taken = {text for text, _ in WORDINGS if course("zh").understander.parse(text).intent == "opt_out"}
    wanted = {text for text, right in WORDINGS if "opt_out" in right}
    assert len(wanted & taken) >= 0.95 * len(wanted)
    assert taken - wanted == set()


@pytest.mark.parametrize("intent", BASE)
def test_phrases_of_the_recognisers_base_vocabulary_have_a_sensible_intent(intent: str):
    assert {course("zh").understander.parse(text).intent for text in BASE[intent].split()} == {intent}


@pytest.mark.parametrize(
    ("heard", "intent"),
    [  # as the recogniser of course_zh heard simulated customers: what was said is in the comment
        ("价格还是不用了", "deny"),  # 那个 还是不用了
        ("去你们不要再给我打电话了", "opt_out"),  # 请你们不要再给我打电话了
        ("你是真人还是机器人吗", "ask_robot"),  # 你是真人还是机器人啊
        ("好的不对我想试试", "interested"),  # 好的 不贵我想试试
        ("去一节课多少钱了", "ask_price"),  # 请问一节课多少钱呢
        ("不用我不用我", "deny"),  # 不用了不用了
        ("等我感兴趣", "interested"),  # 嗯 我感兴趣
        ("我对这个课程感兴趣", "interested"),  # 我对这个课感兴趣
    ],
)
def test_what_recognition_makes_of_words_is_understood(heard: str, intent: str):
    assert course("zh").understander.parse(heard).intent == intent


def test_blanks_of_a_recogniser_change_nothing():
    parse = course("zh").understander.parse
    assert parse("我 想 试听 一下") == parse("我想试听一下")
    assert parse("你好， 多少钱？") == parse("你好多少钱")


def test_grams_run_through_a_sentence_and_its_characters_are_words():
    assert normal("我想，试!") == "我 想 试"
    found = set(grams(normal("我想试")))
    assert {"c我想试", "c想试", "w想", "w我 想", "w试 >"} <= found


@pytest.mark.parametrize(
    ("text", "completeness"),
    [
        *((text, Completeness.INCOMPLETE) for text in ("我想", "那个", "然后", "就是", "我在", "你们是哪", "一个月", "好的我想")),
        *((text, Completeness.OPEN) for text in ("好", "对", "好的", "不用", "明天", "下周一", "我在开会", "我考虑一下")),
        *((text, Completeness.COMPLETE) for text in ("多少钱", "我想试试", "你是谁", "转人工", "明天下午三点", "好的谢谢")),
        ("", Completeness.UNKNOWN),
        ("不好意思", Completeness.INCOMPLETE),
        ("我不需要不好意思", Completeness.OPEN),
        ("麻烦你跟我说一下这个吧", Completeness.OPEN),
    ],
)  # fmt: skip
def test_how_finished_mandarin_words_sound(text: str, completeness: Completeness):
    assert course("zh").understander.understand(text, ANYTHING).completeness is completeness


@pytest.mark.parametrize("text", ["那个", "我想", "好的那个我想", "不好意思", "然后"])
def test_what_only_begins_is_no_intent_yet(text: str):
    assert course("zh").understander.parse(text).intent == FALLBACK


@pytest.mark.parametrize("text", ["嗯", "嗯嗯", "对", "对对对", "好的", "是的", "喂", "哦", "知道了"])
def test_a_backchannel_claims_no_turn(text: str):
    assert course("zh").understander.understand(text, ANYTHING).backchannel


@pytest.mark.parametrize("text", ["等", "从哦", "不哦", "去嗯"])
def test_a_hum_heard_as_some_syllable_is_a_nod_and_no_intent(text: str):
    """As the recogniser heard 嗯嗯, 哦 and 嗯 of simulated customers."""
    assert course("zh").understander.understand(text, ANYTHING).backchannel
    assert course("zh").understander.parse(text).intent == FALLBACK


@pytest.mark.parametrize("text", ["不用", "等一下", "多少钱", "不", "你是谁", "我不需要"])
def test_words_of_their_own_are_no_backchannel(text: str):
    assert not course("zh").understander.understand(text, ANYTHING).backchannel


def test_openers_and_politeness_are_no_core():
    assert core(normal("好的不好意思多少钱啊谢谢").split(), MANDARIN) == list("多少钱")
    assert core(normal("好的谢谢").split(), MANDARIN) == []


def test_a_callback_is_promised_for_the_time_that_was_named():
    call = Call(lang="zh")
    call.says("我在开会你晚点再打")
    assert call.keys == ["utter_ask_callback_time"]
    call.says("明天下午三点半吧")
    [booked] = [action for action in call.actions if isinstance(action, BookCallback)]
    [say] = [action for action in call.actions if isinstance(action, Say)]
    assert booked.at == datetime(2026, 11, 25, 15, 30, tzinfo=ZoneInfo("America/New_York"))
    assert say.prompts[0].text == "好的，我们明天下午3点半给您打电话。"
    assert spoken(say.prompts[0].text, "zh") == "好的，我们明天下午三点半给您打电话。"


def test_an_opt_out_counts_whatever_else_is_said():
    call = Call(lang="zh")
    assert any(isinstance(action, OptOut) for action in call.says("我很忙请你们以后不要再打电话给我了"))


def test_agents_read_of_the_talk_in_mandarin():
    call = Call(lang="zh")
    for text in ("一个月多少钱", "好的我想试试"):
        call.happens(CustomerSaid(text=text))
    lines = call.dialogue.outcome().summary
    assert lines[0] == "客户问了问题，感兴趣。"
    assert lines[1] == "谈到：价格。"
    assert lines[-1].startswith("原话：“一个月多少钱”")

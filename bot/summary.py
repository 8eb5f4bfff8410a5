"""What a person reads before taking over: at most three lines."""

from typing import Final

from bot.grading import Meaning
from bot.tracker import Tracker

_SENTENCES: Final = {
    Meaning.OPT_OUT: "wants no more calls",
    Meaning.WANTS_PERSON: "wants to speak to a person",
    Meaning.INTERESTED: "is interested",
    Meaning.ASKED: "asked questions",
    Meaning.CALLBACK: "wants to be called later",
    Meaning.UNDECIDED: "is not sure yet",
    Meaning.OBJECTED: "has an objection",
    Meaning.REFUSED: "declined",
    Meaning.WRONG_PERSON: "is not the person we wanted",
}
_SENTENCES_ZH: Final = {
    Meaning.OPT_OUT: "不想再接到电话",
    Meaning.WANTS_PERSON: "想跟人工说话",
    Meaning.INTERESTED: "感兴趣",
    Meaning.ASKED: "问了问题",
    Meaning.CALLBACK: "希望以后再打",
    Meaning.UNDECIDED: "还没有决定",
    Meaning.OBJECTED: "有异议",
    Meaning.REFUSED: "拒绝了",
    Meaning.WRONG_PERSON: "不是要找的人",
}
_TOPICS_ZH: Final = {
    "price": "价格", "discount": "优惠", "payment": "付款", "who": "公司", "source": "号码来源", "robot": "机器人",
    "recorded": "录音", "purpose": "来意", "more": "课程", "how": "怎么上课", "terms": "合同与退款",
    "too_expensive": "太贵", "no_need": "不需要", "think_about_it": "要考虑", "distrust": "不信任",
}  # fmt: skip
_TOPICS: Final = ("ask_", "too_", "no_need", "think_", "distrust")


def summary(tracker: Tracker, lang: str = "en") -> tuple[str, ...]:
    """What the customer wants, what they spoke of and what was promised, and their last telling words; in the assistant's
    language, which its agents speak."""
    if lang == "zh":
        return _summary_zh(tracker)
    meanings = list(dict.fromkeys(Meaning(one.means) for one in tracker.evidence))
    wants = [_SENTENCES[means] for means in meanings if means in _SENTENCES]
    if not wants:
        return ("Nothing was learnt.",) if not tracker.intents else ("Spoke, but did not say what they want.",)
    lines = [f"The customer {_listed(wants)}."]
    topics = [one.removeprefix("ask_").replace("_", " ") for one in tracker.intents if one.startswith(_TOPICS)]
    facts = [f"Spoke of: {', '.join(dict.fromkeys(topics))}."] if topics else []
    if tracker.callback_at is not None:
        facts.append(f"Callback promised {tracker.slots.get('callback_time')}.")
    if facts:
        lines.append(" ".join(facts))
    words = [f'"{one.text}"' for one in tracker.evidence if one.text]
    lines.append(f"Said: {', '.join(dict.fromkeys(words[-3:]))}")
    return tuple(lines)


def _summary_zh(tracker: Tracker) -> tuple[str, ...]:
    meanings = list(dict.fromkeys(Meaning(one.means) for one in tracker.evidence))
    wants = [_SENTENCES_ZH[means] for means in meanings if means in _SENTENCES_ZH]
    if not wants:
        return ("没有了解到什么。",) if not tracker.intents else ("说了话，但没有表明意向。",)
    lines = [f"客户{'，'.join(wants)}。"]
    topics = [one.removeprefix("ask_") for one in tracker.intents if one.startswith(_TOPICS)]
    facts = [f"谈到：{'、'.join(_TOPICS_ZH.get(one, one) for one in dict.fromkeys(topics))}。"] if topics else []
    if tracker.callback_at is not None:
        facts.append(f"约定{tracker.slots.get('callback_time')}回电。")
    if facts:
        lines.append("".join(facts))
    words = [f"“{one.text}”" for one in tracker.evidence if one.text]
    lines.append(f"原话：{'、'.join(list(dict.fromkeys(words))[-3:])}")
    return tuple(lines)


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"

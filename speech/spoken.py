"""Prompts as they are said: numbers, money, times and digit strings in words. What people read stays as written.

Engines read digits each in their own way, and Mandarin has several: 一千二百八十 is an amount, 一二三四 a card's ending, and
幺三八 begins a telephone number. So no digit is left to them: a language is a table of rules, tried in their order, each on
what those before it left, and its last one reads whatever digits are over. First what is surely a string (a masked number, a
card's ending, a telephone number), then dates and ranges, money, times, percentages, and at the end plain numbers.

Text of another language is left to the engine, and so is text without digits.
"""

from typing import Final, Literal

from speech import spoken_en, spoken_zh
from speech.written import Rules, folded, has_figures

Lang = Literal["en", "zh"]
_RULES: Final[dict[str, Rules]] = {"zh": spoken_zh.RULES, "en": spoken_en.RULES}


def spoken(text: str, lang: str) -> str:
    """The text for the synthesiser, its digits in words of `lang` (en, zh; others unchanged)."""
    rules = _RULES.get(lang)
    if rules is None or not has_figures(text):
        return text
    text = folded(text)
    for pattern, say in rules:
        text = pattern.sub(say, text)
    return text

"""What words mean to the dialogue, and whether they sound finished: the ear's `Understander`.

Asked on every partial, so it remembers; a text it has not seen takes well under a millisecond. Intents are the pipeline's
(bot.nlu.pipeline), completeness is learnt from the assistant's examples (bot.nlu.completeness).
"""

from collections import OrderedDict
from dataclasses import replace
from itertools import pairwise
from typing import Final

from bot.callback_time import is_whole, names_a_time
from bot.nlu.completeness import Endings
from bot.nlu.ngrams import normal
from bot.nlu.pipeline import TURNS, Parse, Pipeline
from bot.nlu.words_en import ENGLISH
from bot.nlu.words_zh import MANDARIN
from bot.rasa.nlu import FALLBACK
from bot.rasa.project import Project
from speech.endpointing import Completeness, Expectation, Understanding

_REMEMBERED: Final = 4000


class AssistantUnderstander:
    """An `Understander` for one assistant; all its calls share it."""

    def __init__(self, project: Project, pipeline: Pipeline) -> None:
        settings = pipeline.settings_of(TURNS)
        self._pipeline = pipeline
        table = MANDARIN if project.language == "zh" else ENGLISH
        self._table = table
        self._backchannels = {normal(text) for text in settings["backchannels"]}
        self._open_intents = frozenset(settings["open_intents"])
        texts = [text for examples in project.examples.values() for text in examples]
        self._endings = Endings(texts, open_intents=self._open_intents, table=table)
        self._pairs = {pair for text in texts for pair in _pairs(text)}
        self._parses: OrderedDict[str, tuple[Parse, Understanding]] = OrderedDict()

    def understand(self, text: str, expectation: Expectation) -> Understanding:
        """See `Understander`. Intent `nlu_fallback` when it is not clear; "" for no words. The expectation does not
        change what words mean here: what a "yes" answers is the dialogue's to know."""
        return self._both(text)[1]

    def parse(self, text: str) -> Parse:
        """The same with entities: what the dialogue works with."""
        return self._both(text)[0]

    def _both(self, text: str) -> tuple[Parse, Understanding]:
        words = normal(text)
        known = self._parses.get(words)
        if known is not None:
            self._parses.move_to_end(words)
            return known
        parse = self._pipeline.parse(words)
        misheard = words not in self._table.backchannels and self._table.is_nod(words, exact=parse.exact)
        if not parse.exact and (misheard or self._endings.begins_only(words)):
            parse = replace(parse, intent=FALLBACK)  # a hum, or what it begins is not known yet: no guess
        understanding = Understanding(
            intent=parse.intent,
            confidence=parse.confidence,
            completeness=self._completeness(parse),
            example=parse.exact,
            familiar=self._familiar(words),
            backchannel=words in self._backchannels or self._table.is_nod(words, exact=parse.exact),
        )
        self._parses[words] = parse, understanding
        while len(self._parses) > _REMEMBERED:
            self._parses.popitem(last=False)
        return parse, understanding

    def _familiar(self, words: str) -> float:
        pairs = _pairs(words)
        return sum(pair in self._pairs for pair in pairs) / len(pairs)

    def _completeness(self, parse: Parse) -> Completeness:
        judged = self._endings.judge(
            parse.text,
            parse.intent,
            parse.confidence,
            exact=parse.exact,
            understood=parse.intent != FALLBACK,
        )
        if judged is Completeness.OPEN and names_a_time(parse.text) and is_whole(parse.text):
            return Completeness.COMPLETE  # "tomorrow morning" is; "tomorrow" may go on
        return judged


def _pairs(text: str) -> list[tuple[str, str]]:
    """Neighbouring words of a text; its beginning and its end are words too."""
    return list(pairwise(("<s>", *normal(text).split(), "</s>")))

"""What words mean to the dialogue, and whether they sound finished: the ear's `Understander`.

Completeness is learnt from the assistant's own examples. A text that is an example and begins no longer one is COMPLETE; one
that is the beginning of others is OPEN ("yes" of "yes please"); one that is only a beginning, or ends in a word that asks
for another ("i want to"), is INCOMPLETE. Other texts go by their intent's certainty; questions end for good.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Final

from bot.nlu.classifier import NgramClassifier, normal
from speech.endpointing import Completeness, Expectation, Understanding
from speech.recognition import Grammar

FALLBACK: Final = "nlu_fallback"
_REMEMBERED: Final = 2000
_ENDS_OPEN: Final = frozenset(
    [
        "a",
        "an",
        "the",
        "my",
        "your",
        "our",
        "their",
        "to",
        "of",
        "in",
        "on",
        "at",
        "for",
        "with",
        "and",
        "or",
        "but",
        "because",
        "if",
        "that",
        "is",
        "are",
        "am",
        "was",
        "do",
        "does",
        "did",
        "not",
        "can",
        "could",
        "would",
        "will",
        "should",
        "i",
        "you",
        "we",
        "they",
        "it",
        "he",
        "she",
        "me",
        "please",
        "so",
        "very",
        "too",
        "more",
        "about",
        "from",
        "by",
        "than",
        "this",
        "these",
        "how",
        "what",
        "who",
        "where",
        "when",
        "why",
        "which",
        "have",
        "has",
        "had",
        "let",
        "get",
        "give",
        "need",
        "want",
        "like",
        "um",
        "uh",
        "er",
        "well",
    ]
)
_ENDS_WELL: Final = frozenset(
    [
        "please",
        "it",
        "that",
        "this",
        "you",
        "me",
        "more",
        "not",
        "about",
        "what",
        "who",
        "where",
        "when",
        "why",
        "how",
        "do",
        "are",
    ]
)
_OPEN_WORDS: Final = frozenset(
    [
        "yes",
        "no",
        "okay",
        "ok",
        "sure",
        "right",
        "well",
        "maybe",
        "hello",
        "hi",
        "yeah",
        "yep",
        "alright",
        "fine",
        "good",
        "great",
        "thanks",
        "sorry",
        "uh-huh",
        "hm",
    ]
)
_BACKCHANNELS: Final = frozenset(
    {
        *("uh-huh", "uh huh", "mm-hmm", "mhm", "hm", "mm", "yeah", "yes", "okay", "ok", "right", "sure", "i see"),
        *("i understand", "yeah yeah", "yes yes", "okay okay", "go on", "i am listening", "that is right", "all right"),
        *("right right", "yeah okay", "okay yeah", "yes okay", "okay yes", "uh", "alright", "correct", "fine"),
    }
)
# A single word over a prompt claims the turn only if it is one of these: any other short sound is more likely a nod that
# was misheard ("right" for "friday").
_CLAIMING: Final = frozenset(
    ["no", "stop", "wait", "what", "who", "why", "pardon", "sorry", "goodbye", "bye", "never", "robot", "human", "help"]
)
_QUESTION_STARTS: Final = frozenset(
    ["who", "what", "why", "when", "where", "how", "is", "are", "do", "does", "can", "could"]
)


class AssistantUnderstander:
    """An `Understander` for one assistant. Remembers what it was asked."""

    def __init__(
        self,
        classifier: NgramClassifier,
        examples: Mapping[str, Sequence[str]],
        *,
        threshold: float,
        open_intents: frozenset[str],
        backchannels: frozenset[str] = _BACKCHANNELS,
    ) -> None:
        self._classifier = classifier
        self._threshold = threshold
        self._open_intents = open_intents
        self._backchannels = backchannels
        self._known = {normal(text): intent for intent, texts in examples.items() for text in texts}
        self._beginnings = {
            " ".join(words[:count])
            for words in (text.split() for text in self._known)
            for count in range(1, len(words))
        }
        self._memory: OrderedDict[tuple[str, Grammar], Understanding] = OrderedDict()

    def understand(self, text: str, expectation: Expectation) -> Understanding:
        """See `Understander`. Intent `nlu_fallback` when it is not clear; "" for no words."""
        words = normal(text)
        key = (words, expectation.grammar)
        known = self._memory.get(key)
        if known is None:
            known = self._memory[key] = self._understand(words, expectation)
            if len(self._memory) > _REMEMBERED:
                self._memory.popitem(last=False)
        return known

    def _understand(self, words: str, expectation: Expectation) -> Understanding:
        if not words:
            return Understanding(intent="", confidence=0.0, completeness=Completeness.UNKNOWN)
        exact = self._known.get(words)
        best = self._classifier.classify(words)[0]
        intent, confidence = (exact, 1.0) if exact is not None else (best.intent, best.confidence)
        if confidence < self._threshold:
            intent = FALLBACK
        return Understanding(
            intent=intent,
            confidence=confidence,
            completeness=self._completeness(words, intent, confidence, exact=exact is not None),
            backchannel=words in self._backchannels or (" " not in words and words not in _CLAIMING),
        )

    def _completeness(self, words: str, intent: str, confidence: float, *, exact: bool) -> Completeness:
        said = words.split()
        begins = words in self._beginnings
        if len(said) == 1 and said[0] in _OPEN_WORDS:
            return Completeness.OPEN
        if exact:
            return Completeness.OPEN if begins or intent in self._open_intents else Completeness.COMPLETE
        if begins or (said[-1] in _ENDS_OPEN and said[-1] not in _ENDS_WELL):
            return Completeness.INCOMPLETE
        if intent == FALLBACK:
            return Completeness.UNKNOWN
        asks = said[0] in _QUESTION_STARTS and len(said) >= 3
        if len(said) <= 2 or intent in self._open_intents or (confidence < 0.7 and not asks):
            return Completeness.OPEN
        return Completeness.COMPLETE

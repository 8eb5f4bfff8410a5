"""What config.yml's `pipeline` is made into: text in; intent, confidence and entities out.

The components this version knows, by name; an unknown name or setting is refused when the assistant is loaded. Order does
not matter: each kind of work has one component.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.callback_time import names_a_time, refuses_time
from bot.nlu.classifier import NgramClassifier, Ranked
from bot.nlu.entities import Entity, EntityMatcher, SpokenTimeExtractor
from bot.nlu.keyphrases import Keyphrases
from bot.nlu.ngrams import normal
from bot.rasa.nlu import FALLBACK
from bot.rasa.nodes import nearest
from bot.rasa.project import Component, Project
from bot.rasa.reader import AssistantInvalid

CLASSIFIER: Final = "jingyin.NgramClassifier"
KEYPHRASES: Final = "jingyin.KeyphraseClassifier"
FALLBACKS: Final = "jingyin.FallbackClassifier"
MATCHER: Final = "jingyin.EntityMatcher"
TIMES: Final = "jingyin.SpokenTimeExtractor"
TURNS: Final = "jingyin.TurnTaking"

# component -> setting -> default; the default's type is the setting's
COMPONENTS: Final[Mapping[str, Mapping[str, Any]]] = {  # Any: what YAML has
    CLASSIFIER: {"strength": 0.5},
    KEYPHRASES: {"intents": [], "least_words": 2, "yields_to": []},
    FALLBACKS: {"threshold": 0.3, "ambiguity": 0.0},
    MATCHER: {},
    TIMES: {"entity": "time", "wishes": [], "refused": ""},
    TURNS: {"open_intents": [], "backchannels": []},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parse:
    """What words say. `intent` is "" for no words, `nlu_fallback` when it is not clear; `exact`: they are an example."""

    text: str
    intent: str
    confidence: float
    entities: tuple[Entity, ...] = ()
    exact: bool = False


class Pipeline:
    """Understands one assistant's customers. `settings_of` gives a component's settings, defaults filled in."""

    def __init__(
        self, project: Project, train: Callable[[Mapping[str, Sequence[str]], float], NgramClassifier]
    ) -> None:
        self._settings = check_components(project.pipeline, COMPONENTS, "pipeline")
        if CLASSIFIER not in self._settings:
            raise AssistantInvalid([f"{project.config}: the pipeline has no {CLASSIFIER}"])
        self._check_intents(project)
        self._known = {normal(text): intent for intent, texts in project.examples.items() for text in texts}
        self._classifier = train(project.examples, float(self.settings_of(CLASSIFIER)["strength"]))
        fallback = self.settings_of(FALLBACKS)
        self._threshold = float(fallback["threshold"]) if FALLBACKS in self._settings else 0.0
        self._ambiguity = float(fallback["ambiguity"])
        phrases = self.settings_of(KEYPHRASES)
        self._keyphrases = Keyphrases(
            {intent: project.examples[intent] for intent in phrases["intents"]},
            least_words=int(phrases["least_words"]),
        )
        self._yields_to = frozenset(phrases["yields_to"])
        times = self.settings_of(TIMES)
        self._wishes: tuple[str, ...] = tuple(times["wishes"])
        self._refused = str(times["refused"])
        self._finders: list[EntityMatcher | SpokenTimeExtractor] = []
        if MATCHER in self._settings:
            self._finders.append(EntityMatcher(project.entities, project.synonyms))
        if TIMES in self._settings:
            self._finders.append(SpokenTimeExtractor(str(self.settings_of(TIMES)["entity"])))

    def settings_of(self, component: str) -> Mapping[str, Any]:  # Any: what YAML has
        """A component's settings with the defaults filled in; all defaults when the pipeline does not have it."""
        return {**COMPONENTS[component], **self._settings.get(component, {})}

    def parse(self, text: str) -> Parse:
        """Understand a text. An example is what it is; a keyphrase decides before the classifier."""
        words = normal(text)
        if not words:
            return Parse(text="", intent="", confidence=0.0)
        exact = self._known.get(words)
        intent, confidence = (exact, 1.0) if exact is not None else self._classify(words)
        if exact is None:
            intent = self._wished(intent, words)
        return Parse(
            text=words,
            intent=intent,
            confidence=confidence,
            entities=tuple(entity for finder in self._finders for entity in finder.find(words)),
            exact=exact is not None,
        )

    def _classify(self, words: str) -> tuple[str, float]:
        ranked: list[Ranked] = self._classifier.classify(words)
        best = ranked[0]
        phrase = self._keyphrases.find(words)
        if phrase is not None and not (best.intent in self._yields_to and best.confidence >= self._threshold):
            return phrase, 1.0
        second = ranked[1].confidence if len(ranked) > 1 else 0.0
        if best.confidence < self._threshold or best.confidence - second < self._ambiguity:
            return FALLBACK, best.confidence
        return best.intent, best.confidence

    def _wished(self, intent: str, words: str) -> str:
        """A wish for a time that is only refused is none; a refusal that names another time is a wish."""
        if self._refused and intent in self._wishes and refuses_time(words):
            return self._refused
        if self._wishes and intent == self._refused and names_a_time(words):
            return self._wishes[0]
        return intent

    def _check_intents(self, project: Project) -> None:
        problems = []
        for component in project.pipeline:
            for key in ("intents", "open_intents", "yields_to", "wishes", "refused"):
                given = component.settings.get(key, ())
                for intent in [given] if isinstance(given, str) else given:
                    if intent and intent not in project.examples:
                        near = nearest(str(intent), project.examples)
                        problems.append(f"{component.place}: unknown intent {intent!r} in {key!r}{near}")
        if problems:
            raise AssistantInvalid(problems)


def check_components(
    components: Sequence[Component], known: Mapping[str, Mapping[str, Any]], what: str
) -> dict[str, Mapping[str, Any]]:  # Any: what YAML has
    """Settings by component name.

    Raises:
        AssistantInvalid: a component or setting is unknown, of the wrong type, or there twice.
    """
    found: dict[str, Mapping[str, Any]] = {}
    problems = []
    for component in components:
        if component.name not in known:
            near = nearest(component.name, known)
            problems.append(f"{component.place}: unknown {what} component {component.name!r}{near}")
            continue
        if component.name in found:
            problems.append(f"{component.place}: {component.name!r} is in the {what} twice")
        for key, value in component.settings.items():
            default = known[component.name].get(key)
            if default is None:
                near = nearest(key, known[component.name])
                problems.append(f"{component.place}: unknown setting {key!r} of {component.name}{near}")
            elif not _fits(value, default):
                problems.append(
                    f"{component.place}: {key!r} of {component.name} wants a value like {default!r}, not {value!r}"
                )
        found[component.name] = component.settings
    if problems:
        raise AssistantInvalid(problems)
    return found


def _fits(value: object, default: object) -> bool:
    if isinstance(default, float | int):
        return isinstance(value, float | int) and not isinstance(value, bool) and value >= 0
    if isinstance(default, list):
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    return isinstance(value, type(default))

"""An assistant ready to talk: its project read, its classifier trained (or found trained), its policies built."""

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from bot.callback_time import as_spoken
from bot.grading import Meaning
from bot.nlu.classifier import FORMAT, ArtefactUnreadable, NgramClassifier
from bot.nlu.ngrams import normal
from bot.nlu.pipeline import TIMES, Pipeline, check_components
from bot.policies.contradictions import contradictions
from bot.policies.memoization import MemoizationPolicy
from bot.policies.rules import RulePolicy
from bot.rasa.project import Project, Response
from bot.rasa.reader import AssistantInvalid, read_project
from bot.understanding import AssistantUnderstander
from kernel.log import get_logger
from speech.endpointing import PhraseSet
from speech.han import together
from speech.prompt import Prompt

RULES: Final = "jingyin.RulePolicy"
STORIES: Final = "jingyin.MemoizationPolicy"
FALLBACKS: Final = "jingyin.FallbackPolicy"
POLICIES: Final[Mapping[str, Mapping[str, Any]]] = {  # Any: what YAML has; the default's type is the setting's
    RULES: {},
    STORIES: {"max_history": 8},
    FALLBACKS: {"max_reprompts": 2, "out_of_scope": "out_of_scope", "least_heard": 0.0},
}
ACTIONS: Final = (
    *("action_go_on", "action_repeat", "action_objection", "action_request_person", "action_withdraw_person"),
    *("action_book_callback", "action_withdraw_callback", "action_opt_out", "action_deactivate_loop", "action_hang_up"),
)
# What the platform says by itself, and what happens that a rule must answer.
INTEREST: Final = "utter_ask_interest"
ANSWER: Final = "utter_ask_answer"  # what an assistant asks that has one sentence to say, and nobody to put through to
_ANSWER_SLOT: Final = "answer"
_ANSWERING: Final = frozenset({Meaning.YES, Meaning.NO, Meaning.INTERESTED, Meaning.REFUSED})
SPOKEN: Final = ("utter_pitch", "utter_reprompt_unclear", "utter_reprompt_silent", "utter_sorry_again")
SPOKEN_TO_SELL: Final = (INTEREST, "utter_ask_interest_again", "utter_offer_person", "utter_hold_again")
HAPPENINGS: Final = ("EXTERNAL_answered", "EXTERNAL_gave_up", "EXTERNAL_time_up")
HAPPENINGS_OF_SELLING: Final = ("EXTERNAL_hold", "EXTERNAL_nobody_free")

log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assistant:
    """Everything of an assistant that its calls share."""

    project: Project
    understander: AssistantUnderstander
    rules: RulePolicy
    stories: MemoizationPolicy
    max_reprompts: int
    out_of_scope: str  # the intent of what is understood and nothing to us
    least_heard: float  # confidence of recognition below which words are taken for not understood
    time_entity: str

    @property
    def question(self) -> str:
        """The response that follows the pitch."""
        return INTEREST if _sells(self.project) else ANSWER

    @property
    def answers(self) -> frozenset[str]:
        """The intents that answer its one sentence, and nothing before that was heard: yes and no, in words and keys."""
        return frozenset() if _sells(self.project) else frozenset(_answers(self.project))

    @property
    def phrases(self) -> PhraseSet:
        """What a customer of this assistant may say, for a recogniser to be built for."""
        texts = {together(normal(text)) for examples in self.project.examples.values() for text in examples}
        return PhraseSet(lang=self.project.language, name=self.project.name, phrases=tuple(sorted(texts)))

    def prompts(self) -> list[Prompt]:
        """The prompts without slots: they can be rendered ahead."""
        return [
            prompt_of(key, response, {})
            for key, wordings in self.project.responses.items()
            for response in wordings
            if "{" not in response.text
        ]

    def spoken(self, at: datetime, now: datetime) -> str:
        """A moment as the robot says it (both aware, in the customer's zone)."""
        return as_spoken(at, now, self.project.language)


def default_cache() -> Path:
    """Where trained models are kept: XDG_CACHE_HOME/jingyin/nlu, else ~/.cache/jingyin/nlu."""
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(home) / "jingyin" / "nlu"


def load_assistant(folder: Path, *, cache: Path | None = None) -> Assistant:
    """Read the project in `folder` and train it, or take the model trained of the same examples from `cache`.

    Raises:
        AssistantInvalid: the files are wrong, with all problems of a kind at once.
    """
    project = read_project(folder)
    policies = check_components(project.policies, POLICIES, "policies")
    fallback = {**POLICIES[FALLBACKS], **policies.get(FALLBACKS, {})}
    rules = RulePolicy(project.rules if RULES in policies else ())
    problems = [*_problems(project, rules), *contradictions(project.stories, project.rules)]
    if problems:
        raise AssistantInvalid(problems)
    folder_of_models = default_cache() if cache is None else cache
    pipeline = Pipeline(project, lambda examples, strength: _trained(project, examples, strength, folder_of_models))
    memory = {**POLICIES[STORIES], **policies.get(STORIES, {})}
    return Assistant(
        project=project,
        understander=AssistantUnderstander(project, pipeline),
        rules=rules,
        stories=MemoizationPolicy(
            project.stories if STORIES in policies else (), max_history=int(memory["max_history"])
        ),
        max_reprompts=int(fallback["max_reprompts"]),
        out_of_scope=str(fallback["out_of_scope"]),
        least_heard=float(fallback["least_heard"]),
        time_entity=str(pipeline.settings_of(TIMES)["entity"]),
    )


def prompt_of(key: str, response: Response, slots: Mapping[str, str]) -> Prompt:
    """A response with its slots filled in; an empty slot leaves nothing behind."""
    text = re.sub(r"\{(\w+)\}", lambda mark: slots.get(mark[1], ""), response.text)
    return Prompt(
        key=key,
        text=re.sub(r"\s+([,.!?;])", r"\1", " ".join(text.split())),
        moves=response.moves,
        template=response.text,
        slots=tuple(sorted((name, value) for name, value in slots.items() if f"{{{name}}}" in response.text)),
        recording=response.recording,
        must_be_heard=response.must_be_heard,
    )


def _problems(project: Project, rules: RulePolicy) -> Iterator[str]:
    """What only the platform knows: which actions there are, what it says by itself, what must be answered."""
    where = project.domain.file
    for action in project.actions:
        if action not in ACTIONS:
            yield f"{where}: unknown action {action!r}; the platform has {', '.join(ACTIONS)}"
    asked = [f"utter_ask_{slot}" for form in project.forms.values() for slot in form.required_slots]
    sells = _sells(project)
    for key in (*SPOKEN, *(SPOKEN_TO_SELL if sells else (ANSWER,)), *asked):
        if key not in project.responses:
            yield f"{where}: response {key!r} is missing; the platform says it by itself"
    for intent in (*HAPPENINGS, *(HAPPENINGS_OF_SELLING if sells else ())):
        if intent not in project.intents:
            yield f"{where}: intent {intent!r} is missing; it is how the dialogue is told"
        elif rules.choose([f"intent:{intent}"], lambda step: True) is None:
            yield f"{where}: no rule begins with intent {intent!r}, which happens in every conversation"


def _sells(project: Project) -> bool:
    """It asks for interest, or puts people through; else it says its sentence and takes an answer."""
    return INTEREST in project.responses or "action_request_person" in project.actions


def _answers(project: Project) -> Iterator[str]:
    """What fills the slot of the answer, or means yes or no."""
    if (slot := project.slots.get(_ANSWER_SLOT)) is not None:
        for mapping in slot.mappings:
            yield from mapping.intents
    for name, intent in project.intents.items():
        stands_for = project.intents.get(intent.taken_for)
        if (intent.means or (stands_for.means if stands_for else "")) in _ANSWERING:
            yield name


def _trained(project: Project, examples: Mapping[str, Sequence[str]], strength: float, folder: Path) -> NgramClassifier:
    facts = json.dumps([FORMAT, strength, {intent: list(texts) for intent, texts in examples.items()}], sort_keys=True)
    path = folder / f"{project.name}-{hashlib.sha256(facts.encode()).hexdigest()[:16]}.tar.gz"
    if path.exists():
        try:
            return NgramClassifier.load(path)
        except ArtefactUnreadable as exc:
            log.warning("trained model unreadable, trained again", path=str(path), error=str(exc))
    classifier = NgramClassifier.train(examples, strength=strength)
    try:
        classifier.save(path)
    except OSError as exc:
        log.warning("trained model not kept", path=str(path), error=str(exc))
    return classifier

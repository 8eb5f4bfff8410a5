"""An assistant ready to talk: its project read, its classifier trained (or found trained), its policies built."""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bot.nlu.classifier import ArtefactUnreadable, NgramClassifier, normal
from bot.nlu.understanding import AssistantUnderstander
from bot.policies.memory import MemoizationPolicy, RulePolicy
from bot.rasa_files import AssistantInvalid, Project, Response, read_project
from kernel.log import get_logger
from speech.endpointing import Expectation, Patience, PhraseSet
from speech.prompt import Prompt
from speech.recognition import Grammar

ACTIONS: Final = frozenset(
    [
        "action_go_on",
        "action_repeat",
        "action_objection",
        "action_request_person",
        "action_withdraw_person",
        "action_book_callback",
        "action_opt_out",
        "action_deactivate_loop",
        "action_hang_up",
    ]
)
_NEEDED: Final = [
    "utter_pitch",
    "utter_ask_interest",
    "utter_ask_interest_again",
    "utter_offer_person",
    "utter_hold_again",
    "utter_ask_callback_time",
    "utter_reprompt_unclear",
    "utter_reprompt_silent",
    "utter_sorry_again",
    "utter_goodbye_unclear",
]
_VERSION: Final = 1  # of training: raise it when the same examples train to something else
_COMPONENTS: Final = {"jingyin.NgramClassifier"}
_POLICIES: Final = {"jingyin.RulePolicy", "jingyin.MemoizationPolicy", "jingyin.FallbackPolicy"}

log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assistant:
    """Everything of an assistant that calls share."""

    project: Project
    understander: AssistantUnderstander
    rules: RulePolicy
    stories: MemoizationPolicy
    max_reprompts: int

    @property
    def phrases(self) -> PhraseSet:
        """What a customer of this assistant may say, for a recogniser to be built for."""
        texts = {normal(text) for examples in self.project.examples.values() for text in examples}
        return PhraseSet(lang=self.project.language, name=self.project.name, phrases=tuple(sorted(texts)))

    def prompts(self) -> list[Prompt]:
        """The prompts without slots: they can be rendered ahead."""
        return [
            prompt_of(key, response, {})
            for key, wordings in self.project.responses.items()
            for response in wordings
            if "{" not in response.text
        ]


def load_assistant(folder: Path, *, cache: Path | None = None) -> Assistant:
    """Read the project in `folder` and train it, or take the artefact of the same examples from `cache`.

    Raises:
        AssistantInvalid: the files are wrong.
    """
    project = read_project(folder)
    _check(project)
    component = _named(project, "pipeline", _COMPONENTS).get("jingyin.NgramClassifier", {})
    policies = _named(project, "policies", _POLICIES)
    classifier = _trained(project, cache)
    understander = AssistantUnderstander(
        classifier,
        project.examples,
        threshold=float(component.get("threshold", 0.3)),
        open_intents=frozenset(component.get("open_intents", ())),
    )
    return Assistant(
        project=project,
        understander=understander,
        rules=RulePolicy(project.rules),
        stories=MemoizationPolicy(
            project.stories, max_history=int(policies.get("jingyin.MemoizationPolicy", {}).get("max_history", 8))
        ),
        max_reprompts=int(policies.get("jingyin.FallbackPolicy", {}).get("max_reprompts", 2)),
    )


def prompt_of(key: str, response: Response, slots: dict[str, str]) -> Prompt:
    """A response with its slots filled in; an empty slot leaves nothing behind."""
    text = response.text
    for name, value in slots.items():
        text = text.replace("{" + name + "}", value)
    return Prompt(
        key=key,
        text=re.sub(r"\s+([,.!?;])", r"\1", " ".join(text.split())),
        moves=response.moves,
        template=response.text,
        slots=tuple(sorted(slots.items())),
        recording=response.recording,
        must_be_heard=response.must_be_heard,
    )


def expectation_of(key: str, response: Response) -> Expectation:
    """How to listen after a response, from its `expect` metadata."""
    wanted = response.expect
    standard = Patience()
    patience = Patience(
        complete_ms=int(wanted.get("complete_ms", standard.complete_ms)),
        open_ms=int(wanted.get("open_ms", standard.open_ms)),
        incomplete_ms=int(wanted.get("incomplete_ms", standard.incomplete_ms)),
        unknown_ms=int(wanted.get("unknown_ms", standard.unknown_ms)),
        silence_s=float(wanted.get("silence_s", standard.silence_s)),
    )
    return Expectation(
        name=key,
        grammar=Grammar(wanted.get("grammar", Grammar.FREE)),
        interruptible=bool(wanted.get("interruptible", True)),
        patience=patience,
    )


def _check(project: Project) -> None:
    """What only the platform knows: which actions there are, which responses it says by itself."""
    problems = [
        f"{project.name}/domain.yml: unknown action {action!r}; the platform has {', '.join(sorted(ACTIONS))}"
        for action in project.actions
        if action not in ACTIONS
    ]
    problems += [
        f"{project.name}/domain.yml: response {key!r} is missing; the platform says it by itself"
        for key in _NEEDED
        if key not in project.responses
    ]
    if problems:
        raise AssistantInvalid(problems)


def _named(project: Project, key: str, known: set[str]) -> dict[str, dict[str, Any]]:  # Any: YAML scalars
    found: dict[str, dict[str, Any]] = {}
    for item in getattr(project, key):
        name = str(item.get("name"))
        if name not in known:
            raise AssistantInvalid(
                [f"{project.name}/config.yml: unknown {key} component {name!r}; known: {', '.join(sorted(known))}"]
            )
        found[name] = dict(item)
    return found


def _trained(project: Project, cache: Path | None) -> NgramClassifier:
    if cache is None:
        return NgramClassifier.train(project.examples)
    facts = json.dumps([_VERSION, {intent: list(texts) for intent, texts in project.examples.items()}], sort_keys=True)
    path = cache / f"{project.name}-{hashlib.sha256(facts.encode()).hexdigest()[:16]}.tar.gz"
    if path.exists():
        try:
            return NgramClassifier.load(path)
        except ArtefactUnreadable:
            log.warning("trained model damaged, trained again", path=str(path))
    classifier = NgramClassifier.train(project.examples)
    classifier.save(path)
    return classifier

"""One conversation, pure: events in, actions out. No clock, no await, no chance; a copy can be asked "what if".

Every event becomes a step of the history (what is not said by the customer as an `EXTERNAL_` intent, as in Rasa), and then
actions are chosen one by one until somebody listens: by a form that is asking, a rule, a story, or the fallback.
"""

import copy
from collections.abc import Mapping
from datetime import datetime
from typing import Final, assert_never

from bot.assistant import Assistant, expectation_of, prompt_of
from bot.callback_time import as_spoken, spoken_time
from bot.events import (
    Action,
    BookCallback,
    CustomerLeft,
    CustomerSaid,
    CustomerSilent,
    Event,
    HandoverAccepted,
    HandoverFailed,
    HangUp,
    HearingLost,
    HoldTick,
    KeyPressed,
    MachineAnswered,
    OptOut,
    PromptsCut,
    RequestHandover,
    Say,
    TimeIsUp,
    WithdrawHandover,
)
from bot.grading import Meaning, grade
from bot.nlu.understanding import FALLBACK
from bot.outcome import Ended, Evidence, Grade, RobotOutcome
from bot.policies.memory import LISTEN, Choice
from bot.rasa_files import Response, Step
from speech.endpointing import Expectation
from speech.prompt import Prompt

_LONGEST_CHAIN: Final = 12  # actions after one event; more is a loop in the rules
_MOST_TURNS: Final = 40
_MEANS: Final[Mapping[str, Meaning]] = {
    "opt_out": Meaning.OPT_OUT,
    "wrong_number": Meaning.OPT_OUT,
    "want_person": Meaning.WANTS_PERSON,
    "buy": Meaning.WANTS_PERSON,
    "interested": Meaning.INTERESTED,
    "ask_price": Meaning.ASKED,
    "callback": Meaning.CALLBACK,
    "not_interested": Meaning.REFUSED,
    "no_need": Meaning.REFUSED,
}
_CONTEXT: Final[Mapping[tuple[str, str], Meaning]] = {
    ("utter_ask_interest", "affirm"): Meaning.INTERESTED,
    ("utter_ask_interest", "deny"): Meaning.REFUSED,
    ("utter_ask_interest_again", "affirm"): Meaning.INTERESTED,
    ("utter_ask_interest_again", "deny"): Meaning.REFUSED,
    ("utter_offer_person", "affirm"): Meaning.WANTS_PERSON,
    ("utter_offer_person", "interested"): Meaning.WANTS_PERSON,
    ("utter_offer_person", "wait"): Meaning.WANTS_PERSON,
}
_SENTENCES: Final[Mapping[Meaning, str]] = {
    Meaning.OPT_OUT: "Wants no more calls",
    Meaning.WANTS_PERSON: "Wants to speak to a person",
    Meaning.INTERESTED: "Is interested",
    Meaning.ASKED: "Asked for the price",
    Meaning.CALLBACK: "Wants to be called later",
    Meaning.REFUSED: "Declined",
}


class Dialogue:
    """One conversation of an assistant.

    `called_at`: when the call began, aware, in the customer's zone. `slots`: what is known before (the customer's name).
    """

    def __init__(self, assistant: Assistant, *, called_at: datetime, slots: Mapping[str, str] | None = None) -> None:
        self._assistant = assistant
        self._called_at = called_at
        self._history: list[str] = []
        self._slots: dict[str, object] = {name: slot.initial for name, slot in assistant.project.slots.items()}
        self._slots |= dict(slots or {})
        self._form: str | None = None
        self._question: list[str] = []  # the responses of the last utterance
        self._wording: dict[str, int] = {}
        self._misses = 0
        self._turns = 0
        self._text = ""
        self._intents: list[str] = []
        self._evidence: list[Evidence] = []
        self._callback_at: datetime | None = None
        self._opted_out = False
        self._ended: Ended | None = None
        self._reason = ""
        self.expectation = Expectation()

    def copy(self) -> "Dialogue":
        """An independent copy: to try an event, or to go back."""
        other = copy.copy(self)
        for name, value in vars(self).items():
            if isinstance(value, list | dict):
                setattr(other, name, value.copy())
        return other

    @property
    def ended(self) -> bool:
        """Nothing more will be said."""
        return self._ended is not None

    def start(self) -> list[Action]:
        """The customer can hear: begin."""
        return self._step("EXTERNAL_answered")

    def on(self, event: Event) -> list[Action]:
        """Take an event; what is to be done, in this order. After the end: nothing."""
        if self.ended:
            return []
        match event:
            case CustomerSaid():
                return self._on_said(event)
            case PromptsCut():
                self._forget_unheard(event.heard)
                return []
            case KeyPressed():
                return self._step(f"EXTERNAL_key_{event.digit}")
            case CustomerSilent():
                return self._step("EXTERNAL_silent")
            case HearingLost():
                return self._say(["utter_sorry_again", *self._last_question()], "fallback: hearing lost")
            case HandoverAccepted():
                self._ended = Ended.HANDED_OVER
                self._reason = "handed_over"
                return []
            case HandoverFailed():
                self._slots["holding"] = False
                return self._step("EXTERNAL_nobody_free")
            case HoldTick():
                return self._step("EXTERNAL_hold") if self._slots.get("holding") else []
            case TimeIsUp():
                return self._step("EXTERNAL_time_up")
            case CustomerLeft():
                self._ended = Ended.CUSTOMER_LEFT
                self._reason = "customer_left"
                return []
            case MachineAnswered():
                self._ended = Ended.MACHINE
                self._reason = "voicemail"
                return []
            case _:
                assert_never(event)

    def outcome(self) -> RobotOutcome:
        """What was found out, so far or in the end."""
        return RobotOutcome(
            grade=grade(self._evidence) if self._ended is not Ended.MACHINE else Grade.D,
            evidence=tuple(self._evidence),
            intents=tuple(self._intents),
            slots=tuple((name, str(value)) for name, value in self._slots.items() if value not in (None, False, "")),
            summary=self._summary(),
            ended=self._ended or Ended.HUNG_UP,
            reason=self._reason,
            opted_out=self._opted_out,
            callback_at=self._callback_at,
            spoke=any(intent != FALLBACK for intent in self._intents),
        )

    # -- steps ---------------------------------------------------------------------------------------------------
    def _on_said(self, event: CustomerSaid) -> list[Action]:
        self._turns += 1
        self._text = event.text
        understood = self._assistant.understander.understand(event.text, self.expectation)
        intent = understood.intent or FALLBACK
        self._intents.append(intent)
        if self._turns > _MOST_TURNS:
            return self._step("EXTERNAL_time_up")
        if intent != FALLBACK:
            self._misses = 0
        self._note(intent)
        if self._form is not None:
            return self._in_form(intent)
        return self._step(intent)

    def _forget_unheard(self, heard: tuple[str, ...]) -> None:
        """What was not heard was not asked: an answer cannot be to it, and it may be said again."""
        unheard = [key for key in self._question if key not in heard]
        for key in unheard:
            token = f"action:{key}"
            if token in self._history:
                del self._history[len(self._history) - 1 - self._history[::-1].index(token)]
        if "utter_pitch" in unheard:
            self._slots["pitched"] = False
        self._question = [key for key in self._question if key in heard]

    def _note(self, intent: str) -> None:
        asked = next((key for key in reversed(self._question) if (key, intent) in _CONTEXT), "")
        means = _CONTEXT.get((asked, intent)) or _MEANS.get(intent)
        if means is not None and self._form is None:
            self._evidence.append(Evidence(text=self._text, intent=intent, means=means.value))

    def _prove(self, means: Meaning) -> None:
        """What is done is evidence too, when no words were (a key)."""
        if all(one.means != means for one in self._evidence):
            self._evidence.append(
                Evidence(text=self._text, intent=self._history[-2].partition(":")[2], means=means.value)
            )

    def _step(self, intent: str) -> list[Action]:
        self._history.append(f"intent:{intent}")
        if intent == FALLBACK or (intent == "EXTERNAL_silent" and self._choose("") is None):
            return self._missed("utter_reprompt_silent" if intent == "EXTERNAL_silent" else "utter_reprompt_unclear")
        return self._act(intent)

    def _act(self, intent: str) -> list[Action]:
        actions: list[Action] = []
        keys: list[str] = []
        because = ""
        for _ in range(_LONGEST_CHAIN):
            choice = self._choose(because)
            if choice is None and not keys and not actions:
                choice = Choice(action="action_go_on", because=f"fallback: nothing for {intent} here")
            if choice is None or choice.action == LISTEN:
                because = because or (choice.because if choice else "")
                break
            because = because or choice.because
            self._history.append(f"action:{choice.action}")
            if self._perform(choice, actions, keys):
                break
        return self._together(actions, keys, because)

    def _choose(self, following: str) -> Choice | None:
        rules, stories = self._assistant.rules, self._assistant.stories
        return rules.choose(self._history, self._holds, following) or stories.choose(self._history)

    def _holds(self, condition: Step) -> bool:
        if condition.kind == "loop":
            return (self._form or "None") == condition.name
        return self._slots.get(condition.name) == condition.value

    def _perform(self, choice: Choice, actions: list[Action], keys: list[str]) -> bool:
        """Do one action; True when it is the last of this step."""
        name, because = choice.action, choice.because
        if name in self._assistant.project.responses:
            keys.append(name)
            return False
        if name in self._assistant.project.forms:
            return self._begin_form(name, keys)
        match name:
            case "action_go_on":
                self._history.pop()
                keys += self._go_on()
                return True
            case "action_repeat":
                keys += self._last_question(whole=True)
                return True
            case "action_request_person":
                self._slots["holding"] = True
                self._prove(Meaning.WANTS_PERSON)
                actions.append(RequestHandover(because=because))
            case "action_withdraw_person":
                self._slots["holding"] = False
                actions.append(WithdrawHandover(because=because))
            case "action_book_callback":
                at = self._callback_at or spoken_time("later", self._called_at).at  # type: ignore[union-attr]  # "later" is a time
                self._callback_at = at
                actions.append(BookCallback(at=at, because=because))
            case "action_opt_out":
                self._opted_out = True
                self._prove(Meaning.OPT_OUT)
                actions.append(OptOut(evidence=self._text, because=because))
            case "action_objection":
                self._slots["objected"] = True
            case "action_deactivate_loop":
                self._form = None
            case "action_hang_up":
                self._ended = Ended.HUNG_UP
                self._reason = because.partition(": ")[2]
                actions.append(HangUp(reason=self._reason, because=because))
                return True
            case _:
                raise AssertionError(f"action {name!r} is in the domain and not in the platform")  # checked at loading
        return False

    def _go_on(self) -> list[str]:
        """The next step of the talk from wherever it is."""
        if self._slots.get("holding"):
            keys = ["utter_hold_again"]
        elif not self._slots.get("pitched"):
            keys = ["utter_pitch", "utter_ask_interest"]
        elif any(one.means in (Meaning.INTERESTED, Meaning.WANTS_PERSON) for one in self._evidence):
            keys = ["utter_offer_person"]
        else:
            keys = ["utter_ask_interest_again"]
        self._history += [f"action:{key}" for key in keys]
        return keys

    # -- the form ------------------------------------------------------------------------------------------------
    def _begin_form(self, name: str, keys: list[str]) -> bool:
        said = spoken_time(self._text, self._called_at) if "intent:callback" in self._history[-3:] else None
        if said is not None and said.precise:
            self._take_time(said.at)
            self._history.append("loop:None")
            return False
        self._form = name
        self._history.append(f"loop:{name}")
        keys.append("utter_ask_callback_time")
        return True

    def _in_form(self, intent: str) -> list[Action]:
        said = spoken_time(self._text, self._called_at)
        interrupts = intent in ("opt_out", "want_person", "not_interested", "deny", "wrong_number", "goodbye")
        if said is not None and not interrupts:
            return self._submit(said.at)
        if intent == FALLBACK:
            if self._misses >= self._assistant.max_reprompts:
                return self._submit(None)
            return self._missed("utter_reprompt_unclear")
        if not interrupts and intent in ("affirm", "thanks", "callback", "busy", "wait", "interested"):
            self._misses += 1
            return (
                self._submit(None) if self._misses > 1 else self._say(["utter_ask_callback_time"], "form: asks again")
            )
        asked_in_form = self._form
        actions = self._step(intent)
        if self._form == asked_in_form and not self.ended and not self._slots.get("holding"):
            return self._append_question(actions)
        return actions

    def _append_question(self, actions: list[Action]) -> list[Action]:
        """After an answer, ask again what the form wants to know."""
        if self._question[-1:] == ["utter_ask_callback_time"]:
            return actions
        asked = self._say(["utter_ask_callback_time"], "form: asks again")
        return [*actions, *asked] if not actions else _joined(actions, asked)

    def _submit(self, at: datetime | None) -> list[Action]:
        """The form is filled (or given up: some time is better than none)."""
        name = self._form or ""
        self._form = None
        later = spoken_time("later", self._called_at)
        self._take_time(at or (later.at if later else self._called_at))
        self._history += [f"action:{name}", "loop:None"]
        return self._act("callback")

    def _take_time(self, at: datetime) -> None:
        self._callback_at = at
        self._slots["callback_time"] = as_spoken(at, self._called_at)
        if not any(one.means == Meaning.CALLBACK for one in self._evidence):
            self._evidence.append(Evidence(text=self._text, intent="callback", means=Meaning.CALLBACK.value))

    # -- speaking ------------------------------------------------------------------------------------------------
    def _missed(self, key: str) -> list[Action]:
        self._misses += 1
        if self._form is not None and self._misses > self._assistant.max_reprompts:
            return self._submit(None)
        if self._misses > self._assistant.max_reprompts:
            self._ended = Ended.HUNG_UP
            self._reason = "silent" if key == "utter_reprompt_silent" else "not_understood"
            because = f"fallback: {self._reason}"
            return [*self._say(["utter_goodbye_unclear"], because), HangUp(reason=self._reason, because=because)]
        return self._say([key, *self._last_question()], f"fallback: re-prompt {self._misses}")

    def _last_question(self, *, whole: bool = False) -> list[str]:
        """The last utterance's question; all of it when it is to be repeated."""
        if not self._slots.get("pitched") and self._form is None:
            return ["utter_pitch", "utter_ask_interest"]  # nothing was asked yet
        keys = [key for key in self._question if not key.startswith(("utter_reprompt", "utter_sorry"))]
        return keys if whole else keys[-1:]

    def _say(self, keys: list[str], because: str) -> list[Action]:
        return self._together([], keys, because)

    def _together(self, actions: list[Action], keys: list[str], because: str) -> list[Action]:
        """Side effects first, then one utterance, then the end."""
        if not keys:
            return actions
        spoken = [self._prompt(key) for key in dict.fromkeys(keys)]
        self._question = list(dict.fromkeys(keys))
        if "utter_pitch" in keys:
            self._slots["pitched"] = True
        last_key, last = spoken[-1][0], spoken[-1][1]
        self.expectation = expectation_of(last_key, last)
        say = Say(prompts=tuple(prompt for _, _, prompt in spoken), expectation=self.expectation, because=because)
        ends = [action for action in actions if isinstance(action, HangUp)]
        return [*(action for action in actions if not isinstance(action, HangUp)), say, *ends]

    def _prompt(self, key: str) -> tuple[str, Response, Prompt]:
        """The next wording of a response, in turn."""
        wordings = self._assistant.project.responses[key]
        number = self._wording.get(key, 0)
        self._wording[key] = number + 1
        response = wordings[number % len(wordings)]
        slots = {name: "" if value is None else str(value) for name, value in self._slots.items()}
        return key, response, prompt_of(key, response, slots)

    def _summary(self) -> tuple[str, ...]:
        meanings = list(dict.fromkeys(Meaning(one.means) for one in self._evidence))
        lines = []
        if meanings:
            lines.append(". ".join(_SENTENCES[meaning] for meaning in meanings) + ".")
        words = [f'"{one.text}"' for one in self._evidence[-2:] if one.text]
        if words:
            lines.append("Said: " + ", ".join(words))
        asked = [intent.removeprefix("ask_") for intent in self._intents if intent.startswith("ask_")]
        if asked:
            lines.append("Asked about: " + ", ".join(dict.fromkeys(asked)))
        if self._callback_at is not None:
            lines.append(f"Callback promised: {self._slots.get('callback_time')}")
        return tuple(lines[:3]) or ("Nothing was learnt.",)


def _joined(actions: list[Action], asked: list[Action]) -> list[Action]:
    """Two utterances as one."""
    more = next((action for action in asked if isinstance(action, Say)), None)
    if more is None:
        return actions
    return [
        Say(prompts=(*action.prompts, *more.prompts), expectation=more.expectation, because=action.because)
        if isinstance(action, Say)
        else action
        for action in actions
    ]

"""One conversation, pure: events in, actions out. No clock, no await, no chance; a copy can be asked "what if".

Every event becomes a step of the history (what the customer did not say as an `EXTERNAL_` intent, as in Rasa). Then actions
are chosen one after the other until the robot listens:

    rule -> story -> the intent it is taken for -> the form that is asking -> the next step of the talk

What was not understood, and silence, are answered by asking again, `max_reprompts` times in a row; then the robot gives up
politely. A call may have so many utterances and no more: every conversation ends.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final, assert_never

from bot.assistant import Assistant, prompt_of
from bot.callback_time import later, names_a_time, refuses_time
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
    WithdrawCallback,
    WithdrawHandover,
)
from bot.forms import fill_slots, missing_slot
from bot.grading import ALWAYS, REFUSES, TAKES_BACK, WHEN_LEAVING, Meaning, grade, in_answer_to, is_warm
from bot.nlu.pipeline import Parse
from bot.outcome import Ended, Evidence, Grade, RobotOutcome
from bot.policies.choice import LISTEN, Choice
from bot.rasa.nlu import FALLBACK
from bot.rasa.project import Step, StepKind
from bot.rasa.stories import NO_LOOP
from bot.steps import moves_of, next_steps, question_again, said_again
from bot.summary import summary
from bot.tracker import Tracker
from kernel.masking import digits_masked
from speech.endpointing import Expectation
from speech.prompt import Move, Prompt

ANSWERED: Final = "EXTERNAL_answered"
_LONGEST_CHAIN: Final = 12  # actions after one event; more is a loop in the rules
_MOST_UTTERANCES: Final = 60
_LAST_PARTS: Final = 2  # of an utterance that is to be repeated
_TIME: Final = "callback_time"  # the intent of who names a time
_REMNANT: Final = 0.7  # the share of known words up to which a turn is what is left of one
_SURE_OF_A_REMNANT: Final = 0.9  # of its intent: "yes" is one, however much was said around it
_CALLBACK_SLOT: Final = "callback_time"


class Dialogue:
    """One conversation of an assistant.

    `called_at`: when the call began, aware, in the customer's zone. `slots`: what is known before (the customer's name).
    `opening`: what begins it. `expectation` is how to listen now.
    """

    def __init__(
        self,
        assistant: Assistant,
        *,
        called_at: datetime,
        slots: Mapping[str, str] | None = None,
        opening: str = ANSWERED,
    ) -> None:
        self._assistant = assistant
        self._called_at = called_at
        initial = {name: slot.initial for name, slot in assistant.project.slots.items()}
        self._tracker = Tracker(slots={**initial, **dict(slots or {})})
        self._ended: Ended | None = None
        self._reason = ""
        self._last_miss = ""
        self._opening = opening
        self.expectation = Expectation()

    def copy(self) -> "Dialogue":
        """An independent copy: to try an event, or to go back."""
        other = Dialogue.__new__(Dialogue)
        other.__dict__.update(self.__dict__)
        other._tracker = self._tracker.copy()
        return other

    @property
    def ended(self) -> bool:
        """Nothing more will be said."""
        return self._ended is not None

    @property
    def history(self) -> tuple[str, ...]:
        """What has happened, as tokens: `intent:...`, `action:...`, `loop:...`."""
        return tuple(self._tracker.history)

    @property
    def chosen(self) -> tuple[str, ...]:
        """Who chose each action so far: rules, stories, the form, the fallback."""
        return tuple(self._tracker.chosen)

    def intent_of(self, text: str) -> str:
        """What the words alone are taken for."""
        return self._assistant.understander.parse(text).intent or FALLBACK

    def must_hear(self, intent: str, text: str = "") -> bool:
        """True when such words are the customer's turn whenever they are said: an opt-out, a wish for a person. After the end
        also what would have kept the talk going, and, where a call was just promised, what takes that back or moves it."""
        means = self._means(intent)
        if not self.ended:
            return means in ALWAYS
        return means in WHEN_LEAVING or (self._promised and means in TAKES_BACK) or self.changes_promise(text)

    def changes_promise(self, text: str) -> bool:
        """True when a call was promised and the words speak of a time: another, or not that one."""
        return self._promised and (names_a_time(text) or refuses_time(text))

    @property
    def _promised(self) -> bool:
        return self._tracker.callback_at is not None

    def refuses(self, intent: str) -> bool:
        """True when such words refuse something: they are believed also when they are short."""
        return self._means(intent) in REFUSES

    def _means(self, intent: str) -> str:
        intents = self._assistant.project.intents
        known = intents.get(intent)
        return "" if known is None else known.means or getattr(intents.get(known.taken_for), "means", "")

    def resume(self) -> None:
        """The goodbye was interrupted by what must be heard: the talk is not over."""
        self._ended, self._reason = None, ""

    def start(self) -> list[Action]:
        """The customer can hear: begin."""
        return self._step(self._opening)

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
                return self._on_key(event.digit)
            case CustomerSilent():
                return self._step("EXTERNAL_silent")
            case HearingLost():
                return self._on_hearing_lost()
            case HandoverAccepted():
                return self._end(Ended.HANDED_OVER, "handed_over")
            case HandoverFailed():
                return self._on_nobody_free()
            case HoldTick():
                return self._step("EXTERNAL_hold") if self._holding else []
            case TimeIsUp():
                return self._step("EXTERNAL_time_up")
            case CustomerLeft():
                return self._end(Ended.CUSTOMER_LEFT, "customer_left")
            case MachineAnswered():
                return self._end(Ended.MACHINE, "voicemail")
            case _:
                assert_never(event)

    def outcome(self) -> RobotOutcome:
        """What was found out, so far or in the end."""
        tracker = self._tracker
        return RobotOutcome(
            grade=Grade.D if self._ended is Ended.MACHINE else grade(tracker.evidence),
            evidence=tuple(tracker.evidence),
            intents=tuple(tracker.intents),
            slots=tuple((name, value) for name, value in tracker.slots.items() if isinstance(value, str) and value),
            summary=summary(tracker, self._assistant.project.language),
            ended=self._ended or Ended.HUNG_UP,
            reason=self._reason,
            opted_out=tracker.opted_out,
            repeated=bool(tracker.slots.get("repeated")),
            callback_at=tracker.callback_at,
            spoke=any(intent != FALLBACK for intent in tracker.intents),
        )

    # -- events --------------------------------------------------------------------------------------------------
    def _on_said(self, event: CustomerSaid) -> list[Action]:
        badly_heard = event.confidence < self._assistant.least_heard
        parse = self._assistant.understander.parse("" if badly_heard else event.text)
        if event.known <= _REMNANT and parse.confidence < _SURE_OF_A_REMNANT:
            parse = self._assistant.understander.parse("")  # "take [...]" is no wish to buy
        if self._means(parse.intent) in TAKES_BACK and self._promised and names_a_time(parse.text):
            parse = replace(parse, intent=_TIME)  # "no, at five": that moves it
        return self._on_turn(parse, parse.intent or FALLBACK, event.text)

    def _on_key(self, digit: str) -> list[Action]:
        intent = f"EXTERNAL_key_{digit}"
        if intent not in self._assistant.project.intents:
            return self._missed("not_understood")
        return self._on_turn(Parse(text="", intent=intent, confidence=1.0), intent, f"key {digit}")

    def _on_turn(self, parse: Parse, intent: str, text: str) -> list[Action]:
        tracker = self._tracker
        tracker.turns += 1
        tracker.text = digits_masked(text)  # it is kept as evidence: what a slot needs is in `parse`
        tracker.intents.append(intent)
        if intent not in (FALLBACK, self._assistant.out_of_scope):
            tracker.misses = 0
        if not self._too_early(intent):
            self._note(intent)
            known = self._assistant.project.slots
            fill_slots(tracker, known, parse, time_entity=self._assistant.time_entity, now=self._called_at)
        if tracker.form is not None and missing_slot(self._assistant.project.forms[tracker.form], tracker) is None:
            tracker.history.append(f"intent:{intent}")
            return self._act(first=Choice(action=tracker.form, because=f"form: {tracker.form} is filled"))
        return self._step(intent)

    def _on_hearing_lost(self) -> list[Action]:
        """Our fault, no miss of theirs; the recogniser is replaced meanwhile."""
        if self._tracker.utterances >= _MOST_UTTERANCES:
            return self._step("EXTERNAL_time_up")
        question = [] if self._holding else question_again(self._assistant, self._tracker)
        return self._utter([], ["utter_sorry_again", *question], "fallback: hearing lost")

    def _on_nobody_free(self) -> list[Action]:
        if not self._holding:
            return []
        self._tracker.slots |= {"holding": False, "nobody_free": True}
        return self._step("EXTERNAL_nobody_free")

    def _end(self, ended: Ended, reason: str) -> list[Action]:
        self._ended, self._reason = ended, reason
        return []

    def _forget_unheard(self, heard: tuple[str, ...]) -> None:
        """What was not heard was not asked: an answer cannot be to it, and it may be said again."""
        tracker = self._tracker
        unheard = [key for key in tracker.question if key not in heard]
        for key in unheard:
            tracker.forget_last(f"action:{key}")
        if "utter_pitch" in unheard:
            tracker.slots["pitched"] = "action:utter_pitch" in tracker.history  # at another time, to be repeated now
            tracker.pitch_cut = True
        tracker.question = [key for key in tracker.question if key in heard]
        tracker.cut = tracker.cut or bool(unheard)

    # -- steps ---------------------------------------------------------------------------------------------------
    def _step(self, intent: str) -> list[Action]:
        """Something happened: answer it."""
        if self._tracker.utterances >= _MOST_UTTERANCES:
            intent = "EXTERNAL_time_up"
        self._tracker.history.append(f"intent:{intent}")
        if self._too_early(intent):
            return self._act(first=Choice(action="action_go_on", because="fallback: the sentence was not heard yet"))
        choice = self._choose("")
        stands_for = self._stands_for(intent)
        if choice is None and stands_for:
            self._tracker.history[-1] = f"intent:{stands_for}"
            if intent.startswith("EXTERNAL_"):
                self._note(stands_for)
            else:
                self._note(stands_for, only_if_silent=True)
            choice = self._choose("")
        if choice is None and intent in (FALLBACK, "EXTERNAL_silent", self._assistant.out_of_scope):
            return self._missed("silent" if intent == "EXTERNAL_silent" else "not_understood")
        return self._act(first=choice)

    def _too_early(self, intent: str) -> bool:
        """An answer to a sentence that was not heard: it is none."""
        return intent in self._assistant.answers and not self._tracker.slots.get("pitched")

    def _stands_for(self, intent: str) -> str:
        known = self._assistant.project.intents.get(intent)
        return known.taken_for if known is not None else ""

    def _act(self, *, first: Choice | None) -> list[Action]:
        """Do the first choice and what follows it, until the robot listens."""
        actions: list[Action] = []
        keys: list[str] = []
        choice = first or self._otherwise()
        because = choice.because
        for _ in range(_LONGEST_CHAIN):
            self._tracker.chosen.append(choice.because)
            if choice.action == LISTEN or self._perform(choice, actions, keys):
                break
            following = self._choose(choice.because)
            if following is None:
                break
            choice = following
        if not keys and (choice.action != LISTEN or (self._holding and self._tracker.cut)):
            # Nobody leaves the customer in silence, nor unaware that they are to wait.
            keys += next_steps(self._assistant, self._tracker)
        return self._utter(actions, keys, because)

    def _choose(self, following: str) -> Choice | None:
        history = self._tracker.history
        rule = self._assistant.rules.choose(history, self._holds, following)
        return rule or self._assistant.stories.choose(history, self._holds)

    def _otherwise(self) -> Choice:
        """Nobody knows what to do here: the form asks again, or the talk goes on."""
        tracker = self._tracker
        if tracker.form is not None:
            return Choice(action=tracker.form, because=f"form: {tracker.form} asks again")
        return Choice(action="action_go_on", because=f"fallback: nothing for {tracker.history[-1]} here")

    def _holds(self, condition: Step) -> bool:
        if condition.kind is StepKind.LOOP:
            return (self._tracker.form or NO_LOOP) == condition.name
        return bool(self._tracker.slots.get(condition.name) == condition.value)

    @property
    def _holding(self) -> bool:
        return bool(self._tracker.slots.get("holding"))

    def _note(self, intent: str, *, only_if_silent: bool = False) -> None:
        """Keep what a turn says about interest. `only_if_silent`: unless the last turn has said something already."""
        tracker = self._tracker
        known = self._assistant.project.intents.get(intent)
        if known is None or not known.means:
            return
        if only_if_silent and tracker.evidence and tracker.evidence[-1].text == tracker.text:
            return
        means = in_answer_to(
            Meaning(known.means),
            self._asked_moves(),
            warm=is_warm(tracker.evidence),
            in_form=tracker.form is not None,
        )
        if means is not None:
            self._add_evidence(intent, means)

    def _add_evidence(self, intent: str, means: Meaning) -> None:
        tracker = self._tracker
        tracker.evidence.append(Evidence(text=tracker.text, intent=intent, means=means.value))
        tracker.slots["interested"] = is_warm(tracker.evidence)

    def _asked_moves(self) -> set[Move]:
        return {move for key in self._tracker.question for move in moves_of(self._assistant, key)}

    # -- actions -------------------------------------------------------------------------------------------------
    def _perform(self, choice: Choice, actions: list[Action], keys: list[str]) -> bool:
        """Do one action; True when it is the last of this step."""
        name, because, tracker = choice.action, choice.because, self._tracker
        if name in self._assistant.project.forms:
            return self._run_form(name, actions, keys, because)
        if name in self._assistant.project.responses:
            tracker.history.append(f"action:{name}")
            keys.append(name)
            return False
        if name in ("action_go_on", "action_repeat"):
            repeats = name == "action_repeat" and tracker.question and not tracker.cut
            if name == "action_repeat" and tracker.slots.get("pitched"):
                tracker.slots["repeated"] = True
            keys += said_again(tracker, _LAST_PARTS) if repeats else next_steps(self._assistant, tracker)
            return True
        tracker.history.append(f"action:{name}")
        match name:
            case "action_request_person":
                tracker.form = None
                if not self._holding:
                    tracker.slots["holding"] = True
                    actions.append(RequestHandover(because=because))
            case "action_withdraw_person":
                self._stop_holding(actions, because)
            case "action_book_callback":
                at = tracker.times.get(_CALLBACK_SLOT) or later(self._called_at)
                tracker.callback_at = at
                tracker.slots[_CALLBACK_SLOT] = self._assistant.spoken(at, self._called_at)
                actions.append(BookCallback(at=at, because=because))
                tracker.slots["promised"] = True
            case "action_withdraw_callback":
                tracker.callback_at = None
                tracker.slots["promised"] = False
                if not is_warm(tracker.evidence) and not refuses_time(tracker.text):
                    self._add_evidence(tracker.intents[-1], Meaning.REFUSED)
                actions.append(WithdrawCallback(because=because))
            case "action_opt_out":
                tracker.opted_out = True
                if not tracker.evidence or tracker.evidence[-1].text != tracker.text:
                    self._add_evidence("opt_out", Meaning.OPT_OUT)
                self._stop_holding(actions, because)
                actions.append(OptOut(evidence=tracker.text, because=because))
            case "action_objection":
                tracker.slots["objected"] = True
            case "action_deactivate_loop":
                tracker.form = None
                tracker.history.append(f"loop:{NO_LOOP}")
            case "action_hang_up":
                self._hang_up(actions, because)
                return True
            case _:
                raise AssertionError(f"action {name!r} is in the domain and not in the platform")  # checked at loading
        return False

    def _hang_up(self, actions: list[Action], because: str) -> None:
        self._stop_holding(actions, because)
        self._ended = Ended.HUNG_UP
        self._reason = self._last_miss or because.partition(": ")[2]
        actions.append(HangUp(reason=self._reason, because=because))

    def _stop_holding(self, actions: list[Action], because: str) -> None:
        if self._holding:
            self._tracker.slots["holding"] = False
            actions.append(WithdrawHandover(because=because))

    def _run_form(self, name: str, actions: list[Action], keys: list[str], because: str) -> bool:
        """Ask for what is missing; True when something was asked. Filled, or asked too often: the form is over."""
        tracker = self._tracker
        self._stop_holding(actions, because)
        tracker.history.append(f"action:{name}")
        tracker.requested = missing_slot(self._assistant.project.forms[name], tracker)
        if tracker.form != name:
            tracker.form, tracker.asked = name, 0
            if tracker.requested is not None:
                tracker.history.append(f"loop:{name}")
        if tracker.requested is None or tracker.asked > self._assistant.max_reprompts:
            self._leave_form()
            return False
        tracker.asked += 1
        keys.append(f"utter_ask_{tracker.requested}")
        return True

    def _leave_form(self) -> None:
        tracker = self._tracker
        if tracker.requested is None and tracker.times.get(_CALLBACK_SLOT) and not self._nobody_free():
            self._note_callback()
        tracker.form = tracker.requested = None
        tracker.history.append(f"loop:{NO_LOOP}")

    def _note_callback(self) -> None:
        tracker = self._tracker
        if not any(one.means == Meaning.CALLBACK for one in tracker.evidence):
            self._add_evidence("callback", Meaning.CALLBACK)

    def _nobody_free(self) -> bool:
        return bool(self._tracker.slots.get("nobody_free"))

    # -- speaking ------------------------------------------------------------------------------------------------
    def _missed(self, why: str) -> list[Action]:
        """No answer: ask again, or give up."""
        tracker = self._tracker
        tracker.misses += 1
        if tracker.misses > self._assistant.max_reprompts:
            self._last_miss = why
            if tracker.form is not None:
                tracker.history.append(f"action:{tracker.form}")
                self._leave_form()
                return self._act(first=self._choose(""))
            tracker.history.append("intent:EXTERNAL_gave_up")
            return self._act(first=self._choose(""))
        key = "utter_reprompt_silent" if why == "silent" else "utter_reprompt_unclear"
        tracker.history.append(f"action:{key}")
        because = f"fallback: {why}, re-prompt {tracker.misses}"
        return self._utter([], [key, *question_again(self._assistant, tracker)], because)

    def _utter(self, actions: list[Action], keys: list[str], because: str) -> list[Action]:
        """Side effects first, then one utterance, then the end."""
        if not keys:
            return actions
        tracker = self._tracker
        tracker.utterances += 1
        tracker.question = list(dict.fromkeys(keys))
        tracker.cut = False
        if "utter_pitch" in tracker.question:
            tracker.slots["pitched"], tracker.pitch_cut = True, False
        prompts = [self._prompt(key) for key in tracker.question]
        say = Say(prompts=tuple(prompts), expectation=self.expectation, because=because)
        ends = [action for action in actions if isinstance(action, HangUp)]
        return [*(action for action in actions if not isinstance(action, HangUp)), say, *ends]

    def _prompt(self, key: str) -> Prompt:
        """The next wording of a response, in turn; how to listen after it is how to listen."""
        wordings = self._assistant.project.responses[key]
        number = self._tracker.wordings.get(key, 0)
        self._tracker.wordings[key] = number + 1
        response = wordings[number % len(wordings)]
        self.expectation = response.expectation
        slots = {name: "" if value is None else str(value) for name, value in self._tracker.slots.items()}
        return prompt_of(key, response, slots)

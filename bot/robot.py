"""The robot leg: one dialogue on one telephone leg, from the answer to the last word.

Thin: the conversation (speech) hears and speaks, the dialogue (pure) decides, this module carries events one way and
actions the other. It meets the rest of the platform through `RobotHost` only.

    conversation --events--> inbox --> dialogue.on(event) --> actions --> conversation.say / host / hang up

Four things are decided here because they need both sides: when to greet; what becomes of a turn that went on after we
had begun to answer it (the dialogue is set back and hears the whole turn); when what the law wants said, and the customer
interrupted, is said (bot.owed); and when the last word is the last (when it was heard to its end, or when what
interrupted it was nothing that the dialogue must hear).
"""

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, assert_never

from bot import events
from bot.dialogue import Dialogue
from bot.events import (
    Action,
    BookCallback,
    HangUp,
    OptOut,
    RequestHandover,
    Say,
    WithdrawCallback,
    WithdrawHandover,
)
from bot.host import Accepted, NobodyFree, RobotHost
from bot.outcome import RobotOutcome
from bot.owed import Owed, the_laws
from bot.turn import Speaker, Turn
from bot.veil import Veil
from kernel.clock import Clock
from kernel.tasks import alongside
from media.audio import RATE_HZ
from media.leg import Cause, Leg
from speech.answer import Verdict
from speech.conversation import (
    Conversation,
    ConversationEvent,
    CustomerSilent,
    Gone,
    HearingLost,
    Key,
    PartialHeard,
    TurnEnded,
    TurnKind,
    UtteranceOver,
    WhoAnswered,
)
from speech.endpointing import Understander
from speech.player import Heard, PromptSource, Stretch
from speech.recognition import Recognizer
from speech.typed import TypedConversation

# A promised call is replaced by a later promise, and a goodbye can be broken off: both may be taken back.
_IRREVOCABLE: Final = (OptOut, RequestHandover, WithdrawHandover)
_UNDER_A_PROMPT: Final = (TurnKind.BACKCHANNEL, TurnKind.HELLO)
# Words at an unexpected moment are believed when they are a known phrase, or long, clear and such as go together; recognised
# this surely. What undoes a refusal must also be longer than the "bye" that it may have been.
_LONG_MS: Final = 800
_SHORT_MS: Final = 600
_TIME_MS: Final = 500
_SURE: Final = 0.7
_FAMILIAR: Final = 0.6
_AFTER_GOODBYE_S: Final = 0.25  # who begins to speak at its very end is heard
_LAST_WORDS_S: Final = 15.0
_MOST: Final = 0.6  # of a prompt's sound: then the customer knows what it says


class Greet(StrEnum):
    """When the robot begins to speak: at once, or after the customer's hello (docs/adr/0009)."""

    ON_ANSWER = "on_answer"
    AFTER_HELLO = "after_hello"


@dataclass(frozen=True, slots=True, kw_only=True)
class _TimeIsUp:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class _HoldTick:
    pass


_Inbox = ConversationEvent | Accepted | NobodyFree | _TimeIsUp | _HoldTick


class Robot:
    """One robot on one answered leg. `run` once; `tell` from the host at any time.

    `max_s`: the longest a call may last; `hold_every_s`: from one word to a waiting customer to the next. `met_ms`: the
    customer was met so long ago and said hello: begin at once, and look for no machine. `recognizer` None: the customer
    types, and reads (speech.typed). The robot hangs up, except when an agent takes the leg.
    """

    def __init__(
        self,
        *,
        dialogue: Dialogue,
        leg: Leg,
        recognizer: Recognizer | None,
        prompts: PromptSource,
        understander: Understander,
        host: RobotHost,
        clock: Clock,
        greet: Greet = Greet.AFTER_HELLO,
        max_s: float = 300.0,
        hold_every_s: float = 8.0,
        met_ms: int | None = None,
    ) -> None:
        self._dialogue = dialogue
        self._leg = leg
        self._prompts = prompts
        self._host = host
        self._veil = Veil(host)
        self._clock = clock
        self._greet = greet if met_ms is None else Greet.ON_ANSWER
        self._max_s = max_s
        self._hold_every_s = hold_every_s
        self._inbox: asyncio.Queue[_Inbox] = asyncio.Queue()  # unbounded: a few events a second, none may be lost
        self._conversation: Conversation | TypedConversation
        if recognizer is None:
            self._conversation = TypedConversation(
                leg=leg,
                understander=understander,
                clock=clock,
                on_event=self._inbox.put_nowait,
                on_stretch=self._on_stretch,
                on_moves=host.moves,
            )
        else:
            self._conversation = Conversation(
                leg=leg,
                recognizer=recognizer,
                prompts=prompts,
                understander=understander,
                on_event=self._inbox.put_nowait,
                on_stretch=self._on_stretch,
                on_moves=host.moves,
                met_ms=met_ms,
            )
        self._before: Dialogue | None = None  # the dialogue before the last turn, while that can still be taken back
        self._last_text = ""
        self._owed = Owed()
        self._because = ""
        self._greeted = False
        self._telling = False  # what is being said holds what the law wants said
        self._accepted = False  # by an agent, meanwhile
        self._holding = False
        self._nobody: NobodyFree | None = None  # is free: still to be said
        self._last_began_s = 0.0  # the latest utterance to a waiting customer
        self._leaving = False
        self._leave_at_s = math.inf
        self._speculated: set[str] = set()
        self._person_due = False  # is to be asked for when what the law wants said was said
        self._first: PartialHeard | None = None  # what they say before any greeting
        self._greet_after_turn = False  # they say something that must be heard

    @property
    def so_far(self) -> RobotOutcome:
        """What the talk has come to until now."""
        return self._dialogue.outcome()

    @property
    def now_ms(self) -> int:
        """Since the answer, by the customer's sound, as `Turn` counts."""
        return self._conversation.now_ms

    @property
    def speaking(self) -> bool:
        """An utterance is being played, or paused."""
        return self._conversation.speaking

    def said(self, text: str) -> None:
        """The customer's words, typed: at any time, also while they might speak."""
        self._conversation.said(text)

    def tell(self, news: Accepted | NobodyFree) -> None:
        """News of the search for an agent."""
        self._inbox.put_nowait(news)

    async def run(self) -> RobotOutcome:
        """Talk until the end. The leg is answered. An agent who takes over gets it as it is."""
        async with alongside(self._conversation.run(), self._watch_time()):
            await self._converse()
        return self._dialogue.outcome()

    # -- the loop ------------------------------------------------------------------------------------------------
    async def _converse(self) -> None:
        if self._greet is Greet.ON_ANSWER:
            await self._begin()
        while True:
            event = await self._inbox.get()
            if await self._take(event):
                return

    async def _take(self, event: _Inbox) -> bool:
        """Carry one event to the dialogue and its actions out; True when the leg is over for the robot."""
        match event:
            case Accepted():
                if not self._greeted:
                    await self._begin(and_leave=True)
                if self._telling and self._conversation.speaking:
                    self._accepted = True  # who speaks, and that it is recorded, is said before anybody is joined
                    return False
                return self._leave_to_agent()
            case Gone():
                self._dialogue.on(events.CustomerLeft())
                return True
            case WhoAnswered():
                return await self._on_answer(event)
            case PartialHeard():
                self._first = event
                self._veil.partial(event.text, event.understanding.intent)
                await self._speculate(event)
            case TurnEnded():
                await self._on_turn(event)
            case UtteranceOver():
                return await self._on_utterance_over(event.heard)
            case CustomerSilent():
                await self._unless_leaving(events.CustomerSilent())
            case Key():
                await self._on_key(event)
            case HearingLost():
                if self._greeted:
                    await self._unless_leaving(events.HearingLost())
                else:
                    await self._begin()
            case NobodyFree():
                self._holding = False
                self._nobody = event
                await self._say_nobody_is_free()
            case _TimeIsUp():
                await self._decide(events.TimeIsUp())
            case _HoldTick():
                await self._say_nobody_is_free()
                if self._holding and not self._conversation.speaking and not self._conversation.customer_speaks:
                    await self._decide(events.HoldTick())
            case _:
                assert_never(event)
        return False

    async def _watch_time(self) -> None:
        """The call's longest duration; the pace of words to a waiting customer; an end to a goodbye that never ends."""
        ends_s = self._clock.monotonic() + self._max_s
        spoke = False
        while True:
            await self._clock.sleep(0.25)
            now_s = self._clock.monotonic()
            speaking = self._conversation.speaking
            if (speaking and not spoke) or not self._holding:
                self._last_began_s = now_s
            elif not speaking and now_s - self._last_began_s >= self._hold_every_s:
                self._last_began_s = now_s
                self._inbox.put_nowait(_HoldTick())
            if self._nobody is not None:
                self._inbox.put_nowait(_HoldTick())
            spoke = speaking
            if self._leaving and now_s >= self._leave_at_s and not self._conversation.customer_speaks:
                await self._leave()  # the leg's end brings Gone, which ends the loop
            if now_s >= ends_s:
                self._inbox.put_nowait(_TimeIsUp())
                await self._clock.sleep(_LAST_WORDS_S)
                await self._leg.hang_up()
                return

    # -- what happens --------------------------------------------------------------------------------------------
    async def _on_answer(self, event: WhoAnswered) -> bool:
        if not self._greeted and self._says_what_matters():
            self._greet_after_turn = True  # no mailbox wants no more calls; the turn decides what is said first
            return False
        if event.verdict is Verdict.VOICEMAIL:
            self._conversation.hush()
            self._dialogue.on(events.MachineAnswered())
            await self._leg.hang_up(Cause.NORMAL)
            return True
        if not self._greeted:
            await self._begin()
        return False

    async def _begin(self, *, and_leave: bool = False) -> None:
        self._greeted = True
        self._host.decided_to_greet(self._conversation.now_ms)
        opening = self._dialogue.start()
        await self._do(the_laws(opening) if and_leave else opening)

    async def _begin_unsaid(self) -> None:
        """Their first words want an answer before any greeting: what the law wants said is said after the answer."""
        self._greeted = True
        self._host.decided_to_greet(self._conversation.now_ms)
        opening = self._dialogue.start()
        self._owed.unsaid(prompt for action in opening if isinstance(action, Say) for prompt in action.prompts)
        self._dialogue.on(events.PromptsCut(heard=()))
        rest = [action for action in opening if not isinstance(action, Say)]
        if rest:
            await self._do(rest)

    def _says_what_matters(self) -> bool:
        """What they are saying before any greeting must be heard, as far as it goes."""
        if self._first is None or not self._conversation.customer_speaks:
            return False
        understood = self._first.understanding
        clear = understood.confidence >= _SURE and understood.familiar >= _FAMILIAR
        return clear and self._dialogue.must_hear(understood.intent, self._first.text)

    def _matters(self, event: TurnEnded) -> bool:
        """The turn must be heard at whatever moment it was said, and was surely said."""
        understood, length_ms = event.understanding, event.end_ms - event.start_ms
        clear = understood.confidence >= _SURE and understood.familiar >= _FAMILIAR
        moved = length_ms >= _TIME_MS and self._dialogue.changes_promise(event.text)  # "no at five", over "at three"
        said = understood.example or (length_ms >= _LONG_MS and clear) or moved
        if not said or event.confidence < _SURE or not self._dialogue.must_hear(understood.intent, event.text):
            return False
        return moved or length_ms >= _SHORT_MS or not self._leaving or self._dialogue.refuses(understood.intent)

    async def _on_turn(self, event: TurnEnded) -> None:
        understood = event.understanding
        matters = self._matters(event)
        if event.kind in _UNDER_A_PROMPT and matters:
            # It claims the turn after all, whatever the moment: the prompt's end is told first, then this again.
            self._conversation.hush()
            kind = TurnKind.INTERRUPTS if self._greeted else TurnKind.SPEECH
            self._inbox.put_nowait(replace(event, kind=kind))
            return
        text = event.text
        if event.kind is TurnKind.CONTINUES and self._before is not None:
            whole = f"{self._last_text} {event.text}".strip()
            if not matters or self._dialogue.must_hear(self._dialogue.intent_of(whole), whole):
                self._withdraw_what_was_promised()
                self._dialogue = self._before  # we had answered half a turn: take that back and hear it whole
                self._leaving = False
                text = whole
        self._veil.turn(
            Turn(
                speaker=Speaker.CUSTOMER,
                kind=event.kind.value,
                text=event.text,
                start_ms=event.start_ms,
                end_ms=event.end_ms,
                decided_ms=event.decided_ms,
                intent=understood.intent,
                confidence=understood.confidence,
            )
        )
        if event.kind in _UNDER_A_PROMPT:
            if self._greet_after_turn and not self._greeted:
                await self._begin()
            return
        if self._leaving and not matters:
            await self._leave()
            return
        if self._leaving:
            self._leaving = False
            self._dialogue.resume()
        if not self._greeted:
            await self._begin_unsaid()
        before = self._dialogue.copy()
        actions = self._dialogue.on(events.CustomerSaid(text=text, confidence=event.confidence, known=event.known))
        revocable = not any(isinstance(action, _IRREVOCABLE) for action in actions)
        self._before, self._last_text = (before, text) if revocable else (None, "")
        self._speculated.clear()
        await self._do(actions)

    def _withdraw_what_was_promised(self) -> None:
        """The turn that is taken back promised a call."""
        before = self._before.outcome().callback_at if self._before is not None else None
        if self._dialogue.outcome().callback_at not in (None, before):
            self._host.withdraw_callback(WithdrawCallback(because="the customer went on speaking"))

    def _leave_to_agent(self) -> bool:
        self._conversation.hush()
        self._dialogue.on(events.HandoverAccepted())
        return True

    async def _on_utterance_over(self, heard: Sequence[Heard]) -> bool:
        self._telling = False
        if self._person_due:
            self._ask_for_person()
        if self._accepted:
            return self._leave_to_agent()
        self._owed.heard(heard)
        if not all(one.complete for one in heard):
            kept = tuple(one.prompt.key for one in heard if one.length_s and one.heard_s >= _MOST * one.length_s)
            self._dialogue.on(events.PromptsCut(heard=kept))
        if self._leaving and all(one.complete for one in heard):
            self._leave_at_s = self._clock.monotonic() + _AFTER_GOODBYE_S
        return False

    async def _leave(self) -> None:
        """The goodbye was broken off by nothing that matters: go, unless it still plays."""
        if not self._conversation.speaking:
            await self._leg.hang_up()

    async def _unless_leaving(self, event: events.Event) -> None:
        if self._leaving:
            await self._leave()
        else:
            await self._decide(event)

    async def _on_key(self, event: Key) -> None:
        now_ms = self._conversation.now_ms
        self._veil.turn(Turn(speaker=Speaker.CUSTOMER, kind="key", text=event.digit, start_ms=now_ms, end_ms=now_ms))
        must_hear = self._dialogue.must_hear(f"EXTERNAL_key_{event.digit}")
        if not self._greeted and not must_hear:
            await self._begin()  # nothing was asked that it could answer
            return
        if not self._greeted:
            await self._begin_unsaid()
        if self._leaving and not must_hear:
            await self._leave()
            return
        if self._leaving:
            self._leaving = False
            self._dialogue.resume()
        await self._decide(events.KeyPressed(digit=event.digit))

    async def _decide(self, event: events.Event) -> None:
        self._before = None
        await self._do(self._dialogue.on(event))

    async def _speculate(self, event: PartialHeard) -> None:
        """Have the sound of the likely answer ready before the turn is over."""
        intent = event.understanding.intent
        if intent and intent not in self._speculated:
            self._speculated.add(intent)
            likely = self._dialogue.copy().on(events.CustomerSaid(text=event.text))
            await self._prompts.prepare([p for action in likely if isinstance(action, Say) for p in action.prompts])

    # -- what follows --------------------------------------------------------------------------------------------
    async def _do(self, actions: Sequence[Action]) -> None:
        """Side effects at once, then the words, then the end of the call when the words are over."""
        self._host.decided(actions)
        for action in actions:
            match action:
                case Say():
                    self._because = action.because
                    self._leave_at_s = math.inf
                    self._leaving = any(isinstance(other, HangUp) for other in actions)
                    spoken = self._owed.with_these(action.prompts, last=self._leaving)
                    self._telling = any(one.prompt.must_be_heard for one in spoken)
                    await self._conversation.say(spoken, action.expectation)
                case RequestHandover():
                    self._holding = self._person_due = True
                case WithdrawHandover():
                    if not self._person_due:
                        self._host.withdraw_person()
                    self._holding = self._person_due = False
                    self._nobody = None
                case BookCallback():
                    self._host.book_callback(action)
                case WithdrawCallback():
                    self._host.withdraw_callback(action)
                case OptOut():
                    self._host.opt_out(action)
                case HangUp():
                    if not any(isinstance(other, Say) for other in actions):
                        await self._leg.hang_up()
                case _:
                    assert_never(action)
        if self._person_due and not self._telling:
            self._ask_for_person()
        if not actions:
            self._conversation.listen(self._dialogue.expectation)

    async def _say_nobody_is_free(self) -> None:
        """When neither speaks: a "please hold" that breaks off is a telephone that broke."""
        news = self._nobody
        if news is not None and not self._conversation.speaking and not self._conversation.customer_speaks:
            self._nobody = None
            await self._decide(events.HandoverFailed(reason=news.reason))

    def _ask_for_person(self) -> None:
        """Not before who calls, and that it is recorded, was said: nobody is joined before, and no agent is to wait for it."""
        self._person_due = False
        self._last_began_s = self._clock.monotonic()  # they begin to wait now
        self._host.want_person(self._dialogue.outcome())

    def _on_stretch(self, stretch: Stretch) -> None:
        self._veil.turn(
            Turn(
                speaker=Speaker.ROBOT,
                kind="prompt" if stretch.first else "resumed",
                text=" ".join(prompt.text for prompt in stretch.prompts),
                start_ms=stretch.start * 1000 // RATE_HZ,
                end_ms=stretch.end * 1000 // RATE_HZ,
                because=self._because,
                heard_s=(stretch.end - stretch.start) / RATE_HZ,
            )
        )

"""A trial: somebody of the house is the customer of one talk with the robot, on a leg of their own, spoken or typed.

A trial is no call. Nobody is dialled, so there is no lead, no quota and no row; what was promised in it is forgotten with it.
The robot is the one of calls (bot.robot), with this as its host. Where a call would go on with an agent, a trial says so and
ends with its grade.

Who talks has called up the page themselves: nobody looks for a mailbox, and the robot begins at once.

What happens is told as events, as the live socket carries them (docs/reference/console-api.md), and kept while the trial is
known, so that who comes late hears it all: `turn` and `decision` by index, `latency`, `ended` once, at the end, with why.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from bot.dialogue import Dialogue
from bot.events import Action, BookCallback, HangUp, OptOut, RequestHandover, Say, WithdrawCallback, WithdrawHandover
from bot.host import Accepted
from bot.outcome import Ended, Grade, RobotOutcome
from bot.robot import Robot
from bot.turn import Speaker, Turn
from dialer.dialling import wait_for_answer
from dialer.robots import Robots
from kernel.clock import Clock
from kernel.log import get_logger
from kernel.masking import digits_masked
from kernel.metrics import counter
from kernel.tasks import alongside
from kernel.tenant import TenantId, UserId
from media.line_leg import LineLeg
from speech.conversation import TurnKind
from speech.prompt import Move

BROKEN = counter("trials_broken", help="Talks with the robot that ended by an error of ours.")

_LOOK_EVERY_S: Final = 5.0
_ANSWERED: Final = (TurnKind.SPEECH, TurnKind.INTERRUPTS, TurnKind.CONTINUES, "key")  # a nod wants no answer
_NAMES: Final[Mapping[type[Action], str]] = {
    RequestHandover: "action_request_person",
    WithdrawHandover: "action_withdraw_person",
    BookCallback: "action_book_callback",
    WithdrawCallback: "action_withdraw_callback",
    OptOut: "action_opt_out",
    HangUp: "action_hang_up",
}
Told = Mapping[str, Any]  # Any: JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class _Notice:
    """What no one says; `code` is for pages, which word it in the language of who reads."""

    code: str
    words: Mapping[str, str]


_TAKES_OVER: Final = _Notice(
    code="takes_over",
    words={
        "en": "An agent would take over here. In a talk with the robot nobody is called, so it ends.",
        "zh": "此处将转接人工坐席。与机器人的对话不会转接真人，到此结束。",
    },
)
_IDLE: Final = _Notice(
    code="idle",
    words={
        "en": "Nothing was typed for a while, so the talk ends.",
        "zh": "长时间没有输入，对话结束。",
    },
)

log = get_logger(__name__)


class Why(StrEnum):
    """Why a trial is over; pages have the words for it."""

    GOODBYE = "goodbye"  # the robot's
    HUNG_UP = "hung_up"  # the customer did
    HANDED_OVER = "handed_over"  # here an agent would take over
    NOT_HEARD = "not_heard"
    NOT_UNDERSTOOD = "not_understood"
    TIME_UP = "time_up"
    IDLE = "idle"  # nothing was typed for long
    LOGGED_OUT = "logged_out"
    LINE_LOST = "line_lost"  # the phone went, without a word
    NOT_CONNECTED = "not_connected"  # the phone never was there
    STOPPED = "stopped"  # the platform stops
    BROKEN = "broken"  # an error of ours; the log has it


_GAVE_UP: Final = {"silent": Why.NOT_HEARD, "not_understood": Why.NOT_UNDERSTOOD}


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose a trial is: nobody else's."""

    tenant_id: TenantId
    user_id: UserId


class Trial:
    """One trial; its `RobotHost`. `run` once, on a leg that is answered or will be.

    `tell(type, data)` hears every event. `still` is asked now and then whether its owner is still logged in. `idle_s`: a
    typed trial ends when nothing came from the customer for so long.
    """

    def __init__(
        self,
        id: str,
        owner: Owner,
        *,
        robots: Robots,
        dialogue: Dialogue,
        leg: LineLeg,
        typed: bool,
        clock: Clock,
        tell: Callable[[str, Told], None],
        still: Callable[[], Awaitable[bool]],
        idle_s: float,
    ) -> None:
        self.id = id
        self.owner = owner
        self.over = False
        self._leg = leg
        self._typed = typed
        self._clock = clock
        self._tell = tell
        self._still = still
        self._idle_s = idle_s
        self._lang = robots.assistant.project.language
        self._max_s = robots.max_s
        self._robot: Robot = robots.robot(dialogue, leg, self, met_ms=None if typed else 0, typed=typed)
        self._events: dict[str, Told] = {}  # by type and index: a turn that is told twice stands once
        self._turns = 0
        self._decisions = 0
        self._say: Say | None = None  # decided, and not begun
        self._speaking: int | None = None  # the index of the turn that the robot has begun
        self._asked_ms: int | None = None  # since when the customer waits for an answer
        self._wants_person = False
        self._why: Why | None = None  # as soon as it is known
        self._heard_s = clock.monotonic()  # when the customer last did something

    @property
    def events(self) -> list[Told]:
        """What happened, `{type, data}`, in order, partials left out."""
        return list(self._events.values())

    async def run(self) -> None:
        """Talk to the end; every error is logged and ends the trial. Cancelling ends it cleanly."""
        grade: Grade | None = None
        summary: Sequence[str] = ()
        why = Why.STOPPED
        try:
            if await wait_for_answer(self._leg) is None:
                began_s = self._clock.monotonic()
                async with alongside(self._watch()):
                    found = await self._robot.run()
                grade, summary = found.grade, found.summary
                why = self._why_over(found, self._clock.monotonic() - began_s)
            else:
                why = self._why or Why.NOT_CONNECTED
        except Exception:  # the trial's supervisor
            BROKEN.inc()
            log.exception("trial broken", trial=self.id)
            why = Why.BROKEN
        finally:
            self.over = True
            await self._leg.hang_up()
            told = {"grade": grade.value if grade else None, "why": why.value, "summary": list(summary)}
            self._note("ended", "", told)

    # -- the customer --------------------------------------------------------------------------------------------
    def say(self, text: str) -> None:
        """The customer types this."""
        self._heard_s = self._clock.monotonic()
        self._robot.said(text)

    def key(self, digit: str) -> None:
        """The customer presses a key of the telephone; before the phone is connected it is lost."""
        self._heard_s = self._clock.monotonic()
        self._leg.key(digit)

    async def hang_up(self) -> None:
        """The customer hangs up. Idempotent."""
        self._why = self._why or Why.HUNG_UP
        await self._leg.hang_up()

    # -- the robot's host ----------------------------------------------------------------------------------------
    def turn(self, turn: Turn) -> None:
        """See `RobotHost`."""
        if turn.speaker is Speaker.ROBOT:
            index, self._speaking = self._speaking, None
            self._told_turn(self._next_index() if index is None else index, turn)
            return
        self._heard_s = self._clock.monotonic()
        if turn.kind in _ANSWERED:
            self._asked_ms = turn.end_ms
        self._told_turn(self._next_index(), turn)

    def partial(self, text: str, intent: str) -> None:
        """See `RobotHost`."""
        self._tell("partial", {"text": text, "intent": intent})

    def decided(self, actions: Sequence[Action]) -> None:
        """See `RobotHost`."""
        if not actions:
            return
        self._say = next((action for action in actions if isinstance(action, Say)), None)
        names = [name for action in actions for name in _names(action)]
        self._note("decision", str(self._decisions), {"because": actions[0].because, "actions": names})
        self._decisions += 1

    def moves(self, started: bool, moves: tuple[Move, ...], at: int) -> None:
        """See `RobotHost`. The robot's turn is shown as it begins, and again as it was heard when it is over."""
        if started and self._say is not None:
            self._begin_turn(self._say)
            self._say = None
        elif not started and self._wants_person:
            self._take_over()

    def decided_to_greet(self, at_ms: int) -> None:
        """See `RobotHost`."""

    def want_person(self, so_far: RobotOutcome) -> None:
        """See `RobotHost`. Who it is said to hears it out; then the trial is over."""
        self._wants_person = True
        if not self._robot.speaking:
            self._take_over()

    def withdraw_person(self) -> None:
        """See `RobotHost`."""
        self._wants_person = False

    def book_callback(self, action: BookCallback) -> None:
        """See `RobotHost`. The decision was told; nobody will be called."""

    def withdraw_callback(self, action: WithdrawCallback) -> None:
        """See `RobotHost`. The decision was told."""

    def opt_out(self, action: OptOut) -> None:
        """See `RobotHost`. The decision was told; there is no number to remember."""

    # -- inside --------------------------------------------------------------------------------------------------
    def _take_over(self) -> None:
        self._wants_person = False
        self._why = Why.HANDED_OVER
        self._say_ourselves(_TAKES_OVER, self._robot.now_ms)
        self._robot.tell(Accepted())

    def _why_over(self, found: RobotOutcome, lasted_s: float) -> Why:
        if self._why is not None:
            return self._why
        if lasted_s >= self._max_s:
            return Why.TIME_UP
        return _GAVE_UP.get(found.reason, Why.GOODBYE) if found.ended is Ended.HUNG_UP else Why.LINE_LOST

    async def _watch(self) -> None:
        """End what its owner has left: logged out, or typing no more."""
        while True:
            await self._clock.sleep(_LOOK_EVERY_S)
            if self._typed and self._clock.monotonic() - self._heard_s >= self._idle_s:
                self._why = Why.IDLE
                self._say_ourselves(_IDLE, self._robot.now_ms)
            elif await self._still():
                continue
            else:
                self._why = Why.LOGGED_OUT
            await self._leg.hang_up()
            return

    def _begin_turn(self, say: Say) -> None:
        now_ms = self._robot.now_ms
        self._speaking = self._next_index()
        text = digits_masked(" ".join(prompt.text for prompt in say.prompts))
        turn = Turn(
            speaker=Speaker.ROBOT, kind="prompt", text=text, start_ms=now_ms, end_ms=now_ms, because=say.because
        )
        self._told_turn(self._speaking, turn)
        if self._asked_ms is not None:
            self._note("latency", str(self._speaking), {"response_ms": now_ms - self._asked_ms})
            self._asked_ms = None

    def _say_ourselves(self, notice: _Notice, now_ms: int) -> None:
        text = notice.words.get(self._lang.partition("-")[0], notice.words["en"])
        self._note_turn(self._next_index(), "system", "notice", text, now_ms, now_ms, {"notice": notice.code})

    def _next_index(self) -> int:
        self._turns += 1
        return self._turns - 1

    def _told_turn(self, index: int, turn: Turn) -> None:
        more = {
            "intent": turn.intent or None,
            "confidence": turn.confidence if turn.intent else None,
            "because": turn.because or None,
        }
        self._note_turn(index, turn.speaker.value, turn.kind, turn.text, turn.start_ms, turn.end_ms, more)

    def _note_turn(
        self, index: int, who: str, kind: str, text: str, start_ms: int, end_ms: int, more: Told | None = None
    ) -> None:
        """`who`: a speaker, or `system` for what no one says."""
        data = {"index": index, "who": who, "kind": kind, "text": text, "start_ms": start_ms, "end_ms": end_ms}
        self._note("turn", str(index), {**data, "intent": None, "confidence": None, "because": None, **(more or {})})

    def _note(self, type: str, index: str, data: Told) -> None:
        numbered = {**data, "index": int(index)} if index else data
        self._events[f"{type} {index}"] = {"type": type, "data": numbered}
        self._tell(type, numbered)


def _names(action: Action) -> list[str]:
    """What an action is called in an assistant's files."""
    if isinstance(action, Say):
        return [prompt.key for prompt in action.prompts]
    return [_NAMES[type(action)]]

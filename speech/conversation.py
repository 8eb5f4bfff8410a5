"""The speech pipeline of one robot leg: frames in, customer turns out; prompts in, sound out.

One loop, driven by the leg's own frames, so its time is the leg's audio time. Each 20 ms frame goes through voice activity
(speech.vad) to the floor (speech.floor), which decides; this module only acts: opens and finishes recognition streams,
pauses and resumes the player, and reports what happened as events.

    leg.receive() -> vad -> floor -> recognizer (own process) -> understander -> TurnEnded -> the dialogue
    the dialogue -> say() -> player -> leg.send()
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, assert_never

from media.audio import FRAME_BYTES, RATE_HZ
from media.leg import KeyPressed, Leg
from speech.answer import AnswerDetector, Verdict
from speech.endpointing import Expectation, Understander, Understanding
from speech.floor import Decision, Floor, FloorSettings, Robot
from speech.player import Heard, Player, PromptSource, Spoken, Stretch
from speech.prompt import Move
from speech.recognition import Hypothesis, RecognitionStream, Recognizer, RecognizerLost
from speech.vad import VadSettings, VoiceActivity

_PRE_ROLL_FRAMES: Final = 18  # 360 ms: the onset is confirmed 60-100 ms late, soft beginnings are earlier
_HELLO_MS: Final = 1000  # a "hello?" in the first second is no barge-in
_CONTINUES_MS: Final = 900  # speech that begins this soon into our reply goes on with the turn we cut off


class TurnKind(StrEnum):
    """How a customer's turn stood to the robot's speech."""

    SPEECH = "speech"
    INTERRUPTS = "interrupts"  # stopped a prompt
    CONTINUES = "continues"  # went on after we had begun to answer: belongs to the turn before
    BACKCHANNEL = "backchannel"  # the prompt went on
    HELLO = "hello"  # said on answering, before or under the greeting


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnEnded:
    """The customer said something. Times in ms of audio received since the answer; `end_ms` is the last voiced frame.
    `decided_ms` is when the turn was taken for over. Empty `text`: speech, but no known word. `known`: the share of the words
    that the recogniser knows, 0..1."""

    kind: TurnKind
    text: str
    understanding: Understanding
    confidence: float
    start_ms: int
    end_ms: int
    decided_ms: int
    known: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialHeard:
    """The words so far, while the customer speaks."""

    text: str
    understanding: Understanding
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UtteranceOver:
    """The robot's utterance ended, by itself or stopped; how much of each prompt was heard."""

    heard: tuple[Heard, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerSilent:
    """Nothing was said for as long as the expectation's patience."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoAnswered:
    """The first sound after the answer was judged (PERSON, SILENCE, SPEAKING: greet now), or a machine was told."""

    verdict: Verdict
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key of the telephone was pressed. The prompt it was pressed in is stopped."""

    digit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingLost:
    """The recogniser died while the customer spoke: ask again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """The leg ended: the last event."""


ConversationEvent = TurnEnded | PartialHeard | UtteranceOver | CustomerSilent | WhoAnswered | Key | HearingLost | Gone


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationSettings:
    """Settings of one conversation's ear."""

    vad: VadSettings = field(default_factory=VadSettings)
    floor: FloorSettings = field(default_factory=FloorSettings)


class Conversation:
    """One robot leg's ear and mouth. `run` works it, `say` and `listen` command it; `on_event` is told everything that
    happens, in order, until `Gone`: it must not block. `on_stretch` and `on_moves` as in `Player`. `met_ms`: the leg was
    answered so long ago by a person who said hello to somebody else's ear; None: now, by whom is to be found out.
    """

    def __init__(
        self,
        *,
        leg: Leg,
        recognizer: Recognizer,
        prompts: PromptSource,
        understander: Understander,
        on_event: Callable[[ConversationEvent], None],
        on_stretch: Callable[[Stretch], None],
        on_moves: Callable[[bool, tuple[Move, ...], int], None],
        settings: ConversationSettings | None = None,
        met_ms: int | None = None,
    ) -> None:
        settings = settings or ConversationSettings()
        self._leg = leg
        self._recognizer = recognizer
        self._understander = understander
        self._player = Player(leg, prompts, on_stretch=on_stretch, on_moves=on_moves)
        self._vad = VoiceActivity(settings.vad)
        self._floor = Floor(settings.floor)
        self._answer: AnswerDetector | None = AnswerDetector() if met_ms is None else None
        self._tell = on_event
        self._pre_roll: deque[bytes] = deque(maxlen=_PRE_ROLL_FRAMES)
        self._stream: RecognitionStream | None = None
        self._partial = ""
        self._said: list[str] = []  # finished pieces of the turn that is still open
        self._confidences: list[float] = []
        self._unknown = 0
        self._known = 0  # words
        self._held: list[TurnEnded] = []  # said over a prompt that must not be interrupted
        self._kind = TurnKind.SPEECH
        self._spoke_once = False
        self._now_ms = met_ms or 0
        self._rest = b""

    @property
    def now_ms(self) -> int:
        """Audio received since the answer, in ms: the conversation's clock."""
        return self._now_ms

    @property
    def customer_speaks(self) -> bool:
        """A customer's turn is open."""
        return self._floor.speaking

    @property
    def speaking(self) -> bool:
        """An utterance is being played, or paused."""
        return self._player.active

    async def run(self) -> None:
        """Work until the leg ends, then report `Gone`."""
        async with asyncio.TaskGroup() as tasks:
            keys = tasks.create_task(self._listen_for_keys())
            try:
                async with aclosing(self._frames()) as frames:
                    async for frame in frames:
                        await self._frame(frame)
            finally:
                keys.cancel()
                self._drop_stream()
                self._player.stop()
        self._tell(Gone())

    async def say(self, spoken: Sequence[Spoken], expectation: Expectation) -> None:
        """Say this now, then listen as `expectation` tells. What still played is stopped and reported first."""
        self._stop_prompt()
        if not self._spoke_once:
            self._spoke_once = True
            self._floor.do_not_yield_before(_HELLO_MS)
        self._floor.robot_speaks(expectation)
        await self._player.say(spoken)

    def said(self, text: str) -> None:
        """The customer types a turn instead of saying it: it stops the prompt, and what was being heard is dropped."""
        if not self._spoke_once:
            kind = TurnKind.HELLO
        else:
            kind = TurnKind.INTERRUPTS if self._player.active else TurnKind.SPEECH
        self._stop_prompt()
        self._drop_stream()
        self._said = []
        self._floor.close()
        self._floor.robot_is_done(self._now_ms)
        turn = TurnEnded(
            kind=kind,
            text=text,
            understanding=self._understander.understand(text, self._floor.expectation),
            confidence=1.0,
            start_ms=self._now_ms,
            end_ms=self._now_ms,
            decided_ms=self._now_ms,
        )
        self._tell(turn)

    def listen(self, expectation: Expectation) -> None:
        """Say nothing; listen from now."""
        self._floor.expectation = expectation
        if not self._player.active:
            self._floor.robot_is_done(self._now_ms)

    def hush(self) -> None:
        """Stop speaking now."""
        self._stop_prompt()

    # -- the loop ------------------------------------------------------------------------------------------------
    async def _frames(self) -> AsyncGenerator[bytes]:
        async for chunk in self._leg.receive():
            data = self._rest + chunk.pcm
            whole = len(data) - len(data) % FRAME_BYTES
            self._rest = data[whole:]
            for at in range(0, whole, FRAME_BYTES):
                yield data[at : at + FRAME_BYTES]

    async def _frame(self, pcm: bytes) -> None:
        self._now_ms += 1000 * len(pcm) // 2 // RATE_HZ
        activity = self._vad.frame(pcm)
        self._pre_roll.append(pcm)
        if self._answer is not None:
            self._judge_answer(self._answer.frame(pcm, activity))
        played = self._player.poll()
        if played is not None:
            self._floor.robot_is_done(self._now_ms)
            self._tell(UtteranceOver(heard=tuple(played)))
            self._tell_held()
        if self._stream is not None:
            self._stream.feed(pcm)
        elif self._floor.speaking and self._said and activity is not activity.QUIET:
            self._open_stream()  # the turn goes on after a piece of it was finished
        decision = self._floor.heard(self._now_ms, activity, self._player.remaining_ms)
        if decision is not None:
            await self._act(decision)

    async def _act(self, decision: Decision) -> None:
        match decision:
            case Decision.OPEN | Decision.OPEN_AND_PAUSE:
                self._begin_turn(paused=decision is Decision.OPEN_AND_PAUSE)
            case Decision.STOP:
                self._claim()
            case Decision.JUDGE:
                await self._judge_overlap()
            case Decision.TURN_OVER:
                await self._end_turn()
            case Decision.SILENT:
                self._tell(CustomerSilent())
            case _:
                assert_never(decision)

    async def _listen_for_keys(self) -> None:
        async for event in self._leg.events():
            if isinstance(event, KeyPressed):
                self._stop_prompt()
                self._floor.robot_is_done(self._now_ms)
                self._tell(Key(digit=event.digit))

    def _judge_answer(self, verdict: Verdict | None) -> None:
        if verdict is not None:
            self._tell(WhoAnswered(verdict=verdict, at_ms=self._now_ms))

    # -- a turn --------------------------------------------------------------------------------------------------
    def _begin_turn(self, *, paused: bool) -> None:
        self._said, self._confidences, self._partial, self._unknown, self._known = [], [], "", 0, 0
        if not self._spoke_once or self._floor.onset_ms < _HELLO_MS:
            self._kind = TurnKind.HELLO
        elif not paused:
            self._kind = TurnKind.SPEECH
        else:
            heard_ms = self._player.heard_samples * 1000 // RATE_HZ
            self._kind = TurnKind.CONTINUES if heard_ms < _CONTINUES_MS else TurnKind.INTERRUPTS
        if paused:
            self._player.pause()
        self._open_stream()

    def _open_stream(self) -> None:
        self._drop_stream()
        self._partial = ""
        stream = self._recognizer.open(grammar=self._floor.expectation.grammar, on_partial=self._on_partial)
        for frame in self._pre_roll:
            stream.feed(frame)
        self._stream = stream

    def _drop_stream(self) -> None:
        if self._stream is not None:
            self._stream.cancel()
            self._stream = None

    def _on_partial(self, hypothesis: Hypothesis) -> None:
        if hypothesis.text == self._partial:
            return
        self._partial = hypothesis.text
        text, understanding = self._understand()
        self._tell(PartialHeard(text=text, understanding=understanding, at_ms=self._now_ms))
        if self._floor.words(text, understanding) is Decision.STOP:
            self._claim()

    def _understand(self) -> tuple[str, Understanding]:
        text = " ".join(piece for piece in (*self._said, self._partial) if piece)
        return text, self._understander.understand(text, self._floor.expectation)

    async def _finish_stream(self) -> bool:
        """Take the final words of the open stream into the turn. False when the recogniser is lost."""
        stream, self._stream = self._stream, None
        self._partial = ""
        if stream is None:
            return True
        try:
            final = await stream.finish()
        except RecognizerLost:
            return False
        if final.text:
            self._said.append(final.text)
            self._confidences.append(final.confidence)
        self._unknown += final.unknown
        self._known += len(final.words) or len(final.text.split())
        return True

    async def _end_turn(self) -> None:
        if not await self._finish_stream():
            self._lose_turn()
            return
        text, understanding = self._understand()
        if self._floor.robot is Robot.SILENT and not self._floor.turn_stands(self._now_ms, understanding):
            self._floor.words(text, understanding)
            return  # the final words are of a more patient class: wait on, the next sound opens a new stream
        noise = not text and self._floor.voiced_ms < 240
        if noise:
            self._floor.close()
            return
        self._turn_ended(text, understanding, self._kind)

    async def _judge_overlap(self) -> None:
        if not await self._finish_stream():
            self._lose_turn()
            return
        text, understanding = self._understand()
        if self._floor.judge(text, understanding, self._unknown, min(self._confidences, default=0.0)) is Decision.STOP:
            self._claim()
            return  # the turn goes on until its hang-over; the next sound opens a new stream
        if text:
            self._report(text, understanding, TurnKind.BACKCHANNEL)
        self._said = []
        self._floor.robot_resumes()
        self._player.resume()

    def _claim(self) -> None:
        if self._kind is TurnKind.SPEECH:
            self._kind = TurnKind.INTERRUPTS
        self._stop_prompt()

    def _lose_turn(self) -> None:
        self._stop_prompt()
        self._said = []
        self._floor.robot = Robot.SILENT
        self._floor.close()
        self._tell(HearingLost())

    def _turn_ended(self, text: str, understanding: Understanding, kind: TurnKind) -> None:
        self._report(text, understanding, kind)
        self._said = []
        self._floor.close()

    def _report(self, text: str, understanding: Understanding, kind: TurnKind) -> None:
        turn = TurnEnded(
            kind=kind,
            text=text,
            understanding=understanding,
            confidence=min(self._confidences, default=0.0),
            start_ms=self._floor.onset_ms,
            end_ms=self._floor.last_voiced_ms,
            decided_ms=self._now_ms,
            known=self._known / (self._known + self._unknown) if self._unknown else 1.0,
        )
        if kind is TurnKind.SPEECH and self._floor.robot is Robot.SPEAKING:
            self._held.append(turn)
        else:
            self._tell(turn)

    def _tell_held(self) -> None:
        for turn in self._held:
            self._tell(turn)
        self._held = []

    def _stop_prompt(self) -> None:
        if not self._player.active:
            return
        heard = self._player.stop()
        self._floor.robot = Robot.SILENT
        self._tell(UtteranceOver(heard=tuple(heard)))
        self._tell_held()

"""Who has the floor: pure turn taking between a robot's prompts and a customer's voice.

The conversation tells what happened (a frame was heard, words were understood, a prompt began or ended) and gets back
what to do. Time is milliseconds of leg audio, so a recorded call replays to the same decisions.

Theory. The customer is QUIET or SPEAKING (from a confirmed onset until the turn is decided). The robot is SILENT, SPEAKING
or PAUSED. A customer who begins while the robot speaks pauses it at once: silence is polite, and can be taken back. Then
words stop the prompt for good; a backchannel ("uh-huh"), a cough or nothing resumes it. While the robot is silent, a turn
is over when the silence outlasts the hang-over of what was said (speech.endpointing).
"""

from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from media.audio import FRAME_MS
from speech.endpointing import Completeness, Evidence, Expectation, Understanding, turn_is_over
from speech.han import count_words
from speech.vad import Activity


class Decision(StrEnum):
    """What the conversation must do now."""

    OPEN = "open"  # speech began: open a recognition stream (with pre-roll)
    OPEN_AND_PAUSE = "open_and_pause"  # the same, over a prompt: pause it
    STOP = "stop"  # the paused prompt is over: the customer claims the turn
    JUDGE = "judge"  # speech over a paused prompt ended: finish the stream, then call `judge`
    TURN_OVER = "turn_over"  # finish the stream; what was said is the customer's turn
    SILENT = "silent"  # the customer said nothing for as long as was expected


class Robot(StrEnum):
    """What the robot's voice is doing."""

    SILENT = "silent"
    SPEAKING = "speaking"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorSettings:
    """Times in ms of leg audio.

    `onset_frames` of the last `onset_window` frames must be speech to begin a turn. `judge_ms` of silence after speech
    over a paused prompt ends the wait for words. Speech that begins with less than `tail_ms` of the prompt to come is an
    answer, not a backchannel. `unclear_ms` of speech without a known word claims the turn all the same; several words in less
    than `least_claim_ms` of sound are a nod misheard. `longest_turn_ms` ends a monologue.
    """

    onset_frames: int = 3
    onset_window: int = 5
    judge_ms: int = 320
    tail_ms: int = 700
    unclear_ms: int = 600
    least_claim_ms: int = 400
    longest_turn_ms: int = 20_000


_NOTHING: Final = Understanding(intent="", confidence=0.0, completeness=Completeness.UNKNOWN)


class Floor:
    """Turn taking of one leg. Not thread-safe; call from the leg's own loop."""

    def __init__(self, settings: FloorSettings | None = None) -> None:
        self._settings = settings or FloorSettings()
        self.robot = Robot.SILENT
        self.speaking = False
        self.onset_ms = 0
        self.last_voiced_ms = 0
        self.voiced_ms = 0
        self.began_over_prompt = False
        self.answering = False  # began in the tail of a prompt: an answer, whatever the words
        self.expectation = Expectation()
        self._recent: deque[bool] = deque(maxlen=self._settings.onset_window)
        self._words = ""
        self._understood = _NOTHING
        self._quiet_since: int | None = None
        self._deaf_until_ms = 0

    # -- what the robot does -------------------------------------------------------------------------------------
    def robot_speaks(self, expectation: Expectation) -> None:
        """A prompt began; `expectation` holds for it and for the listening after it."""
        self.robot = Robot.SPEAKING
        self.expectation = expectation
        self._quiet_since = None

    def robot_is_done(self, at_ms: int) -> None:
        """The last sample of a prompt was played: from now the customer's silence counts."""
        self.robot = Robot.SILENT
        self._quiet_since = at_ms

    def robot_resumes(self) -> None:
        """The paused prompt goes on."""
        self.robot = Robot.SPEAKING
        self._quiet_since = None

    def do_not_yield_before(self, at_ms: int) -> None:
        """Speech that begins before `at_ms` does not pause a prompt (a "hello?" in the first second)."""
        self._deaf_until_ms = at_ms

    # -- what the customer does ----------------------------------------------------------------------------------
    def words(self, text: str, understanding: Understanding) -> Decision | None:
        """The text of the turn so far changed. Words over a paused prompt stop it."""
        self._words = text
        self._understood = understanding
        if self.robot is Robot.PAUSED and self._claims_the_turn(least_words=2):
            self.robot = Robot.SILENT
            return Decision.STOP
        return None

    def heard(self, at_ms: int, activity: Activity, remaining_ms: int) -> Decision | None:
        """One more frame, ending at `at_ms`; `remaining_ms` of the prompt are still to be played."""
        self._recent.append(activity is Activity.SPEECH)
        if not self.speaking:
            return self._while_quiet(at_ms, remaining_ms)
        if activity is not Activity.QUIET:
            self.last_voiced_ms = at_ms
            self.voiced_ms += FRAME_MS
        return self._while_speaking(at_ms)

    def judge(self, text: str, understanding: Understanding, unknown: int) -> Decision | None:
        """The final words of speech over a paused prompt, and the stretches of it that were no known words.

        STOP: it is the customer's turn (long unknown speech is one too: they do want to say something). None: resume.
        """
        self._words, self._understood = text, understanding
        unclear = not text and unknown > 0 and self.voiced_ms >= self._settings.unclear_ms
        if unclear or self._claims_the_turn(least_words=1):
            self.robot = Robot.SILENT
            return Decision.STOP
        self.close()
        return None

    def close(self) -> None:
        """The customer's speech was taken as a turn, a backchannel or noise: quiet again."""
        self.speaking = False
        self._recent.clear()
        self._words = ""
        self._understood = _NOTHING
        if self.robot is Robot.SILENT:
            self._quiet_since = self.last_voiced_ms

    def turn_stands(self, at_ms: int, understanding: Understanding) -> bool:
        """True when the turn is over also by the final words (they may be of another class than the partial's)."""
        self._understood = understanding
        return self._is_over(at_ms)

    # -- inside --------------------------------------------------------------------------------------------------
    def _while_quiet(self, at_ms: int, remaining_ms: int) -> Decision | None:
        if sum(self._recent) >= self._settings.onset_frames:
            self._begin(at_ms, remaining_ms)
            yields = (
                self.robot is Robot.SPEAKING and self.expectation.interruptible and self.onset_ms >= self._deaf_until_ms
            )
            if yields:
                self.robot = Robot.PAUSED
                return Decision.OPEN_AND_PAUSE
            return Decision.OPEN
        waited = None if self._quiet_since is None else at_ms - self._quiet_since
        if self.robot is Robot.SILENT and waited is not None and waited >= self.expectation.patience.silence_s * 1000:
            self._quiet_since = None
            return Decision.SILENT
        return None

    def _begin(self, at_ms: int, remaining_ms: int) -> None:
        self.speaking = True
        since = list(self._recent).index(True)
        self.voiced_ms = sum(self._recent) * FRAME_MS
        self.onset_ms = at_ms - (len(self._recent) - since) * FRAME_MS
        self.last_voiced_ms = at_ms
        self.began_over_prompt = self.robot is Robot.SPEAKING
        self.answering = self.began_over_prompt and remaining_ms < self._settings.tail_ms

    def _while_speaking(self, at_ms: int) -> Decision | None:
        silence_ms = at_ms - self.last_voiced_ms
        match self.robot:
            case Robot.PAUSED:
                return Decision.JUDGE if silence_ms >= self._settings.judge_ms else None
            case Robot.SPEAKING:
                return Decision.TURN_OVER if silence_ms >= self.expectation.patience.unknown_ms else None
            case Robot.SILENT:
                return Decision.TURN_OVER if self._is_over(at_ms) else None

    def _is_over(self, at_ms: int) -> bool:
        if at_ms - self.onset_ms >= self._settings.longest_turn_ms:
            return True
        evidence = Evidence(silence_ms=at_ms - self.last_voiced_ms, completeness=self._understood.completeness)
        return turn_is_over(evidence, self.expectation)

    def _claims_the_turn(self, *, least_words: int) -> bool:
        words = count_words(self._words)
        misheard = words > 1 and self.voiced_ms < self._settings.least_claim_ms
        enough = words >= least_words and not misheard  # a first partial of one word is often wrong
        return enough and (self.answering or not self._understood.backchannel)

"""The robot's voice on a leg: plays an utterance of several prompts, pauses, resumes, stops, and knows what was heard.

A leg only queues and flushes; a pause is a flush that remembers where it was. A resumed utterance goes back to the start
of the word it was cut in, so that nothing is lost and its first sample is sound.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from media.audio import FRAME_BYTES, FRAME_SAMPLES, RATE_HZ, level_dbfs
from media.leg import Leg
from speech.prompt import Move, Prompt

_GAP_BYTES: Final = 2 * RATE_HZ * 120 // 1000  # between the prompts of one utterance
_QUIET_DBFS: Final = -45.0
_BACK_SAMPLES: Final = RATE_HZ * 400 // 1000  # how far a resumed utterance may go back


class PromptSource(Protocol):
    """Where the sound of a prompt comes from: s16le mono 8 kHz."""

    def get_nowait(self, prompt: Prompt) -> bytes | None: ...

    def stream(self, prompt: Prompt) -> AsyncIterator[bytes]: ...

    async def prepare(self, prompts: Sequence[Prompt]) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A prompt to say, from `skip_s` seconds into its sound (the remainder of one that was interrupted)."""

    prompt: Prompt
    skip_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """How much of a prompt was really played: `heard_s` of `length_s` seconds of its sound, counted from its start."""

    prompt: Prompt
    heard_s: float
    length_s: float

    @property
    def complete(self) -> bool:
        return self.heard_s >= self.length_s - 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Uninterrupted robot speech as sent: tx sample indices of the leg, end exclusive; `first` unless it resumed."""

    start: int
    end: int
    prompts: tuple[Prompt, ...]
    first: bool


@dataclass(slots=True, kw_only=True)
class _Piece:
    prompt: Prompt
    skipped: int  # samples of its sound before the first played one
    start: int  # within the utterance, in samples
    end: int


class Player:
    """Plays on one leg. `on_stretch` is told each stretch when it is over; `on_moves` the moves of each prompt when it has
    begun (`True`, tx index of its first sample), and those of the whole utterance when it was played to its end (`False`)."""

    def __init__(
        self,
        leg: Leg,
        prompts: PromptSource,
        *,
        on_stretch: Callable[[Stretch], None],
        on_moves: Callable[[bool, tuple[Move, ...], int], None],
    ) -> None:
        self._leg = leg
        self._prompts = prompts
        self._on_stretch = on_stretch
        self._on_moves = on_moves
        self._audio = bytearray()
        self._pieces: list[_Piece] = []
        self._generation = 0
        self._queued_from = 0  # sample of the utterance with which the current stretch begins
        self._tx_start = 0  # tx index of that sample
        self._loading = False
        self._playing = False
        self._paused_at: int | None = None
        self._resumed = False
        self._moves: tuple[Move, ...] = ()
        self._announced = 0  # prompts whose moves were told

    @property
    def active(self) -> bool:
        """An utterance is being played or paused."""
        return self._playing or self._paused_at is not None

    @property
    def started_at(self) -> int:
        """tx index at which the current stretch began."""
        return self._tx_start

    @property
    def heard_samples(self) -> int:
        """Samples of the utterance played so far."""
        if self._paused_at is not None:
            return self._paused_at
        if not self._playing:
            return 0
        sent = len(self._audio) // 2 - self._leg.queued
        return max(0, sent)

    @property
    def remaining_ms(self) -> int:
        """Of the utterance still to be played, as far as it is loaded."""
        return (len(self._audio) // 2 - self.heard_samples) * 1000 // RATE_HZ if self.active else 0

    async def say(self, spoken: Sequence[Spoken]) -> None:
        """Begin an utterance; returns when all its sound is queued. One that still plays is stopped first.

        Raises:
            JingyinError: a prompt could not be rendered; what was queued before it is still played.
        """
        self.stop()
        generation = self._generation
        self._audio = bytearray()
        self._pieces = []
        self._moves = tuple(dict.fromkeys(move for one in spoken for move in one.prompt.moves))
        self._announced = 0
        self._loading = True
        self._resumed = False
        try:
            for one in spoken:
                await self._load(one, generation)
                if generation != self._generation:
                    return
        finally:
            if generation == self._generation:
                self._loading = False

    def pause(self) -> None:
        """Fall silent at once; `resume` goes on from there. A pause while paused or idle does nothing."""
        if not self._playing:
            return
        self._end_stretch(self._flush())
        self._playing = False

    def resume(self) -> None:
        """Go on from the word in which the pause cut."""
        if self._paused_at is None:
            return
        begin = _word_start(self._audio, self._paused_at)
        self._paused_at = None
        self._resumed = True
        self._queued_from = begin
        self._tx_start = self._leg.send(bytes(self._audio[2 * begin :]))
        self._playing = True

    def stop(self) -> list[Heard]:
        """End the utterance; what was heard of each of its prompts."""
        if self._playing:
            self._end_stretch(self._flush())
        heard = self._heard(self._paused_at or 0) if self._paused_at is not None else []
        self._generation += 1
        self._playing = self._loading = False
        self._paused_at = None
        return heard

    def poll(self) -> list[Heard] | None:
        """Every frame: what was heard, once, when the utterance has been played to its end; else None."""
        self._announce()
        if not self._playing or self._loading or self._leg.queued:
            return None
        end = len(self._audio) // 2
        self._playing = False
        self._paused_at = end
        self._end_stretch(end)
        return self.stop()

    # -- inside --------------------------------------------------------------------------------------------------
    def _announce(self) -> None:
        """Tell the moves of prompts whose first sample has been sent."""
        while self._playing and self._announced < len(self._pieces):
            piece = self._pieces[self._announced]
            if piece.start >= self.heard_samples:
                return
            self._announced += 1
            at = self._tx_start + max(0, piece.start - self._queued_from)
            self._on_moves(True, piece.prompt.moves, at)

    async def _load(self, one: Spoken, generation: int) -> None:
        skip = 2 * round(one.skip_s * RATE_HZ)
        whole = self._prompts.get_nowait(one.prompt)
        if self._audio:
            self._append(bytes(_GAP_BYTES))
        piece = _Piece(prompt=one.prompt, skipped=skip // 2, start=len(self._audio) // 2, end=len(self._audio) // 2)
        self._pieces.append(piece)
        if whole is not None:
            if skip:
                skip = 2 * _word_start(whole, skip // 2)
                piece.skipped = skip // 2
            self._append(whole[skip:])
            piece.end = len(self._audio) // 2
            return
        async for chunk in self._prompts.stream(one.prompt):
            if generation != self._generation:
                return
            take, skip = chunk[skip:], max(0, skip - len(chunk))
            self._append(take)
            piece.end = len(self._audio) // 2

    def _append(self, pcm: bytes) -> None:
        if not pcm:
            return
        self._audio += pcm
        if self._paused_at is not None:
            return
        at = self._leg.send(pcm)
        if not self._playing:
            self._playing = True
            self._queued_from = 0
            self._tx_start = at

    def _flush(self) -> int:
        """The first sample of the utterance that was not played."""
        queued = self._leg.queued
        self._leg.flush_playout()
        self._paused_at = len(self._audio) // 2 - queued
        return self._paused_at

    def _end_stretch(self, end: int) -> None:
        tx_end = self._tx_start + end - self._queued_from
        prompts = tuple(p.prompt for p in self._pieces if p.start < end and p.end > self._queued_from)
        if end > self._queued_from:
            self._on_stretch(Stretch(start=self._tx_start, end=tx_end, prompts=prompts, first=not self._resumed))
        if end >= len(self._audio) // 2 and not self._loading:
            self._on_moves(False, self._moves, tx_end)

    def _heard(self, upto: int) -> list[Heard]:
        return [
            Heard(
                prompt=piece.prompt,
                heard_s=(piece.skipped + min(max(upto - piece.start, 0), piece.end - piece.start)) / RATE_HZ,
                length_s=(piece.skipped + piece.end - piece.start) / RATE_HZ,
            )
            for piece in self._pieces
        ]


def _word_start(sound: bytes | bytearray, cut: int) -> int:
    """Back from sample `cut` to just after the last quiet frame, then on to the first frame with sound."""

    def quiet(at: int) -> bool:
        return level_dbfs(bytes(sound[2 * at : 2 * at + FRAME_BYTES])) < _QUIET_DBFS

    frames = range(max(0, cut - _BACK_SAMPLES), cut, FRAME_SAMPLES)
    begin = next((at for at in reversed(frames) if quiet(at)), frames[0] if frames else cut)
    last = len(sound) // 2 - FRAME_SAMPLES
    while begin < last and quiet(begin):
        begin += FRAME_SAMPLES
    return begin

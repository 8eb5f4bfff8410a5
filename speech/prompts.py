"""The sound of prompts: rendered ahead, kept by content, in memory and on the disk.

The key of a sound is a hash of everything that shapes it: text, voice, engine, and the recording's own bytes. So a changed
prompt is a new sound, and nothing has to be thrown away by hand.
"""

import asyncio
import hashlib
import os
import tempfile
from collections import OrderedDict
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, suppress
from pathlib import Path
from typing import Final

from kernel.log import get_logger
from kernel.metrics import counter
from media.audio import RATE_HZ
from speech.prompt import Prompt
from speech.recorded import content as recording_content
from speech.recorded import recorded
from speech.spoken import spoken
from speech.synthesis import Synthesizer, SynthesizerLost, Voice

RENDERED = counter("prompts_rendered", help="Prompts rendered because no cache had them.")

_MEMORY_BYTES: Final = 64 * 1024 * 1024
_DISK_BYTES: Final = 512 * 1024 * 1024
_AT_ONCE: Final = 4
_KEYS: Final = 5000
_MAGIC: Final = b"jyp1"

log = get_logger(__name__)


class PromptStore:
    """A `PromptSource` over one engine and voice. `folder`: where sounds are kept between runs; None: memory only.
    `lang`: the language numbers are said in.
    """

    def __init__(self, synthesizer: Synthesizer, voice: Voice, *, folder: Path | None = None, lang: str = "en") -> None:
        self._synthesizer = synthesizer
        self._voice = voice
        self._lang = lang
        self._folder = folder
        self._memory: OrderedDict[str, bytes] = OrderedDict()
        self._memory_bytes = 0
        self._keys: dict[Prompt, str] = {}
        self._rendering: dict[str, asyncio.Future[bytes]] = {}
        self._room = asyncio.Semaphore(_AT_ONCE)

    def get_nowait(self, prompt: Prompt) -> bytes | None:
        """s16le mono 8 kHz if it is at hand, else None."""
        key = self._key(prompt)
        sound = self._memory.get(key)
        if sound is not None:
            self._memory.move_to_end(key)
        return sound

    async def audio(self, prompt: Prompt) -> bytes:
        """The whole sound; rendered once however many ask for it. A synthesiser that dies is asked once more.

        Raises:
            JingyinError: it cannot be rendered (voice, recording, engine).
        """
        sound = self.get_nowait(prompt)
        if sound is not None:
            return sound
        key = self._key(prompt)
        under_way = self._rendering.get(key)
        if under_way is not None:
            return await asyncio.shield(under_way)
        self._rendering[key] = result = asyncio.get_running_loop().create_future()
        try:
            sound = await self._load(key) or await self._render(prompt, key)
        except BaseException as exc:
            if isinstance(exc, Exception):
                result.set_exception(exc)
                result.exception()  # seen: whoever else waits gets it too
            else:
                result.cancel()
            raise
        else:
            result.set_result(sound)
            self._keep(key, sound)
            return sound
        finally:
            del self._rendering[key]

    async def stream(self, prompt: Prompt) -> AsyncGenerator[bytes]:
        """The sound in pieces, the first at once; it is kept when it was whole."""
        key = self._key(prompt)
        if key in self._rendering or prompt.recording is not None:
            yield await self.audio(prompt)
            return
        known = self.get_nowait(prompt) or await self._load(key)
        if known is not None:
            self._keep(key, known)
            yield known
            return
        pieces: list[bytes] = []
        async with aclosing(self._synthesizer.synthesize(spoken(prompt.text, self._lang), self._voice)) as chunks:  # type: ignore[type-var]  # an iterator that is a generator
            async for chunk in chunks:
                pieces.append(chunk)
                yield chunk
        RENDERED.inc()
        self._keep(key, b"".join(pieces))
        await self._save(key, b"".join(pieces))

    async def prepare(self, prompts: Sequence[Prompt]) -> None:
        """Have these at hand. What cannot be rendered is logged; saying it will tell."""
        await asyncio.gather(*(self._prepare(prompt) for prompt in prompts))

    def missing(self, prompts: Sequence[Prompt]) -> list[Prompt]:
        """Those not at hand."""
        return [prompt for prompt in prompts if self._key(prompt) not in self._memory]

    async def _prepare(self, prompt: Prompt) -> None:
        async with self._room:
            try:
                await self.audio(prompt)
            except SynthesizerLost:
                log.warning("prompt not prepared", key=prompt.key)

    async def _render(self, prompt: Prompt, key: str) -> bytes:
        if prompt.recording is not None:
            sound = await recorded(prompt, self._speak)
        else:
            sound = await self._speak(prompt.text)
        RENDERED.inc()
        await self._save(key, sound)
        return sound

    async def _speak(self, text: str) -> bytes:
        """A text by the synthesiser; one that dies is asked once more."""
        words = spoken(text, self._lang)
        try:
            return b"".join([piece async for piece in self._synthesizer.synthesize(words, self._voice)])
        except SynthesizerLost:
            return b"".join([piece async for piece in self._synthesizer.synthesize(words, self._voice)])

    def _key(self, prompt: Prompt) -> str:
        key = self._keys.get(prompt)
        if key is None:
            key = self._keys[prompt] = self._new_key(prompt)
            if len(self._keys) > _KEYS:
                self._keys.pop(next(iter(self._keys)))
        return key

    def _new_key(self, prompt: Prompt) -> str:
        voice = self._voice
        words = spoken(prompt.text, self._lang)
        text = f"{words}\0{self._synthesizer.name}\0{voice.name}\0{voice.rate_wpm}\0{voice.pitch}\0{RATE_HZ}"
        return hashlib.sha256(text.encode() + recording_content(prompt)).hexdigest()

    def _keep(self, key: str, sound: bytes) -> None:
        self._memory_bytes += len(sound) - len(self._memory.get(key, b""))
        self._memory[key] = sound
        self._memory.move_to_end(key)
        while self._memory_bytes > _MEMORY_BYTES and len(self._memory) > 1:
            _, dropped = self._memory.popitem(last=False)
            self._memory_bytes -= len(dropped)

    async def _load(self, key: str) -> bytes | None:
        return None if self._folder is None else await asyncio.to_thread(_read, self._folder / key[:2] / key)

    async def _save(self, key: str, sound: bytes) -> None:
        if self._folder is not None:
            with suppress(OSError):  # a full disk costs the cache, not the call
                await asyncio.to_thread(_write, self._folder, key, sound)


def _read(path: Path) -> bytes | None:
    """The sound of a file, or None if there is none or it is damaged (then it is removed)."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    digest, sound = data[4:36], data[36:]
    if data[:4] == _MAGIC and hashlib.sha256(sound).digest() == digest:
        os.utime(path)
        return sound
    path.unlink(missing_ok=True)
    return None


def _write(folder: Path, key: str, sound: bytes) -> None:
    home = folder / key[:2]
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=home, delete=False) as file:
        file.write(_MAGIC + hashlib.sha256(sound).digest() + sound)
    Path(file.name).replace(home / key)
    files = sorted((path for path in folder.glob("*/*")), key=lambda path: path.stat().st_mtime)
    total = sum(path.stat().st_size for path in files)
    for path in files:
        if total <= _DISK_BYTES:
            break
        total -= path.stat().st_size
        path.unlink(missing_ok=True)

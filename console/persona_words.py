"""Which words of simulated customers no recogniser of their language can hear."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from bot.assistant import load_assistant
from dialer.wiring.speech import base_model
from kernel.folders import cache_folder
from kernel.settings import Settings
from kernel.shipped import shipped
from simulation.personas import PersonaFile
from speech.graph.build import assistant_model, known_words
from speech.vocabulary import unknown_words

_SHIPPED: Final = ("course", "reminder", "apology")


async def unheard_words(settings: Settings, found: PersonaFile, *, assistant: Path | None = None) -> dict[str, str]:
    """Word -> nearest known word ("" when none is near). Known is what the recogniser of `assistant` knows, a folder; None:
    that of any assistant of the personas' language, those of the site and the shipped ones.

    Raises:
        JingyinError: an assistant of the site cannot be read, or a model cannot be built.
    """
    known: set[str] = set()
    base = base_model(settings, found.lang)
    for folder in [assistant] if assistant is not None else _assistants(settings, found.lang):
        loaded = load_assistant(folder, cache=cache_folder() / "nlu")
        if loaded.project.language == found.lang:
            known |= known_words(await assistant_model(base, loaded.phrases, cache=cache_folder()))
    return unknown_words(frozenset(known), found.texts())


def _assistants(settings: Settings, lang: str) -> Iterable[Path]:
    own = [shipped(Path(f"bot/assistants/{name}_{lang}")) for name in _SHIPPED]
    return dict.fromkeys([*settings.assistants.values(), *own])

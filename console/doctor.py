"""`jingyin doctor`: is everything there that a platform on this machine needs?"""

import importlib.util
import os
import shutil
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from dialer.wiring.speech import base_model
from kernel.errors import JingyinError
from kernel.settings import LANGUAGES, Settings, load_settings
from kernel.shadowing import shadowing_distributions
from kernel.shipped import shipped

_LIBRARIES: Final = ("vosk", "webrtcvad", "sklearn", "sqlalchemy", "aiosqlite", "uvicorn", "fastapi", "soxr", "av")
_LEAST_DISK: Final = 500 * 1024 * 1024


class State(StrEnum):
    """How a thing is. FAIL: the demo will not run."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the doctor's."""

    state: State
    what: str
    remedy: str = ""


def examine(cache: Path) -> Iterator[Finding]:
    """Everything, one after the other."""
    yield _python()
    yield from _libraries()
    yield _espeak()
    yield _names()
    try:
        settings = load_settings(shipped(Path("config.yml")), env=dict(os.environ))
    except JingyinError as exc:
        yield Finding(state=State.FAIL, what=f"settings: {exc.message}", remedy=exc.remedy)
        return
    yield Finding(state=State.OK, what="settings: config.yml and the environment")
    yield from _models(settings)
    yield _assistants(settings)
    yield _port(settings)
    yield _folder("cache", cache)
    yield _folder("data", settings.storage.directory)
    yield _disk(Path.cwd())


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    good = (3, 11) <= sys.version_info[:2] < (3, 14)
    return Finding(state=State.OK if good else State.FAIL, what=f"Python {version}", remedy="" if good else "Use 3.11.")


def _libraries() -> Iterator[Finding]:
    for name in _LIBRARIES:
        try:
            importlib.import_module(name)
        except ImportError as exc:
            yield Finding(state=State.FAIL, what=f"library {name}: {exc}", remedy="Run make setup.")
    yield Finding(state=State.OK, what=f"libraries: {', '.join(_LIBRARIES)}")


def _espeak() -> Finding:
    found = importlib.util.find_spec("espeakng_loader") is not None
    remedy = "" if found else "pip install 'jingyin[espeak]' (GPL-3, runs in a process of its own)"
    return Finding(state=State.OK if found else State.FAIL, what="espeak-ng voices", remedy=remedy)


def _names() -> Finding:
    foreign = shadowing_distributions()
    if not foreign:
        return Finding(state=State.OK, what="no other distribution uses our package names")
    return Finding(
        state=State.FAIL, what=f"package names taken by others: {foreign}", remedy="Install Jingyin in its own venv."
    )


def _models(settings: Settings) -> Iterator[Finding]:
    for lang in LANGUAGES:
        model = base_model(settings, lang)
        found = (model / "am" / "final.mdl").is_file()
        whose = " of your own" if lang in settings.speech.models else ""
        yield Finding(
            state=State.OK if found else State.FAIL,
            what=f"recognition model{whose} for {lang}: {model}" + ("" if found else " is no Vosk model"),
            remedy="" if found else f"Set platform.speech.models.{lang} to a Vosk model's own directory.",
        )


def _assistants(settings: Settings) -> Finding:
    from bot.rasa.reader import read_project  # here: it is large

    problems = []
    for folder in settings.assistants.values():
        try:
            read_project(folder)
        except JingyinError as exc:
            problems.append(exc.message)
    if problems:
        return Finding(state=State.FAIL, what="assistants: " + "; ".join(problems), remedy="Mend these files.")
    return Finding(state=State.OK, what=f"assistants: {', '.join(settings.assistants)}")


def _port(settings: Settings) -> Finding:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.console.host, settings.console.port))
        except OSError as exc:
            what = f"port {settings.console.port}: {exc.strerror}"
            return Finding(state=State.WARN, what=what, remedy="End what listens there, or use --port.")
    return Finding(state=State.OK, what=f"port {settings.console.port} is free")


def _folder(name: str, folder: Path) -> Finding:
    nearest = next((parent for parent in (folder, *folder.parents) if parent.exists()), Path("/"))
    good = os.access(nearest, os.W_OK)
    remedy = "" if good else f"Make {nearest} writable."
    return Finding(state=State.OK if good else State.FAIL, what=f"{name} folder {folder}", remedy=remedy)


def _disk(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    good = free >= _LEAST_DISK
    what = f"{free // 1024 // 1024} MiB free on the disk"
    return Finding(state=State.OK if good else State.WARN, what=what, remedy="" if good else "Recordings need more.")

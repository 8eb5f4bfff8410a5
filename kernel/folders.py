"""Folders of the machine's user."""

import os
from pathlib import Path


def state_folder() -> Path:
    """Where is kept what must outlive a run and is no cache: the demo's certificate (XDG Base Directory Specification)."""
    home = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(home) / "jingyin"


def cache_folder() -> Path:
    """Where trained models, graphs and rendered prompts are kept between runs (XDG Base Directory Specification)."""
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(home) / "jingyin"

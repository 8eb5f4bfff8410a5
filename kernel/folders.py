"""Folders of the machine's user."""

import os
from pathlib import Path


def cache_folder() -> Path:
    """Where trained models, graphs and rendered prompts are kept between runs (XDG Base Directory Specification)."""
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(home) / "jingyin"

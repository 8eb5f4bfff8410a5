"""Our own modules, read as text and trees, and the files git tracks."""

import ast
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from kernel.shadowing import ROOMS

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One Python file of a room (or of tests/)."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def place(self) -> str:
        return self.path.relative_to(ROOT).as_posix()


@cache
def modules(*folders: str) -> tuple[Module, ...]:
    """All Python files under the folders (default: all rooms), but for what lies in hidden and build folders."""
    found = []
    for folder in folders or ROOMS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if not {"node_modules", "__pycache__"}.intersection(path.parts):
                text = path.read_text(encoding="utf-8")
                found.append(Module(path=path, text=text, tree=ast.parse(text, str(path))))
    return tuple(found)


@cache
def tracked_files() -> tuple[Path, ...]:
    """The files git tracks; the test is skipped where this is no checkout."""
    listing = subprocess.run(["git", "-C", ROOT, "ls-files", "-z"], capture_output=True, check=False)
    if listing.returncode:
        pytest.skip("not a git checkout")
    paths = (ROOT / name for name in listing.stdout.decode().split("\0") if name)
    return tuple(path for path in paths if path.is_file() and not path.is_symlink())

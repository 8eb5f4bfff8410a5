"""Recordings are kept as long as is set, and not longer."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from dialer.recording import Recordings
from kernel.clock import Clock


class At(Clock):
    """A clock that stands."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for day in ("2026-01-01", "2026-01-31", "2026-02-01", "notes"):
        (tmp_path / day / "7").mkdir(parents=True)
        (tmp_path / day / "7" / "1.wav").write_bytes(b"RIFF")
    return tmp_path


@pytest.mark.parametrize(
    ("keep_days", "left"),
    [
        (0, {"2026-01-01", "2026-01-31", "2026-02-01", "notes"}),
        (1, {"2026-01-31", "2026-02-01", "notes"}),
        (31, {"2026-01-01", "2026-01-31", "2026-02-01", "notes"}),
        (30, {"2026-01-31", "2026-02-01", "notes"}),
    ],
)
def test_days_that_are_too_old_go_and_nothing_else(folder: Path, keep_days: int, left: set[str]):
    recordings = Recordings(folder, At(datetime(2026, 2, 1, 12, tzinfo=UTC)), keep_days=keep_days)
    recordings.purge()
    assert {path.name for path in folder.iterdir()} == left


def test_no_folder_yet_is_nothing_to_delete(tmp_path: Path):
    assert Recordings(tmp_path / "none", At(datetime(2026, 2, 1, tzinfo=UTC)), keep_days=1).purge() == 0

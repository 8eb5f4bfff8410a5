"""Lines about a running demo: one when something ended, at most one in three seconds, now and then one while nothing does."""

import io
from pathlib import Path

from rich.console import Console

from console.demo.progress import Progress, plain
from console.demo.results import fresh, left_in


def test_lines_come_when_something_ended_and_not_too_often():
    said: list[str] = []
    progress = Progress(said.append, calls=20, began_s=100.0)
    progress.look(101.0, 0, 0)
    progress.call_ended("A", "handed_over")
    progress.look(102.0, 3, 2)
    assert said == []
    progress.call_ended(None, "busy")
    progress.call_ended(None, "busy")
    progress.look(103.0, 4, 1)
    assert said == ["0:03  4 of 20 leads called, 1 on the line · over: A handed_over, busy x2"]
    progress.call_ended("E", "not_interested")
    progress.look(104.0, 5, 1)
    assert len(said) == 1
    progress.look(104.5, 5, 1, last=True)
    assert said[1:] == ["0:04  5 of 20 leads called, 1 on the line · over: E not_interested"]
    for at in range(105, 166):
        progress.look(float(at), 5, 1)
    assert said[2:] == [
        "0:25  5 of 20 leads called, 1 on the line",
        "0:45  5 of 20 leads called, 1 on the line",
        "1:05  5 of 20 leads called, 1 on the line",
    ]


def test_who_stops_a_demo_is_told_what_is_there(tmp_path: Path):
    assert left_in(tmp_path / "out") == "stopped before anything was written"
    (tmp_path / "demo.json").write_text("of an earlier run")
    fresh(tmp_path)
    assert not (tmp_path / "demo.json").exists()
    (tmp_path / "calls" / "one.wav").write_bytes(b"")
    assert "1 recording of calls" in left_in(tmp_path)
    assert "no figures" in left_in(tmp_path)
    (tmp_path / "demo.json").write_text("{}")
    assert left_in(tmp_path).startswith("stopped · recordings")


def test_a_line_is_printed_as_it_is():
    written = io.StringIO()
    line = "  SHA-256 AB:CD:30 [bold] https://[::1]:8443 " + "AA:" * 60
    plain(Console(file=written, width=40, force_terminal=False))(line)
    assert written.getvalue() == line + "\n"

"""The simulated exchange as people start it by hand: its folder is made, and wrong files are told with place and remedy."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from simulation.exchange import Caller, NumbersInvalid, read_callers, read_numbers

NUMBERS = ["+12025550100", "+12025550101"]


def write(path: Path, what: Any) -> Path:  # Any: JSON
    path.write_text(what if isinstance(what, str) else json.dumps(what), encoding="utf-8")
    return path


def start(*arguments: object) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "simulation.exchange", "--personas", "simulation/personas_en.yml"]
    return subprocess.Popen([*command, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_a_folder_that_is_missing_is_made(tmp_path: Path):
    out = tmp_path / "made" / "calls"
    exchange = start("--numbers", write(tmp_path / "numbers.json", NUMBERS), "--out", out)
    try:
        assert exchange.stdout is not None
        assert json.loads(exchange.stdout.readline())["port"]
        assert out.is_dir()
    finally:
        exchange.terminate()
        assert exchange.wait(20) == 0
        exchange.communicate()


def test_a_caller_whom_nobody_knows_is_told_and_nothing_is_started(tmp_path: Path):
    calls = write(tmp_path / "calls.json", [{"number": "+12025550177", "to": "+12025550199", "after_s": 1}])
    exchange = start(
        "--numbers", write(tmp_path / "numbers.json", NUMBERS), "--calls", calls, "--out", tmp_path / "out"
    )
    out, said = exchange.communicate(timeout=60)
    assert exchange.returncode == 2
    assert "calls.json, call 1" in said and "+12025550177 is not in --numbers" in said
    assert "Traceback" not in said and not out
    assert not (tmp_path / "out").exists()


def test_who_calls_is_read(tmp_path: Path):
    calls = write(tmp_path / "calls.json", [{"number": NUMBERS[1], "to": "+12025550199", "after_s": 2}])
    assert read_callers(calls, NUMBERS) == [Caller(number=NUMBERS[1], to="+12025550199", after_s=2.0)]


@pytest.mark.parametrize(
    "calls", [{}, {"number": NUMBERS[0]}, [{"number": NUMBERS[0], "to": "x", "after_s": "soon"}], ["x"], "no json"]
)
def test_what_is_no_list_of_calls_is_refused(tmp_path: Path, calls: Any):  # Any: JSON
    with pytest.raises(NumbersInvalid, match=r"calls\.json"):
        read_callers(write(tmp_path / "calls.json", calls), NUMBERS)


@pytest.mark.parametrize("numbers", [{"a": 1}, [12025550100], "no json"])
def test_what_is_no_list_of_numbers_is_refused(tmp_path: Path, numbers: Any):  # Any: JSON
    with pytest.raises(NumbersInvalid, match=r"numbers\.json"):
        read_numbers(write(tmp_path / "numbers.json", numbers))


def test_a_file_that_is_missing_is_named(tmp_path: Path):
    with pytest.raises(NumbersInvalid, match=r"missing\.json: cannot be read"):
        read_numbers(tmp_path / "missing.json")

"""The demo as a user runs it: real processes, real sound; its end, its refusals, and that nothing stays behind."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from console.report.turn_taking import Declared, measure

PERSONAS = """
lang: en
defaults: {noise_db: 20, patience_s: 8}
personas:
  - id: wants_it
    truth: interested
    line: {ring_s: [0.5, 0.6]}
    hello: ["hello"]
    turns:
      - {on: [ask_interest], say: ["yes i would like to try it"], times: 2}
      - {on: [offer_person], say: ["yes please"], times: 2}
  - id: never_again
    truth: opt_out
    line: {ring_s: [0.5, 0.6]}
    hello: ["hello"]
    turns:
      - {on: [pitch], interrupt_after_s: 1.2, kind: interrupts, say: ["please do not call me again"]}
      - {on: [reprompt, ask_interest], say: ["remove my number"], times: 3}
      - {on: [confirm_callback], say: ["flibbertigibbet"]}
  - id: engaged
    truth: busy
    line: {result: busy}
    hello: null
    turns: []
"""


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    command = [sys.executable, "-m", "console.cli", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=150)


@pytest.mark.timeout(180)
def test_a_small_demo_from_dial_to_agent(tmp_path: Path):
    personas = tmp_path / "people.yml"
    personas.write_text(PERSONAS)
    ran = run(
        *("demo", "--headless", "--calls", "3", "--seed", "5", "--port", "0", "--personas", str(personas)),
        *("--json", str(tmp_path / "copy.json")),
        cwd=tmp_path,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert re.search(r"console on port\s+(\d+)$", ran.stdout, re.MULTILINE)
    assert [line for line in ran.stdout.splitlines() if "does not know flibbertigibbet " in line]
    lines = re.findall(r"^\d+:\d\d  (\d) of 3 leads called, \d on the line(.*)$", ran.stdout, re.MULTILINE)
    over = ", ".join(ended for _, ended in lines if ended)
    assert sorted(re.findall(r"A handed_over|F opted_out|busy", over)) == ["A handed_over", "F opted_out", "busy"], (
        ran.stdout
    )
    assert (tmp_path / "copy.json").read_text() == (tmp_path / "out" / "demo.json").read_text()
    found = json.loads((tmp_path / "out" / "demo.json").read_text())
    assert [row["outcome"] for row in found["rows"]] == ["handed_over", "opted_out", "busy"]
    assert [row["grade"] for row in found["rows"]] == ["A", "F", None]
    assert found["rows"][2]["wav"] is None
    assert found["summary"]["denials"] == 2
    assert found["summary"]["opt_outs_suppressed"] == 1
    handed = found["rows"][0]
    times = handed["handover"]
    assert times["offered_s"] <= times["summary_shown_s"] <= times["accepted_s"] <= times["bridged_s"]
    assert (tmp_path / "out" / handed["agent_wav"]).stat().st_size > 16_000
    declared = [
        Declared(start_s=t["start_s"], end_s=t["end_s"], kind=t["kind"])
        for t in handed["turns"]
        if t["who"] == "customer"
    ]
    measured = measure(tmp_path / "out" / handed["wav"], declared, times["bridged_s"])
    assert measured.undeclared == 0
    assert measured.judged
    page = (tmp_path / "out" / "report.html").read_text()
    assert page.count("<svg") == 2
    assert "data:audio/ogg;base64," in page
    assert "http://" not in page.replace("http://www.w3.org", "")


def test_a_taken_port_is_said_and_nothing_is_started(tmp_path: Path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        ran = run("demo", "--headless", "--calls", "1", "--port", port, cwd=tmp_path)
    assert ran.returncode == 2
    assert f"port {port} is taken" in ran.stderr
    assert "--port" in ran.stderr


def test_a_place_where_nothing_can_be_written_is_named(tmp_path: Path):
    (tmp_path / "taken").write_text("a file")
    ran = run("demo", "--headless", "--calls", "1", "--port", "0", "--out", "taken/results", cwd=tmp_path)
    assert ran.returncode == 2
    assert "Traceback" not in ran.stderr
    assert "taken/results" in ran.stderr
    assert "--out" in ran.stderr


def test_a_wrong_persona_file_is_named_with_its_line(tmp_path: Path):
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(PERSONAS.replace("truth: opt_out", "truth: optout"))
    ran = run("demo", "--headless", "--calls", "1", "--port", "0", "--personas", str(wrong), cwd=tmp_path)
    assert ran.returncode == 2
    assert "wrong.yml:13" in ran.stderr
    assert "opt_out" in ran.stderr


@pytest.mark.timeout(90)
def test_ctrl_c_leaves_no_process(tmp_path: Path):
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    demo = subprocess.Popen(
        [sys.executable, "-m", "console.cli", "demo", "--headless", "--calls", "6", "--port", "0"],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=_as_at_a_terminal,  # noqa: PLW1509  # no other thread runs in this test
    )
    deadline = time.monotonic() + 40
    while len(_below(demo.pid)) < 5 and time.monotonic() < deadline:
        time.sleep(0.2)
    while not (tmp_path / "out" / "calls" / "orders.jsonl").exists():
        assert time.monotonic() < deadline, "nobody is called"
        time.sleep(0.2)
    children = _below(demo.pid)
    assert len(children) >= 5, "the demo did not come up"
    demo.send_signal(signal.SIGINT)  # with calls under way, which are not waited for
    told, said = demo.communicate(timeout=20)
    assert demo.returncode == 130, said.decode()
    assert f"in {tmp_path / 'out' / 'calls'}" in told.decode().splitlines()[-1]
    assert "no figures" in told.decode().splitlines()[-1]
    time.sleep(0.5)
    assert [pid for pid in children if _lives(pid)] == []


@pytest.mark.timeout(120)
def test_results_that_are_removed_meanwhile_are_missed_in_words(tmp_path: Path):
    demo = subprocess.Popen(
        [sys.executable, "-m", "console.cli", "demo", "--headless", "--calls", "6", "--port", "0"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    deadline = time.monotonic() + 60
    while not (tmp_path / "out" / "calls" / "orders.jsonl").exists():
        assert time.monotonic() < deadline, "nobody is called"
        time.sleep(0.2)
    shutil.rmtree(tmp_path / "out")
    _, said = demo.communicate(timeout=60)
    assert demo.returncode == 2, said.decode()
    assert "Traceback" not in said.decode()
    assert "console.results_gone" in said.decode()
    assert "--out" in said.decode()


def _as_at_a_terminal() -> None:
    """What runs in the background of a shell inherits that Ctrl-C is ignored, and so would its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _below(pid: int) -> set[int]:
    """All descendants."""
    parents = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            parents[int(folder.name)] = int(fields[1])
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False

"""Killing a simulated customer or agent in mid-call ends that call cleanly, and the others do not notice."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

TALKERS = """
lang: en
defaults: {noise_db: 20, patience_s: 30}
personas:
  - id: wants_it
    truth: interested
    line: {ring_s: [0.5, 0.6]}
    hello: ["hello"]
    turns:
      - {on: [ask_interest], say: ["yes i would like to try it"], times: 2}
      - {on: [offer_person], say: ["yes please"], times: 2}
"""


def _children_of(pid: int, module: str) -> list[int]:
    """Processes whose parent runs `module` under `pid` (the forks of the exchange, or of the agents)."""
    parents: dict[int, int] = {}
    commands: dict[int, str] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
                commands[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
            except OSError:
                continue
            if fields[0] != "Z":
                parents[int(folder.name)] = int(fields[1])
    roots = [p for p, parent in parents.items() if parent == pid and module in commands[p]]
    return [p for p, parent in parents.items() if parent in roots]


@pytest.mark.timeout(180)
@pytest.mark.parametrize("victim", ["simulation.exchange", "simulation.agents"])
def test_a_killed_party_ends_its_call_only(tmp_path: Path, victim: str):
    personas = tmp_path / "people.yml"
    personas.write_text(TALKERS)
    command = [sys.executable, "-m", "console.cli", "demo", "--calls", "2", "--agents", "2", "--port", "0"]
    demo = subprocess.Popen(
        [*command, "--personas", str(personas)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while len(parties := _children_of(demo.pid, "simulation.exchange")) < 2 and time.monotonic() < deadline:
        time.sleep(0.2)
    time.sleep(8)  # both are talking
    os.kill((parties if victim == "simulation.exchange" else _children_of(demo.pid, victim))[0], signal.SIGKILL)
    said, _ = demo.communicate(timeout=150)
    found = json.loads((tmp_path / "out" / "demo.json").read_text())
    assert found["summary"]["hung"] == 0, said.decode()
    outcomes = sorted(row["outcome"] for row in found["rows"])
    assert "handed_over" in outcomes
    assert all(outcome in ("handed_over", "customer_left", "callback_booked") for outcome in outcomes)
    assert found["summary"]["broken"] == 0

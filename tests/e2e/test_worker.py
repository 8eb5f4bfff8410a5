"""A whole worker on real databases and a real exchange: it drains when asked to stop, and one that is killed rings nobody twice."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from crm.attempt import Attempt, State
from crm.lead import State as LeadState
from crm.room import open_crm
from kernel.clock import LoopClock
from kernel.settings import load_settings
from kernel.tenant import Scope

PEOPLE = """
lang: en
defaults: {noise_db: 20, patience_s: 20}
personas:
  - {id: refuses, truth: not_interested, line: {ring_s: [0.5, 0.6]}, hello: ["hello"],
     turns: [{on: [ask_interest], say: ["no thank you"], times: 3}]}
  - {id: slow_to_answer, truth: not_interested, line: {ring_s: [12, 13]}, hello: ["hello"],
     turns: [{on: [ask_interest], say: ["i am not interested"], times: 3}]}
  - {id: says_nothing, truth: silent, line: {ring_s: [1, 1.2]}, hello: null, turns: []}
  - {id: engaged, truth: busy, line: {result: busy}, hello: null, turns: []}
"""
NUMBERS = [f"+120255501{index:02d}" for index in range(12)]


class Installation:
    """Databases, an exchange, and workers as processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            **os.environ,
            "PYTHONPATH": str(Path.cwd()),
            "JINGYIN_STORAGE__DIRECTORY": str(folder / "data"),
            "JINGYIN_QUOTA__WINDOW_FROM": "00:00",
            "JINGYIN_QUOTA__WINDOW_TO": "00:00",
            "JINGYIN_CONSOLE__PORT": "0",
            "JINGYIN_DIALER__MAX_CALLS": "4",
        }
        (folder / "people.yml").write_text(PEOPLE)
        (folder / "numbers.json").write_text(json.dumps(NUMBERS))
        (folder / "leads.csv").write_text("phone\n" + "\n".join(NUMBERS) + "\n")
        self.exchange = self.start(
            *("-m", "simulation.exchange", "--personas", "people.yml", "--numbers", "numbers.json"),
            *("--seed", "3", "--out", str(folder)),
        )
        assert self.exchange.stdout is not None
        self.environment["JINGYIN_GATEWAY__PORT"] = str(json.loads(self.exchange.stdout.readline())["port"])
        self.command("tenants", "create", "shop", "--zone", "America/New_York")
        self.command("campaigns", "create", "all", "--tenant", "shop")
        self.command("leads", "import", "leads.csv", "--tenant", "shop", "--campaign", "all")
        self.command("campaigns", "start", "all", "--tenant", "shop")

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        with (self.folder / "words.log").open("a") as words:
            return subprocess.Popen(
                [sys.executable, *arguments],
                cwd=self.folder,
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=words,
                text=True,
                start_new_session=True,
            )

    def command(self, *arguments: str) -> None:
        subprocess.run(
            [sys.executable, "-m", "console.cli", *arguments], cwd=self.folder, env=self.environment, check=True
        )

    def worker(self) -> subprocess.Popen[str]:
        process = self.start("-m", "console.cli", "worker")
        assert process.stdout is not None
        assert "is ready" in process.stdout.readline(), (self.folder / "words.log").read_text()[-2000:]
        return process

    def orders(self) -> list[str]:
        """Numbers the exchange was asked to ring, by its own record."""
        path = self.folder / "orders.jsonl"
        return [json.loads(line)["number"] for line in path.read_text().splitlines()] if path.exists() else []

    def books(self) -> "Books":
        """What the databases say, read while a worker may run."""

        async def read() -> Books:
            given = {name: value for name, value in self.environment.items() if name.startswith("JINGYIN_")}
            async with open_crm(load_settings(None, env=given), LoopClock()) as crm:
                [tenant] = await crm.tenants.all()
                scope = Scope(tenant_id=tenant.id)
                [campaign] = await crm.campaigns.all(scope)
                leads = await crm.leads.of_campaign(scope, campaign.id)
                attempts = [one for lead in leads for one in await crm.attempts.of_lead(scope, lead.id)]
                return Books(
                    attempts=attempts,
                    calling=sum(lead.state is LeadState.CALLING for lead in leads),
                    grants_left=(await crm.recovery.run()).grants,
                )

        return asyncio.run(read())


@dataclass(frozen=True, kw_only=True)
class Books:
    """The attempts, leads that are being called, and grants that nobody had given back."""

    attempts: list[Attempt]
    calling: int
    grants_left: int

    def states(self) -> set[State]:
        return {attempt.state for attempt in self.attempts}


def until(what: Callable[[], bool], *, within_s: float = 60) -> None:
    deadline = time.monotonic() + within_s
    while not what():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.2)


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    found = Installation(tmp_path)
    try:
        yield found
    finally:
        found.exchange.send_signal(signal.SIGTERM)
        found.exchange.communicate(timeout=10)


@pytest.mark.timeout(150)
def test_a_worker_that_is_asked_to_stop_lets_calls_end_and_places_no_more(installation: Installation):
    worker = installation.worker()
    until(lambda: State.ANSWERED in installation.books().states())
    worker.send_signal(signal.SIGTERM)
    time.sleep(0.5)
    placed = installation.orders()
    said, _ = worker.communicate(timeout=90)
    assert worker.returncode == 0, said
    assert "0 cut" in said
    assert installation.orders() == placed
    books = installation.books()
    assert books.states() == {State.ENDED}
    assert {attempt.result for attempt in books.attempts} <= {"not_interested", "no_response", "busy"}
    assert (books.calling, books.grants_left) == (0, 0)


@pytest.mark.timeout(150)
def test_a_second_signal_cuts_calls_and_still_leaves_nothing_open(installation: Installation):
    worker = installation.worker()
    until(lambda: State.ANSWERED in installation.books().states())
    worker.send_signal(signal.SIGTERM)
    time.sleep(0.3)
    worker.send_signal(signal.SIGTERM)
    said, _ = worker.communicate(timeout=30)
    assert worker.returncode == 1, said
    books = installation.books()
    assert books.states() == {State.ENDED}
    assert (books.calling, books.grants_left) == (0, 0)


@pytest.mark.timeout(240)
def test_after_kill_nine_and_restart_nobody_is_rung_twice_and_grants_come_back(installation: Installation):
    worker = installation.worker()
    until(lambda: len(installation.orders()) >= 4 and State.ANSWERED in installation.books().states())
    before = installation.books()
    assert before.states() & {State.DIALLED, State.DIALLING}  # somebody's telephone rings
    os.killpg(worker.pid, signal.SIGKILL)
    worker.communicate(timeout=10)
    second = installation.worker()
    until(lambda: set(installation.orders()) == set(NUMBERS), within_s=120)
    second.send_signal(signal.SIGTERM)
    said, _ = second.communicate(timeout=90)
    assert second.returncode == 0, said
    assert max(Counter(installation.orders()).values()) == 1
    books = installation.books()
    assert books.states() == {State.ENDED}
    assert "lost" in {attempt.result for attempt in books.attempts}
    assert (books.calling, books.grants_left) == (0, 0)


def test_a_worker_without_an_exchange_says_so(tmp_path: Path):
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path.cwd()),
        "JINGYIN_STORAGE__DIRECTORY": str(tmp_path / "data"),
        "JINGYIN_CONSOLE__PORT": "0",
        "JINGYIN_GATEWAY__PORT": "9",
    }
    ran = subprocess.run(
        [sys.executable, "-m", "console.cli", "worker"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 2
    assert "media.gateway_unavailable" in ran.stderr
    assert "127.0.0.1:9" in ran.stderr

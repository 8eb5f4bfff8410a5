"""Runs of the demo for benches: each in a process of its own, its JSON read back, recordings judged as everybody does."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One measured value over `n` observations."""

    name: str
    value: float | None
    unit: str
    n: int


def demo(*, calls: int, concurrency: int, seed: int, personas: Path | None, folder: Path) -> Json:
    """One demo's JSON. Raises if it could not be run (a broken call is a result, not an error)."""
    arguments = [
        *("demo", "--headless", "--calls", str(calls), "--concurrency", str(concurrency), "--seed", str(seed)),
        *("--port", "0", "--out", str(folder)),
    ]
    if personas is not None:
        arguments += ["--personas", str(personas)]
    ran = subprocess.run([sys.executable, "-m", "console.cli", *arguments], check=False, capture_output=True, text=True)
    if ran.returncode not in (0, 1):
        raise SystemExit(ran.stderr or ran.stdout)
    found: Json = json.loads((folder / "demo.json").read_text(encoding="utf-8"))
    return found


def demos(
    seeds: list[int], *, calls: int, concurrency: int, personas: list[Path | None]
) -> Iterator[tuple[Json, Path]]:
    """A demo for each seed, with the persona files in turn."""
    for number, seed in enumerate(seeds):
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder)
            chosen = personas[number % len(personas)]
            yield demo(calls=calls, concurrency=concurrency, seed=seed, personas=chosen, folder=out), out


def report(bench: str, results: list[Result], file: Path | None) -> None:
    """Print, and write `{bench, cores, python, results}`."""
    for one in results:
        print(f"{one.name:28} {one.value!s:>10} {one.unit:8} n={one.n}")
    if file is not None:
        content = {
            "bench": bench,
            "cores": os.cpu_count(),
            "python": sys.version.split()[0],
            "results": [asdict(one) for one in results],
        }
        file.write_text(json.dumps(content, indent=1), encoding="utf-8")

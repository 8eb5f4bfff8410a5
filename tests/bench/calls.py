"""What calls cost the platform, by how many run at a time: `python -m tests.bench.calls [--quick] [--json FILE]`.

CPU of worker, recogniser and synthesiser by the operating system (simulated parties excluded) over answered call-seconds;
the worker's peak memory; ticks of the media heartbeat that began more than 10 ms late.
"""

import argparse
from pathlib import Path

from tests.bench.demo_runs import Result, demos, report


def main() -> None:
    """The bench."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="6 calls at a time only")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    results: list[Result] = []
    for concurrency in (6,) if given.quick else (1, 3, 6, 12):
        calls = 8 if given.quick else 2 * concurrency + 6
        for found, _ in demos([7], calls=calls, concurrency=concurrency, personas=[None]):
            summary = found["summary"]
            cost = found["cost"]
            at = f"{concurrency}_calls"
            results += [
                Result(name=f"cpu_per_call_{at}", value=summary["cpu_percent_per_call"], unit="% core", n=calls),
                Result(name=f"memory_{at}", value=cost["peak_memory_mib"], unit="MiB", n=1),
                Result(name=f"late_ticks_{at}", value=cost["late_ticks"], unit="ticks", n=cost["ticks"]),
            ]
    report("calls", results, given.json)


if __name__ == "__main__":
    main()

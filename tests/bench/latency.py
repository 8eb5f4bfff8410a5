"""Turn taking of whole demos, pooled over seeds, from the recordings: `python -m tests.bench.latency [--quick] [--json FILE]`.

6 calls at once. `--personas FILE` (repeatable) adds files to the shipped set; seeds `--seed N` from N on.
"""

import argparse
from pathlib import Path

import numpy as np

from console.report.turn_taking import Declared, Verdict, measure
from tests.bench.demo_runs import Json, Result, demos, report

_GREET_S = 1.2


class Pool:
    """All judged turns of all runs. Recordings are read while their run's folder is still there."""

    def __init__(self) -> None:
        self._times: dict[Verdict, list[float]] = {verdict: [] for verdict in Verdict}
        self._counts = dict.fromkeys(Verdict, 0)
        self._first_words: list[float] = []  # when they end, of those that begin within 1.2 s

    def add(self, found: Json, out: Path) -> None:
        """The turns of one run."""
        for row in (row for row in found["rows"] if row["wav"]):
            turns = [
                Declared(start_s=t["start_s"], end_s=t["end_s"], kind=t["kind"])
                for t in row["turns"]
                if t["who"] == "customer"
            ]
            if turns and turns[0].start_s < _GREET_S and turns[0].kind != "announcement":
                self._first_words.append(turns[0].end_s)
            bridged = (row["handover"] or {}).get("bridged_s")
            for one in measure(out / "calls" / Path(row["wav"]).name, turns, bridged).judged:
                self._counts[one.verdict] += 1
                if one.ms is not None:
                    self._times[one.verdict].append(one.ms)

    def results(self) -> list[Result]:
        """Quantiles and shares."""
        counts = self._counts
        values = [
            Result(name=f"{verdict.value}_p{p}", value=round(float(np.percentile(times, p))), unit="ms", n=len(times))
            for verdict, times in self._times.items()
            for p in (50, 95)
            if times
        ]
        late = sum(end_s > _GREET_S + 0.1 for end_s in self._first_words)  # would be cut off by a greeting at 1.2 s
        if self._first_words:
            n = len(self._first_words)
            values.append(Result(name="first_words_past_1200_ms", value=round(late / n, 3), unit="share", n=n))
        heard = counts[Verdict.RESPONSE] + counts[Verdict.CUT_OFF]
        nods = counts[Verdict.RESUMED] + counts[Verdict.STOPPED]
        for name, share, n in (("cut_off", counts[Verdict.CUT_OFF], heard), ("resumed", counts[Verdict.RESUMED], nods)):
            values.append(Result(name=name, value=round(share / n, 4) if n else None, unit="share", n=n))
        return values


def main() -> None:
    """The bench."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="one seed, 8 calls")
    parser.add_argument("--seed", type=int, default=101)
    parser.add_argument("--personas", type=Path, action="append", default=[])
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    seeds = [given.seed + number for number in range(1 if given.quick else 5)]
    pool = Pool()
    for found, out in demos(seeds, calls=8 if given.quick else 20, concurrency=6, personas=[None, *given.personas]):
        pool.add(found, out)
    report("latency", pool.results(), given.json)


if __name__ == "__main__":
    main()

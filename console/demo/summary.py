"""The demo in figures. What each means and how it is measured: docs/reference/demo-json.md."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from console.report.turn_taking import Declared, Measured, Verdict, measure

Json = dict[str, Any]  # Any: JSON
# The grades that agree with a truth; truths of calls that no person answers have none.
AGREES: Final = {
    "interested": "AB",
    "price_asker": "AB",
    "wants_person": "AB",
    "callback": "C",
    "not_interested": "E",
    "opt_out": "F",
    "silent": "D",
    "hung_up": "D",
}
WARM: Final = ("interested", "price_asker", "wants_person")


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """What the databases and the operating system say."""

    denials: int
    opt_outs_suppressed: int
    callbacks: int
    cpu_s: float | None


def summarise(
    rows: Sequence[Json], folder: Path, accounts: Accounts, *, robot_first: bool = True, fetches: bool = True
) -> Json:
    """The summary of the JSON. Shares are 0..1 (None of nothing), times quantiles in ms. Without `robot_first` nobody is
    graded by a robot, and how agents were joined is measured instead; where nobody is fetched (`fetches`), nobody is served."""
    measured = [_measured(row, folder) for row in rows if row["wav"]]
    judged = [one for found in measured for one in found.judged if robot_first]
    talked = [row for row in rows if row["truth"] in AGREES and robot_first]
    others = [row for row in rows if row["truth"] and row["truth"] not in AGREES]
    warm = [row for row in rows if row["truth"] in WARM]
    answered_s = sum(found_s for found_s in (_length_s(row, folder) for row in rows if row["wav"]))
    return {
        "calls": len(rows),
        "broken": sum(row["broken"] for row in rows),
        "hung": sum(row["hung"] for row in rows),
        "grade_agreement": _share(_agrees(row) for row in talked),
        "grade_agreement_unseen": _share(_agrees(row) for row in talked if row["unseen_voice"]),
        "outcome_agreement": _share(row["outcome"] == row["truth"] for row in others),
        "interested": len(warm),
        "interested_served": _share(row["served"] != "none" for row in warm if fetches),
        "callbacks": accounts.callbacks,
        "opt_outs": sum(row["truth"] == "opt_out" for row in rows),
        "opt_outs_suppressed": accounts.opt_outs_suppressed,
        "denials": accounts.denials,
        "cpu_percent_per_call": None
        if accounts.cpu_s is None or not answered_s
        else round(100 * accounts.cpu_s / answered_s, 2),
        "greeting_ms": quantiles(
            (found.first_robot_s - row["decided_s"]) * 1000
            for row, found in zip((row for row in rows if row["wav"]), measured, strict=True)
            if found.first_robot_s is not None and row["decided_s"] is not None
        ),
        "response_ms": quantiles(one.ms for one in judged if one.verdict is Verdict.RESPONSE and one.ms is not None),
        "barge_in_ms": quantiles(one.ms for one in judged if one.verdict is Verdict.BARGE_IN and one.ms is not None),
        "handover_ms": quantiles(
            (row["handover"]["bridged_s"] - row["handover"]["accepted_s"]) * 1000
            for row in rows
            if row["handover"] and "accepted_s" in row["handover"]
        ),
        "turns": {verdict.value: sum(one.verdict is verdict for one in judged) for verdict in Verdict},
        "undeclared": sum(found.undeclared for found in measured),
        "outcomes": dict(sorted(Counter(str(row["outcome"]) for row in rows).items())),
        **({} if robot_first else _agents_at_once(rows)),
    }


def _agents_at_once(rows: Sequence[Json]) -> Json:
    """Of calls that a person answered: the share (in %) for whom no agent was there in time, and, on the parties' own
    clocks, the ms from the end of their greeting to the first frame that an agent was sent of them."""
    met = [row for row in rows if row["answered_s"] is not None and row["truth"] in AGREES]
    hellos = [
        (row, next((turn["end_s"] for turn in row["turns"] if turn["who"] == "customer"), None))
        for row in met
        if row["handover"]
    ]
    return {
        "answered": len(met),
        "abandoned_percent": _percent(row["outcome"] == "abandoned" for row in met),
        "bridge_ms": quantiles(
            (row["handover"]["bridged_s"] - end_s) * 1000 for row, end_s in hellos if end_s is not None
        ),
    }


def quantiles(values: Iterable[float]) -> Json:
    """`{p50, p95, n}`, rounded to whole ms."""
    known = list(values)
    at = {f"p{p}": round(float(np.percentile(known, p))) if known else None for p in (50, 95)}
    return {**at, "n": len(known)}


def _measured(row: Json, folder: Path) -> Measured:
    turns = [
        Declared(start_s=turn["start_s"], end_s=turn["end_s"], kind=turn["kind"])
        for turn in row["turns"]
        if turn["who"] == "customer"
    ]
    return measure(folder / Path(row["wav"]).name, turns, (row["handover"] or {}).get("bridged_s"))


def _length_s(row: Json, folder: Path) -> float:
    return ((folder / Path(row["wav"]).name).stat().st_size - 44) / 4 / 8000


def _agrees(row: Json) -> bool:
    return bool(row["grade"]) and row["grade"] in AGREES[row["truth"]]


def _percent(said: Iterable[bool]) -> float | None:
    share = _share(said)
    return None if share is None else round(100 * share, 2)


def _share(agreed: Iterable[bool]) -> float | None:
    known = list(agreed)
    return round(sum(known) / len(known), 4) if known else None

"""One row a lead: what the platform wrote, beside what the simulator knows, on the recording's own clock."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from crm.attempt import Attempt
from crm.call_record import CallRecord
from crm.journal import Entry
from media.audio import RATE_HZ

Json = dict[str, Any]  # Any: JSON
_NEAR_S: Final = 0.35  # how far a heard turn may lie from the declared one it belongs to
_HUNG_S: Final = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """All that is known of one lead's last attempt."""

    attempt: Attempt | None
    call: CallRecord | None
    journal: Sequence[Entry]
    party: Json | None
    agent: Json | None


def read_reports(folder: Path) -> tuple[dict[str, Json], dict[str, Json]]:
    """The parties' reports by number (the last of each), and the agents' by call id."""
    parties: dict[str, Json] = {}
    agents: dict[str, Json] = {}
    for path in sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime):
        report = json.loads(path.read_text(encoding="utf-8"))
        if path.name.startswith("agent-"):
            agents[report["call_id"]] = report
        elif "tx_map" in report:
            parties[report["number"]] = report
    return parties, agents


def row_of(number: int, told: Told, folder: str) -> Json:
    """The row of the JSON. Times are seconds since the answer."""
    party, call, attempt = told.party or {}, told.call, told.attempt
    answered_at = party.get("answered_at")
    outcome = call.result.outcome if call else None
    handover = _handover(told, answered_at)
    return {
        "id": f"call-{number + 1:03d}",
        "persona": party.get("persona", ""),
        "voice": party.get("voice"),
        "unseen_voice": bool(party.get("unseen_voice")),
        "truth": party.get("truth", ""),
        "grade": call.result.grade_machine if call and answered_at else None,
        "outcome": outcome,
        "served": (call.result.served if call else None) or "none",
        "wav": f"{folder}/{party['wav']}" if party.get("wav") else None,
        "agent_wav": f"{folder}/{told.agent['wav']}" if told.agent else None,
        "answered_s": 0.0 if answered_at else None,
        "decided_s": call.result.decided_s if call else None,
        "turns": _turns(told, answered_at) if answered_at else [],
        "handover": handover,
        "broken": outcome in (None, "failed") or attempt is None or attempt.state.value != "ended",
        "hung": _hung(call, answered_at, party),
    }


def _turns(told: Told, answered_at: float) -> list[Json]:
    party = told.party or {}
    journal = [entry.data for entry in told.journal if entry.kind == "turn"]
    heard = [turn for turn in journal if turn["who"] == "customer" and turn["kind"] != "key"]
    turns = [_customer_turn(turn, heard) for turn in party.get("turns", ())]
    stalls = [entry.data for entry in told.journal if entry.kind == "stalled"]
    tape = _Tape(party.get("tx_map", ()), [(int(str(one["at_ms"])), int(str(one["lost_ms"]))) for one in stalls])
    turns += [_robot_turn(turn, tape) for turn in journal if turn["who"] == "robot"]
    turns += _agent_turns(told.agent, answered_at)
    return sorted(turns, key=lambda turn: turn["start_s"])


def _customer_turn(said: Json, heard: Iterable[Mapping[str, Any]]) -> Json:  # Any: JSON
    mine = [
        turn
        for turn in heard
        if turn["start_ms"] / 1000 < said["end_s"] + _NEAR_S and turn["end_ms"] / 1000 > said["start_s"] - _NEAR_S
    ]
    last: Mapping[str, Any] = mine[-1] if mine else {}  # Any: JSON
    return {
        "who": "customer",
        "kind": said["kind"],
        "start_s": said["start_s"],
        "end_s": said["end_s"],
        "said": said["said"],
        "heard": " ".join(str(turn["text"]) for turn in mine) if mine else None,
        "intent": last.get("intent") or None,
        "confidence": last.get("confidence"),
        "because": None,
    }


def _robot_turn(turn: Mapping[str, Any], tape: "_Tape") -> Json:  # Any: JSON
    return {
        "who": "robot",
        "kind": turn["kind"],
        "start_s": tape.at_s(int(turn["start_ms"])),
        "end_s": tape.at_s(int(turn["end_ms"])),
        "said": turn["text"],
        "heard": None,
        "intent": None,
        "confidence": None,
        "because": turn["because"],
    }


def _agent_turns(agent: Json | None, answered_at: float) -> list[Json]:
    if agent is None or agent.get("connected_at") is None:
        return []
    shift = agent["connected_at"] - answered_at
    return [
        {
            "who": "agent",
            "kind": "speech",
            "start_s": turn["start_s"] + shift,
            "end_s": turn["end_s"] + shift,
            "said": turn["said"],
            "heard": None,
            "intent": None,
            "confidence": None,
            "because": None,
        }
        for turn in agent["turns"]
    ]


class _Tape:
    """A simulated party's recording: it knows the frames that came, and nothing of time in which none was sent."""

    def __init__(self, tx_map: Sequence[tuple[int, int]], stalls: Sequence[tuple[int, int]]) -> None:
        self._tx_map = tx_map
        self._stalls = stalls

    def at_s(self, ms: int) -> float:
        """Where the platform's millisecond lies, in seconds."""
        sent_ms = ms - sum(min(lost, ms - at) for at, lost in self._stalls if at < ms)
        sample = sent_ms * RATE_HZ // 1000
        first = self._tx_map[0][1] if self._tx_map else 0
        shift = next((at - tx for tx, at in reversed(self._tx_map) if tx <= sample), first)
        return (sample + shift) / RATE_HZ


def _handover(told: Told, answered_at: float | None) -> Json | None:
    agent = told.agent
    if agent is None or answered_at is None or agent.get("bridged_at") is None:
        return None
    return {
        key: agent[name] - answered_at
        for key, name in (
            ("offered_s", "offered_at"),
            ("summary_shown_s", "summary_shown_at"),
            ("accepted_s", "accepted_at"),
            ("bridged_s", "bridged_at"),
        )
        if agent.get(name) is not None
    }


def _hung(call: CallRecord | None, answered_at: float | None, party: Json) -> bool:
    if call is None or answered_at is None:
        return False
    if call.ended_at is None:
        return True
    left = answered_at + party.get("length_s", 0.0)
    return bool(call.ended_at.timestamp() - left > _HUNG_S)

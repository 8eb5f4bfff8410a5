"""A customer's past as an agent reads it before hello: the latest things that happened, a line each, oldest first. Pure."""

from collections.abc import Mapping, Sequence
from typing import Final
from zoneinfo import ZoneInfo

from crm.call_record import CallRecord
from crm.timeline import Entry, Kind

_MOST: Final = 5
_TOLD: Final = {
    Kind.CALLBACK_BOOKED: "callback promised",
    Kind.CALLBACK_CANCELLED: "callback cancelled",
    Kind.OPTED_OUT: "asked for no more calls",
    Kind.NOTE: "note",
    Kind.WRAPPED_UP: "an agent's result",
}
_SAID: Final = {Kind.NOTE: "text", Kind.WRAPPED_UP: "outcome"}


def earlier(entries: Sequence[Entry], calls: Mapping[int, CallRecord], zone: ZoneInfo) -> tuple[str, ...]:
    """The lines of a timeline; `calls` by id, times in the customer's zone."""
    lines = [line for entry in entries if (line := _line(entry, calls.get(entry.about_id or 0), zone))]
    return tuple(lines[-_MOST:])


def _line(entry: Entry, call: CallRecord | None, zone: ZoneInfo) -> str:
    when = entry.at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    if entry.kind is Kind.CALL:
        return f"{when} {_of_call(call, str(entry.data.get('result', '')))}"
    if entry.kind not in _TOLD:
        return ""
    more = str(entry.data.get(_SAID.get(entry.kind, ""), ""))
    if entry.kind is Kind.WRAPPED_UP:
        more = more.replace("_", " ")
    return f"{when} {_TOLD[entry.kind]}{': ' if more else ''}{more}"


def _of_call(call: CallRecord | None, result: str) -> str:
    if call is None:
        return f"call: {result}"
    who = "they called" if call.mode == "inbound" else f"{call.mode.replace('_', '-')} call"
    grade = f", grade {call.grade}" if call.grade else ""
    said = f". {call.result.summary.splitlines()[0]}" if call.result.summary else ""
    return f"{who}: {result.replace('_', ' ')}{grade}{said}"

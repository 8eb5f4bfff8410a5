"""A customer's past as an agent is shown it before hello: the latest things that happened, oldest first. Pure."""

from collections.abc import Mapping, Sequence
from typing import Final

from crm.call_record import CallRecord
from crm.timeline import Entry, Kind
from handoff.briefing import Past

_MOST: Final = 5
_TOLD: Final = (
    Kind.CALL,
    Kind.CALLBACK_BOOKED,
    Kind.CALLBACK_CANCELLED,
    Kind.OPTED_OUT,
    Kind.NOTE,
    Kind.WRAPPED_UP,
)


def earlier(entries: Sequence[Entry], calls: Mapping[int, CallRecord]) -> tuple[Past, ...]:
    """What is told of a timeline; `calls` by id."""
    told = [entry for entry in entries if entry.kind in _TOLD]
    return tuple(_past(entry, calls.get(entry.about_id or 0)) for entry in told[-_MOST:])


def _past(entry: Entry, call: CallRecord | None) -> Past:
    if entry.kind is Kind.NOTE:
        return Past(at=entry.at, kind=entry.kind.value, text=str(entry.data.get("text", "")))
    if entry.kind is Kind.WRAPPED_UP:
        return Past(at=entry.at, kind=entry.kind.value, result=str(entry.data.get("outcome", "")))
    if entry.kind is not Kind.CALL:
        return Past(at=entry.at, kind=entry.kind.value)
    return Past(
        at=entry.at,
        kind=entry.kind.value,
        mode=call.mode if call is not None else "",
        result=str(entry.data.get("result", "")),
        grade=(call.grade or "") if call is not None else "",
        text=next(iter(call.result.summary.splitlines()), "") if call is not None and call.result.summary else "",
    )

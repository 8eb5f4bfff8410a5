"""What a person reads is worded by the client, in the client's language: here are the facts it needs, typed and masked."""

from collections.abc import Container, Iterable, Mapping
from typing import Final

from console.api import shapes
from crm.quota.rules import Reason
from crm.timeline import Entry, Kind
from dialer.pacing import Decision

# The facts of a kind that a person can read as they are, or that the client has words for. Never an id.
TOLD: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.REGISTERED: ("source",),
    Kind.NUMBER_ADDED: (),
    Kind.ASSIGNED: (),
    Kind.GRADED: ("by", "grade"),
    Kind.LEAD_ADDED: (),
    Kind.LEAD_STOPPED: ("because",),
    Kind.CALL: ("result", "rung", "attempt_no"),
    Kind.CALLBACK_BOOKED: ("due_at",),
    Kind.CALLBACK_MOVED: ("due_at", "because"),
    Kind.CALLBACK_CANCELLED: ("because",),
    Kind.OPTED_OUT: ("source",),
    Kind.CONSENT: ("purpose", "given", "source"),
    Kind.NOTE: ("text",),
    Kind.WRAPPED_UP: ("outcome", "grade"),
}


def pace_view(decision: Decision) -> shapes.PaceView:
    """Why a campaign dials at this pace."""
    return shapes.PaceView(
        law=decision.law,
        dial=decision.dial,
        limit=decision.limit,
        figures=dict(decision.figures),
        said=decision.because,
    )


def reasons_view(reasons: Iterable[Reason]) -> list[shapes.ReasonView]:
    """Quota's reasons; `level` is whose limit it is, empty where a rule has one for all."""
    split = [(*reason.rule.partition("."), reason) for reason in reasons]
    return [
        shapes.ReasonView(rule=rule, level=level, limit=str(reason.limit), seen=str(reason.seen))
        for rule, _, level, reason in split
    ]


def event_view(
    entry: Entry, campaigns: Mapping[int, str], people: Mapping[int, str], heard: Container[int]
) -> shapes.CustomerEvent:
    """A line of a customer's timeline; ids become the names behind them. `heard`: calls whose recording the reader may hear."""
    facts = {name: _plain(entry.data[name]) for name in TOLD[entry.kind] if entry.data.get(name) not in (None, "")}
    if campaign := campaigns.get(_id(entry.data.get("campaign_id"))):
        facts["campaign"] = campaign
    if owner := people.get(_id(entry.data.get("owner_id"))):
        facts["owner"] = owner
    return shapes.CustomerEvent(
        at=entry.at.isoformat(),
        kind=entry.kind.value,
        data=facts,
        call_id=str(entry.about_id) if entry.about_id and entry.kind is Kind.CALL else None,
        recording=entry.kind is Kind.CALL and entry.about_id in heard,
    )


def _plain(value: object) -> str | int | bool:
    return value if isinstance(value, bool | int) else str(value)


def _id(value: object) -> int:
    return value if isinstance(value, int) else 0

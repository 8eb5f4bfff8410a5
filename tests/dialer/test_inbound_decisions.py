"""Where a call to us goes, and what an agent reads of before: pure."""

from datetime import UTC, datetime, timedelta

import pytest

from crm.call_record import CallRecord, CallResult
from crm.timeline import Entry, Kind
from dialer.history import earlier
from dialer.inbound_rules import Caller, To, read_rules, route
from handoff.briefing import Past

RULES = read_rules(
    {
        "routes": [
            {"to": "queue", "queue": "sales", "last": ["handed_over"], "within_days": 7},
            {"to": "queue", "known": True, "last": ["callback_booked"]},
            {"to": "robot", "known": False},
        ]
    },
    "campaign",
)
AT = datetime(2026, 11, 24, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("caller", "to", "queue", "because"),
    [
        (Caller(known=True, last="handed_over", since=timedelta(days=3)), To.QUEUE, "sales", "route 1"),
        (Caller(known=True, last="handed_over", since=timedelta(days=8)), To.ROBOT, "default", "no route fits"),
        (Caller(known=True, last="callback_booked", since=timedelta(days=80)), To.QUEUE, "default", "route 2"),
        (Caller(known=False), To.ROBOT, "default", "route 3"),
        (Caller(known=True, last="busy", since=timedelta(hours=1)), To.ROBOT, "default", "no route fits"),
    ],
)
def test_the_first_rule_that_fits_decides(caller: Caller, to: To, queue: str, because: str):
    chosen = route(RULES, caller)
    assert (chosen.to, chosen.queue, chosen.because) == (to, queue, because)


def test_an_agent_is_shown_the_latest_five_things_oldest_first():
    entries = [
        Entry(id=n, at=AT + timedelta(hours=n), kind=Kind.NOTE, about_id=None, data={"text": f"n{n}"}) for n in range(7)
    ]
    told = earlier(entries, {})
    assert told == tuple(Past(at=AT + timedelta(hours=n), kind="note", text=f"n{n}") for n in range(2, 7))


def test_a_call_is_told_with_who_called_its_outcome_grade_and_summary():
    record = CallRecord(
        id=9,
        tenant_id=1,
        campaign_id=2,
        customer_id=3,
        lead_id=4,
        mode="inbound",
        stage="ended",
        result=CallResult(
            outcome="callback_booked", grade_machine="C", summary="The customer wants a call.\nSaid: later"
        ),
        grade_human="B",
        grade_human_by=None,
        claimed_at=AT,
        answered_at=AT,
        ended_at=AT,
    )
    call = Entry(id=1, at=AT, kind=Kind.CALL, about_id=9, data={"result": "callback_booked"})
    quiet = Entry(id=2, at=AT, kind=Kind.GRADED, about_id=9, data={"grade": "B"})
    written = Entry(id=3, at=AT, kind=Kind.WRAPPED_UP, about_id=9, data={"outcome": "not_interested", "grade": "B"})
    assert earlier([call, quiet, written], {9: record}) == (
        Past(
            at=AT, kind="call", mode="inbound", result="callback_booked", grade="B", text="The customer wants a call."
        ),
        Past(at=AT, kind="wrapped_up", result="not_interested"),
    )

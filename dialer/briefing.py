"""The robot's outcome in the terms of those who read it: an agent's briefing, the call's record, the call's outcome."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from bot.outcome import Ended, RobotOutcome
from bot.turn import Speaker, Turn
from crm.call_record import CallRecord, CallResult
from crm.lead import Lead
from dialer.call import Outcome, Served
from dialer.figures import FIRST_SOUND
from handoff.briefing import Briefing, Past, Said
from media.leg import Cause

_LAST_TURNS: Final = 8
_CAUSES: Final = {
    Cause.BUSY: Outcome.BUSY,
    Cause.NO_ANSWER: Outcome.NO_ANSWER,
    Cause.SWITCHED_OFF: Outcome.SWITCHED_OFF,
    Cause.NOT_IN_SERVICE: Outcome.NOT_IN_SERVICE,
    Cause.INVALID_NUMBER: Outcome.NOT_IN_SERVICE,
    Cause.REJECTED: Outcome.REJECTED,
}


def outcome_of_cause(cause: Cause) -> Outcome:
    """What a call that nobody answered came to."""
    return _CAUSES.get(cause, Outcome.FAILED)


def outcome_of_talk(found: RobotOutcome, *, bridged: bool) -> Outcome:
    """What a call that was answered came to."""
    if found.ended is Ended.MACHINE:
        return Outcome.VOICEMAIL
    if found.opted_out:
        return Outcome.OPTED_OUT
    if bridged:
        return Outcome.HANDED_OVER
    if found.callback_at is not None:
        return Outcome.CALLBACK_BOOKED
    if found.grade == "E":
        return Outcome.NOT_INTERESTED
    if found.ended is Ended.CUSTOMER_LEFT:
        return Outcome.CUSTOMER_LEFT
    return Outcome.COMPLETED if found.spoke else Outcome.NO_RESPONSE


def briefing_of(
    lead: Lead,
    call_id: int,
    campaign: str,
    found: RobotOutcome,
    turns: Sequence[Turn],
    earlier: tuple[Past, ...] = (),
) -> Briefing:
    """What the agent is shown. The number is masked."""
    return Briefing(
        call_id=str(call_id),
        campaign=campaign,
        customer_name=lead.name,
        masked_number=lead.number.masked,
        grade=found.grade.value,
        summary=found.summary,
        evidence=tuple(one.text for one in found.evidence if one.text),
        slots=_told(found.slots),
        transcript=tuple(
            Said(who=turn.speaker.value, text=turn.text, at_s=turn.start_ms / 1000)
            for turn in turns[-_LAST_TURNS:]
            if turn.speaker is not Speaker.AGENT
        ),
        earlier=earlier,
    )


def briefing_of_record(lead: Lead, campaign: str, call: CallRecord) -> Briefing:
    """What an agent is shown of a call that is over, as its row keeps it; its transcript is in the journal."""
    robot = call.result.robot or {}
    evidence, slots = robot.get("evidence"), robot.get("slots")
    return Briefing(
        call_id=str(call.id),
        campaign=campaign,
        customer_name=lead.name,
        masked_number=lead.number.masked,
        grade=call.grade or "",
        summary=tuple((call.result.summary or "").splitlines()),
        evidence=tuple(str(one["text"]) for one in evidence if one["text"]) if isinstance(evidence, list) else (),
        slots=_told(slots.items()) if isinstance(slots, dict) else (),
        transcript=(),
    )


def briefing_without_talk(lead: Lead, call_id: int, campaign: str, earlier: tuple[Past, ...] = ()) -> Briefing:
    """What an agent is shown of a customer whom no robot spoke with."""
    return Briefing(
        call_id=str(call_id),
        campaign=campaign,
        customer_name=lead.name,
        masked_number=lead.number.masked,
        grade="",
        summary=(),
        evidence=(),
        slots=(),
        transcript=(),
        earlier=earlier,
    )


def _told(slots: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in slots if name == "callback_time")


def record_of(
    found: RobotOutcome, outcome: Outcome, served: Served, *, first_sound_ms: int | None = None
) -> CallResult:
    """What the call's row keeps of it. A machine that answered has no grade."""
    learnt = learnt_of(found, first_sound_ms=first_sound_ms)
    grade = None if outcome is Outcome.VOICEMAIL else learnt.grade_machine
    return replace(learnt, outcome=outcome.value, served=served.value, grade_machine=grade)


def learnt_of(found: RobotOutcome, *, first_sound_ms: int | None = None) -> CallResult:
    """What the row keeps of the robot's part alone, while the call goes on."""
    return CallResult(
        grade_machine=found.grade.value,
        summary="\n".join(found.summary),
        robot={
            "ended": found.ended.value,
            "reason": found.reason,
            "intents": list(found.intents),
            "evidence": [{"text": e.text, "intent": e.intent, "means": e.means} for e in found.evidence],
            "slots": dict(found.slots),
            "callback_at": found.callback_at.isoformat() if found.callback_at else None,
            FIRST_SOUND: first_sound_ms,
        },
    )

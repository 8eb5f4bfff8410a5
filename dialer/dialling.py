"""The right to dial, used: asked once more, the network's answer waited for, each step written before or as it happens."""

from collections.abc import Sequence

from dialer.briefing import outcome_of_cause
from dialer.call import Event, Outcome
from dialer.life import Life
from dialer.recall import recall
from media.leg import Answered, Cause, Dial, Leg, LegEnded
from speech.prompt import Prompt


async def dial(life: Life, prompts: Sequence[Prompt]) -> Leg | None:
    """Dial, and make `prompts` while it rings: the answered leg; None when nobody answers or the quota says no.

    Raises:
        GatewayUnavailable: the network did not take the call.
    """
    around, picked = life.around, life.picked
    assert picked.grant is not None, "a call to us is not dialled"
    life.tell("state", {})
    await recall(life)
    decision = await around.crm.quota.commit(picked.scope, picked.grant)
    if not decision.allowed:
        life.outcome = Outcome.FAILED
        life.rung = False
        life.notes.note("denied", {"rules": list(decision.rules)})
        return None
    await around.crm.attempts.mark_dialling(picked.scope, picked.attempt.id)
    leg = life.leg = await around.gateway.originate(
        Dial(
            number=picked.lead.number.e164,
            caller_id=around.caller_id,
            ring_timeout_s=around.ring_timeout_s,
            call_id=str(life.call.call_id),
        )
    )
    life.move(Event.DIALLED)
    life.do(lambda: around.crm.attempts.mark_dialled(picked.scope, picked.attempt.id))
    await life.robots.prompts.prepare(prompts)
    ended = await wait_for_answer(leg)
    if ended is not None:
        life.outcome = outcome_of_cause(ended)
        life.notes.note("not_answered", {"cause": ended.name.lower()})
        return None
    answered(life)
    return leg


def answered(life: Life) -> None:
    """The two ends hear each other now: write it."""
    around, picked = life.around, life.picked
    life.answered_s = around.clock.monotonic()
    life.call.answered_at = around.clock.now()
    if around.recordings is not None and life.leg is not None:
        life.recording = around.recordings.begin(life.leg, picked.scope.tenant_id, life.call.call_id)
    life.move(Event.ANSWERED)
    life.do(lambda: around.crm.attempts.mark_answered(picked.scope, picked.attempt.id))
    life.do(lambda: around.crm.calls.set_stage(picked.scope, picked.attempt.id, "robot"))


async def wait_for_answer(leg: Leg) -> Cause | None:
    """None when answered, else why not."""
    async for event in leg.events():
        if isinstance(event, Answered):
            return None
        if isinstance(event, LegEnded):
            return event.cause
    return Cause.NETWORK_FAILURE

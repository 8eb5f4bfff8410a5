"""A call to us: routed by rule, answered by the robot, who talks, or says hello and finds a person of the rule's queue.

How the robot answers is the assistant's: its rules for `EXTERNAL_called` and `EXTERNAL_called_queue`. No quota is asked, for
we call nobody; what they refuse holds for our later calls. Callbacks that are promised here are dialled as any other.
"""

from typing import Final

from crm.call_record import CallRecord
from dialer.call import Outcome
from dialer.dialling import answered, wait_for_answer
from dialer.inbound_rules import Caller, To, read_rules, route
from dialer.life import Life
from dialer.modes.three_stage import talk_and_hand_over
from dialer.recall import recall
from media.leg import Incoming

_OPENINGS: Final = {To.ROBOT: "EXTERNAL_called", To.QUEUE: "EXTERNAL_called_queue"}


async def live(life: Life, incoming: Incoming) -> None:
    """One call; `incoming` rings."""
    around, picked = life.around, life.picked
    leg = life.leg = incoming.leg
    life.tell("state", {"direction": "in"})
    before = await recall(life)
    chosen = route(read_rules(picked.campaign.options, picked.campaign.name), _caller(life, before))
    life.queue = chosen.queue
    life.notes.note("routed", {"to": chosen.to.value, "queue": chosen.queue, "because": chosen.because})
    dialogue = life.robots.dialogue(
        called_at=around.clock.now(),
        zone=picked.lead.zone,
        slots={"name": picked.lead.name},
        opening=_OPENINGS[chosen.to],
    )
    await life.robots.prompts.prepare(life.robots.first_prompts(dialogue))
    incoming.answer()
    if await wait_for_answer(leg) is not None:
        life.outcome = Outcome.CUSTOMER_LEFT
        return
    answered(life)
    await talk_and_hand_over(life, dialogue, leg)


def _caller(life: Life, before: list[CallRecord]) -> Caller:
    """`before`: their calls so far, newest first."""
    if not before:
        return Caller(known=False)
    last = before[0]
    return Caller(
        known=True, last=last.result.outcome, since=life.around.clock.now() - (last.ended_at or last.claimed_at)
    )

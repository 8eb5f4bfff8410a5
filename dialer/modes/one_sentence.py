"""One sentence: dial, say one templated sentence, take a key or a short answer, hang up. No agent is needed.

The sentence is the campaign's assistant (bot/assistants/reminder_en is one). What it says of the lead are the lead's
attributes, and the customer's below them, masked forms only: a lead with a whole number in a slot is refused before it
is dialled. The answer is the assistant's slot `answer`.
"""

from typing import Final

from bot.outcome import Ended, RobotOutcome
from dialer.call import Outcome
from dialer.connecting import join
from dialer.dialling import dial
from dialer.life import Life
from dialer.talk import Talk
from dialer.template import DataMissing, DataUnmasked, filled

_ANSWERS: Final = {"confirmed": Outcome.CONFIRMED, "declined": Outcome.DECLINED}


async def live(life: Life) -> None:
    """One call."""
    robots, picked = life.robots, life.picked
    lead = picked.lead
    customer = await life.around.crm.customers.get(picked.scope, lead.customer_id)
    try:
        said = filled(robots.assistant.project, {**customer.attributes, **lead.attributes}, where=f"lead {lead.id}")
    except (DataMissing, DataUnmasked) as exc:
        life.refuse(exc)
        return
    slots = {"name": lead.name, **said}
    dialogue = robots.dialogue(called_at=life.around.clock.now(), zone=lead.zone, slots=slots)
    leg = await dial(life, robots.first_prompts(dialogue))
    if leg is None:
        return
    found = await Talk(life, dialogue, leg).run()
    life.outcome = outcome_of(found)
    taken_over = life.ticket if found.ended is Ended.HANDED_OVER else None
    # a callback would say the sentence once more, and bring nobody
    if taken_over is not None and await join(life, taken_over, leg, calls_back=False):
        life.outcome = Outcome.HANDED_OVER


def outcome_of(found: RobotOutcome) -> Outcome:
    """What the sentence came to."""
    if found.ended is Ended.MACHINE:
        return Outcome.VOICEMAIL
    if found.opted_out:
        return Outcome.OPTED_OUT
    answer = _ANSWERS.get(dict(found.slots).get("answer", ""))
    if answer is not None:
        return answer
    if found.repeated:
        return Outcome.REPEATED
    return Outcome.CUSTOMER_LEFT if found.ended is Ended.CUSTOMER_LEFT else Outcome.NO_RESPONSE

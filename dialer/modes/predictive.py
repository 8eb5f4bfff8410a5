"""Predictive: dialled ahead of free agents; who answers is put straight to one.

The person's greeting is heard out. From its end on an agent has GRACE_S to be there; the desk gives whoever is free by its
rules (queue, skills, longest idle), without an offer to answer; a supervisor may take the call over as well. Nobody there in
time: the call is abandoned, which the pacer counts against its 3 %, and the person hears the campaign's assistant say who
called and how to refuse (key 9 or words). A voicemail box is hung up on, no agent hears it.

GRACE_S is the FTC's: two seconds from the completed greeting (16 CFR 310.4(b)(4)(ii)).
"""

from contextlib import aclosing
from typing import Final

from bot.outcome import Ended
from dialer.briefing import briefing_without_talk
from dialer.call import Event, Outcome, Served
from dialer.connecting import join
from dialer.dialling import dial
from dialer.life import Life
from dialer.talk import Talk
from handoff.desk import Desk
from handoff.transfer import Request, Ticket
from handoff.transfer import State as TransferState
from kernel.tasks import alongside
from media.leg import Leg
from speech.answer import Verdict
from speech.greeting import Greeting, hear_greeting

GRACE_S: Final = 2.0
_ON_THE_DISPLAY: Final = {"en": "the one on your display", "zh": "来电显示的号码"}


async def live(life: Life) -> None:
    """One call."""
    robots, lead = life.robots, life.picked.lead
    slots = {
        "name": lead.name,
        "caller_number": spoken_number(life.around.caller_id, robots.assistant.project.language),
    }
    message = robots.dialogue(called_at=life.around.clock.now(), zone=lead.zone, slots=slots)
    leg = await dial(life, robots.first_prompts(message))
    if leg is None:
        return
    greeting = await hear_greeting(leg)
    if greeting is None or greeting.verdict is Verdict.VOICEMAIL:
        life.outcome = Outcome.CUSTOMER_LEFT if greeting is None else Outcome.VOICEMAIL
        return
    life.notes.note("greeted", {"verdict": greeting.verdict.value, "ended_ms": greeting.ended_ms})
    life.handover["greeted_s"] = greeting.ended_ms / 1000
    ticket = await _ask(life, leg, greeting)
    if ticket.transfer.state is TransferState.WITHDRAWN:
        life.outcome = Outcome.CUSTOMER_LEFT
        return
    if ticket.transfer.state is TransferState.CONNECTING and await join(life, ticket, leg):
        life.outcome = Outcome.HANDED_OVER
        return
    life.around.desk.withdraw(ticket.transfer.id)  # an agent whose phone was lost is no longer held
    life.abandoned = True
    life.outcome = Outcome.ABANDONED
    life.call.served = Served.NONE
    life.move(Event.GAVE_UP_WAITING)
    life.notes.note("abandoned", {"after_s": GRACE_S})
    heard_ms = round((life.around.clock.monotonic() - life.answered_s) * 1000)
    found = await Talk(life, message, leg, met_ms=heard_ms).run()
    if found.ended is Ended.HANDED_OVER and life.ticket is not None:
        await join(life, life.ticket, leg)  # a supervisor took it over; it was abandoned all the same


async def _ask(life: Life, leg: Leg, greeting: Greeting) -> Ticket:
    """Whoever is free, until the grace is over, the customer is gone or a supervisor takes them; the ticket, decided."""
    picked, desk = life.picked, life.around.desk
    life.wanted_person = True
    life.move(Event.PERSON_WANTED)
    request = Request(
        call_id=str(life.call.call_id),
        tenant_id=picked.scope.tenant_id,
        briefing=briefing_without_talk(picked.lead, life.call.call_id, picked.campaign.name, life.earlier),
        queue=life.queue,
        hold_s=max(0.0, GRACE_S - (greeting.heard_ms - greeting.ended_ms) / 1000),
        straight=True,
    )
    ticket = life.ticket = desk.request(request)
    async with alongside(_withdraw_when_gone(leg, desk, ticket)):
        await ticket.outcome()
    return life.ticket  # a supervisor's, where one took the call over


async def _withdraw_when_gone(leg: Leg, desk: Desk, ticket: Ticket) -> None:
    """What is said meanwhile nobody hears: the agent's sound begins when they are joined."""
    async with aclosing(leg.receive()) as chunks:  # type: ignore[type-var]  # a generator in every leg
        async for _ in chunks:
            pass
    desk.withdraw(ticket.transfer.id)


def spoken_number(e164: str, lang: str = "en") -> str:
    """Our number as it is read out, digit by digit; without one, where the person finds it."""
    digits = [character for character in e164 if character.isdigit()]
    return " ".join(digits) if digits else _ON_THE_DISPLAY.get(lang, _ON_THE_DISPLAY["en"])

"""Three stages: dial, the robot talks, and only who is interested reaches an agent."""

from bot.dialogue import Dialogue
from bot.outcome import Ended
from dialer.call import State
from dialer.connecting import join, part, promise_callback
from dialer.dialling import dial
from dialer.life import Life
from dialer.talk import Talk
from media.leg import Leg


async def live(life: Life) -> None:
    """One call."""
    robots, lead = life.robots, life.picked.lead
    dialogue = robots.dialogue(called_at=life.around.clock.now(), zone=lead.zone, slots={"name": lead.name})
    leg = await dial(life, robots.first_prompts(dialogue))
    if leg is not None:
        await talk_and_hand_over(life, dialogue, leg)


async def talk_and_hand_over(life: Life, dialogue: Dialogue, leg: Leg) -> None:
    """The robot's talk, and the agent's when one took the call. Who waited for one in vain is called back."""
    found = await Talk(life, dialogue, leg).run()
    if found.ended is Ended.HANDED_OVER and life.ticket is not None:
        if not await join(life, life.ticket, leg):
            await part(life, leg, "the agent was lost while connecting")
    elif life.call.state is State.HOLDING:
        promise_callback(life, "the customer hung up while waiting for a person")

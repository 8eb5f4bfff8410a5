"""Two figures of calls that are over, as supervisors watch them: abandoned calls, and how soon the robot is heard.

Both are read from the rows that calls leave, so they hold for all workers together and outlive a restart.
"""

from datetime import datetime, timedelta
from statistics import median
from typing import Final

from crm.room import Crm
from kernel.tenant import Scope

ABANDONED_OVER: Final = timedelta(days=30)  # the FTC's period for the share of abandoned calls
LAST_CALLS: Final = 50
FIRST_SOUND: Final = "first_sound_ms"  # in a call's `robot`: from the answer to the robot's first sound


async def met(crm: Crm, scope: Scope, campaign_id: int, now: datetime) -> tuple[int, int]:
    """Of a campaign's calls in the budget's period: how many a person answered, and how many of these were abandoned."""
    return await crm.calls.answered(scope, campaign_id, now - ABANDONED_OVER)


async def abandoned_percent(crm: Crm, scope: Scope, campaign_id: int, now: datetime) -> float | None:
    """Abandoned calls in percent of those a person answered: the share that `dialer.pacing_predictive` keeps within its
    budget. None: nobody answered yet."""
    answered, abandoned = await met(crm, scope, campaign_id, now)
    return 100 * abandoned / answered if answered else None


async def answer_to_robot_ms(crm: Crm, scope: Scope, campaign_id: int | None = None) -> float | None:
    """Median time from the answer to the robot's first sound over the last `LAST_CALLS` calls in which one greeted a
    person, in ms. None: there are none."""
    talks = await crm.calls.robots(scope, campaign_id=campaign_id, limit=LAST_CALLS)
    times = [float(str(talk[FIRST_SOUND])) for talk in talks if talk.get(FIRST_SOUND) is not None]
    return float(round(median(times))) if times else None

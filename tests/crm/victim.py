"""A worker that kills itself in mid-call: `python -m tests.crm.victim FOLDER STAGE`."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.crm.world import line, opened


async def main(folder: Path, stage: str) -> None:
    """Claim, commit, dial, answer; at the stage named print what there is and die."""
    async with opened(folder) as crm:
        shop = await line(crm)
        lead = await shop.lead(1)
        grant = await shop.grant(lead)
        attempt = await crm.attempts.claim(shop.scope, lead.id, grant)
        assert attempt is not None
        steps: dict[str, Callable[[], Awaitable[object]]] = {
            "claim": lambda: asyncio.sleep(0),
            "commit": lambda: crm.quota.commit(shop.scope, grant),
            "dialling": lambda: crm.attempts.mark_dialling(shop.scope, attempt.id),
            "dialled": lambda: crm.attempts.mark_dialled(shop.scope, attempt.id),
            "answered": lambda: crm.attempts.mark_answered(shop.scope, attempt.id),
        }
        for name, step in steps.items():
            await step()
            if name == stage:
                print(json.dumps({"lead": lead.id, "attempt": attempt.id}), flush=True)
                os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))

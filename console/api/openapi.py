"""docs/reference/openapi.json, made from the routes themselves: `python -m console.api.openapi > that file`."""

import json
import sys
from typing import Any, cast

from console.api.app import create_app
from console.board import LiveBoard
from console.live import LiveHub
from dialer.wiring.platform import Platform
from kernel.clock import LoopClock


class _Undescribed:
    """Stands where routes keep what they act on: describing them needs nothing of it."""

    def __getattr__(self, name: str) -> "_Undescribed":
        return self


def document() -> str:
    """The API as OpenAPI 3.1, as JSON."""
    clock = LoopClock()
    hub = LiveHub(clock)
    platform = cast(Platform, _Undescribed())  # cast: see there
    described: dict[str, Any] = create_app(platform, hub, LiveBoard(hub, clock)).openapi()  # Any: JSON
    return json.dumps(described, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    sys.stdout.write(document())

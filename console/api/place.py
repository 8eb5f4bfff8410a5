"""What the routes act on: the platform that their application serves, its board and its live events."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request
from pydantic import Field

from console.board import LiveBoard
from console.live import LiveHub
from crm.room import Crm
from dialer.wiring.platform import Platform


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One application's. `extended`: ids of the calls whose wrap-up was made longer, which is done once."""

    platform: Platform
    live: LiveBoard
    hub: LiveHub
    extended: set[str] = field(default_factory=set)

    @property
    def crm(self) -> Crm:
        """The platform's."""
        return self.platform.crm


def _place(request: Request) -> Place:
    place: Place = request.app.state.place
    return place


# What a database can hold: a greater number is no id of anything.
Id = Annotated[int, Field(ge=0, le=2**63 - 1)]
Here = Annotated[Place, Depends(_place)]

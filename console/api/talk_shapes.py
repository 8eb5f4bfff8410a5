"""What goes over HTTP of a talk with the robot (shapes.py has the rest)."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from console.api.shapes import Shape


class TalkEngineView(BaseModel):
    """What hears a person who talks with the assistant of a language; `expect` is how good to expect it to be, in English;
    `hearing` says which kind it is, to who words it otherwise. Without `voice` one can only type."""

    lang: str
    name: str
    expect: str
    voice: bool
    hearing: Literal["phrases", "spelled", "own"] | None


class TalkBegin(Shape):
    """Be the customer. `sdp`: the browser's offer, for a voice."""

    lang: str = Field(min_length=1, max_length=20)
    mode: Literal["typed", "voice"]
    sdp: str | None = Field(None, max_length=100_000)


class TalkBegun(BaseModel):
    """Its events are of topic `talks/{talk_id}`. `sdp` answers a voice's offer."""

    talk_id: str
    engine: str
    sdp: str | None


class TalkSay(Shape):
    """What the customer types."""

    text: str = Field(min_length=1, max_length=500)


class TalkKey(Shape):
    """A key of the telephone."""

    digit: str = Field(pattern=r"^[0-9*#]$")


class TalkEvent(BaseModel):
    """As the live socket carries it."""

    type: str
    data: dict[str, Any]  # Any: JSON


class TalkView(BaseModel):
    """What happened so far, partials left out."""

    events: list[TalkEvent]

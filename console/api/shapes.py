"""What goes over HTTP. 63-bit ids are strings: JavaScript's numbers end at 2^53."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Shape(BaseModel):
    """Refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid")


class SignIn(Shape):
    """An agent comes to their desk."""

    agent_id: str = Field(min_length=1, max_length=100)
    tenant: str = Field(min_length=1, description="The tenant's name.")
    name: str = Field("", max_length=100)
    skills: list[str] = []


class StatusChoice(Shape):
    """Ready, or not and why."""

    status: Literal["ready", "not_ready"]
    reason: str = Field("", max_length=200)


class WrapUp(Shape):
    """The agent has finished with their last call."""

    call_id: str = ""
    grade: Literal["A", "B", "C", "D", "E", "F"] | None = None
    note: str = Field("", max_length=5000)


class CampaignAction(Shape):
    """What to do with a campaign."""

    action: Literal["start", "pause", "stop"]


class AgentView(BaseModel):
    """An agent as the system sees them, and what they may do now."""

    id: str
    name: str
    status: str
    state: str
    reason: str
    allowed_actions: list[str]


class PhoneView(BaseModel):
    """Where the agent's phone connects by AudioSocket."""

    host: str
    port: int
    uuid: str


class CampaignView(BaseModel):
    """A campaign and what may be done with it."""

    id: str
    name: str
    mode: str
    assistant: str
    state: str
    leads: dict[str, int]
    allowed_actions: list[str]


class CallView(BaseModel):
    """A call, under way or over. No number, no name."""

    id: str
    campaign_id: str
    lead_id: str
    stage: str
    outcome: str | None
    served: str | None
    grade: str | None
    summary: str | None


class JournalEntry(BaseModel):
    """One thing that happened in a call."""

    seq: int
    at: str
    kind: str
    data: dict[str, object]


class Health(BaseModel):
    """How the platform is."""

    status: Literal["ok", "degraded"]
    calls: int
    agents: int
    recognizer: bool
    synthesizer: bool
    late_ticks: int


class Problem(BaseModel):
    """Every error's body."""

    code: str
    message: str
    remedy: str
    request_id: str

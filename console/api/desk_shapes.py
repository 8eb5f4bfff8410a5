"""What goes over HTTP of an agent's desk: their state, the offer, the call, what they write of it, their phone."""

from typing import Literal

from pydantic import BaseModel, Field, model_validator

from console.api.shapes import AgentNext, AgentOutcome, AgentState, AgentStatus, Grade, Shape, Speaker, TurnView
from console.masked import masked_name
from handoff.briefing import Briefing, Past

CallId = Field(pattern="^[0-9]{1,19}$")


class SaidView(BaseModel):
    """A turn of the robot's talk."""

    who: Speaker
    text: str
    at_s: float


class PastView(BaseModel):
    """One thing that happened with a customer before; `result` is the machine's outcome of a call, or the agent's."""

    at: str
    kind: Literal["call", "callback_booked", "callback_cancelled", "opted_out", "note", "wrapped_up"]
    mode: str
    result: str
    grade: Grade | None
    text: str

    @classmethod
    def of(cls, past: Past) -> "PastView":
        """The same, for the wire."""
        return cls(
            at=past.at.isoformat(),
            kind=past.kind,
            mode=past.mode,
            result=past.result,
            grade=past.grade or None,
            text=past.text,
        )


class BriefingView(BaseModel):
    """What an agent is shown before they say hello. No `summary`: nobody of ours has spoken with them yet."""

    call_id: str
    campaign: str
    customer_name: str
    masked_number: str
    grade: Grade | None
    summary: list[str]
    evidence: list[str]
    slots: list[tuple[str, str]]
    transcript: list[SaidView]
    earlier: list[PastView]
    put_through_by: str

    @classmethod
    def of(cls, briefing: Briefing) -> "BriefingView":
        """The same, for the wire."""
        return cls(
            call_id=briefing.call_id,
            campaign=briefing.campaign,
            customer_name=masked_name(briefing.customer_name),
            masked_number=briefing.masked_number,
            grade=briefing.grade or None,
            summary=list(briefing.summary),
            evidence=list(briefing.evidence),
            slots=list(briefing.slots),
            transcript=[SaidView(who=said.who, text=said.text, at_s=said.at_s) for said in briefing.transcript],
            earlier=[PastView.of(past) for past in briefing.earlier],
            put_through_by=briefing.put_through_by,
        )


class OfferView(BaseModel):
    """Take this customer?"""

    transfer_id: str
    expires_in_s: float
    straight: bool = False
    briefing: BriefingView


class DeskAgent(BaseModel):
    """Who sits there."""

    id: str
    name: str


class DraftView(BaseModel):
    """What is written of a call so far."""

    call_id: str
    note: str
    outcome: str
    grade: Grade | None
    callback_at: str | None
    etag: str
    saved_at: str | None


class DeskCall(BaseModel):
    """The call an agent talks in, wraps up, or has not finished."""

    call_id: str
    customer_id: str | None
    name: str
    number: str
    city: str | None
    local_time: str | None
    zone: str | None
    grade: Grade | None
    since: str
    briefing: BriefingView | None
    transcript: list[TurnView]
    held: bool
    muted: bool
    transfer_to: str | None
    draft: DraftView | None


class WrapUpView(BaseModel):
    """The work after a call; `taken_over_by`: the name of who took it over from the agent."""

    call_id: str
    until: str
    extended: bool
    taken_over_by: str | None
    draft: DraftView | None


class PhoneState(BaseModel):
    """The agent's telephone."""

    state: str
    lost_until: str | None


class DeskView(BaseModel):
    """Everything an agent's screen shows: a reload needs nothing else. `call` is there in a wrap-up too; `next` is what follows
    it, `unfinished` how many earlier calls wait for their result."""

    agent: DeskAgent
    status: AgentStatus
    state: AgentState
    reason: str
    since: str
    next: AgentNext
    allowed_actions: list[str]
    offer: OfferView | None
    call: DeskCall | None
    wrap_up: WrapUpView | None
    unfinished: int
    phone: PhoneState
    desk_session: str | None


class UnfinishedView(BaseModel):
    """A call whose result the agent began to write and did not save."""

    call_id: str
    name: str
    number: str
    saved_at: str


class ColleagueView(BaseModel):
    """Another agent; `free`: may be offered a customer now."""

    id: str
    name: str
    status: AgentStatus
    state: AgentState
    reason: str
    since: str
    free: bool


class QueueView(BaseModel):
    """A queue: customers who wait in it, other agents who serve it, and how many of these are free."""

    name: str
    waiting: int
    served_by: int
    free: int


class TransferTargets(BaseModel):
    """To whom a customer may be put through."""

    agents: list[ColleagueView]
    queues: list[QueueView]


class TransferWish(Shape):
    """To whom the customer is to be put through: an agent by name or id, or a queue. One of the two."""

    to_agent: str | None = Field(None, min_length=1, max_length=100)
    to_queue: str | None = Field(None, min_length=1, max_length=100)

    @model_validator(mode="after")
    def _one(self) -> "TransferWish":
        if (self.to_agent is None) == (self.to_queue is None):
            raise ValueError("give to_agent or to_queue")
        return self


class StatusChoice(Shape):
    """Ready, or not and why."""

    status: AgentStatus
    reason: str = Field("", max_length=200)


class DraftEdit(Shape):
    """A new version over the one with `etag` (none yet: empty)."""

    call_id: str = CallId
    note: str = Field("", max_length=5000)
    outcome: AgentOutcome = ""
    grade: Grade | None = None
    callback_at: str | None = Field(None, max_length=40)
    etag: str | None = None


class DraftSaved(BaseModel):
    """The version that stands now."""

    etag: str
    saved_at: str


class WrapUp(Shape):
    """What came of the call."""

    call_id: str = CallId
    outcome: AgentOutcome = ""
    grade: Grade | None = None
    note: str = Field("", max_length=5000)
    callback_at: str | None = None


class PhoneOffer(Shape):
    """A browser's offer."""

    sdp: str = Field(min_length=1, max_length=64 * 1024)
    desk_session: str | None = None
    codec: Literal["pcma", "opus"] = "pcma"


class PhoneResume(PhoneOffer):
    """A browser's offer that takes the place of the phone it was before."""

    phone_id: str = Field(min_length=1, max_length=100)


class PhoneAnswer(BaseModel):
    """Our answer."""

    sdp: str
    phone_id: str


class PhoneView(BaseModel):
    """Where an agent's phone connects by AudioSocket (simulated agents, hardware)."""

    host: str
    port: int
    uuid: str

"""What goes over HTTP. 63-bit ids are strings: JavaScript's numbers end at 2^53. Numbers and names are masked.

Closed choices have names of their own, which the web app's generated types keep; a test holds them to the rooms' enums.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypeAliasType

from console.api.codes import ANSWERED
from kernel.tenant import Role

Stage = TypeAliasType("Stage", Literal["dialling", "robot", "waiting", "human", "wrap_up", "ended"])
Grade = TypeAliasType("Grade", Literal["A", "B", "C", "D", "E", "F"])
Speaker = TypeAliasType("Speaker", Literal["customer", "robot", "agent"])
AgentStatus = TypeAliasType("AgentStatus", Literal["ready", "not_ready"])
AgentState = TypeAliasType("AgentState", Literal["gone", "idle", "offered", "talking", "wrap_up"])
AgentNext = TypeAliasType("AgentNext", Literal["call", "break", "end_of_shift"])
CampaignState = TypeAliasType("CampaignState", Literal["draft", "running", "paused", "stopped", "done"])
MonitorMode = TypeAliasType("MonitorMode", Literal["listen", "whisper", "barge"])
TimelineKind = TypeAliasType(
    "TimelineKind",
    Literal[
        "registered",
        "number_added",
        "assigned",
        "graded",
        "lead_added",
        "lead_stopped",
        "call",
        "callback_booked",
        "callback_moved",
        "callback_cancelled",
        "opted_out",
        "consent",
        "note",
        "wrapped_up",
    ],
)
Consent = TypeAliasType("Consent", Literal["opted_out", "not_opted_out"])
AgentOutcome = TypeAliasType(
    "AgentOutcome",
    Literal[
        "",
        "sold",
        "interested",
        "callback",
        "thinking",
        "not_interested",
        "wrong_person",
        "no_answer",
        "complaint",
        "do_not_call",
    ],
)


class Shape(BaseModel):
    """What a client sends: keys it does not know are refused."""

    model_config = ConfigDict(extra="forbid")


# -- who ----------------------------------------------------------------------------------------------------------


class Login(Shape):
    """Name and password, within a tenant."""

    tenant: str = Field(min_length=1, max_length=100)
    name: str = Field(min_length=1, max_length=100)
    password: str = Field(min_length=1, max_length=200)


class Me(BaseModel):
    """Who is logged in. `csrf` goes with every command."""

    user_id: str
    name: str
    display_name: str
    roles: list[Role]
    tenant: str
    csrf: str
    agent_id: str | None
    lang: str


class DemoUser(BaseModel):
    """Somebody to log in as while a demo runs."""

    name: str
    display_name: str
    roles: list[Role]
    password: str
    tenant: str


# -- what is going on ---------------------------------------------------------------------------------------------


class TurnView(BaseModel):
    """One turn of a call; times in ms since the answer."""

    index: int
    who: Speaker
    kind: str
    text: str
    start_ms: int
    end_ms: int
    intent: str | None
    confidence: float | None
    because: str | None


class LiveCall(BaseModel):
    """A call under way. While it is `held` (`transfer_to`: to put the customer through there), or the agent's phone is lost and
    nobody barges, the customer hears music and nobody."""

    call_id: str
    campaign_id: str
    stage: Stage
    since: str
    masked_name: str
    masked_number: str
    city: str | None
    grade: Grade | None
    agent_id: str | None
    last_text: str | None
    held: bool
    transfer_to: str | None
    phone_lost: bool
    monitored: MonitorMode | None
    monitored_by: str | None
    allowed_actions: list[str]


class AgentView(BaseModel):
    """An agent as the system sees them, and what they may do now; `next` is what follows when they have done what they are at."""

    id: str
    name: str
    status: AgentStatus
    state: AgentState
    next: AgentNext
    reason: str
    since: str
    allowed_actions: list[str]


class ReasonView(BaseModel):
    """One rule's no: whose limit it is (`level`, empty: everybody's), the limit, and what was seen."""

    rule: str
    level: str
    limit: str
    seen: str


class DenialView(BaseModel):
    """A call that was not allowed, with every reason."""

    at: str
    lead_id: str
    reasons: list[ReasonView]
    retry_at: str | None


class PaceView(BaseModel):
    """Why a campaign dials at this pace: `law`, what bound it (`limit`), and the law's figures: counts, shares 0..1 (`_share`),
    seconds (`_s`). `said` is all of it as an English sentence, as logs have it."""

    law: str
    dial: int
    limit: str
    figures: dict[str, float]
    said: str


class CampaignView(BaseModel):
    """A campaign and what may be done with it; `pacing` is the pacer's last word, while it runs."""

    id: str
    name: str
    mode: str
    assistant: str
    state: CampaignState
    leads: dict[str, int]
    pacing: PaceView | None
    allowed_actions: list[str]


class CampaignAction(Shape):
    """What to do with a campaign."""

    action: Literal["start", "pause", "stop"]


class Tiles(BaseModel):
    """Figures of this moment; None: nothing to count yet.

    `abandoned_percent`: of the calls of a predictive campaign that a person answered in the last 30 days, those for whom no
    agent was there; of several campaigns the highest. `answer_to_robot_ms`: median over the last 50 talks.
    """

    dialling: int
    robot: int
    waiting: int
    human: int
    wrap_up: int
    ready: int
    not_ready: int
    abandoned_percent: float | None
    answer_to_robot_ms: float | None
    denials_per_min: int


class Board(BaseModel):
    """Everything a wall shows, as of event `seq`."""

    epoch: str
    seq: int
    tiles: Tiles
    calls: list[LiveCall]
    agents: list[AgentView]
    denials: list[DenialView]
    campaigns: list[CampaignView]


class RecordingView(BaseModel):
    """Whether there is sound to be heard."""

    available: bool
    seconds: float | None


class CallDetail(BaseModel):
    """A call, under way or over."""

    call_id: str
    campaign_id: str
    customer_id: str | None
    stage: Stage
    outcome: str | None
    grade: Grade | None
    summary: list[str]
    masked_name: str
    masked_number: str
    turns: list[TurnView]
    recording: RecordingView
    allowed_actions: list[str]


class CallView(BaseModel):
    """A line of a list of calls."""

    call_id: str
    campaign_id: str
    lead_id: str
    stage: Literal["dial", "robot", "human", "ended"]
    outcome: str | None
    served: str | None
    grade: Grade | None
    summary: str | None


class JournalEntry(BaseModel):
    """One thing that happened in a call."""

    seq: int
    at: str
    kind: str
    data: dict[str, object]


class CustomerEvent(BaseModel):
    """One line of a customer's timeline. `data`: the facts of its kind (crm.timeline), ids replaced by names. `recording`:
    there is sound of the call, and who asks may hear it."""

    at: str
    kind: TimelineKind
    data: dict[str, str | int | bool]
    call_id: str | None
    recording: bool


class Interest(BaseModel):
    """Both judgements; a person's stands over the machine's."""

    machine: Grade | None
    human: Grade | None


class CustomerView(BaseModel):
    """A customer with their history."""

    customer_id: str
    masked_name: str
    masked_number: str
    owner: str | None
    consent: Consent
    interest: Interest
    timeline: list[CustomerEvent]
    allowed_actions: list[str]


class CanCall(BaseModel):
    """May the customer be called now? Else which rule forbids it and when to ask again (None: nobody can say).

    The rule is quota's, with `reasons`, or a campaign's, with the campaign and what its list says of the customer (`detail`).
    """

    allowed: bool
    rule: str | None
    reasons: list[ReasonView]
    campaign: str
    detail: str
    retry_at: str | None


class Reveal(Shape):
    """Why the number must be seen."""

    reason: str = Field(min_length=3, max_length=500)


class Revealed(BaseModel):
    """The number, to be shown until then."""

    number: str
    until: str


# -- supervising ---------------------------------------------------------------------------------------------------


class MonitorWish(Shape):
    """How a supervisor wants to be in a call."""

    mode: MonitorMode


# -- the platform -------------------------------------------------------------------------------------------------


class Health(BaseModel):
    """How the platform is."""

    status: Literal["ok", "degraded"]
    calls: int
    agents: int
    recognizer: bool
    synthesizer: bool
    late_ticks: int


class Problem(BaseModel):
    """Every error's body. `case` tells apart what one code is answered for, `params` are the values in its text: who words it
    in another language needs no more. Codes that are not in the list are of servers that are newer than the client."""

    code: str = Field(json_schema_extra={"enum": list(ANSWERED)})
    message: str
    remedy: str
    case: str
    params: dict[str, str | int | float | list[str]]
    request_id: str

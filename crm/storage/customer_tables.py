"""Everything of a customer, in the shard of the customer's slot: every row's id carries that slot.

Each table has `tenant_id`: repositories put it into every condition.
"""

from typing import Final

from sqlalchemy import JSON, Boolean, Column, Float, Index, Integer, MetaData, String, Table, Text, Time
from sqlalchemy import UniqueConstraint as Unique

from crm.storage.columns import MYSQL, id_column, id_reference, moment

metadata: Final = MetaData()

meta: Final = Table(
    "customer_meta",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", String(2000), nullable=False),
    **MYSQL,
)

customers: Final = Table(
    "customers",
    metadata,
    id_column(),
    id_reference("tenant_id"),
    Column("name", String(200), nullable=False),
    Column("lang", String(16), nullable=False),
    Column("zone", String(64), nullable=False),
    Column("window_from", Time),
    Column("window_to", Time),
    Column("source", String(40), nullable=False),
    Column("attributes", JSON, nullable=False),
    id_reference("owner_id", nullable=True),
    Column("grade_machine", String(1)),
    Column("grade_human", String(1)),
    id_reference("import_id", nullable=True),
    moment("created_at"),
    moment("updated_at"),
    **MYSQL,
)

# Numbers in clear lie in this table only, apart from everything else.
numbers: Final = Table(
    "numbers",
    metadata,
    id_column(),
    id_reference("tenant_id"),
    id_reference("customer_id"),
    id_reference("subject_id"),
    Column("e164", String(16), nullable=False),
    Column("position", Integer, nullable=False),
    id_reference("import_id", nullable=True),
    Unique("customer_id", "subject_id", name="a_number_once"),
    **MYSQL,
)

# `lane` is the priority turned round (lower goes first), so that one index gives the next leads in order.
leads: Final = Table(
    "leads",
    metadata,
    id_column(),
    id_reference("tenant_id"),
    id_reference("campaign_id"),
    id_reference("customer_id"),
    id_reference("number_id"),
    Column("state", String(16), nullable=False),
    Column("lane", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    moment("next_at"),
    Column("window_from", Time),
    Column("window_to", Time),
    Column("attributes", JSON, nullable=False),
    Column("last_result", String(40)),
    Column("stopped_because", String(40)),
    id_reference("import_id", nullable=True),
    moment("created_at"),
    moment("updated_at"),
    Unique("campaign_id", "customer_id", name="a_lead_per_customer"),
    Index("leads_to_call", "campaign_id", "state", "lane", "next_at", "id"),
    Index("leads_by_customer", "customer_id"),
    Index("leads_by_import", "import_id"),
    **MYSQL,
)

# The right to dial. `open_customer_id` is the customer until the attempt ended, else null: unique, so that nobody has
# two attempts at a time. Calls to us have no grant: `grant_id` is their own id.
attempts: Final = Table(
    "attempts",
    metadata,
    id_column(),
    id_reference("tenant_id"),
    id_reference("campaign_id"),
    id_reference("customer_id"),
    id_reference("lead_id"),
    id_reference("number_id"),
    id_reference("callback_id", nullable=True),
    id_reference("grant_id"),
    Column("attempt_no", Integer, nullable=False),
    Column("worker", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    id_reference("open_customer_id", nullable=True),
    Column("rung", Boolean),
    Column("result", String(40)),
    moment("claimed_at"),
    moment("dialling_at", nullable=True),
    moment("dialled_at", nullable=True),
    moment("answered_at", nullable=True),
    moment("ended_at", nullable=True),
    Unique("lead_id", "attempt_no", name="an_attempt_once"),
    Unique("grant_id", name="a_grant_once"),
    Unique("open_customer_id", name="one_open_attempt"),
    **MYSQL,
)

# What a person sees of an attempt; same id. `robot` is the machine's outcome, `handover` the times of a transfer.
calls: Final = Table(
    "calls",
    metadata,
    id_column(),
    id_reference("tenant_id"),
    id_reference("campaign_id"),
    id_reference("customer_id"),
    id_reference("lead_id"),
    id_reference("agent_id", nullable=True),
    Column("mode", String(20), nullable=False),
    Column("stage", String(20), nullable=False),
    Column("outcome", String(40)),
    Column("served", String(16)),
    Column("grade_machine", String(1)),
    Column("grade_human", String(1)),
    id_reference("grade_human_by", nullable=True),
    Column("summary", Text),
    Column("robot", JSON),
    Column("handover", JSON),
    Column("wav", String(500)),
    Column("agent_wav", String(500)),
    Column("answered_s", Float),
    Column("decided_s", Float),
    moment("claimed_at"),
    moment("answered_at", nullable=True),
    moment("ended_at", nullable=True),
    Index("calls_of_campaign", "tenant_id", "campaign_id", "id"),
    Index("calls_of_customer", "customer_id"),
    **MYSQL,
)

journal: Final = Table(
    "journal",
    metadata,
    id_column("call_id"),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    id_reference("tenant_id"),
    Column("kind", String(60), nullable=False),
    Column("data", JSON, nullable=False),
    moment("at"),
    **MYSQL,
)

timeline: Final = Table(
    "timeline",
    metadata,
    id_column(),
    id_reference("tenant_id"),
    id_reference("customer_id"),
    id_reference("about_id", nullable=True),
    Column("kind", String(40), nullable=False),
    Column("data", JSON, nullable=False),
    moment("at"),
    Index("timeline_of_customer", "customer_id", "at"),
    **MYSQL,
)

callbacks: Final = Table(
    "callbacks",
    metadata,
    id_column(),
    id_reference("tenant_id"),
    id_reference("campaign_id"),
    id_reference("customer_id"),
    id_reference("lead_id"),
    id_reference("call_id", nullable=True),
    id_reference("attempt_id", nullable=True),
    Column("state", String(16), nullable=False),
    moment("due_at"),
    moment("promised_at"),
    Column("note", Text, nullable=False),
    Column("moves", JSON, nullable=False),
    Column("worker", Integer),
    moment("claimed_at", nullable=True),
    moment("closed_at", nullable=True),
    moment("created_at"),
    Index("callbacks_due", "campaign_id", "state", "due_at"),
    Index("callbacks_of_lead", "lead_id", "state"),
    **MYSQL,
)

consents: Final = Table(
    "consents",
    metadata,
    id_column(),
    id_reference("tenant_id"),
    id_reference("customer_id"),
    id_reference("user_id", nullable=True),
    Column("purpose", String(40), nullable=False),
    Column("given", Boolean, nullable=False),
    Column("source", String(40), nullable=False),
    Column("evidence", Text, nullable=False),
    moment("at"),
    Index("consents_of_customer", "customer_id"),
    **MYSQL,
)

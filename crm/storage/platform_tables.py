"""What belongs to no single customer: tenants, people behind numbers, opt-outs, grants, campaigns, agents, workers.

One database, so that a decision that must hold over all tenants (may this person be called now?) is one transaction.
No number and no name of a customer lies here: people are known by a keyed hash.
"""

from typing import Final

from sqlalchemy import JSON, BigInteger, Boolean, Column, Index, Integer, MetaData, String, Table, Text, Time
from sqlalchemy import UniqueConstraint as Unique

from crm.storage.columns import MYSQL, id_column, id_reference, moment

metadata: Final = MetaData()

# Facts about this database itself: which slots it serves, under which epoch; a check value of the subject key.
meta: Final = Table(
    "platform_meta",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", String(2000), nullable=False),
    **MYSQL,
)

tenants: Final = Table(
    "tenants",
    metadata,
    id_column(),
    Column("name", String(100), nullable=False, unique=True),
    Column("zone", String(64), nullable=False),
    Column("lang", String(16), nullable=False),
    Column("window_from", Time),
    Column("window_to", Time),
    Column("attempts_per_day", Integer),
    Column("concurrency", Integer),
    moment("created_at"),
    **MYSQL,
)

# The person behind a number, whoever knows it. `hash` is HMAC-SHA-256 of the E.164 number, hex.
subjects: Final = Table(
    "subjects",
    metadata,
    id_column(),
    Column("hash", String(64), nullable=False, unique=True),
    moment("created_at"),
    **MYSQL,
)

# Which customer of a tenant a person is: uniqueness that no single shard could keep.
identities: Final = Table(
    "identities",
    metadata,
    Column("tenant_id", BigInteger, primary_key=True, autoincrement=False),
    Column("subject_id", BigInteger, primary_key=True, autoincrement=False),
    id_reference("customer_id"),
    **MYSQL,
)

# A row stands for ever and for every tenant; `tenant_id` says where it was said.
opt_outs: Final = Table(
    "opt_outs",
    metadata,
    id_column(),
    id_reference("subject_id"),
    id_reference("tenant_id"),
    id_reference("call_id", nullable=True),
    id_reference("user_id", nullable=True),
    Column("source", String(40), nullable=False),
    Column("evidence", Text, nullable=False),
    moment("at"),
    Index("opt_outs_by_subject", "subject_id"),
    **MYSQL,
)

# `open_tenant_id` is the tenant while the grant holds capacity, else null: the index then holds open grants only.
grants: Final = Table(
    "grants",
    metadata,
    id_column(),
    id_reference("tenant_id"),
    id_reference("subject_id"),
    id_reference("customer_id"),
    id_reference("lead_id"),
    id_reference("campaign_id"),
    Column("worker", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    id_reference("open_tenant_id", nullable=True),
    moment("reserved_at"),
    moment("expires_at"),
    moment("counted_at"),
    moment("closed_at", nullable=True),
    Index("grants_by_subject", "subject_id", "counted_at"),
    Index("grants_open", "open_tenant_id", "state"),
    **MYSQL,
)

denials: Final = Table(
    "denials",
    metadata,
    id_column(),
    id_reference("tenant_id"),
    id_reference("subject_id"),
    id_reference("customer_id"),
    id_reference("lead_id"),
    id_reference("campaign_id"),
    Column("rule", String(40), nullable=False),
    Column("reasons", JSON, nullable=False),
    moment("retry_at", nullable=True),
    moment("at"),
    Index("denials_by_lead", "lead_id", "at"),
    Index("denials_by_tenant", "tenant_id", "at"),
    **MYSQL,
)

campaigns: Final = Table(
    "campaigns",
    metadata,
    id_column(),
    id_reference("tenant_id"),
    Column("name", String(100), nullable=False),
    Column("mode", String(20), nullable=False),
    Column("assistant", String(100), nullable=False),
    Column("state", String(20), nullable=False),
    Column("window_from", Time),
    Column("window_to", Time),
    Column("options", JSON, nullable=False),
    moment("created_at"),
    moment("updated_at"),
    Unique("tenant_id", "name", name="one_name_per_tenant"),
    **MYSQL,
)

agents: Final = Table(
    "agents",
    metadata,
    id_column(),
    id_reference("tenant_id"),
    Column("name", String(100), nullable=False),
    Column("lang", String(16), nullable=False),
    Column("skills", JSON, nullable=False),
    Column("active", Boolean, nullable=False),
    moment("created_at"),
    Unique("tenant_id", "name", name="one_agent_name_per_tenant"),
    **MYSQL,
)

# People who log in. `password` is an argon2 hash; `roles` a list of kernel.tenant.Role; `queues` the names of those they serve,
# none or null: the default one.
users: Final = Table(
    "users",
    metadata,
    id_column(),
    id_reference("tenant_id"),
    Column("name", String(100), nullable=False),
    Column("display_name", String(100), nullable=False),
    Column("password", String(200), nullable=False),
    Column("roles", JSON, nullable=False),
    Column("queues", JSON),
    Column("lang", String(16), nullable=False),
    Column("active", Boolean, nullable=False),
    moment("created_at"),
    Unique("tenant_id", "name", name="one_user_name_per_tenant"),
    **MYSQL,
)

# `token` is the SHA-256 of what the browser's cookie holds: who reads the table cannot log in with it.
sessions: Final = Table(
    "sessions",
    metadata,
    Column("token", String(64), primary_key=True),
    id_reference("user_id"),
    id_reference("tenant_id"),
    Column("csrf", String(64), nullable=False),
    moment("begun_at"),
    moment("seen_at"),
    Index("sessions_by_user", "user_id"),
    **MYSQL,
)

# What a person looked at or did that somebody may ask about later. Rows are only ever added.
audit: Final = Table(
    "audit",
    metadata,
    id_column(),
    id_reference("tenant_id"),
    id_reference("user_id"),
    Column("what", String(60), nullable=False),
    id_reference("about_id", nullable=True),
    Column("reason", String(500), nullable=False),
    moment("at"),
    Index("audit_by_tenant", "tenant_id", "at"),
    **MYSQL,
)

# What an agent has written of a call and not yet finished.
drafts: Final = Table(
    "drafts",
    metadata,
    Column("call_id", BigInteger, primary_key=True, autoincrement=False),
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    id_reference("tenant_id"),
    Column("note", Text, nullable=False),
    Column("outcome", String(40), nullable=False),
    Column("grade", String(1)),
    moment("callback_at", nullable=True),
    Column("etag", String(32), nullable=False),
    moment("saved_at"),
    Index("drafts_by_user", "user_id", "saved_at"),
    **MYSQL,
)

# A file of customers: WRITING until every shard has its rows, then DONE. See crm.importer.
imports: Final = Table(
    "imports",
    metadata,
    id_column(),
    id_reference("tenant_id"),
    id_reference("campaign_id"),
    Column("file_hash", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("report", JSON, nullable=False),
    moment("at"),
    Unique("tenant_id", "campaign_id", "file_hash", name="a_file_once"),
    **MYSQL,
)

# Who makes ids with which worker number, until when. `started` tells two processes with one pid apart.
id_workers: Final = Table(
    "id_workers",
    metadata,
    Column("worker", Integer, primary_key=True, autoincrement=False),
    Column("token", String(32), nullable=False),
    Column("host", String(255), nullable=False),
    Column("pid", Integer, nullable=False),
    Column("started", String(32), nullable=False),
    moment("taken_at"),
    moment("leased_until"),
    **MYSQL,
)

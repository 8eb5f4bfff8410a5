"""Run by Alembic for the customer domain."""

from crm.storage.customer_tables import metadata
from crm.storage.migrations.environment import run

run("customer", metadata)

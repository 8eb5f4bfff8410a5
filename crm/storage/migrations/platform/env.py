"""Run by Alembic for the platform domain."""

from crm.storage.migrations.environment import run
from crm.storage.platform_tables import metadata

run("platform", metadata)

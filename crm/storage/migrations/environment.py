"""What both histories share: they run on the connection that `crm.storage.migrate` hands over, in its transaction."""

from alembic import context
from sqlalchemy import Connection, MetaData


def run(domain: str, metadata: MetaData) -> None:
    """Apply the revisions of one domain; each domain keeps its own version table, so that both may share a database."""
    connection: Connection = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=metadata, version_table=f"{domain}_version")
    with context.begin_transaction():
        context.run_migrations()

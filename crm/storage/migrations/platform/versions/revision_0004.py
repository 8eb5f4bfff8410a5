"""Which queues a user serves."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Nobody has chosen yet."""
    op.add_column("users", sa.Column("queues", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Take it away."""
    op.drop_column("users", "queues")

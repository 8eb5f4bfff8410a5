"""A draft keeps the whole result of a call, and an agent's unfinished ones are found."""

import sqlalchemy as sa
from alembic import op

from crm.storage.columns import UtcTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add what was on the screen only."""
    op.add_column("drafts", sa.Column("grade", sa.String(length=1), nullable=True))
    op.add_column("drafts", sa.Column("callback_at", UtcTime(), nullable=True))
    op.create_index("drafts_by_user", "drafts", ["user_id", "saved_at"])


def downgrade() -> None:
    """Take it away."""
    op.drop_index("drafts_by_user", "drafts")
    op.drop_column("drafts", "callback_at")
    op.drop_column("drafts", "grade")

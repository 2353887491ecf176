"""An index over what changes have taken back: some of it still holds, and is owed again."""

import sqlalchemy as sa
from alembic import op

revision: str = "20261126_0100"
down_revision: str | None = "20261126_0040"
branch_labels: None = None
depends_on: None = None

_NAME = "ix_reminders_taken_back"


def upgrade() -> None:
    only = sa.text(
        "state = 'cancelled' AND reason IN "
        "('changed', 'moved', 'policy', 'reassigned', 'removed', 'waits')"
    )
    op.create_index(
        _NAME,
        "reminders",
        ["workspace_id", "subject_id"],
        postgresql_where=only,
        sqlite_where=only,
    )


def downgrade() -> None:
    op.drop_index(_NAME, "reminders")

"""A switch over all that leaves, which no copy of the database is born with."""

import sqlalchemy as sa
from alembic import op

revision: str = "20261126_0800"
down_revision: str | None = "20261126_0400"
branch_labels: None = None
depends_on: None = None

# Which table of which database of which server this is: a copy is another one.
_HERE = {
    "sqlite": "''",
    "postgresql": "concat((SELECT system_identifier FROM pg_control_system()), '/', "
    "(SELECT oid FROM pg_database WHERE datname = current_database()), '/', tableoid)",
}


def upgrade() -> None:
    op.create_table(
        "senders",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("muted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("home", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_senders")),
    )
    op.execute("INSERT INTO senders (id, home) VALUES (1, '')")
    op.execute(f"UPDATE senders SET home = {_HERE[op.get_bind().dialect.name]}")  # noqa: S608 - ours


def downgrade() -> None:
    op.drop_table("senders")

"""What the chaser needs: timers, policies, people's hours, channels, reminders and their attempts.

Columns that existing rows must have come with a default of the database's own, so that a version
of the tracker that does not know them yet can still write.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "20261125_2200"
down_revision: str | None = "20261125_1900"
branch_labels: None = None
depends_on: None = None

_TIMED = ("tasks", "gates", "projects")
_WITH_POLICY = ("workspaces", "projects", "tasks")


def upgrade() -> None:
    _timers()
    _people()
    _reminders()
    _work()


def _timers() -> None:
    for name in _TIMED:
        op.add_column(name, sa.Column("chase_at", sa.DateTime(timezone=True), nullable=True))
        _waiting(f"ix_{name}_chase", name, "chase_at")
    op.add_column("tasks", sa.Column("chased_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("tasks", sa.Column("blocked_on", sa.Date(), nullable=True))
    op.add_column("gates", sa.Column("approvable_at", sa.DateTime(timezone=True), nullable=True))
    for name in _WITH_POLICY:
        op.add_column(name, sa.Column("reminder_policy", sa.JSON(), nullable=True))
    # What is there already is looked at, too; nobody knows better since when a task is blocked.
    op.execute("UPDATE tasks SET blocked_on = date(updated_at) WHERE status = 'blocked'")
    op.execute(
        "UPDATE tasks SET chase_at = CURRENT_TIMESTAMP "
        "WHERE status NOT IN ('done', 'not_applicable')"
    )
    op.execute("UPDATE gates SET chase_at = CURRENT_TIMESTAMP WHERE decided_at IS NULL")
    op.execute("UPDATE projects SET chase_at = CURRENT_TIMESTAMP WHERE state = 'active'")


def _people() -> None:
    for name in ("confirmed_at", "mail_off_at"):
        op.add_column("members", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    # Those who are members already have been reached by their address.
    op.execute("UPDATE members SET confirmed_at = created_at")
    op.create_table(
        "preferences",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("work_from", sa.Text(), nullable=False),
        sa.Column("work_until", sa.Text(), nullable=False),
        sa.Column("work_days", sa.JSON(), nullable=False),
        sa.Column("quiet_from", sa.Text(), nullable=True),
        sa.Column("quiet_until", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("subdivision", sa.Text(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("digest_time", sa.Text(), nullable=False),
        sa.Column("digest_weekday", sa.Integer(), nullable=False),
        sa.Column("digest_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminder_policy", sa.JSON(), nullable=True),
        sa.Column("projects", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _key_to("preferences", ["workspace_id", "member_id"], "members"),
        sa.PrimaryKeyConstraint("workspace_id", "member_id", name=op.f("pk_preferences")),
    )
    _waiting("ix_preferences_digest", "preferences", "digest_at")
    op.create_table(
        "absences",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("end_on", sa.Date(), nullable=False),
        sa.Column("stand_in_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _key_to("absences", ["workspace_id", "member_id"], "members"),
        _key_to("absences", ["workspace_id", "stand_in_id"], "members"),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_absences")),
    )
    op.create_index(
        op.f("ix_absences_workspace_id_member_id"), "absences", ["workspace_id", "member_id"]
    )
    op.create_table(
        "channels",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _key_to("channels", ["workspace_id", "member_id"], "members"),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_channels")),
    )
    op.create_index(
        op.f("ix_channels_workspace_id_member_id"), "channels", ["workspace_id", "member_id"]
    )


def _reminders() -> None:
    op.create_table(
        "reminders",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("occurrence", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claim", sa.Integer(), server_default="0", nullable=False),
        sa.Column("crashes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("most_tries", sa.Integer(), server_default="8", nullable=False),
        sa.Column("folded_into", sa.Uuid(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("snoozed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _key_to("reminders", ["workspace_id", "project_id"], "projects", cascades=True),
        _key_to("reminders", ["workspace_id", "member_id"], "members"),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_reminders")),
    )
    _waiting("ix_reminders_ready", "reminders", "ready_at")
    live = sa.text("state <> 'cancelled'")
    op.create_index(
        "uq_reminders_effect",
        "reminders",
        ["workspace_id", "subject_id", "rule", "step", "occurrence", "member_id"],
        unique=True,
        postgresql_where=live,
        sqlite_where=live,
    )
    op.create_index(
        op.f("ix_reminders_workspace_id_member_id_due_at"),
        "reminders",
        ["workspace_id", "member_id", "due_at"],
    )
    op.create_index(
        op.f("ix_reminders_workspace_id_due_at_id"), "reminders", ["workspace_id", "due_at", "id"]
    )
    for name, column, condition in (
        ("open", "member_id", "state IN ('owed', 'sending')"),
        ("folded", "folded_into", "folded_into IS NOT NULL"),
        ("answered", "subject_id", "acked_at IS NOT NULL OR snoozed_until IS NOT NULL"),
    ):
        only = sa.text(condition)
        op.create_index(
            f"ix_reminders_{name}",
            "reminders",
            ["workspace_id", column],
            postgresql_where=only,
            sqlite_where=only,
        )
    troubled = sa.text("state IN ('failed', 'unknown')")
    op.create_index(
        "ix_reminders_troubled",
        "reminders",
        ["state"],
        postgresql_where=troubled,
        sqlite_where=troubled,
    )
    _waiting("ix_reminders_sent", "reminders", "sent_at")
    op.create_table(
        "attempts",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reminder_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Uuid(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        _key_to("attempts", ["workspace_id", "reminder_id"], "reminders", cascades=True),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_attempts")),
        sa.UniqueConstraint(
            "workspace_id",
            "reminder_id",
            "number",
            name=op.f("uq_attempts_workspace_id_reminder_id_number"),
        ),
    )


def _work() -> None:
    op.create_table(
        "breakers",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("open_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_breakers")),
    )
    op.create_table(
        "looks",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_looks")),
    )
    # What was announced before anybody listened stays as it is: told, and done with.
    op.drop_index("ix_outbox_messages_waiting", "outbox_messages")
    op.add_column(
        "outbox_messages", sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True)
    )
    for name in ("claim", "crashes"):
        op.add_column(
            "outbox_messages", sa.Column(name, sa.Integer(), server_default="0", nullable=False)
        )
    op.execute("UPDATE outbox_messages SET relayed_at = occurred_at WHERE relayed_at IS NULL")
    _waiting("ix_outbox_messages_ready", "outbox_messages", "ready_at")
    parked = sa.text("ready_at IS NULL AND relayed_at IS NULL")
    op.create_index(
        "ix_outbox_messages_parked",
        "outbox_messages",
        ["occurred_at"],
        postgresql_where=parked,
        sqlite_where=parked,
    )


def _waiting(name: str, table: str, column: str) -> None:
    """An index over what still has a moment to wait for."""
    where = sa.text(f"{column} IS NOT NULL")
    op.create_index(name, table, [column], postgresql_where=where, sqlite_where=where)


def _key_to(
    table: str, columns: list[str], other: str, *, cascades: bool = False
) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        columns,
        [f"{other}.workspace_id", f"{other}.id"],
        name=op.f(f"fk_{table}_{'_'.join(columns)}"),
        ondelete="CASCADE" if cascades else None,
    )


def downgrade() -> None:
    op.drop_index("ix_outbox_messages_parked", "outbox_messages")
    op.drop_index("ix_outbox_messages_ready", "outbox_messages")
    for name in ("crashes", "claim", "ready_at"):
        op.drop_column("outbox_messages", name)
    where = sa.text("relayed_at IS NULL")
    op.create_index(
        "ix_outbox_messages_waiting",
        "outbox_messages",
        ["id"],
        postgresql_where=where,
        sqlite_where=where,
    )
    for name in (
        "looks",
        "breakers",
        "attempts",
        "reminders",
        "channels",
        "absences",
        "preferences",
    ):
        op.drop_table(name)
    for name in ("mail_off_at", "confirmed_at"):
        op.drop_column("members", name)
    for name in _WITH_POLICY:
        op.drop_column(name, "reminder_policy")
    op.drop_column("gates", "approvable_at")
    for column in ("blocked_on", "chased_at"):
        op.drop_column("tasks", column)
    for name in _TIMED:
        op.drop_index(f"ix_{name}_chase", name)
        op.drop_column(name, "chase_at")

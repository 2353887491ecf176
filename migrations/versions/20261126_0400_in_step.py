"""What it takes to be in step with others: a numbered log of events, webhooks and boards."""

import sqlalchemy as sa
from alembic import op

revision: str = "20261126_0400"
down_revision: str | None = "20261126_0100"
branch_labels: None = None
depends_on: None = None

_TABLES = (
    "event_heads",
    "webhooks",
    "deliveries",
    "delivery_attempts",
    "board_accounts",
    "boards",
    "board_items",
    "board_conflicts",
    "board_deliveries",
    "board_imports",
)
_NUMBERED = {
    "uq_outbox_messages_position": [],
    "ix_outbox_messages_project": ["project_id"],
    "ix_outbox_messages_object": ["object_id"],
}
# A type of an event has no hyphen: see the specification of Standard Webhooks.
_TOPICS = {
    old: old.replace("-", "_")
    for old in (
        "project.state-changed",
        "project.phase-entered",
        "task.given-up",
        "ritual.occurrence-made",
        "ritual.occurrence-missed",
        "gate.waiver-expired",
        "gate.approval-asked",
        "gate.approval-given",
        "gate.approval-refused",
    )
}


def upgrade() -> None:
    _outbox_messages()
    _event_heads()
    _webhooks()
    _deliveries()
    _delivery_attempts()
    _board_accounts()
    _boards()
    _board_items()
    _board_conflicts()
    _board_deliveries()
    _board_imports()


def _outbox_messages() -> None:
    op.add_column("outbox_messages", sa.Column("position", sa.BigInteger(), nullable=True))
    op.add_column("outbox_messages", sa.Column("sequence", sa.BigInteger(), nullable=True))
    op.add_column("outbox_messages", sa.Column("object_id", sa.Uuid(), nullable=True))
    op.add_column("outbox_messages", sa.Column("project_id", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_outbox_messages_new",
        "outbox_messages",
        ["id"],
        unique=False,
        postgresql_where=sa.text("position IS NULL"),
        sqlite_where=sa.text("position IS NULL"),
    )
    op.create_index(
        "ix_outbox_messages_relayed",
        "outbox_messages",
        ["relayed_at"],
        unique=False,
        postgresql_where=sa.text("relayed_at IS NOT NULL"),
        sqlite_where=sa.text("relayed_at IS NOT NULL"),
    )
    for name, columns in _NUMBERED.items():
        op.create_index(
            name,
            "outbox_messages",
            ["workspace_id", *columns, "position"],
            unique=name.startswith("uq"),
            postgresql_where=sa.text("position IS NOT NULL"),
            sqlite_where=sa.text("position IS NOT NULL"),
        )
    for old, new in _TOPICS.items():
        _rename(old, new)


def _rename(old: str, new: str) -> None:
    table = sa.table("outbox_messages", sa.column("topic", sa.Text()))
    op.execute(table.update().where(table.c.topic == old).values(topic=new))


def _event_heads() -> None:
    op.create_table(
        "event_heads",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "object_id", name=op.f("pk_event_heads")),
        sqlite_with_rowid=False,
    )


def _webhooks() -> None:
    op.create_table(
        "webhooks",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("types", sa.JSON(), nullable=False),
        sa.Column("headers", sa.Text(), nullable=True),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("old_secret", sa.Text(), nullable=True),
        sa.Column("old_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("blocked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "owner_id"],
            ["members.workspace_id", "members.id"],
            name=op.f("fk_webhooks_workspace_id_owner_id"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_webhooks")),
    )
    op.create_index(
        "ix_webhooks_blocked",
        "webhooks",
        ["blocked_until"],
        unique=False,
        postgresql_where=sa.text("blocked_until IS NOT NULL"),
        sqlite_where=sa.text("blocked_until IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_webhooks_workspace_id_owner_id"),
        "webhooks",
        ["workspace_id", "owner_id"],
        unique=False,
    )


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claim", sa.Integer(), server_default="0", nullable=False),
        sa.Column("crashes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "webhook_id"],
            ["webhooks.workspace_id", "webhooks.id"],
            name=op.f("fk_deliveries_workspace_id_webhook_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint(
            "workspace_id",
            "webhook_id",
            "event_id",
            name=op.f("uq_deliveries_workspace_id_webhook_id_event_id"),
        ),
    )
    op.create_index(
        "ix_deliveries_troubled",
        "deliveries",
        ["workspace_id", "webhook_id", "state"],
        unique=False,
        postgresql_where=sa.text("state IN ('held', 'failed')"),
        sqlite_where=sa.text("state IN ('held', 'failed')"),
    )
    op.create_index(
        "ix_deliveries_ready",
        "deliveries",
        ["ready_at", "webhook_id"],
        unique=False,
        postgresql_where=sa.text("ready_at IS NOT NULL"),
        sqlite_where=sa.text("ready_at IS NOT NULL"),
    )


def _delivery_attempts() -> None:
    op.create_table(
        "delivery_attempts",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("milliseconds", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "delivery_id"],
            ["deliveries.workspace_id", "deliveries.id"],
            name=op.f("fk_delivery_attempts_workspace_id_delivery_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "workspace_id", "delivery_id", "number", name=op.f("pk_delivery_attempts")
        ),
    )


def _board_accounts() -> None:
    op.create_table(
        "board_accounts",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("base_url", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=True),
        sa.Column("own_id", sa.Text(), nullable=True),
        sa.Column("credentials", sa.Text(), nullable=False),
        sa.Column("window_began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("window_calls", sa.Integer(), nullable=False),
        sa.Column("next_allowed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_board_accounts")),
        sa.UniqueConstraint(
            "workspace_id",
            "kind",
            "digest",
            name=op.f("uq_board_accounts_workspace_id_kind_digest"),
        ),
    )


def _boards() -> None:
    op.create_table(
        "boards",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("remote_id", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("layout", sa.JSON(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("problem_facts", sa.JSON(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_syncing", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("claim", sa.Integer(), server_default="0", nullable=False),
        sa.Column("crashes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("cursor", sa.JSON(), nullable=True),
        sa.Column("reconcile_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reconciled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("run", sa.JSON(), nullable=True),
        sa.Column("hook_key", sa.Text(), nullable=False),
        sa.Column("hook_id", sa.Text(), nullable=True),
        sa.Column("hook_url", sa.Text(), nullable=True),
        sa.Column("hook_secret", sa.Text(), nullable=True),
        sa.Column("hook_state", sa.Text(), nullable=False),
        sa.Column("hook_checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "account_id"],
            ["board_accounts.workspace_id", "board_accounts.id"],
            name=op.f("fk_boards_workspace_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "owner_id"],
            ["members.workspace_id", "members.id"],
            name=op.f("fk_boards_workspace_id_owner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "project_id"],
            ["projects.workspace_id", "projects.id"],
            name=op.f("fk_boards_workspace_id_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_boards")),
    )
    op.create_index(
        "ix_boards_ready",
        "boards",
        ["ready_at"],
        unique=False,
        postgresql_where=sa.text("ready_at IS NOT NULL"),
        sqlite_where=sa.text("ready_at IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_boards_workspace_id_project_id"),
        "boards",
        ["workspace_id", "project_id"],
        unique=False,
    )
    op.create_index("uq_boards_hook_key", "boards", ["hook_key"], unique=True)


def _board_items() -> None:
    op.create_table(
        "board_items",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("board_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=True),
        sa.Column("remote_id", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("agreed", sa.JSON(), nullable=True),
        sa.Column("remote", sa.JSON(), nullable=True),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_dirty", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "board_id"],
            ["boards.workspace_id", "boards.id"],
            name=op.f("fk_board_items_workspace_id_board_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_board_items")),
    )
    op.create_index(
        "uq_board_items_object",
        "board_items",
        ["workspace_id", "board_id", "object_id"],
        unique=True,
        postgresql_where=sa.text("object_id IS NOT NULL"),
        sqlite_where=sa.text("object_id IS NOT NULL"),
    )
    op.create_index(
        "uq_board_items_remote",
        "board_items",
        ["workspace_id", "board_id", "remote_id"],
        unique=True,
        postgresql_where=sa.text("remote_id IS NOT NULL"),
        sqlite_where=sa.text("remote_id IS NOT NULL"),
    )


def _board_conflicts() -> None:
    op.create_table(
        "board_conflicts",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("board_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("agreed", sa.JSON(), nullable=False),
        sa.Column("ours", sa.JSON(), nullable=False),
        sa.Column("theirs", sa.JSON(), nullable=False),
        sa.Column("taken", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "board_id"],
            ["boards.workspace_id", "boards.id"],
            name=op.f("fk_board_conflicts_workspace_id_board_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "item_id"],
            ["board_items.workspace_id", "board_items.id"],
            name=op.f("fk_board_conflicts_workspace_id_item_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_board_conflicts")),
    )
    op.create_index(
        op.f("ix_board_conflicts_workspace_id_board_id_id"),
        "board_conflicts",
        ["workspace_id", "board_id", "id"],
        unique=False,
    )


def _board_deliveries() -> None:
    op.create_table(
        "board_deliveries",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("board_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("remote_id", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_echo", sa.Boolean(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "board_id"],
            ["boards.workspace_id", "boards.id"],
            name=op.f("fk_board_deliveries_workspace_id_board_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_board_deliveries")),
        sa.UniqueConstraint(
            "workspace_id",
            "board_id",
            "key",
            name=op.f("uq_board_deliveries_workspace_id_board_id_key"),
        ),
    )
    op.create_index("ix_board_deliveries_handled", "board_deliveries", ["handled_at"], unique=False)
    op.create_index(
        "ix_board_deliveries_new",
        "board_deliveries",
        ["workspace_id", "board_id", "id"],
        unique=False,
        postgresql_where=sa.text("handled_at IS NULL"),
        sqlite_where=sa.text("handled_at IS NULL"),
    )


def _board_imports() -> None:
    op.create_table(
        "board_imports",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=True),
        sa.Column("playbook", sa.Text(), nullable=True),
        sa.Column("playbook_version", sa.Integer(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "project_id"],
            ["projects.workspace_id", "projects.id"],
            name=op.f("fk_board_imports_workspace_id_project_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "created_by"],
            ["members.workspace_id", "members.id"],
            name=op.f("fk_board_imports_workspace_id_created_by"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_board_imports")),
    )
    op.create_index(
        op.f("ix_board_imports_workspace_id_created_by"),
        "board_imports",
        ["workspace_id", "created_by"],
        unique=False,
    )
    op.create_index(
        op.f("ix_board_imports_workspace_id_digest"),
        "board_imports",
        ["workspace_id", "digest"],
        unique=False,
    )
    op.create_index(
        op.f("ix_board_imports_workspace_id_project_id"),
        "board_imports",
        ["workspace_id", "project_id"],
        unique=False,
    )


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)
    for old, new in _TOPICS.items():
        _rename(new, old)
    for name in (*_NUMBERED, "ix_outbox_messages_relayed", "ix_outbox_messages_new"):
        op.drop_index(name, "outbox_messages")
    for name in ("project_id", "object_id", "sequence", "position"):
        op.drop_column("outbox_messages", name)

"""What figures need: connections and their streams, what members did, readings, alerts.

A project is looked at when ``figures_at`` has come. Those that run already are looked at once.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "20261126_0040"
down_revision: str | None = "20261125_2200"
branch_labels: None = None
depends_on: None = None

_TABLES = (
    "connections",
    "streams",
    "pulls",
    "community_events",
    "community_members",
    "member_months",
    "series",
    "readings",
    "metric_settings",
    "alerts",
)


def upgrade() -> None:
    op.add_column("projects", sa.Column("figures_at", sa.DateTime(timezone=True), nullable=True))
    _waiting("ix_projects_figures", "projects", "figures_at")
    op.execute("UPDATE projects SET figures_at = CURRENT_TIMESTAMP WHERE state = 'active'")
    _connections()
    _streams()
    _pulls()
    _community_events()
    _community_members()
    _member_months()
    _series()
    _readings()
    _metric_settings()
    _alerts()


def _connections() -> None:
    op.create_table(
        "connections",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("base_url", sa.Text(), nullable=True),
        sa.Column("config", sa.JSON(), nullable=False),
        sa.Column("credentials", sa.Text(), nullable=True),
        sa.Column("actor_key", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("problem_facts", sa.JSON(), nullable=True),
        sa.Column("is_paused", sa.Boolean(), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claim", sa.Integer(), server_default="0", nullable=False),
        sa.Column("crashes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("is_pulling", sa.Boolean(), nullable=False),
        sa.Column("next_allowed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("calls_on", sa.Date(), nullable=True),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("most_calls", sa.Integer(), nullable=False),
        sa.Column("list_number", sa.Integer(), nullable=False),
        sa.Column("list_began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dirty_on", sa.Date(), nullable=True),
        sa.Column("derived_on", sa.Date(), nullable=True),
        sa.Column("complete_since", sa.Date(), nullable=True),
        sa.Column("succeeded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _key_to("connections", ["workspace_id", "project_id"], "projects"),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_connections")),
    )
    _waiting("ix_connections_ready", "connections", "ready_at")
    op.create_index("uq_connections_id", "connections", ["id"], unique=True)
    op.create_index(
        op.f("ix_connections_workspace_id_project_id"),
        "connections",
        ["workspace_id", "project_id"],
    )


def _streams() -> None:
    op.create_table(
        "streams",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("cursor", sa.JSON(), nullable=True),
        sa.Column("next_run_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("interval_seconds", sa.Integer(), nullable=False),
        sa.Column("quiet_runs", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("calls_on", sa.Date(), nullable=True),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("succeeded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("news_at", sa.DateTime(timezone=True), nullable=True),
        _key_to("streams", ["workspace_id", "connection_id"], "connections"),
        sa.PrimaryKeyConstraint("workspace_id", "connection_id", "name", name=op.f("pk_streams")),
    )


def _pulls() -> None:
    op.create_table(
        "pulls",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("new_rows", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("problem_facts", sa.JSON(), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        _key_to("pulls", ["workspace_id", "connection_id"], "connections"),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_pulls")),
    )
    op.create_index(
        op.f("ix_pulls_workspace_id_connection_id_id"),
        "pulls",
        ["workspace_id", "connection_id", "id"],
    )
    named = sa.text("digest IS NOT NULL")
    op.create_index(
        "uq_pulls_digest",
        "pulls",
        ["workspace_id", "connection_id", "digest"],
        unique=True,
        postgresql_where=named,
        sqlite_where=named,
    )


def _community_events() -> None:
    op.create_table(
        "community_events",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text(), nullable=True),
        sa.Column("root", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("weight", sa.Double(), nullable=False),
        _key_to("community_events", ["workspace_id", "connection_id"], "connections"),
        sa.PrimaryKeyConstraint(
            "workspace_id", "connection_id", "source_id", "kind", name=op.f("pk_community_events")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_community_events_workspace_id_connection_id_at"),
        "community_events",
        ["workspace_id", "connection_id", "at"],
    )


def _community_members() -> None:
    op.create_table(
        "community_members",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_left_exact", sa.Boolean(), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acquisition", sa.Text(), nullable=True),
        sa.Column("contributed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fits", sa.Boolean(), nullable=True),
        sa.Column("seen_in", sa.Integer(), nullable=False),
        _key_to("community_members", ["workspace_id", "connection_id"], "connections"),
        sa.PrimaryKeyConstraint(
            "workspace_id", "connection_id", "actor", name=op.f("pk_community_members")
        ),
        sqlite_with_rowid=False,
    )


def _member_months() -> None:
    op.create_table(
        "member_months",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("contributions", sa.Integer(), nullable=False),
        _key_to("member_months", ["workspace_id", "connection_id"], "connections"),
        sa.PrimaryKeyConstraint(
            "workspace_id", "connection_id", "actor", "month", name=op.f("pk_member_months")
        ),
        sqlite_with_rowid=False,
    )


def _series() -> None:
    op.create_table(
        "series",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("dims", sa.JSON(), nullable=False),
        sa.Column("dims_key", sa.Text(), nullable=False),
        sa.Column("definition_version", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _key_to("series", ["workspace_id", "project_id"], "projects"),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_series")),
        sa.UniqueConstraint(
            "workspace_id",
            "project_id",
            "metric",
            "origin",
            "method",
            "dims_key",
            "definition_version",
            name="uq_series_identity",
        ),
    )


def _readings() -> None:
    op.create_table(
        "readings",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_final", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        _key_to("readings", ["workspace_id", "series_id"], "series"),
        sa.PrimaryKeyConstraint(
            "workspace_id", "series_id", "day", "revision", name=op.f("pk_readings")
        ),
        sqlite_with_rowid=False,
    )
    only = sa.text("superseded_at IS NULL")
    op.create_index(
        "uq_readings_current",
        "readings",
        ["workspace_id", "series_id", "day"],
        unique=True,
        postgresql_where=only,
        sqlite_where=only,
    )


def _metric_settings() -> None:
    op.create_table(
        "metric_settings",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("op", sa.Text(), nullable=True),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("series_id", sa.Uuid(), nullable=True),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _key_to("metric_settings", ["workspace_id", "project_id"], "projects"),
        sa.PrimaryKeyConstraint(
            "workspace_id", "project_id", "metric", "phase", name=op.f("pk_metric_settings")
        ),
    )


def _alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("latest", sa.JSON(), nullable=False),
        sa.Column("checklist_id", sa.Uuid(), nullable=True),
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.Uuid(), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _key_to("alerts", ["workspace_id", "project_id"], "projects"),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_alerts")),
    )
    op.create_index(
        op.f("ix_alerts_workspace_id_project_id_id"), "alerts", ["workspace_id", "project_id", "id"]
    )
    only = sa.text("state <> 'resolved'")
    op.create_index(
        "uq_alerts_unresolved",
        "alerts",
        ["workspace_id", "project_id", "rule"],
        unique=True,
        postgresql_where=only,
        sqlite_where=only,
    )


def _waiting(name: str, table: str, column: str) -> None:
    """An index over what still has a moment to wait for."""
    where = sa.text(f"{column} IS NOT NULL")
    op.create_index(name, table, [column], postgresql_where=where, sqlite_where=where)


def _key_to(table: str, columns: list[str], other: str) -> sa.ForeignKeyConstraint:
    first, last = columns
    return sa.ForeignKeyConstraint(
        columns,
        [f"{other}.workspace_id", f"{other}.id"],
        name=op.f(f"fk_{table}_{first}_{last}"),
        ondelete="CASCADE",
    )


def downgrade() -> None:
    for name in reversed(_TABLES):
        op.drop_table(name)
    op.drop_index("ix_projects_figures", "projects")
    op.drop_column("projects", "figures_at")

"""What a running launch needs: task life, gate decisions, baselines, rituals, roster, history.

Columns that existing rows must have come with a default of the database's own, so that a version
of the tracker that does not know them yet can still write.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "20261125_1900"
down_revision: str | None = "20261123_2330"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    _of_projects()
    _of_gates()
    _of_tasks()
    _more_columns()


def _of_projects() -> None:
    op.create_table(
        "activities",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("door", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("seal", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "project_id"],
            ["projects.workspace_id", "projects.id"],
            name=op.f("fk_activities_workspace_id_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_activities")),
        sa.UniqueConstraint(
            "workspace_id",
            "project_id",
            "seq",
            name=op.f("uq_activities_workspace_id_project_id_seq"),
        ),
    )
    op.create_index(
        "ix_activities_unsealed",
        "activities",
        ["workspace_id", "project_id", "id"],
        postgresql_where=sa.text("seal IS NULL"),
        sqlite_where=sa.text("seal IS NULL"),
    )
    op.create_index(
        op.f("ix_activities_workspace_id_project_id_id"),
        "activities",
        ["workspace_id", "project_id", "id"],
    )

    op.create_table(
        "baselines",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("is_locked", sa.Boolean(), nullable=False),
        sa.Column("launch_on", sa.Date(), nullable=False),
        sa.Column("end_on", sa.Date(), nullable=False),
        sa.Column("tasks", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "project_id"],
            ["projects.workspace_id", "projects.id"],
            name=op.f("fk_baselines_workspace_id_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_baselines")),
    )
    op.create_index(
        op.f("ix_baselines_workspace_id_project_id"), "baselines", ["workspace_id", "project_id"]
    )

    op.create_table(
        "checklists",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("playbook", sa.Text(), nullable=False),
        sa.Column("playbook_version", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("anchor_on", sa.Date(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "project_id"],
            ["projects.workspace_id", "projects.id"],
            name=op.f("fk_checklists_workspace_id_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_checklists")),
        sa.UniqueConstraint(
            "workspace_id",
            "project_id",
            "key",
            "number",
            name=op.f("uq_checklists_workspace_id_project_id_key_number"),
        ),
    )
    op.create_table(
        "feeds",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=True),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "member_id"],
            ["members.workspace_id", "members.id"],
            name=op.f("fk_feeds_workspace_id_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "project_id"],
            ["projects.workspace_id", "projects.id"],
            name=op.f("fk_feeds_workspace_id_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_feeds")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_feeds_secret_hash")),
    )
    op.create_index(op.f("ix_feeds_workspace_id_member_id"), "feeds", ["workspace_id", "member_id"])

    op.create_table(
        "roster_contacts",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("is_strategic", sa.Boolean(), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("consent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("next_contact_on", sa.Date(), nullable=True),
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "owner_id"],
            ["members.workspace_id", "members.id"],
            name=op.f("fk_roster_contacts_workspace_id_owner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "project_id"],
            ["projects.workspace_id", "projects.id"],
            name=op.f("fk_roster_contacts_workspace_id_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_roster_contacts")),
        sa.UniqueConstraint(
            "workspace_id",
            "project_id",
            "email",
            name=op.f("uq_roster_contacts_workspace_id_project_id_email"),
        ),
    )
    op.create_index(
        op.f("ix_roster_contacts_workspace_id_project_id_id"),
        "roster_contacts",
        ["workspace_id", "project_id", "id"],
    )


def _of_gates() -> None:
    op.create_table(
        "approvals",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("gate_id", sa.Uuid(), nullable=False),
        sa.Column("criterion", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "gate_id"],
            ["gates.workspace_id", "gates.id"],
            name=op.f("fk_approvals_workspace_id_gate_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "member_id"],
            ["members.workspace_id", "members.id"],
            name=op.f("fk_approvals_workspace_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_approvals")),
    )
    op.create_index(
        op.f("ix_approvals_workspace_id_gate_id_id"), "approvals", ["workspace_id", "gate_id", "id"]
    )

    op.create_table(
        "decisions",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("gate_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("conditions", sa.JSON(), nullable=False),
        sa.Column("dossier", sa.JSON(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "gate_id"],
            ["gates.workspace_id", "gates.id"],
            name=op.f("fk_decisions_workspace_id_gate_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "member_id"],
            ["members.workspace_id", "members.id"],
            name=op.f("fk_decisions_workspace_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_decisions")),
        sa.UniqueConstraint(
            "workspace_id",
            "gate_id",
            "number",
            name=op.f("uq_decisions_workspace_id_gate_id_number"),
        ),
    )
    op.create_table(
        "waivers",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("gate_id", sa.Uuid(), nullable=False),
        sa.Column("criteria", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "gate_id"],
            ["gates.workspace_id", "gates.id"],
            name=op.f("fk_waivers_workspace_id_gate_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "member_id"],
            ["members.workspace_id", "members.id"],
            name=op.f("fk_waivers_workspace_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_waivers")),
    )
    op.create_index(
        op.f("ix_waivers_workspace_id_gate_id_id"), "waivers", ["workspace_id", "gate_id", "id"]
    )


def _of_tasks() -> None:
    op.create_table(
        "comments",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("mentions", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "author_id"],
            ["members.workspace_id", "members.id"],
            name=op.f("fk_comments_workspace_id_author_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "task_id"],
            ["tasks.workspace_id", "tasks.id"],
            name=op.f("fk_comments_workspace_id_task_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_comments")),
    )
    op.create_index(
        op.f("ix_comments_workspace_id_task_id_id"), "comments", ["workspace_id", "task_id", "id"]
    )

    op.create_table(
        "evidences",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("figure", sa.Double(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "task_id"],
            ["tasks.workspace_id", "tasks.id"],
            name=op.f("fk_evidences_workspace_id_task_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_evidences")),
    )
    op.create_index(
        op.f("ix_evidences_workspace_id_task_id_id"), "evidences", ["workspace_id", "task_id", "id"]
    )

    op.create_table(
        "task_links",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "task_id"],
            ["tasks.workspace_id", "tasks.id"],
            name=op.f("fk_task_links_workspace_id_task_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_task_links")),
    )
    op.create_index(
        op.f("ix_task_links_workspace_id_task_id_id"),
        "task_links",
        ["workspace_id", "task_id", "id"],
    )

    op.create_table(
        "task_watchers",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "member_id"],
            ["members.workspace_id", "members.id"],
            name=op.f("fk_task_watchers_workspace_id_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "task_id"],
            ["tasks.workspace_id", "tasks.id"],
            name=op.f("fk_task_watchers_workspace_id_task_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "workspace_id", "task_id", "member_id", name=op.f("pk_task_watchers")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_task_watchers_workspace_id_member_id"),
        "task_watchers",
        ["workspace_id", "member_id"],
    )


def _more_columns() -> None:
    with op.batch_alter_table("gates") as table:
        table.add_column(sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("waived_until", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("flags", sa.JSON(), nullable=True))
        table.add_column(sa.Column("flagged_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("projects") as table:
        table.add_column(sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("watched_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("tasks") as table:
        table.add_column(sa.Column("reason", sa.Text(), nullable=True))
        table.add_column(sa.Column("priority", sa.Text(), server_default="normal", nullable=False))
        table.add_column(sa.Column("labels", sa.JSON(), nullable=True))
        table.add_column(sa.Column("started_on", sa.Date(), nullable=True))
        table.add_column(sa.Column("finished_on", sa.Date(), nullable=True))
        table.add_column(
            sa.Column("is_pinned", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        table.add_column(sa.Column("reference_days", sa.Integer(), nullable=True))
        table.add_column(sa.Column("optimistic_days", sa.Integer(), nullable=True))
        table.add_column(sa.Column("pessimistic_days", sa.Integer(), nullable=True))
        table.add_column(sa.Column("next_on", sa.Date(), nullable=True))
        table.add_column(sa.Column("ritual_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("occurrence_on", sa.Date(), nullable=True))
        table.add_column(
            sa.Column("is_missed", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        table.add_column(sa.Column("origin", sa.Text(), server_default="playbook", nullable=False))
        table.add_column(sa.Column("checklist_id", sa.Uuid(), nullable=True))
        table.create_index(
            "ix_tasks_checklists",
            ["workspace_id", "checklist_id"],
            postgresql_where=sa.text("checklist_id IS NOT NULL"),
            sqlite_where=sa.text("checklist_id IS NOT NULL"),
        )
        table.create_index(
            "ix_tasks_occurrences",
            ["workspace_id", "ritual_id"],
            postgresql_where=sa.text("ritual_id IS NOT NULL"),
            sqlite_where=sa.text("ritual_id IS NOT NULL"),
        )
        table.create_index(
            "ix_tasks_rituals",
            ["next_on"],
            postgresql_where=sa.text("next_on IS NOT NULL"),
            sqlite_where=sa.text("next_on IS NOT NULL"),
        )
        table.create_foreign_key(
            table.f("fk_tasks_workspace_id_checklist_id"),
            "checklists",
            ["workspace_id", "checklist_id"],
            ["workspace_id", "id"],
            ondelete="CASCADE",
        )
        table.create_foreign_key(
            table.f("fk_tasks_workspace_id_ritual_id"),
            "tasks",
            ["workspace_id", "ritual_id"],
            ["workspace_id", "id"],
            ondelete="CASCADE",
        )

    with op.batch_alter_table("workspaces") as table:
        table.add_column(
            sa.Column("open_predecessors", sa.Text(), server_default="never", nullable=False)
        )


def downgrade() -> None:
    with op.batch_alter_table("workspaces") as table:
        table.drop_column("open_predecessors")

    with op.batch_alter_table("tasks") as table:
        table.drop_constraint(table.f("fk_tasks_workspace_id_ritual_id"), type_="foreignkey")
        table.drop_constraint(table.f("fk_tasks_workspace_id_checklist_id"), type_="foreignkey")
        table.drop_index(
            "ix_tasks_rituals",
            postgresql_where=sa.text("next_on IS NOT NULL"),
            sqlite_where=sa.text("next_on IS NOT NULL"),
        )
        table.drop_index(
            "ix_tasks_occurrences",
            postgresql_where=sa.text("ritual_id IS NOT NULL"),
            sqlite_where=sa.text("ritual_id IS NOT NULL"),
        )
        table.drop_index(
            "ix_tasks_checklists",
            postgresql_where=sa.text("checklist_id IS NOT NULL"),
            sqlite_where=sa.text("checklist_id IS NOT NULL"),
        )
        table.drop_column("checklist_id")
        table.drop_column("origin")
        table.drop_column("is_missed")
        table.drop_column("occurrence_on")
        table.drop_column("ritual_id")
        table.drop_column("next_on")
        table.drop_column("pessimistic_days")
        table.drop_column("optimistic_days")
        table.drop_column("reference_days")
        table.drop_column("is_pinned")
        table.drop_column("finished_on")
        table.drop_column("started_on")
        table.drop_column("labels")
        table.drop_column("priority")
        table.drop_column("reason")

    with op.batch_alter_table("projects") as table:
        table.drop_column("watched_at")
        table.drop_column("paused_at")

    with op.batch_alter_table("gates") as table:
        table.drop_column("ready_at")
        table.drop_column("flagged_at")
        table.drop_column("flags")
        table.drop_column("waived_until")
        table.drop_column("decided_at")

    op.drop_table("task_watchers")

    op.drop_table("task_links")

    op.drop_table("evidences")

    op.drop_table("comments")

    op.drop_table("waivers")
    op.drop_table("decisions")

    op.drop_table("approvals")

    op.drop_table("roster_contacts")

    op.drop_table("feeds")
    op.drop_table("checklists")

    op.drop_table("baselines")

    op.drop_table("activities")

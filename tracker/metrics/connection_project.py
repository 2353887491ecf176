"""Whether the project of a connection takes anything: one that is over can only be read."""

from sqlalchemy.orm import Session

from tracker.metrics.connection_models import Connection
from tracker.projects import queries as projects
from tracker.projects.rules import check_takes_changes


def check_project(session: Session, connection: Connection) -> None:
    """Raise ProjectClosed where nothing is pulled, brought or changed any more."""
    frame = projects.frame(session, connection.workspace_id, connection.project_id)
    check_takes_changes(frame.state)

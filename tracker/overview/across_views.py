"""Routes that look across projects: a person's week, and the portfolio."""

from datetime import date
from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading
from tracker.overview import queries, schemas
from tracker.overview.mine import week_of
from tracker.overview.portfolio import rows_of
from tracker.people import queries as people
from tracker.people.caller import actor, needs
from tracker.people.rules import Permission
from tracker.web.api import Blueprint
from tracker.web.etags import tagged
from tracker.web.jsons import json_response
from tracker.web.lists import list_of
from tracker.web.paging import page, read_cursor

blp = Blueprint("across", __name__, url_prefix="/api/v1", description="Across projects")


@blp.route("/me/week")
@needs(Permission.LOOK)
@blp.arguments(schemas.WeekIn, location="query")
@blp.answers(200, schemas.WeekOut)
def read_week(query: dict[str, Any]) -> ResponseReturnValue:
    """Your week where you are: overdue, due, starting, under way; a manager looks at anybody's."""
    whose = query["member"] or actor().member_id
    if whose != actor().member_id:
        actor().must(Permission.MANAGE_PROJECTS)
    with reading() as session:
        member = people.member(session, actor().workspace_id, whose)
        shown = week_of(session, member, query["week"], now=utcnow())
    return tagged(json_response(shown), member.version)


@blp.route("/portfolio")
@needs(Permission.LOOK)
@blp.arguments(schemas.PortfolioIn, location="query")
@blp.answers(200, list_of(schemas.PortfolioOut))
def read_portfolio(query: dict[str, Any]) -> ResponseReturnValue:
    """Every project with its phase, next gate, float, what is overdue and how far it is."""
    column, sort = query["sort"].removeprefix("-"), query["sort"]
    kind = date if column.endswith("_on") else str
    after = read_cursor(query["cursor"], kind, UUID, order=sort)
    with reading() as session:
        found = queries.project_page(session, actor().workspace_id, query, after=after)
        rows, cursor = page(
            found, query["limit"], lambda row: [getattr(row, column), row.id], order=sort
        )
        items = rows_of(session, actor().workspace_id, rows, now=utcnow())
    return json_response({"items": items, "next": cursor})

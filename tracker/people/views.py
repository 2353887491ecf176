"""Routes of workspaces, members and tokens."""

from typing import Any
from uuid import UUID

from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.people import queries, schemas, service, time_schemas
from tracker.people.caller import actor, needs
from tracker.people.models import Member, Token
from tracker.people.rules import Permission, Role, Scope
from tracker.people.time_queries import absences
from tracker.web.api import Blueprint
from tracker.web.etags import check_if_match, tagged
from tracker.web.idempotency import idempotent
from tracker.web.jsons import json_response
from tracker.web.lists import list_of
from tracker.web.paging import PageIn, page, read_cursor

blp = Blueprint("people", __name__, url_prefix="/api/v1", description="Workspace, members, tokens")


def _member_answer(
    session: Session, member: Member, status: int = 200, location: str | None = None
) -> ResponseReturnValue:
    shown = schemas.MemberOut().dump(member)
    if actor().may(Permission.MANAGE_PROJECTS) or actor().member_id == member.id:
        away = absences(session, member.workspace_id, member.id)
        shown["absences"] = time_schemas.AbsenceOut(many=True).dump(away)
    return tagged(json_response(shown, status, location=location), member.version)


@blp.route("/workspaces/me")
@blp.answers(200, schemas.WorkspaceOut)
@needs(Permission.LOOK)
def read_workspace() -> ResponseReturnValue:
    """The workspace that the token belongs to."""
    with reading() as session:
        workspace = queries.workspace(session, actor().workspace_id)
    return tagged(json_response(schemas.WorkspaceOut().dump(workspace)), workspace.version)


@blp.route("/workspaces/me", methods=["PATCH"])
@needs(Permission.ADMINISTER)
@blp.arguments(schemas.WorkspaceChange)
@blp.answers(200, schemas.WorkspaceOut)
def change_workspace(changes: dict[str, Any]) -> ResponseReturnValue:
    """Rename the workspace, or change its language or reminder policy."""
    with unit_of_work() as session:
        check_if_match(queries.workspace(session, actor().workspace_id).version)
        workspace = service.change_workspace(session, actor(), changes, now=utcnow())
        answer = schemas.WorkspaceOut().dump(workspace)
    return tagged(json_response(answer), workspace.version)


@blp.route("/members")
@needs(Permission.LOOK)
@blp.arguments(PageIn, location="query")
@blp.answers(200, list_of(schemas.MemberOut))
def list_members(query: dict[str, Any]) -> ResponseReturnValue:
    """Members, by e-mail."""
    after = read_cursor(query["cursor"], str)
    with reading() as session:
        found = queries.members(session, actor().workspace_id, after=after, limit=query["limit"])
    rows, cursor = page(found, query["limit"], lambda member: [member.email])
    return json_response({"items": schemas.MemberOut(many=True).dump(rows), "next": cursor})


@blp.route("/members", methods=["POST"])
@needs(Permission.ADMINISTER)
@idempotent
@blp.arguments(schemas.MemberIn)
@blp.answers(201, time_schemas.MemberWithAbsencesOut)
def add_member(data: dict[str, Any]) -> ResponseReturnValue:
    """Take somebody into the workspace; they are reminded once their address is confirmed."""
    email, role = data.pop("email"), Role(data.pop("role"))
    with unit_of_work() as session:
        workspace_id = actor().workspace_id
        member = service.add_member(
            session, workspace_id, email, role=role, is_confirmed=False, now=utcnow(), **data
        )
        location = url_for("people.read_member", member_id=member.id)
        return _member_answer(session, member, 201, location)


@blp.route("/members/<uuid:member_id>")
@needs(Permission.LOOK)
@blp.answers(200, time_schemas.MemberWithAbsencesOut)
def read_member(member_id: UUID) -> ResponseReturnValue:
    """One member; managers and owners also see when they are away."""
    with reading() as session:
        return _member_answer(session, queries.member(session, actor().workspace_id, member_id))


@blp.route("/members/<uuid:member_id>", methods=["PATCH"])
@needs(Permission.ADMINISTER)
@blp.arguments(schemas.MemberChange)
@blp.answers(200, time_schemas.MemberWithAbsencesOut)
def change_member(changes: dict[str, Any], member_id: UUID) -> ResponseReturnValue:
    """Change name, role, language or time zone."""
    with unit_of_work() as session:
        member = queries.member(session, actor().workspace_id, member_id)
        check_if_match(member.version)
        changed = service.change_member(session, member, changes, now=utcnow())
        return _member_answer(session, changed)


@blp.route("/members/<uuid:member_id>", methods=["DELETE"])
@needs(Permission.ADMINISTER)
@blp.arguments(schemas.RemovalIn, location="query")
@blp.answers(204, description="Gone; their tokens died with it.")
def remove_member(query: dict[str, Any], member_id: UUID) -> ResponseReturnValue:
    """Remove a member (409 with their open tasks unless a successor is named)."""
    with unit_of_work() as session:
        member = queries.member(session, actor().workspace_id, member_id)
        check_if_match(member.version)
        service.remove_member(session, member, query["successor"], now=utcnow())
    return "", 204


@blp.route("/members/<uuid:member_id>/confirm", methods=["POST"])
@needs(Permission.ADMINISTER)
@idempotent
@blp.answers(200, schemas.MemberOut)
def ask_member_again(member_id: UUID) -> ResponseReturnValue:
    """Mail the question again whether the address is right, at most once a day."""
    with unit_of_work() as session:
        member = queries.member(session, actor().workspace_id, member_id)
        service.ask_again(session, member, now=utcnow())
        return _member_answer(session, member)


@blp.route("/tokens")
@needs(Permission.ADMINISTER)
@blp.arguments(PageIn, location="query")
@blp.answers(200, list_of(schemas.TokenOut))
def list_tokens(query: dict[str, Any]) -> ResponseReturnValue:
    """Tokens, the oldest first; secrets are never shown again."""
    after = read_cursor(query["cursor"], UUID)
    with reading() as session:
        found = queries.tokens(session, actor().workspace_id, after=after, limit=query["limit"])
    rows, cursor = page(found, query["limit"], lambda token: [token.id])
    return json_response({"items": schemas.TokenOut(many=True).dump(rows), "next": cursor})


@blp.route("/tokens", methods=["POST"])
@needs(Permission.ADMINISTER)
@idempotent
@blp.arguments(schemas.TokenIn)
@blp.answers(201, schemas.NewTokenOut)
def create_token(data: dict[str, Any]) -> ResponseReturnValue:
    """A token for a member, by default the caller. Its secret is shown this once."""
    scopes = [Scope(scope) for scope in data["scopes"]]
    service.check_given_scopes(actor(), scopes)
    with unit_of_work() as session:
        member_id = data["member_id"] or actor().member_id
        member = queries.member(session, actor().workspace_id, member_id)
        token, secret = service.create_token(
            session,
            member,
            data["name"],
            scopes=scopes,
            expires_at=data["expires_at"],
            now=utcnow(),
        )
    answer = {**_token_answer(token), "token": str(secret)}
    location = url_for("people.read_token", token_id=token.id)
    return tagged(json_response(answer, 201, location=location), 1)


def _token_answer(token: Token) -> dict[str, Any]:
    answer: dict[str, Any] = schemas.TokenOut().dump(token)
    return answer


@blp.route("/tokens/<uuid:token_id>")
@needs(Permission.ADMINISTER)
@blp.answers(200, schemas.TokenOut)
def read_token(token_id: UUID) -> ResponseReturnValue:
    """One token, without its secret."""
    with reading() as session:
        token = queries.token(session, actor().workspace_id, token_id)
    return tagged(json_response(_token_answer(token)), token.version)


@blp.route("/tokens/<uuid:token_id>", methods=["DELETE"])
@needs(Permission.ADMINISTER)
@blp.answers(204, description="Revoked, at once.")
def revoke_token(token_id: UUID) -> ResponseReturnValue:
    """End a token."""
    with unit_of_work() as session:
        token = queries.token(session, actor().workspace_id, token_id)
        check_if_match(token.version)
        service.revoke_token(token, now=utcnow())
    return "", 204

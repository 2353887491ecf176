"""``tracker audit``: check the sealed history, and export where it ends."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import click
from marshmallow import EXCLUDE, Schema, fields, validate
from sqlalchemy.orm import Session

from tracker.cli.member import EVERYTHING
from tracker.cli.opening import checked, open_database
from tracker.cli.options import format_option
from tracker.cli.render.json import dump
from tracker.cli.speech import Refusal, spoken_language
from tracker.kernel.audit import BadRow, Fault, Head, Verdict, read_head, verify
from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading
from tracker.kernel.errors import NotFound
from tracker.kernel.texts import Language, Sentence
from tracker.people.queries import workspace_by_slug, workspaces
from tracker.projects import queries
from tracker.web.fields import Whole

_WHOLE: Final = Sentence(
    en="{name}: {sealed} {sealed:row|rows} sealed, all as {sealed:it was|they were}; {unsealed} "
    "not sealed yet.",
    fr="{name} : {sealed} {sealed:ligne scellée|lignes scellées}, {sealed:sans changement|toutes "
    "intactes} ; {unsealed} pas encore {unsealed:scellée|scellées}.",
)
_FAULTS: Final[Mapping[Fault, Sentence]] = {
    Fault.MISSING: Sentence(
        en="{name}: row {seq} is missing; it was deleted after it had been sealed.",
        fr="{name} : la ligne {seq} manque ; elle a été supprimée après avoir été scellée.",
    ),
    Fault.CHANGED: Sentence(
        en="{name}: row {seq} ({id}) is not the one that was sealed there; it was edited, put in "
        "or moved.",
        fr="{name} : la ligne {seq} ({id}) n'est pas celle qui y a été scellée ; elle a été "
        "modifiée, ajoutée ou déplacée.",
    ),
    Fault.UNREADABLE: Sentence(
        en="{name}: row {seq} cannot be read any more; it was edited after it had been sealed.",
        fr="{name} : la ligne {seq} n'est plus lisible ; elle a été modifiée après avoir été "
        "scellée.",
    ),
    Fault.UNNUMBERED: Sentence(
        en="{name}: the row {id} bears a seal, but its number was taken off.",
        fr="{name} : la ligne {id} porte un sceau, mais son numéro a été effacé.",
    ),
    Fault.TRUNCATED: Sentence(
        en="{name}: row {seq} and all after it are missing; the exported head knows of them.",
        fr="{name} : la ligne {seq} et toutes les suivantes manquent ; la tête exportée les "
        "connaît.",
    ),
    Fault.REWRITTEN: Sentence(
        en="{name}: the history up to row {seq} was written anew; its seal is not the exported "
        "one.",
        fr="{name} : l'historique jusqu'à la ligne {seq} a été réécrit ; son sceau n'est pas celui "
        "qui avait été exporté.",
    ),
    Fault.GONE: Sentence(
        en="{name}: the project is gone, with its history; the exported head knows of it.",
        fr="{name} : le projet a disparu avec son historique ; la tête exportée le connaît.",
    ),
}
_COMPARED: Final = Sentence(
    en="Exported heads compared: {count}.", fr="Têtes exportées comparées : {count}."
)
_NO_HEADS: Final = Sentence(
    en="{path} holds no heads; give a file that `tracker audit head` has written.",
    fr="{path} ne contient pas de têtes ; donner un fichier écrit par `tracker audit head`.",
)
_NO_PROJECT: Final = Sentence(
    en="There is no project “{named}” there. `tracker project list` names those that there are.",
    fr="Il n'y a pas de projet « {named} » ici. `tracker project list` nomme ceux qui existent.",
)


class HeadIn(Schema):
    """One exported head."""

    class Meta:
        """It may come with what helps people to read it."""

        unknown = EXCLUDE

    workspace_id = fields.UUID(required=True)
    project_id = fields.UUID(required=True)
    seq = Whole(0, 2**31 - 1, required=True)
    seal = fields.String(required=True, validate=validate.Regexp("^[0-9a-f]{64}$"))


@click.group()
def audit() -> None:
    """Check the sealed history, and export where it ends."""


@audit.command("verify")
@click.option("--workspace", "slug", help="One workspace; by default all.")
@click.option("--project", "named", help="Id or name; by default all.")
@click.option(
    "--head",
    "path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Heads to compare with, as `tracker audit head` has exported them.",
)
@format_option("table", "json")
def verify_history(*, slug: str | None, named: str | None, path: Path | None, output: str) -> None:
    """Compute every seal anew, and name the first bad row. Exit 1 on any fault."""
    known = _read_heads(path) if path else {}
    open_database()
    with reading() as session:
        names = _projects(session, slug, named)
        found = [verify(session, *ids, known.get(ids)) for ids in names]
        inside = {workspace_id for workspace_id, _ in _projects(session, slug, None)}
    wanted = {
        ids: head
        for ids, head in known.items()
        if (slug is None or ids[0] in inside) and (ids in names or named in (None, str(ids[1])))
    }
    found += [_gone(head) for ids, head in wanted.items() if ids not in names]
    _report(found, names, output=output, compared=len(wanted) if path else None)
    raise SystemExit(1 if any(verdict.bad for verdict in found) else 0)


def _gone(head: Head) -> Verdict:
    return Verdict(head.workspace_id, head.project_id, 0, 0, bad=BadRow(Fault.GONE, None))


def _projects(
    session: Session, slug: str | None, named: str | None
) -> dict[tuple[UUID, UUID], str]:
    """Names of the projects to look at, under the ids of workspace and project."""
    inside = [workspace_by_slug(session, slug)] if slug else workspaces(session)
    found = {
        (workspace.id, project.id): project.name
        for workspace in inside
        for project in queries.projects(
            session, workspace.id, state=None, after=None, limit=EVERYTHING
        )
        if named in (None, str(project.id), project.name)
    }
    if named is not None and not found:
        raise NotFound(_NO_PROJECT, named=named)
    return found


def _read_heads(path: Path) -> dict[tuple[UUID, UUID], Head]:
    try:
        told = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError):
        raise Refusal(_NO_HEADS.say(spoken_language(), path=path)) from None
    heads = told.get("heads", [told]) if isinstance(told, dict) else None
    if not isinstance(heads, list) or not all(isinstance(head, dict) for head in heads):
        raise Refusal(_NO_HEADS.say(spoken_language(), path=path))
    found = [checked(HeadIn, **head) for head in heads]
    return {
        (head["workspace_id"], head["project_id"]): Head(
            **{**head, "seal": bytes.fromhex(head["seal"])}, at=None
        )
        for head in found
    }


def _report(
    found: Sequence[Verdict],
    names: Mapping[tuple[UUID, UUID], str],
    *,
    output: str,
    compared: int | None,
) -> None:
    language = spoken_language()
    rows = [
        _row(verdict, names.get((verdict.workspace_id, verdict.project_id)), language)
        for verdict in found
    ]
    if output == "json":
        whole = not any(verdict.bad for verdict in found)
        click.echo(dump({"whole": whole, "compared": compared, "projects": rows}), nl=False)
        return
    for row in rows:
        click.echo(row["sentence"])
    if compared is not None:
        click.echo(_COMPARED.say(language, count=compared))


def _row(verdict: Verdict, name: str | None, language: Language) -> dict[str, Any]:
    bad, shown = verdict.bad, name or str(verdict.project_id)
    sentence = (
        _FAULTS[bad.fault].say(language, name=shown, seq=bad.seq, id=bad.id)
        if bad
        else _WHOLE.say(language, name=shown, sealed=verdict.sealed, unsealed=verdict.unsealed)
    )
    return {
        "workspace_id": str(verdict.workspace_id),
        "project_id": str(verdict.project_id),
        "name": name,
        "sealed": verdict.sealed,
        "unsealed": verdict.unsealed,
        "seal": verdict.head.seal.hex() if verdict.head else None,
        "fault": bad.fault.value if bad else None,
        "bad_seq": bad.seq if bad else None,
        "bad_id": str(bad.id) if bad and bad.id else None,
        "sentence": sentence,
    }


@audit.command()
@click.option("--workspace", "slug", required=True, help="Its slug.")
@click.option("--project", "named", help="Id or name; by default all.")
def head(*, slug: str, named: str | None) -> None:
    """Print where the chains end, as JSON to keep elsewhere."""
    open_database()
    with reading() as session:
        names = _projects(session, slug, named)
        heads = [_told(read_head(session, *ids), name) for ids, name in names.items()]
    now = utcnow().isoformat(timespec="seconds")
    click.echo(dump({"workspace": slug, "exported_at": now, "heads": heads}), nl=False)


def _told(end: Head, name: str) -> dict[str, Any]:
    return {
        "workspace_id": str(end.workspace_id),
        "project_id": str(end.project_id),
        "name": name,
        "seq": end.seq,
        "seal": end.seal.hex(),
        "at": end.at.isoformat() if end.at else None,
    }

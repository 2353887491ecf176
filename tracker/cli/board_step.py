"""``tracker board list|show|push|reconcile|pause|resume``: boards that are kept in step."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import click
from sqlalchemy.orm import Session

from tracker.boards import queries, service
from tracker.boards.applying import named_field
from tracker.boards.models import Board
from tracker.boards.said import WORDS
from tracker.boards.showing import board_out, conflict_out, item_out
from tracker.cli.member import workspace_options
from tracker.cli.opening import acting, open_database
from tracker.cli.options import format_option
from tracker.cli.render.answer import shown_as_json
from tracker.cli.render.rows import echo_rows
from tracker.cli.show import project_named
from tracker.cli.speech import spoken_language
from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.kernel.errors import NotFound
from tracker.kernel.texts import Sentence
from tracker.people.rules import Actor, Permission

_MOST: Final = 500
_APART: Final = ("missing", "foreign")
_NO_BOARD: Final = Sentence(
    en="There is no board “{name}” in the workspace “{slug}”. `tracker board list` tells which "
    "there are.",
    fr="Il n'y a pas de tableau « {name} » dans l'espace « {slug} ». `tracker board list` dit "
    "lesquels existent.",
)
_ASKED: Final = Sentence(
    en="“{name}” is compared as soon as may be: `tracker board show {id}` tells how far it is.",
    fr="« {name} » sera comparé dès que possible : `tracker board show {id}` dit où cela en est.",
)
_PAUSED: Final = Sentence(
    en="“{name}” is left alone; what happens meanwhile is made up for.",
    fr="« {name} » est laissé tranquille ; ce qui se passe entre-temps sera rattrapé.",
)
_RESUMED: Final = Sentence(
    en="“{name}” is kept in step again.", fr="« {name} » est de nouveau tenu à jour."
)
_CONFLICT: Final = Sentence(
    en="conflict: “{title}”, {field}: here “{ours}”, there “{theirs}”",
    fr="conflit : « {title} », {field} : ici « {ours} », là-bas « {theirs} »",
)
_ITEM: Final = Sentence(en="{state}: “{title}”", fr="{state} : « {title} »")
Act = Callable[[Session, Actor, Board], None]


def _named(session: Session, actor: Actor, name: str, slug: str) -> Board:
    """A board by its id or its name. Raises NotFound."""
    found = queries.boards(session, actor.workspace_id, project_id=None, after=None, limit=_MOST)
    for one in found:
        if name in (str(one.id), one.name):
            return one
    raise NotFound(_NO_BOARD, name=name, slug=slug)


def _shown(session: Session, board: Board) -> dict[str, Any]:
    account = queries.account(session, board.workspace_id, board.account_id)
    counts = queries.counts_of(session, board.workspace_id, board.id)
    return board_out(board, account, counts, spoken_language(), is_manager=True)


@workspace_options
@click.command("list")
@click.option("--project", "named", help="Of this one only, by id or name.")
@format_option("table", "json")
def list_boards(*, slug: str, acting_as: str | None, named: str | None, output: str) -> None:
    """Boards that are kept in step with projects."""
    open_database()
    with reading() as session:
        workspace, actor = acting(session, slug, acting_as)
        actor.must(Permission.LOOK)
        project = named and project_named(session, workspace.id, slug=slug, name=named)
        found = queries.boards(
            session,
            workspace.id,
            project_id=project.id if project else None,
            after=None,
            limit=_MOST,
        )
        shown = [_shown(session, one) for one in found]
    if output == "json":
        click.echo(shown_as_json(shown), nl=False)
        return
    echo_rows([_row(one) for one in shown], output)


def _row(one: Mapping[str, Any]) -> dict[str, Any]:
    counts, run = one["items"], one["run"]
    return {
        "name": one["name"],
        "kind": one["kind"],
        "state": WORDS[one["state"]].say(spoken_language()),
        "run": f"{run['kind']} {run['done']}/{run['of'] or '?'}" if run else "",
        "in_step": counts.get("in_step", 0),
        "missing": counts.get("missing", 0),
        "conflicts": counts["conflicts"],
        "id": str(one["id"]),
    }


@workspace_options
@click.command()
@click.argument("name")
@format_option("table", "json")
def show(*, name: str, slug: str, acting_as: str | None, output: str) -> None:
    """One board, by its name or id: its state, what is missing there, and what disagrees."""
    open_database()
    with reading() as session:
        _workspace, actor = acting(session, slug, acting_as)
        actor.must(Permission.LOOK)
        board = _named(session, actor, name, slug)
        told = {**_shown(session, board), **_apart(session, board)}
    if output == "json":
        click.echo(shown_as_json(told), nl=False)
        return
    echo_rows([_row(told)], output)
    for line in _lines(told):
        click.echo(line)


def _apart(session: Session, board: Board) -> dict[str, Any]:
    """What is not in step."""
    scope = (session, board.workspace_id, board.id)
    items = [
        one
        for state in _APART
        for one in queries.items(*scope, state=state, after=None, limit=_MOST)
    ]
    found = queries.conflicts(*scope, state="open", after=None, limit=_MOST)
    return {
        "apart": [item_out(one) for one in items],
        "open": [conflict_out(conflict, item) for conflict, item in found],
    }


def _lines(told: Mapping[str, Any]) -> list[str]:
    language = spoken_language()
    lines = [told["sentence"]] if told["sentence"] else []
    lines += told["notices"]
    lines += [
        _ITEM.say(language, state=WORDS[one["state"]], title=one["title"]) for one in told["apart"]
    ]
    return lines + [
        _CONFLICT.say(
            language,
            title=one["title"],
            field=named_field(one["field"], language),
            ours=str(one["ours"]),
            theirs=str(one["theirs"]),
        )
        for one in told["open"]
    ]


def _act(act: Act, said: Sentence, *, name: str, slug: str, acting_as: str | None) -> None:
    open_database()
    with unit_of_work() as session:
        _workspace, actor = acting(session, slug, acting_as)
        actor.must(Permission.MANAGE_PROJECTS)
        found = _named(session, actor, name, slug)
        board = queries.board(session, actor.workspace_id, found.id, to_change=True)
        act(session, actor, board)
    click.echo(said.say(spoken_language(), name=board.name, id=str(board.id)))


@workspace_options
@click.command()
@click.argument("name")
def push(**where: Any) -> None:
    """Have every task and gate stand on a board."""
    now = utcnow()
    _act(
        lambda session, _by, board: service.compare(session, board, "push", now=now),
        _ASKED,
        **where,
    )


@workspace_options
@click.command()
@click.argument("name")
def reconcile(**where: Any) -> None:
    """Have everything on both sides compared."""
    now = utcnow()
    _act(
        lambda session, _by, board: service.compare(session, board, "reconcile", now=now),
        _ASKED,
        **where,
    )


@workspace_options
@click.command()
@click.argument("name")
def pause(**where: Any) -> None:
    """Leave a board alone for a while."""
    now = utcnow()
    _act(lambda session, by, board: service.pause(session, by, board, now=now), _PAUSED, **where)


@workspace_options
@click.command()
@click.argument("name")
def resume(**where: Any) -> None:
    """Have a board kept in step again."""
    now = utcnow()
    _act(lambda session, by, board: service.resume(session, by, board, now=now), _RESUMED, **where)

"""``tracker board import``: a board of Trello or Notion becomes a project, or a playbook."""

from collections.abc import Iterator, Mapping
from typing import IO, Any, Final

import click

from tracker.boards.import_making import AlreadyImported, Made, make
from tracker.boards.import_reading import board_in, order_of, read_live
from tracker.boards.import_schemas import EXPORT, INTO, BoardImportIn
from tracker.boards.import_service import Worked, work_out
from tracker.boards.import_showing import worked_out
from tracker.cli.member import workspace_options
from tracker.cli.opening import acting, checked, open_database
from tracker.cli.options import parameter_options
from tracker.cli.render.answer import shown_as_json
from tracker.cli.speech import Refusal, spoken_language
from tracker.connectors.board_copy import BoardCopy
from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.kernel.texts import Language, Sentence
from tracker.playbooks.grammar import PHASES
from tracker.playbooks.parameters import Parameters
from tracker.web.jsons import from_json

_MOST_BYTES: Final = 16 * 1024 * 1024
_ONE_SOURCE: Final = Sentence(
    en="Give exactly one of FILE, --trello and --notion.",
    fr="Donner exactement un de FILE, --trello et --notion.",
)
_NO_CREDENTIALS: Final = Sentence(
    en="--credentials is needed: a JSON file with “token”, and for Trello “api_key”.",
    fr="Il faut --credentials : un fichier JSON avec « token » et, pour Trello, « api_key ».",
)
_NO_YAML: Final = Sentence(
    en="Only a playbook is written as YAML: give --into playbook, or another --format.",
    fr="Seul un modèle s'écrit en YAML : donner --into playbook, ou un autre --format.",
)
_NO_PAIR: Final = Sentence(
    en="“{value}” is not of the form THERE=HERE.", fr="« {value} » n'est pas de la forme LÀ=ICI."
)
_TOO_LARGE: Final = Sentence(
    en="The file is larger than {most} MB.", fr="Le fichier dépasse {most} Mo."
)
_NO_OBJECT: Final = Sentence(
    en="The file holds no JSON object.", fr="Le fichier ne contient pas d'objet JSON."
)
_PROJECT: Final = Sentence(
    en="“{name}” is there, with {tasks} {tasks:task|tasks}. Its id is {id}.",
    fr="« {name} » est créé, avec {tasks} {tasks:tâche|tâches}. Son identifiant est {id}.",
)
_PLAYBOOK: Final = Sentence(
    en="The playbook {slug} v{version} is there, with {tasks} {tasks:task|tasks}.",
    fr="Le modèle {slug} v{version} est créé, avec {tasks} {tasks:tâche|tâches}.",
)
_LOOKED: Final = Sentence(
    en="“{name}” would have {tasks} {tasks:task|tasks}. Nothing was made: this was a preview.",
    fr="« {name} » aurait {tasks} {tasks:tâche|tâches}. Rien n'a été créé : c'était un aperçu.",
)
_LIST: Final = Sentence(
    en="List “{title}”, {cards} {cards:card|cards}: {taken}",
    fr="Liste « {title} », {cards} {cards:carte|cartes} : {taken}",
)
_CHECKLIST: Final = Sentence(en="a checklist", fr="une checklist")
_LEFT_OUT: Final = Sentence(en="left out", fr="laissée de côté")
_STAYS: Final = Sentence(en="Left out ({what}): {reason}", fr="Laissé de côté ({what}) : {reason}")
_BEFORE: Final = Sentence(
    en="The very same board was brought before, as “{name}”.",
    fr="Ce même tableau a déjà été apporté, sous le nom « {name} ».",
)
_AGAIN: Final = Sentence(
    en="This board, as it is now, was brought before, as “{name}”. Give --again to bring it once "
    "more.",
    fr="Ce tableau, tel qu'il est, a déjà été apporté, sous le nom « {name} ». Donner --again pour "
    "l'apporter encore.",
)


@workspace_options
@click.command("import")
@click.argument("file", type=click.File("rb"), required=False)
@click.option("--trello", metavar="BOARD", help="Read this board live: its id or address.")
@click.option("--notion", metavar="DATABASE", help="Read this database live: its id or address.")
@click.option("--credentials", type=click.File("rb"), help="A JSON file with the secrets.")
@click.option(
    "--base-url", metavar="URL", help="Where the platform is, if not where it usually is."
)
@click.option("--into", type=click.Choice(INTO), required=True, help="What is to come of it.")
@click.option("--name", help="What it is to be called; by default as there.")
@click.option("--playbook", metavar="SLUG", help="What a project pins beside its cards.")
@click.option(
    "--list", "lists", multiple=True, metavar="TITLE=WORD", help="A phase, a status, or leave_out."
)
@click.option("--member", "members", multiple=True, metavar="THERE=EMAIL", help="Who is who.")
@click.option("--archived", type=click.Choice(("keep", "leave_out")), help="What was archived.")
@click.option("--again", is_flag=True, default=None, help="Although it was brought before.")
@click.option("--dry-run", is_flag=True, default=None, help="Say what would come of it.")
@parameter_options
@click.option(
    "--format",
    "output",
    type=click.Choice(("table", "json", "yaml")),
    default="table",
    show_default=True,
    help="What to print; yaml is the playbook alone.",
)
def import_(*, slug: str, acting_as: str | None, output: str, **wanted: Any) -> None:
    """Make a project or a playbook of a board: FILE is its export; - is standard input."""
    if output == "yaml" and wanted["into"] != "playbook":
        raise click.UsageError(_NO_YAML.say(spoken_language()))
    parameters = _parameters(wanted)
    given = _given(wanted)
    data = {**checked(BoardImportIn, **given), "parameters": parameters}
    open_database()
    board = board_in(data["export"]) if data["source"] == EXPORT else read_live(data)
    worked, made = _carried_out(board, data, slug, acting_as)
    _tell(worked, made, output)


def _parameters(wanted: Mapping[str, Any]) -> Parameters:
    names = Parameters.__dataclass_fields__
    given = {name: one for name, one in wanted.items() if name in names and one}
    return Parameters(**given)


def _given(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The body of POST /imports, without parameters."""
    names = ("into", "name", "playbook", "archived", "again", "dry_run", "base_url")
    return {
        **{name: wanted[name] for name in names},
        **_source(wanted),
        "lists": {title: _taken_for(word) for title, word in _pairs(wanted["lists"])},
        "members": {there: here or None for there, here in _pairs(wanted["members"])},
    }


def _source(wanted: Mapping[str, Any]) -> dict[str, Any]:
    sources = [name for name in ("file", "trello", "notion") if wanted[name] is not None]
    if len(sources) != 1:
        raise click.UsageError(_ONE_SOURCE.say(spoken_language()))
    (source,) = sources
    if source == "file":
        return {"source": EXPORT, "export": _object(wanted["file"])}
    if wanted["credentials"] is None:
        raise click.UsageError(_NO_CREDENTIALS.say(spoken_language()))
    return {
        "source": source,
        "board": wanted[source],
        "credentials": _object(wanted["credentials"]),
    }


def _object(file: IO[bytes]) -> dict[str, Any]:
    content = file.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise Refusal(_TOO_LARGE.say(spoken_language(), most=_MOST_BYTES // 1024 // 1024))
    document = from_json(content)
    if not isinstance(document, dict):
        raise Refusal(_NO_OBJECT.say(spoken_language()))
    return document


def _pairs(values: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for value in values:
        there, sign, here = value.rpartition("=")
        if not sign or not there.strip():
            raise click.UsageError(_NO_PAIR.say(spoken_language(), value=value))
        yield there.strip(), here.strip()


def _taken_for(word: str) -> dict[str, Any]:
    if word == "leave_out":
        return {"leave_out": True}
    return {"phase" if word in PHASES else "status": word or None}


def _carried_out(
    board: BoardCopy, data: Mapping[str, Any], slug: str, acting_as: str | None
) -> tuple[Worked, Made | None]:
    order, now = order_of(data), utcnow()
    if data["dry_run"]:
        with reading() as session:
            _workspace, actor = acting(session, slug, acting_as)
            return work_out(session, actor, order, board, now=now), None
    with unit_of_work() as session:
        _workspace, actor = acting(session, slug, acting_as)
        worked = work_out(session, actor, order, board, now=now)
        try:
            return worked, make(session, actor, worked, again=data["again"], now=now)
        except AlreadyImported as error:
            name = error.imported[-1]["name"]
            raise Refusal(_AGAIN.say(spoken_language(), name=name)) from None


def _tell(worked: Worked, made: Made | None, output: str) -> None:
    if output == "yaml" and worked.playbook is not None:
        click.echo(worked.playbook.source, nl=False)
        return
    language = spoken_language()
    shown = worked_out(worked, made, language)
    if output == "json":
        click.echo(shown_as_json(shown), nl=False)
        return
    for line in _lines(shown, made, language):
        click.echo(line)


def _lines(shown: Mapping[str, Any], made: Made | None, language: Language) -> Iterator[str]:
    tasks = shown["counts"]["tasks"]
    if made is None:
        yield _LOOKED.say(language, name=shown["name"], tasks=tasks)
    elif made.playbook is not None:
        slug, version = made.playbook
        yield _PLAYBOOK.say(language, slug=slug, version=version, tasks=tasks)
    else:
        yield _PROJECT.say(language, name=shown["name"], tasks=tasks, id=shown["project_id"])
    yield from shown["warnings"]
    for earlier in shown["imported_before"]:
        yield _BEFORE.say(language, name=earlier["name"])
    for one in shown["lists"]:
        words = [one[name] for name in ("phase", "status") if one[name]]
        taken = ", ".join(words) or _CHECKLIST.say(language)
        taken = _LEFT_OUT.say(language) if one["left_out"] else taken
        yield _LIST.say(language, title=one["title"], cards=one["cards"], taken=taken)
    for task in shown["tasks"]:
        told = (task[name] for name in ("start_on", "due_on", "phase", "status", "title"))
        yield "  ".join(["", *map(str, told)])
        yield from (f"    {note}" for note in task["notes"])
    for one in shown["left_out"]:
        what = ", ".join(filter(None, (one["what"], one["title"])))
        yield _STAYS.say(language, what=what, reason=one["reason"])

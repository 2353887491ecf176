"""``tracker gate``: what gates wait for, approvals, decisions, waivers and dossiers."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

import click
from sqlalchemy.orm import Session

from tracker.cli.days import day
from tracker.cli.member import workspace_options
from tracker.cli.opening import acting, checked, open_database
from tracker.cli.options import format_option
from tracker.cli.render.answer import shown_as_json
from tracker.cli.render.gates import gate_page, missing_lines
from tracker.cli.render.json import dump
from tracker.cli.render.rows import echo_rows
from tracker.cli.show import project_named, project_option
from tracker.cli.speech import Refusal, spoken_language
from tracker.gates import queries, service
from tracker.gates.facts import Facts, GateFact
from tracker.gates.gathering import facts_of_projects
from tracker.gates.markdown import DECISION, markdown
from tracker.gates.rules import Decision, GateNotReady
from tracker.gates.schemas import ApprovalIn, DecisionIn, WaiverIn
from tracker.gates.showing import gate_out
from tracker.gates.writing import Hearing
from tracker.kernel.clock import is_zone, utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.kernel.errors import NotFound, Stale
from tracker.kernel.texts import Sentence
from tracker.people.rules import Actor, Permission

_NO_GATE: Final = Sentence(
    en="The project has no gate “{key}”. It has: {keys}.",
    fr="Le projet n'a pas de point de passage « {key} ». Il a : {keys}.",
)
_STALE: Final = Sentence(
    en="The gate has changed while you were deciding. Look at it again, then decide.",
    fr="Le point de passage a changé pendant votre décision. Le revoir, puis décider.",
)
_SURE: Final = Sentence(
    en="{decision}: “{gate}” of “{project}”. It is kept for ever. Go on?",
    fr="{decision} : « {gate} » de « {project} ». C'est conservé pour toujours. Continuer ?",
)
_DECIDED: Final = Sentence(en="“{gate}”: {state}.", fr="« {gate} » : {state}.")
_ENTERED: Final = Sentence(en="The phase {phase} is entered.", fr="La phase {phase} commence.")
_DELAYED: Final = Sentence(
    en="It moves by {days} working {days:day|days}: its gate was late.",
    fr="Elle se décale de {days} {days:jour ouvré|jours ouvrés} : son point de passage était en "
    "retard.",
)
_SAID: Final = {
    "request": Sentence(
        en="The approval “{key}” is asked for.", fr="L'approbation « {key} » est demandée."
    ),
    "approve": Sentence(en="“{key}” is approved.", fr="« {key} » est approuvé."),
    "decline": Sentence(en="“{key}” is declined.", fr="« {key} » est refusé."),
}

Command = click.Command
Decorator = Callable[[Any], Any]


def _where(command: Command) -> Command:
    """Workspace, project, and for whom."""
    return workspace_options(project_option(command))


def _of_gate(command: Command) -> Command:
    """The same, and which gate."""
    command.params.insert(0, click.Argument(["key"]))
    return _where(command)


@click.group()
def gate() -> None:
    """Show, approve, decide and waive the gates of a project. KEY is a gate's key or id."""


@_where
@gate.command("list")
@format_option("table", "json")
def list_gates(*, slug: str, acting_as: str | None, named: str, output: str) -> None:
    """The gates of a project in their order, and what they are waiting for."""
    open_database()
    with reading() as session:
        facts, _actor = _facts(session, slug, acting_as, named=named)
    shown = [gate_out(facts, one, spoken_language()) for one in facts.gates]
    if output == "json":
        click.echo(shown_as_json(shown), nl=False)
        return
    echo_rows([_row(one) for one in shown], output)


def _row(one: Mapping[str, Any]) -> dict[str, Any]:
    blocking = [c for c in one["verdict"]["criteria"] if c["blocks"]]
    met = sum(c["state"] == "met" for c in blocking)
    return {
        "key": one["key"],
        "state": one["state"],
        "on": one["on"].isoformat(),
        "met": f"{met}/{len(blocking)}",
        "waits_for": one["waits_for"],
        "flags": ", ".join(one["flags"]),
        "id": str(one["id"]),
    }


@_of_gate
@gate.command()
@format_option("table", "json")
def show(*, key: str, output: str, **where: Any) -> None:
    """One gate with every criterion, as of now."""
    open_database()
    with reading() as session:
        facts, one, _actor = _found(session, key, **where)
    shown = gate_out(facts, one, spoken_language())
    if output == "json":
        click.echo(shown_as_json(shown), nl=False)
        return
    click.echo(gate_page(shown, spoken_language()))


def _facts(
    session: Session, slug: str, acting_as: str | None, *, named: str
) -> tuple[Facts, Actor]:
    workspace, actor = acting(session, slug, acting_as)
    actor.must(Permission.LOOK)
    project = project_named(session, workspace.id, slug=slug, name=named)
    found = facts_of_projects(session, workspace.id, [project.id], now=utcnow())
    return found[project.id], actor


def _found(
    session: Session, key: str, *, slug: str, acting_as: str | None, named: str
) -> tuple[Facts, GateFact, Actor]:
    facts, actor = _facts(session, slug, acting_as, named=named)
    one = next((gate for gate in facts.gates if key in (gate.key, str(gate.id))), None)
    if one is None:
        raise NotFound(_NO_GATE, key=key, keys=", ".join(gate.key for gate in facts.gates))
    return facts, one, actor


# Approvals.


def _word_options(command: Command) -> Command:
    command.params += [
        click.Option(["--criterion"], help="Which approval, where the gate asks for several."),
        click.Option(["--comment"], help="Kept with it."),
    ]
    return _of_gate(command)


@_word_options
@gate.command()
def request(**wanted: Any) -> None:
    """Ask for an approval."""
    _say("request", **wanted)


@_word_options
@gate.command()
def approve(**wanted: Any) -> None:
    """Approve; never what one asked for oneself."""
    _say("approve", **wanted)


@_word_options
@gate.command()
def decline(**wanted: Any) -> None:
    """Decline to approve."""
    _say("decline", **wanted)


def _say(
    action: str, *, key: str, criterion: str | None, comment: str | None, **where: Any
) -> None:
    given = {"action": action, "criterion": criterion, "comment": comment}
    word = cast("service.Word", checked(ApprovalIn, **given))
    open_database()
    with unit_of_work() as session:
        _facts_now, one, actor = _found(session, key, **where)
        said = service.say(session, actor, one.id, word, now=utcnow())
    click.echo(_SAID[action].say(spoken_language(), key=said.criterion))


# Decisions.


@_of_gate
@gate.command()
@click.argument("decision", type=click.Choice([one.value for one in Decision]))
@click.option("--reason", help="Required for everything but pass.")
@click.option(
    "--condition",
    "conditions",
    multiple=True,
    metavar="TITLE[|DATE[|MEMBER]]",
    help="What is still to be done; becomes a task. Repeat as needed.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
def decide(
    *,
    key: str,
    decision: str,
    reason: str | None,
    conditions: Sequence[str],
    yes: bool,
    **where: Any,
) -> None:
    """Pass a gate, pass it on conditions, hold or reject it, as it is shown."""
    rows = [_condition(one) for one in conditions]
    given = {"decision": decision, "reason": reason, "conditions": rows}
    wish = cast("service.Wish", checked(DecisionIn, **given))
    _rule(
        key,
        decision,
        Permission.MANAGE_PROJECTS,
        lambda hearing, actor: service.decide(hearing, actor, wish),
        yes=yes,
        where=where,
    )


def _condition(text: str) -> dict[str, str]:
    names = ("title", "due_on", "assignee")
    parts = (part.strip() for part in text.split("|", maxsplit=2))
    return {name: part for name, part in zip(names, parts, strict=False) if part}


@_of_gate
@gate.command()
@click.option("--reason", required=True, help="Kept with the waiver for ever.")
@click.option(
    "--until", type=day, metavar="DATE", required=True, help="The last day on which it holds."
)
@click.option("--yes", is_flag=True, help="Do not ask.")
def waive(*, key: str, reason: str, until: date, yes: bool, **where: Any) -> None:
    """Open a gate for a while although something is missing; owners only."""
    open_database()
    with reading() as session:
        facts, *_ = _found(session, key, **where)
    given = checked(WaiverIn, reason=reason, expires_at=_end_of(until, facts).isoformat())
    _rule(
        key,
        "waive",
        Permission.ADMINISTER,
        lambda hearing, actor: service.waive(hearing, actor, **given),
        yes=yes,
        where=where,
    )


def _end_of(until: date, facts: Facts) -> datetime:
    zone = facts.project.timezone
    midnight = datetime.combine(until + timedelta(days=1), time())
    return midnight.replace(tzinfo=ZoneInfo(zone if is_zone(zone) else "UTC"))


def _rule(
    key: str,
    decision: str,
    permission: Permission,
    act: Callable[[Hearing, Actor], service.Decided],
    *,
    yes: bool,
    where: Mapping[str, Any],
) -> None:
    """Show the gate, ask, and decide on what was shown and on nothing newer."""
    open_database()
    with reading() as session:
        facts, one, actor = _found(session, key, **where)
    actor.must(permission)
    language = spoken_language()
    if not yes:
        click.echo(gate_page(gate_out(facts, one, language), language))
        question = {
            "decision": DECISION[decision],
            "gate": one.title,
            "project": facts.project.name,
        }
        click.confirm(_SURE.say(language, **question), abort=True)
    try:
        with unit_of_work() as session:
            hearing = service.hear(session, actor, one.id, now=utcnow())
            if hearing.gate.version != one.version:
                raise Stale(_STALE)
            decided = act(hearing, actor)
    except GateNotReady as refused:
        raise Refusal("\n".join(missing_lines(refused, language))) from refused
    click.echo(_DECIDED.say(language, gate=one.title, state=DECISION[decision]))
    if decided.opened.entered:
        click.echo(_ENTERED.say(language, phase=decided.opened.entered))
    if decided.opened.delayed_days:
        click.echo(_DELAYED.say(language, days=decided.opened.delayed_days))


@_of_gate
@gate.command()
@click.option("--number", type=click.IntRange(min=1), help="One decision; without it all.")
@format_option("md", "json")
def dossier(*, key: str, number: int | None, output: str, **where: Any) -> None:
    """What decisions stood on, as it was when they were made."""
    open_database()
    with reading() as session:
        facts, one, _actor = _found(session, key, **where)
        scope = (session, facts.project.workspace_id, one.id)
        rows = [queries.decision(*scope, number)] if number else queries.decisions(*scope)
    dossiers = [row.dossier for row in rows]
    if output == "json":
        click.echo(dump(dossiers), nl=False)
        return
    click.echo(markdown(dossiers, spoken_language()), nl=False)

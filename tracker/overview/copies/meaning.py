"""Whether a copy that has the right shape can be meant: references, choices, rules. Pure."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from graphlib import CycleError, TopologicalSorter
from typing import Any, Final

from marshmallow import ValidationError

from tracker.kernel.clock import is_zone
from tracker.kernel.errors import FieldErrors, Invalid
from tracker.kernel.texts import LANGUAGES, Said, Sentence
from tracker.overview.copies.figures import CHOICES as CHOICES_OF_FIGURES
from tracker.overview.copies.figures import bad_figures, is_dims
from tracker.overview.copies.layout import SECTIONS
from tracker.overview.copies.shape import Copy, Row, as_day
from tracker.overview.words import STATES as GATE_STATES
from tracker.people.policy_schemas import PolicyIn
from tracker.playbooks.calendar import WorkCalendar
from tracker.playbooks.grammar import PHASES, ROLES
from tracker.playbooks.parameters import Parameters, check_parameters
from tracker.playbooks.recurrence import BadRule, check_rule
from tracker.playbooks.why import explain
from tracker.projects.rules import STATES, STATUSES
from tracker.projects.schemas import ParametersIn
from tracker.roster import rules as roster
from tracker.web.field_messages import in_both_languages

_MOST_TASKS: Final = 5_000
_LONGEST_SPAN: Final = timedelta(days=5 * 366)
_LONG_AGO: Final = date(1970, 1, 1)
_CHOICES: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("project", "state"): STATES,
    ("project", "phase"): PHASES,
    ("project", "language"): LANGUAGES,
    ("phases", "key"): PHASES,
    ("checklists", "phase"): PHASES,
    ("gates", "state"): tuple(GATE_STATES),
    ("gates", "after_phase"): PHASES,
    ("gates", "before_phase"): PHASES,
    ("tasks", "phase"): PHASES,
    ("tasks", "role"): ROLES,
    ("tasks", "status"): STATUSES,
    ("tasks", "priority"): ("low", "normal", "high", "urgent"),
    ("tasks", "evidence"): ("link", "note", "figure"),
    ("dependencies", "type"): ("FS", "SS", "FF", "SF"),
    ("evidence", "kind"): ("link", "note", "figure"),
    ("roster", "role"): roster.ROLES,
    ("roster", "stage"): roster.STAGES,
    ("roster", "consent"): roster.CONSENTS,
    ("approvals", "kind"): ("request", "approve", "decline"),
    ("decisions", "decision"): ("pass", "conditional", "hold", "reject", "waive"),
    **CHOICES_OF_FIGURES,
}
_NOT_A_CHOICE: Final = Sentence(
    en="Must be one of: {choices}.", fr="Doit être une valeur parmi : {choices}."
)
_NO_TARGET: Final = Sentence(
    en="There is no such id among the copy's “{section}”.",
    fr="Il n'y a pas de tel identifiant dans les « {section} » de la copie.",
)
_TWICE: Final = Sentence(
    en="Another row has the same {key}.", fr="Une autre ligne a le même {key}."
)
_NO_PHASE: Final = Sentence(
    en="There is no such phase in the copy.", fr="Il n'y a pas de telle phase dans la copie."
)
_BACKWARDS: Final = Sentence(en="Is due before it starts.", fr="Son échéance précède son début.")
_NEGATIVE: Final = Sentence(en="Must not be negative.", fr="Ne peut pas être négatif.")
_LOOP: Final = Sentence(
    en="Tasks wait for each other in a loop: {path}.",
    fr="Des tâches s'attendent en boucle : {path}.",
)
_TOO_MANY: Final = Sentence(
    en="A project has {most} tasks at most.", fr="Un projet a {most} tâches au plus."
)
_FORM: Final = Sentence(
    en="Does not have the form that an export gives it.",
    fr="N'a pas la forme que lui donne un export.",
)
_NO_ZONE: Final = Sentence(
    en="Not a time zone of the tz database, such as Europe/Paris.",
    fr="Pas un fuseau de la base tz, comme Europe/Paris.",
)
_NO_RITUAL: Final = Sentence(
    en="Must be the id of a ritual.", fr="Doit être l'identifiant d'un rituel."
)
_REFUSED: Final = Sentence(
    en="Who has refused is not kept by name.",
    fr="Une personne qui a refusé n'est pas gardée sous son nom.",
)
_NO_CONSENT: Final = Sentence(
    en="“{stage}” needs their consent.", fr="« {stage} » demande l'accord de la personne."
)
Fault = tuple[tuple[str, ...], Said]


def check(copy: Copy) -> None:
    """Raise Invalid with everything in ``copy`` that cannot be meant."""
    faults: dict[str, Any] = {}
    for path, said in _faults(copy):
        _put(faults, path, said)
    if not faults:
        for path, said in _told_faults(copy):
            _put(faults, path, said)
    if faults:
        raise Invalid(faults)
    _check_parameters(copy.project["parameters"])


def _put(faults: dict[str, Any], path: tuple[str, ...], said: Said) -> None:
    for name in path[:-1]:
        faults = faults.setdefault(name, {})
    faults.setdefault(path[-1], []).append(said)


def _faults(copy: Copy) -> Iterator[Fault]:
    if not is_zone(copy.project["timezone"]):
        yield ("project", "timezone"), Said(_NO_ZONE, {})
    if len(copy.sections["tasks"]) > _MOST_TASKS:
        yield ("tasks",), Said(_TOO_MANY, {"most": _MOST_TASKS})
    yield from _bad_choices("project", ("project",), copy.project)
    for section in SECTIONS:
        for number, row in enumerate(copy.sections[section.name]):
            yield from _bad_choices(section.name, (section.name, str(number)), row)
    yield from _bad_references(copy)
    yield from _doubles(copy)
    yield from _bad_tasks(copy)
    yield from _bad_contacts(copy)
    yield from _bad_forms(copy)
    yield from _bad_policies(copy)
    yield from bad_figures(copy)


def _bad_policies(copy: Copy) -> Iterator[Fault]:
    rows = [("project",), *(("tasks", str(n)) for n in range(len(copy.sections["tasks"])))]
    for place, row in zip(rows, [copy.project, *copy.sections["tasks"]], strict=True):
        said = row["reminder_policy"]
        if said is not None and PolicyIn().validate(said):
            yield (*place, "reminder_policy"), Said(_FORM, {})


def _bad_choices(section: str, place: tuple[str, ...], row: Row) -> Iterator[Fault]:
    for (name, field), choices in _CHOICES.items():
        if name == section and row[field] is not None and row[field] not in choices:
            yield (*place, field), Said(_NOT_A_CHOICE, {"choices": ", ".join(choices)})


def _bad_references(copy: Copy) -> Iterator[Fault]:
    """Ids that lead out of the copy: another project's, another workspace's, nobody's."""
    ids = {
        section.name: {row["id"] for row in copy.sections[section.name]}
        for section in SECTIONS
        if section.has_ids
    }
    phases = {row["key"] for row in copy.sections["phases"]}
    for section in SECTIONS:
        for number, row in enumerate(copy.sections[section.name]):
            for field in section.fields.values():
                target, value = field.refers_to, row[field.name]
                if target and value is not None and value not in ids[target]:
                    yield (
                        (section.name, str(number), field.name),
                        Said(_NO_TARGET, {"section": target}),
                    )
            for name in ("phase", "after_phase", "before_phase"):
                if row.get(name) and row[name] not in phases:
                    yield (section.name, str(number), name), Said(_NO_PHASE, {})


def _doubles(copy: Copy) -> Iterator[Fault]:
    """Rows that the database could not keep beside each other."""
    for section in SECTIONS:
        rows = copy.sections[section.name]
        for key in section.keys:
            counts = Counter(tuple(row[name] for name in key) for row in rows)
            for number, row in enumerate(rows):
                found = tuple(row[name] for name in key)
                if counts[found] > 1 and None not in found:
                    yield (
                        (section.name, str(number), key[-1]),
                        Said(_TWICE, {"key": ", ".join(key)}),
                    )


def _bad_tasks(copy: Copy) -> Iterator[Fault]:
    rituals = {row["id"] for row in copy.sections["tasks"] if row["recurring"]}
    for number, row in enumerate(copy.sections["tasks"]):
        place = ("tasks", str(number))
        if row["due_on"] < row["start_on"]:
            yield (*place, "due_on"), Said(_BACKWARDS, {})
        if row["duration_days"] < 0:
            yield (*place, "duration_days"), Said(_NEGATIVE, {})
        if row["ritual_id"] is not None and row["ritual_id"] not in rituals:
            yield (*place, "ritual_id"), Said(_NO_RITUAL, {})
    yield from _loops(copy)


def _bad_contacts(copy: Copy) -> Iterator[Fault]:
    """The roster's rule holds for copies, too: nobody is kept by name without their consent."""
    for number, row in enumerate(copy.sections["roster"]):
        is_kept = row["stage"] in roster.CONFIRMED and row["consent"] != "given"
        is_named = any(row[name] for name in roster.PERSONAL)
        if row["consent"] == "refused" and is_named:
            yield ("roster", str(number), "consent"), Said(_REFUSED, {})
        elif is_kept and row["consent"] != "refused":
            yield ("roster", str(number), "consent"), Said(_NO_CONSENT, {"stage": row["stage"]})


def _loops(copy: Copy) -> Iterator[Fault]:
    keys = {row["id"]: row["key"] for row in copy.sections["tasks"]}
    waits: dict[Any, set[Any]] = {}
    for link in copy.sections["dependencies"]:
        waits.setdefault(link["successor_id"], set()).add(link["predecessor_id"])
    try:
        TopologicalSorter(waits).prepare()
    except CycleError as error:
        path = " → ".join(str(keys.get(task_id, task_id)) for task_id in error.args[1])
        yield ("dependencies",), Said(_LOOP, {"path": path})


# JSON columns, each with what it must look like.


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _is_told(value: Any) -> bool:
    """A text in every language."""
    return isinstance(value, dict) and all(isinstance(value.get(name), str) for name in LANGUAGES)


def _is_warnings(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_told, value))


def _is_left_out(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(one, dict) and isinstance(one.get("key"), str) and _is_told(one.get("reason"))
        for one in value
    )


def _is_criteria(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(one, dict)
        and all(isinstance(one.get(name), str) for name in ("key", "kind", "title"))
        for one in value
    )


def _is_baselined(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(one, dict)
        and all(isinstance(one.get(name), str) for name in ("id", "key", "title", "phase"))
        and all(as_day(one.get(name)) for name in ("start_on", "due_on"))
        and type(one.get("duration_days")) is int
        for one in value
    )


def _is_changes(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(pair, list) and len(pair) == len(("before", "after")) for pair in value.values()
    )


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


_FORMS: Final[Mapping[tuple[str, str], Callable[[Any], bool]]] = {
    ("project", "parameters"): _is_object,
    ("project", "warnings"): _is_warnings,
    ("project", "left_out"): _is_left_out,
    ("gates", "criteria"): _is_criteria,
    ("gates", "flags"): _is_texts,
    ("tasks", "labels"): _is_texts,
    ("tasks", "recurring"): _is_object,
    ("tasks", "why"): _is_object,
    ("comments", "mentions"): _is_texts,
    ("baselines", "tasks"): _is_baselined,
    ("decisions", "conditions"): _is_list,
    ("decisions", "dossier"): _is_object,
    ("waivers", "criteria"): _is_texts,
    ("activity", "changes"): _is_changes,
    ("series", "dims"): is_dims,
    ("alerts", "figures"): _is_object,
    ("alerts", "latest"): _is_object,
}


def _bad_forms(copy: Copy) -> Iterator[Fault]:
    for (name, field), has_form in _FORMS.items():
        if name == "project":
            if not has_form(copy.project[field]):
                yield (name, field), Said(_FORM, {})
            continue
        for number, row in enumerate(copy.sections[name]):
            if row[field] is not None and not has_form(row[field]):
                yield (name, str(number), field), Said(_FORM, {})


def _told_faults(copy: Copy) -> Iterator[Fault]:
    """What only shows when it is used: rules of rituals, and the facts behind a date."""
    calendar = WorkCalendar()
    for number, row in enumerate(copy.sections["tasks"]):
        place = ("tasks", str(number))
        if row["recurring"]:
            fault = _bad_rule(row)
            if fault:
                yield (*place, "recurring"), fault
        if not _can_be_told(row["why"], calendar):
            yield (*place, "why"), Said(_FORM, {})


def _bad_rule(row: Row) -> Said | None:
    rule, last = row["recurring"].get("rrule"), as_day(row["recurring"].get("until"))
    if not isinstance(rule, str) or last is None:
        return Said(_FORM, {})
    try:
        check_rule(rule, row["start_on"], last)
    except BadRule as error:
        return error.said
    return None


def _can_be_told(facts: Mapping[str, Any], calendar: WorkCalendar) -> bool:
    """Told once: a fact of another kind would break every later answer."""
    first, last = as_day(facts.get("span_from")), as_day(facts.get("due_on"))
    if first is None or last is None or last - first > _LONGEST_SPAN:
        return False
    try:
        return all(explain(facts, {}, calendar, language) for language in LANGUAGES)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        return False


def _check_parameters(parameters: Mapping[str, Any]) -> None:
    try:
        check_parameters(ParametersIn().load(_wish(parameters)), _LONG_AGO)
    except ValidationError as error:
        nested: FieldErrors = in_both_languages(error.messages)
        raise Invalid({"project": {"parameters": nested}}) from None
    except Invalid as error:
        raise Invalid({"project": {"parameters": error.fields}}) from None


def _wish(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """As a wish is made: what is in force has both anchors, and a wish one of them."""
    return {**parameters, "start_on": None} if parameters.get("launch_on") else dict(parameters)


def completed(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Checked parameters, all of them: what a file does not have is as usual."""
    usual: Parameters = ParametersIn().load(_wish(parameters))
    return {**usual.as_json(), **parameters}

"""Every fault of a playbook is told where it stands: ``# HERE`` marks the line."""

from pathlib import Path
from textwrap import dedent, indent

import pytest

from tracker.playbooks.catalog import RELEASED, digest, find_all_problems
from tracker.playbooks.loader import BadPlaybook, find_problems, load_bytes, load_file
from tracker.playbooks.source import MAX_BYTES

HEAD = """\
playbook: mine
version: 1
title: {en: Mine, fr: À moi}
"""
PHASES = """\
phases:
  - key: prepare
    title: {en: Prepare, fr: Préparer}
    checklists:
      - key: work
        title: {en: Work, fr: Travail}
        tasks:
          - key: first
            title: {en: First, fr: Première}
            role: sponsor
            days: 1
"""
LATER = """\
  - key: launch
    title: {en: Launch, fr: Lancer}
    checklists:
      - key: day
        title: {en: Day, fr: Jour}
        tasks:
          - key: opening
            title: {en: Open, fr: Ouvrir}
            role: sponsor
            days: 1
"""


def tasks(text: str) -> str:
    """A faultless playbook with further tasks in its first checklist."""
    return HEAD + PHASES + indent(dedent(text).strip("\n"), " " * 10) + "\n"


def of_first(text: str) -> str:
    """A faultless playbook with further keys in its first task."""
    return HEAD + PHASES + indent(dedent(text).strip("\n"), " " * 12) + "\n"


def also(text: str) -> str:
    """A faultless playbook with further sections."""
    return HEAD + PHASES + dedent(text).strip("\n") + "\n"


def second(more: str) -> str:
    """A faultless playbook whose second task says ``more``."""
    return tasks(
        f"""
        - key: second
          title: {{en: Second, fr: Deuxième}}
          role: sponsor
          days: 1
          {more}
        """
    )


def gate(criterion: str, border: str = "prepare") -> str:
    """A faultless playbook with one gate that has one criterion."""
    return also(
        f"""
        gates:
          - key: ready
            title: {{en: Ready, fr: Prêt}}
            after_phase: {border}
            before_phase: null
            "on": {{anchor: launch}}
            criteria:
              - key: criterion
                title: {{en: A criterion, fr: Un critère}}
        """
    ) + indent(dedent(criterion).strip("\n") + "\n", " " * 8)


def module(text: str, head: str = "phase: prepare\n    anchor: event") -> str:
    """A faultless playbook with a module of two tasks and what ``text`` adds to it."""
    return also(
        f"""
modules:
  - key: event
    title: {{en: Event, fr: Événement}}
    {head}
    tasks:
      - {{key: invite, title: {{en: Invite, fr: Inviter}}, role: it, days: 5}}
      - {{key: event, title: {{en: Meet, fr: Se voir}}, role: it, days: 1, after: [invite]}}
"""
    ) + indent(dedent(text).strip("\n") + "\n", " " * 6)


def estimates(text: str) -> str:
    """A faultless playbook with an estimate of its first task."""
    return also(f"estimates:\n  {text}  # HERE")


FAULTS = {
    "unknown key in a task": (of_first("duration: 3  # HERE"), "unknown key “duration”"),
    "unknown key at the top": (also("colour: red  # HERE"), "unknown key “colour”"),
    "missing key": (
        tasks(
            """
            - key: second  # HERE
              title: {en: Second, fr: Deuxième}
              days: 1
            """
        ),
        "needs a “role”",
    ),
    "missing language": (
        of_first("proof: {en: A note}  # HERE"),
        "proof has no text in the language “fr”",
    ),
    "third language": (
        of_first("proof: {en: A note, fr: Une note, de: Notiz}  # HERE"),
        "unknown key “de”",
    ),
    "empty text": (of_first("proof: {en: '', fr: Une note}  # HERE"), "not empty"),
    "control character": (
        of_first('proof: {en: "A\\u0007note", fr: Une note}  # HERE'),
        "control character",
    ),
    "long title": (of_first(f"proof: {{en: {'x' * 201}, fr: x}}  # HERE"), "longer than 200"),
    "unknown role": (
        HEAD + PHASES.replace("sponsor", "boss  # HERE"),
        "role must be one of sponsor",
    ),
    "unknown phase": (HEAD + PHASES.replace("key: prepare", "key: grow  # HERE"), "one of prepare"),
    "key of the wrong form": (
        HEAD + PHASES.replace("key: first", "key: First!  # HERE"),
        "“First!” is not of the form",
    ),
    "text for a number": (HEAD + PHASES.replace("days: 1", "days: two  # HERE"), "whole number"),
    "number out of range": (
        HEAD + PHASES.replace("days: 1", "days: -1  # HERE"),
        "between 0 and 1000",
    ),
    "decimal days": (HEAD + PHASES.replace("days: 1", "days: 1.5  # HERE"), "whole number"),
    "word for a flag": (of_first("early: soon  # HERE"), "true or false"),
    "yes is a word and no flag": (of_first("early: yes  # HERE"), "true or false"),
    "mapping for a list": (of_first("steps: {key: think}  # HERE"), "steps must be a list"),
    "list for a mapping": (of_first("proof: [a note]  # HERE"), "proof must be a mapping"),
    "unknown condition": (of_first("only_for: {size: [big]}  # HERE"), "unknown key “size”"),
    "unknown value of a condition": (
        of_first("only_for: {audience: [everybody]}  # HERE"),
        "one of existing, from_scratch, both",
    ),
    "version zero": (HEAD.replace("version: 1", "version: 0  # HERE") + PHASES, "between 1 and"),
    "no version": (  # the playbook begins on its first line
        "playbook: mine  # HERE\ntitle: {en: Mine, fr: À moi}\n" + PHASES,
        "needs a “version”",
    ),
    "unknown predecessor": (
        second("after: [prepare.work.third]  # HERE"),
        "prepare.work.second waits for “prepare.work.third”, which does not exist",
    ),
    "unknown type of link": (
        second("after: [{task: prepare.work.first, type: FX}]  # HERE"),
        "type must be one of FS, SS, FF, SF",
    ),
    "short key of a predecessor": (second("after: [first]  # HERE"), "is not of the form"),
    "task that waits for itself": (
        second("after: [prepare.work.second]  # HERE"),
        "in a loop: prepare.work.second → prepare.work.second",
    ),
    "before launch waits for after it": (
        second("after: [launch.day.opening]  # HERE") + LATER,
        "cannot wait for launch.day.opening, which comes after it",
    ),
    "waits for a ritual": (
        second("after: [prepare.work.first]  # HERE").replace(
            "            days: 1\n",
            "            days: 1\n"
            "            recurring: {rrule: FREQ=WEEKLY, until: {anchor: end}}\n",
            1,
        ),
        "waits for the ritual prepare.work.first, which never ends",
    ),
    "impossible window": (
        of_first(
            """
            not_before: {anchor: launch, months: 2}
            deadline: {anchor: launch, calendar_days: 7}  # HERE
            """
        ),
        "impossible window: “deadline” comes before “not_before”",
    ),
    "fixed before its bound": (
        of_first(
            """
            "on": {anchor: launch}  # HERE
            not_before: {anchor: launch, working_days: 1}
            """
        ),
        "impossible window: “on” comes before “not_before”",
    ),
    "two offsets": (
        of_first("deadline: {anchor: launch, months: 1, working_days: 2}  # HERE"),
        "one offset at most",
    ),
    "share from another anchor": (
        of_first("deadline: {anchor: launch, share: 20}  # HERE"),
        "“develop” only",
    ),
    "share of a ritual's end from another anchor": (
        of_first("recurring: {rrule: FREQ=DAILY, until: {anchor: end, share: 9}}  # HERE"),
        "“develop” only",
    ),
    "two offsets of a criterion": (
        gate(
            """
            kind: elapsed
            since: {anchor: launch, months: 1, calendar_days: 2}  # HERE
            """
        ),
        "one offset at most",
    ),
    "share of a gate from another anchor": (
        gate("kind: tasks_done\nphase: prepare").replace(
            "{anchor: launch}", "{anchor: launch, share: 9}  # HERE"
        ),
        "“develop” only",
    ),
    "unknown anchor": (of_first("deadline: {anchor: christmas}  # HERE"), "anchor must be one of"),
    "recurrence that is none": (
        of_first("recurring: {rrule: FREQ=SOMETIMES, until: {anchor: end}}  # HERE"),
        "not a recurrence rule",
    ),
    "recurrence with an end of its own": (
        of_first("recurring: {rrule: FREQ=DAILY;COUNT=3, until: {anchor: end}}  # HERE"),
        "not a recurrence rule",
    ),
    "recurrence within a day": (
        of_first("recurring: {rrule: FREQ=SECONDLY, until: {anchor: end}}  # HERE"),
        "comes back within a day",
    ),
    "recurrence on a day that never comes": (
        of_first(
            """
            recurring:
              rrule: FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30  # HERE
              until: {anchor: end}
            """
        ),
        "falls on no day",
    ),
    "recurrence of more than a thousand occurrences": (
        of_first("recurring: {rrule: FREQ=DAILY, until: {anchor: end, months: 12}}  # HERE"),
        "more than 1000 times",
    ),
    "unknown manner of a ritual on closed days": (
        of_first("recurring: {rrule: FREQ=DAILY, until: {anchor: end}, on_closed: swap}  # HERE"),
        "on_closed must be one of shift, skip",
    ),
    "module of an unknown phase": (
        module("", "phase: develop  # HERE\n    anchor: event"),
        "the playbook has no phase “develop”",
    ),
    "module without a phase": (
        module("", "anchor: event").replace(
            "    tasks:\n      - {key: inv", "    tasks:  # HERE\n      - {key: inv"
        ),
        "a module with tasks needs a “phase”",
    ),
    "module with a strange anchor": (
        module("", "phase: prepare\n    anchor: party  # HERE"),
        "“party” is no task of the module event",
    ),
    "module without tasks that has an anchor": (
        also(
            """
            modules:
              - {key: event, title: {en: Event, fr: Événement}, anchor: event}  # HERE
            """
        ),
        "“anchor” is told of modules with tasks only",
    ),
    "module named as a checklist of its phase": (
        module("").replace("- key: event", "- key: work  # HERE"),
        "the phase prepare has a checklist “work” already",
    ),
    "module of an unknown mechanic": (
        module("", "phase: prepare\n    anchor: event\n    mechanics: [dance]  # HERE"),
        "the mechanic “dance” does not exist",
    ),
    "module of an unknown type": (
        module("", "phase: prepare\n    anchor: event\n    types: [dance]  # HERE"),
        "an item of types must be one of advocacy",
    ),
    "task of a module that waits for the plan": (
        module(
            "- {key: b, title: {en: B, fr: B}, role: it, days: 1, after: [prepare.work.first]}"
            "  # HERE"
        ),
        "“prepare.work.first” is not of the form",
    ),
    "task of a module that waits for a stranger": (
        module("- {key: b, title: {en: B, fr: B}, role: it, days: 1, after: [first]}  # HERE"),
        "b waits for “first”, which is no task of its module",
    ),
    "task of a module with a date of its own": (
        module(
            "- {key: b, title: {en: B, fr: B}, role: it, days: 1, on: {anchor: launch}}  # HERE"
        ),
        "unknown key “on” in an item of tasks",
    ),
    "module whose tasks wait in a loop": (
        module(
            """
            - {key: b, title: {en: B, fr: B}, role: it, days: 1, after: [c]}
            - {key: c, title: {en: C, fr: C}, role: it, days: 1, after: [b]}
            """
        ).replace("    tasks:\n      - {key: inv", "    tasks:  # HERE\n      - {key: inv"),
        "tasks of the module event wait for each other in a loop",
    ),
    "watch without a title": (
        also("watches:\n  - {key: quiet, kind: missing, days: 7}  # HERE"),
        "needs a “title”",
    ),
    "watch without what its kind needs": (
        also("watches:\n  - {key: q, kind: threshold, title: {en: Q, fr: Q}}  # HERE"),
        "needs a “metric”",
    ),
    "watch with what its kind does not know": (
        also(
            "watches:\n  - {key: q, kind: missing, days: 7, floor: 3, title: {en: Q, fr: Q}} # HERE"
        ),
        "unknown key “floor”",
    ),
    "watch that corrects with nothing": (
        also(
            "watches:\n  - {key: q, kind: missing, days: 7, title: *t, corrects: x} # HERE".replace(
                "*t", "{en: Q, fr: Q}"
            )
        ),
        "no module with tasks",
    ),
    "target with an unknown comparison": (
        also("targets:\n  - {metric: nps, op: '=>', value: 3}  # HERE"),
        "one of",
    ),
    "estimate of an unknown task": (
        estimates("prepare.work.last: {optimistic: 1, pessimistic: 2}"),
        "the task “prepare.work.last” does not exist",
    ),
    "estimate that is too late to be optimistic": (
        estimates("prepare.work.first: {optimistic: 2, pessimistic: 2}"),
        "optimistic is that or less",
    ),
    "estimate that is too early to be pessimistic": (
        estimates("prepare.work.first: {optimistic: 0, pessimistic: 0}"),
        "pessimistic is that or more",
    ),
    "estimate that says half": (
        estimates("prepare.work.first: {optimistic: 1}"),
        "needs a “pessimistic”",
    ),
    "estimate of a milestone": (
        tasks("- {key: ready, title: {en: Ready, fr: Prêt}, role: it, days: 0}")
        + "estimates:\n  prepare.work.ready: {optimistic: 0, pessimistic: 1}  # HERE\n",
        "it takes no time to estimate",
    ),
    "ritual without duration": (
        of_first("recurring: {rrule: FREQ=DAILY, until: {anchor: end}}").replace(
            "days: 1", "days: 0  # HERE"
        ),
        "a ritual lasts at least one day",
    ),
    "duplicate key of a mapping": (
        of_first("days: 2  # HERE"),
        "the key “days” stands here twice",
    ),
    "duplicate task": (
        tasks("- {key: first, title: {en: A, fr: B}, role: it, days: 1}  # HERE"),
        "the key “first” is in tasks twice",
    ),
    "duplicate step": (
        of_first(
            """
            steps:
              - {key: think, title: {en: Think, fr: Penser}}
              - {key: think, title: {en: Again, fr: Encore}}  # HERE
            """
        ),
        "the key “think” is in steps twice",
    ),
    "phases out of order": (
        HEAD
        + LATER.replace("  - key: launch", "phases:\n  - key: launch")
        + PHASES.replace("phases:\n", "").replace("key: prepare", "key: prepare  # HERE"),
        "in this order: prepare, launch, recruit, develop",
    ),
    "phase without a title": (
        HEAD
        + PHASES.replace("    title: {en: Prepare, fr: Préparer}\n", "").replace(
            "key: prepare", "key: prepare  # HERE"
        ),
        "the phase “prepare” needs a “title”",
    ),
    "anchor": (of_first("pillar: &p purpose  # HERE"), "the anchor &p is not allowed"),
    "alias": (
        of_first(
            """
            pillar: purpose
            evidence: *p  # HERE
            """
        ),
        "the alias *p is not allowed",
    ),
    "tag": (of_first("pillar: !!str purpose  # HERE"), "the tag tag:yaml.org,2002:str is not"),
    "tag that would run code": (
        of_first("pillar: !!python/object/apply:os.system [id]  # HERE"),
        "is not allowed; remove it",
    ),
    "second document": (
        HEAD + PHASES + "---  # HERE\n" + HEAD,
        "a playbook is one document",
    ),
    "merge key": (of_first("<<: {days: 3}  # HERE"), "unknown key “<<”"),
    "key that is no word": (of_first("[a, b]: 1  # HERE"), "a key must be a plain word"),
    "criterion of an unknown kind": (gate("kind: luck  # HERE"), "kind must be one of tasks_done"),
    "criterion without what its kind needs": (
        gate("kind: milestone  # HERE"),
        "a criterion of kind milestone needs a “task”",
    ),
    "criterion with a key of another kind": (
        gate(
            """
            kind: tasks_done
            phase: prepare
            count: 2  # HERE
            """
        ),
        "unknown key “count” in a criterion of kind tasks_done",
    ),
    "criterion on an unknown task": (
        gate(
            """
            kind: evidence
            task: prepare.work.third  # HERE
            """
        ),
        "the task “prepare.work.third” does not exist",
    ),
    "approval of an unknown task": (
        gate(
            """
            kind: approval
            role: sponsor
            count: 1
            of: [prepare.work.third]  # HERE
            """
        ),
        "the task “prepare.work.third” does not exist",
    ),
    "criterion whose bound its kind narrows": (
        gate(
            """
            kind: assessment
            at_least: 31  # HERE
            """
        ),
        "at_least must lie between 0 and 30",
    ),
    "figure of an unknown metric": (
        gate(
            """
            kind: figure
            metric: luck  # HERE
            op: ">="
            value: 3
            """
        )
        + dedent(
            """\
            metric_groups: [{key: launch, title: {en: Launch, fr: Lancement}}]
            metrics: [{key: logins, title: {en: L, fr: C}, unit: count, good: up, group: launch}]
            """
        ),
        "the metric “luck” does not exist",
    ),
    "gate beside an unknown phase": (
        gate(
            """
            kind: tasks_done
            phase: prepare
            """,
            border="develop  # HERE",
        ),
        "the playbook has no phase “develop”",
    ),
    "gate beside no phase": (
        gate(
            """
            kind: tasks_done
            phase: prepare
            """,
            border="null  # HERE",
        ),
        "a gate lies beside at least one phase",
    ),
    "quiz whose bands leave a hole": (
        also(
            """
            quiz:
              title: {en: Quiz, fr: Quiz}
              points: {A: 3, B: 2, C: 1, D: 0}
              questions:
                - key: one
                  title: {en: One, fr: Un}
                  answers:
                    A: {key: a, title: {en: A, fr: A}}
                    B: {key: b, title: {en: B, fr: B}}
                    C: {key: c, title: {en: C, fr: C}}
                    D: {key: d, title: {en: D, fr: D}}
              bands:
                - key: yes
                  min: 2
                  max: 3
                  title: {en: Yes, fr: Oui}
                  advice: {key: go, title: {en: Go, fr: Aller}}
                  external: {key: go, title: {en: Go, fr: Aller}}
                  internal: {key: go, title: {en: Go, fr: Aller}}
                - key: no
                  min: 0
                  max: 0  # HERE
                  title: {en: No, fr: Non}
                  advice: {key: stay, title: {en: Stay, fr: Rester}}
                  external: {key: stay, title: {en: Stay, fr: Rester}}
                  internal: {key: stay, title: {en: Stay, fr: Rester}}
            """
        ),
        "this band must end at 1",
    ),
    "mechanic that names an unknown task": (
        also(
            """
            community_types:
              - key: advocacy
                title: {en: A, fr: A}
                members: {en: M, fr: M}
                definition: {en: D, fr: D}
                scope: [external]
                objectives: [{key: o, title: {en: O, fr: O}}]
                mechanics:
                  - key: m
                    title: {en: M, fr: M}
                    tasks: [recruit.mechanics.m]  # HERE
                metrics: [nps]
            """
        ),
        "the task “recruit.mechanics.m” does not exist",
    ),
    "broken YAML": (of_first("pillar: [purpose\nrole: it  # HERE"), "not readable as YAML"),
}


def marked(text: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), start=1) if "# HERE" in line)


@pytest.mark.parametrize(("text", "message"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_told_with_its_line(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "v1.yaml"
    path.write_text(text, encoding="utf-8")
    problems = find_problems(path)
    assert {(problem.path, problem.line) for problem in problems} == {(str(path), marked(text))}
    assert any(message in problem.message for problem in problems)


@pytest.mark.parametrize(("text", "message"), FAULTS.values(), ids=FAULTS)
def test_a_playbook_sent_by_a_workspace_is_held_to_the_same(text: str, message: str) -> None:
    with pytest.raises(BadPlaybook) as caught:
        load_bytes(text.encode(), "mine.yaml")
    assert f"mine.yaml:{marked(text)}: " in str(caught.value)
    assert message in str(caught.value)


def test_a_faultless_playbook_has_no_problems(tmp_path: Path) -> None:
    path = tmp_path / "v1.yaml"
    path.write_text(HEAD + PHASES, encoding="utf-8")
    assert find_problems(path) == []
    assert load_file(path).by_key["prepare.work.first"].days == 1


def test_all_faults_are_told_at_once_in_the_order_of_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "v1.yaml"
    path.write_text(
        HEAD + PHASES.replace("days: 1", "days: x").replace("sponsor", "boss"), encoding="utf-8"
    )
    assert [problem.line for problem in find_problems(path)] == [13, 14]


def test_a_loop_is_told_with_its_path(tmp_path: Path) -> None:
    text = tasks(
        """
        - {key: a, title: {en: A, fr: A}, role: it, days: 1, after: [prepare.work.c]}
        - {key: b, title: {en: B, fr: B}, role: it, days: 1, after: [prepare.work.a]}
        - {key: c, title: {en: C, fr: C}, role: it, days: 1, after: [prepare.work.b]}
        """
    )
    (tmp_path / "v1.yaml").write_text(text, encoding="utf-8")
    (problem,) = find_problems(tmp_path / "v1.yaml")
    path = problem.message.removeprefix("tasks wait for each other in a loop: ").split(" → ")
    assert path[0] == path[-1]
    assert set(path) == {f"prepare.work.{key}" for key in "abc"}
    assert problem.line == {"a": 15, "b": 16, "c": 17}[path[0][-1]]


def test_a_file_over_two_megabytes_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "v1.yaml"
    path.write_bytes(b"#" * MAX_BYTES + b"\n")
    assert list(map(str, find_problems(path))) == [
        f"{path}:1: larger than 2 MB; split it or shorten it"
    ]


def test_a_file_of_two_megabytes_is_read(tmp_path: Path) -> None:
    path = tmp_path / "v1.yaml"
    text = (HEAD + PHASES).encode()
    path.write_bytes(text + b"#" * (MAX_BYTES - len(text)))
    assert find_problems(path) == []


def nested(depth: int) -> str:
    """Lists in a section that takes anything; the section itself lies three levels deep."""
    return also("durations:\n  odd:\n") + " " * 4 + "[" * depth + "]" * depth + "\n"


def test_nesting_beyond_twenty_levels_is_refused_where_it_begins(tmp_path: Path) -> None:
    path = tmp_path / "v1.yaml"
    path.write_text(nested(18), encoding="utf-8")
    assert find_problems(path) == []
    path.write_text(nested(19), encoding="utf-8")
    assert list(map(str, find_problems(path))) == [f"{path}:17: nested deeper than 20 levels"]


def test_very_deep_nesting_is_refused_and_not_died_of(tmp_path: Path) -> None:
    path = tmp_path / "v1.yaml"
    path.write_text("[" * 100_000, encoding="utf-8")
    (problem,) = find_problems(path)
    assert problem.line == 1


def test_a_file_that_is_not_utf_8_is_told_where_it_stops_being(tmp_path: Path) -> None:
    path = tmp_path / "v1.yaml"
    path.write_bytes((HEAD + PHASES).encode("latin-1"))
    assert list(map(str, find_problems(path))) == [f"{path}:3: not UTF-8; save the file as UTF-8"]


def test_a_null_byte_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "v1.yaml"
    path.write_bytes(HEAD.encode() + b"\x00")
    (problem,) = find_problems(path)
    assert "not readable as YAML" in problem.message


@pytest.mark.parametrize("text", ["", "just words", "- a list", "null"])
def test_what_is_no_mapping_is_no_playbook(text: str, tmp_path: Path) -> None:
    path = tmp_path / "v1.yaml"
    path.write_text(text, encoding="utf-8")
    assert list(map(str, find_problems(path))) == [f"{path}:1: a playbook is a mapping of keys"]


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "v1.yaml"
    (problem,) = find_problems(path)
    assert str(problem).startswith(f"{path}:1: cannot be opened")


# Parts.


def with_parts(folder: Path, *names: str, **contents: str) -> Path:
    path = folder / "v1.yaml"
    listed = "".join(f"  - {name}\n" for name in names)
    path.write_text(f"{HEAD}{PHASES}parts:\n{listed}", encoding="utf-8")
    for name, content in contents.items():
        (folder / f"{name}.yaml").write_text(dedent(content).lstrip("\n"), encoding="utf-8")
    return path


def test_parts_are_joined_by_phase(tmp_path: Path) -> None:
    path = with_parts(tmp_path, "more.yaml", more="phases:\n" + LATER)
    assert set(load_file(path).by_key) == {"prepare.work.first", "launch.day.opening"}


@pytest.mark.parametrize("name", ["../secret.yaml", "/etc/passwd", "v1/../../secret.yaml"])
def test_a_part_outside_the_folder_is_not_opened(name: str, tmp_path: Path) -> None:
    path = with_parts(tmp_path, name)
    assert list(map(str, find_problems(path))) == [
        f"{path}:16: the part “{name}” leaves the folder"
    ]


def test_a_part_that_a_link_leads_outside_is_not_opened(tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside.yaml", tmp_path / "mine"
    folder.mkdir()
    outside.write_text("description: {en: Secret, fr: Secret}\n", encoding="utf-8")
    (folder / "link.yaml").symlink_to(outside)
    path = with_parts(folder, "link.yaml")
    assert list(map(str, find_problems(path))) == [
        f"{path}:16: the part “link.yaml” leaves the folder"
    ]


def test_a_missing_part_is_told_where_it_is_named(tmp_path: Path) -> None:
    path = with_parts(tmp_path, "none.yaml")
    (problem,) = find_problems(path)
    assert str(problem).startswith(f"{path}:16: the part cannot be opened")


def test_a_fault_in_a_part_is_told_with_its_own_file(tmp_path: Path) -> None:
    path = with_parts(tmp_path, "more.yaml", more="phases:\n" + LATER.replace("days: 1", "days: x"))
    (problem,) = find_problems(path)
    assert str(problem).startswith(f"{tmp_path / 'more.yaml'}:11: days must be a whole number")


def test_a_key_that_stands_in_two_files_is_told(tmp_path: Path) -> None:
    path = with_parts(tmp_path, "more.yaml", more="title: {en: Other, fr: Autre}\n")
    assert list(map(str, find_problems(path))) == [
        f"{tmp_path / 'more.yaml'}:1: the key “title” stands twice"
    ]


def test_a_checklist_that_stands_in_two_files_is_told(tmp_path: Path) -> None:
    path = with_parts(tmp_path, "more.yaml", more=PHASES)
    assert list(map(str, find_problems(path))) == [
        f"{tmp_path / 'more.yaml'}:5: the key “work” is in checklists twice"
    ]


def test_phases_of_a_part_that_are_out_of_order_are_told_in_their_own_file(tmp_path: Path) -> None:
    path = with_parts(
        tmp_path,
        "late.yaml",
        "early.yaml",
        late="phases:\n" + LATER.replace("launch", "develop"),
        early="# A comment.\nphases:\n" + LATER,
    )
    (problem,) = find_problems(path)
    assert str(problem).startswith(f"{tmp_path / 'early.yaml'}:3: the phases are, in this order")


@pytest.mark.parametrize("content", ["phases: [words]\n", "phases:\n  words\n"])
def test_phases_of_a_part_that_are_none_are_told_in_their_own_file(
    content: str, tmp_path: Path
) -> None:
    path = with_parts(tmp_path, "more.yaml", more=content)
    assert {problem.path for problem in find_problems(path)} == {str(tmp_path / "more.yaml")}


def test_a_part_that_is_no_mapping_is_told(tmp_path: Path) -> None:
    path = with_parts(tmp_path, "more.yaml", more="- a list\n")
    assert list(map(str, find_problems(path))) == [
        f"{tmp_path / 'more.yaml'}:1: a part is a mapping of keys"
    ]


def test_a_playbook_without_a_folder_has_no_parts() -> None:
    with pytest.raises(BadPlaybook, match=r"mine\.yaml:15: unknown key “parts”"):
        load_bytes(f"{HEAD}{PHASES}parts: [more.yaml]\n".encode(), "mine.yaml")


# Releases.


def released(root: Path) -> Path:
    folder = root / "mine"
    folder.mkdir()
    path = with_parts(folder, "more.yaml", more="phases:\n" + LATER)
    (root / RELEASED).write_text(f"{digest(path)}  mine/v1.yaml\n", encoding="utf-8")
    return path


def test_a_released_version_as_it_was_is_faultless(tmp_path: Path) -> None:
    assert list(find_all_problems(released(tmp_path))) == []


@pytest.mark.parametrize("name", ["v1.yaml", "more.yaml"])
def test_a_released_version_that_was_edited_is_told(name: str, tmp_path: Path) -> None:
    path = released(tmp_path)
    with (path.parent / name).open("a", encoding="utf-8") as file:
        file.write("# an afterthought\n")
    for checked in (path, tmp_path):
        (problem,) = map(str, find_all_problems(checked))
        assert problem.startswith(f"{path}:1: mine/v1.yaml has been released and may not be edited")


def test_the_next_version_of_a_released_one_may_be_edited(tmp_path: Path) -> None:
    path = released(tmp_path)
    following = path.with_name("v2.yaml")
    following.write_text(HEAD.replace("1", "2") + PHASES, encoding="utf-8")
    assert list(find_all_problems(tmp_path)) == []

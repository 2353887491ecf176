"""The rules of the house that a machine can hold."""

import ast
import json
import re
from collections.abc import Iterator
from string import Formatter

import pytest
import yaml
from jsonschema import Draft202012Validator

from tests.conftest import one_app
from tests.house.sources import ROOT, Source, dotted, kept_files, nodes, sources
from tracker.config import PREFIX, Settings
from tracker.kernel.texts import LANGUAGES
from tracker.people.rules import Permission
from tracker.playbooks.dictionary import FOLDER as METRICS
from tracker.playbooks.grammar import json_schema
from tracker.web import field_messages
from tracker.web.auth import API

CATALOGUE = ROOT / "templates_catalog"
SCHEMA = CATALOGUE / "playbook.schema.json"
CLOCKS = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
}
WITHOUT_WORKSPACE = {
    "tracker/boards/queries.py": {
        "board_by_hook_key",  # the address that a platform calls says which workspace it is
    },
    "tracker/overview/queries.py": {
        "subscribed",  # a feed's secret says which workspace it opens
    },
    "tracker/people/queries.py": {
        "holder_of",  # a token says which workspace it opens
        *("is_id", "under_names", "values_of_name"),  # ask no database
        "workspace_by_slug",  # for the operator's commands
        "workspaces",  # for the operator's commands
    },
    "tracker/people/time_queries.py": {
        "persons",  # each of its keys names the workspace
    },
    "tracker/projects/replan_queries.py": {
        "parameters_of",  # asks no database
        "running",  # a project says whose it is
    },
}
MACHINE_PATH = re.compile(r"(?<![\w.:$}])(?:/home/|/Users/|/root/|/work/|[A-Z]:\\Users)")
HAVE_PATHS = {
    "Dockerfile",  # the image's own folders
    "tests/house/test_rules.py",
}


def calls(*names: str) -> Iterator[tuple[Source, ast.Call]]:
    """Calls of a function or method with one of these last names."""
    for source, call in nodes(ast.Call):
        if dotted(call.func).rpartition(".")[2] in names:
            yield source, call


def outside(found: Iterator[tuple[Source, ast.AST]], *allowed: str) -> list[str]:
    return [source.at(node) for source, node in found if source.name not in allowed]


def test_the_trees_are_read() -> None:
    names = {source.name for source in sources()}
    assert {"tracker/kernel/db.py", "workers/app.py", "migrations/env.py"} <= names
    assert list(calls("commit"))
    assert len(list(calls("Sentence"))) > 50


def test_only_the_unit_of_work_commits() -> None:
    assert outside(calls("commit"), "tracker/kernel/db.py") == []


def test_only_settings_and_locale_read_the_environment() -> None:
    read = (
        (source, node)
        for source, node in nodes(ast.Attribute)
        if dotted(node) in ("os.environ", "os.environb")
    )
    called = calls("getenv", "getenvb", "putenv", "unsetenv", "read_env")
    places = (*read, *called)
    assert outside(iter(places), "tracker/config.py", "tracker/locale.py") == []
    assert places


def test_nobody_takes_the_environment_or_the_clock_by_another_name() -> None:
    """``from os import environ`` would walk past the other rules."""
    banned = {"os": {"environ", "environb", "getenv"}, "time": {"time", "time_ns", "localtime"}}
    found = (
        (source, node)
        for source, node in nodes(ast.ImportFrom)
        if banned.get(node.module or "", set()) & {name.name for name in node.names}
    )
    assert outside(found) == []


def test_there_is_one_clock() -> None:
    found = (
        (source, call)
        for source, call in nodes(ast.Call)
        if ".".join(dotted(call.func).split(".")[-2:]) in CLOCKS
    )
    assert outside(found, "tracker/kernel/clock.py") == []


def test_nothing_is_imported_inside_a_function() -> None:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    found = (
        (source, inner)
        for kind in kinds
        for source, function in nodes(kind)
        for inner in ast.walk(function)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    )
    assert outside(found) == []


def test_modules_are_loaded_late_in_known_places_only() -> None:
    assert (
        outside(
            calls("import_module", "__import__"),
            "tracker/cli/lazy.py",  # a command is imported when it is called
            "tracker/cli/jobs.py",  # Celery, which the rest of the house does without
            "tracker/cli/server.py",  # likewise
            "tracker/health.py",  # the driver of a broker that is not there
            "tracker/connectors/chat/through_apprise.py",  # apprise, wanted by few and slow
            "tracker/kernel/egress.py",  # requests, with the first that leaves
            "tracker/kernel/revisions.py",  # Alembic, for a database that lags behind
            "tracker/kernel/secrets.py",  # ciphers, with the first secret
            "tracker/overview/calendars.py",  # icalendar, with the first calendar
        )
        == []
    )


def imports() -> Iterator[tuple[Source, ast.Import | ast.ImportFrom]]:
    yield from nodes(ast.Import)
    yield from nodes(ast.ImportFrom)


def packages(node: ast.Import | ast.ImportFrom) -> set[str]:
    """What an import names, as far as the first dot."""
    names = [name.name for name in node.names] if isinstance(node, ast.Import) else [node.module]
    return {(name or "").split(".")[0] for name in names}


def test_only_workers_know_celery() -> None:
    found = [(s, node) for s, node in imports() if {"celery", "kombu"} & packages(node)]
    assert {source.name.split("/")[0] for source, _ in found} == {"workers"}


def test_requests_leave_by_one_door() -> None:
    clients = {"requests", "requests_hardened", "urllib3", "httpx", "aiohttp"}
    found = {source.name for source, node in imports() if clients & packages(node)}
    assert found == {"tracker/kernel/egress_requests.py"}
    own = [node for _source, node in imports() if {"http", "urllib"} & packages(node)]
    assert [
        node for node in own if "client" in ast.unparse(node) or "request" in ast.unparse(node)
    ] == []


def test_only_the_last_resorts_catch_everything() -> None:
    found = (
        (source, handler)
        for source, handler in nodes(ast.ExceptHandler)
        if handler.type is None or dotted(handler.type) in ("Exception", "BaseException")
    )
    assert (
        outside(
            found,
            "tracker/kernel/db.py",  # rolls back and raises again
            "workers/job.py",  # tells where a job failed, and has it fail
        )
        == []
    )


# Sentences.


def sentence_faults(source: Source, call: ast.Call) -> Iterator[str]:
    said = {word.arg: word.value for word in call.keywords}
    if call.args or said.keys() != set(LANGUAGES):
        yield f"{source.at(call)}: a sentence names {' and '.join(LANGUAGES)}, by keyword"
        return
    texts = [node.value for node in said.values() if isinstance(node, ast.Constant)]
    if len(texts) != len(LANGUAGES):
        if not is_mirrored(said["en"], said["fr"]):
            yield f"{source.at(call)}: a sentence is written out, so that it can be checked"
        return
    if any(not str(text).strip() for text in texts):
        yield f"{source.at(call)}: a language is empty"
    if any("{{" in str(text) and not gaps(str(text)) for text in texts):
        yield f"{source.at(call)}: braces are doubled, but where nothing is filled in all are shown"
    if differing := gaps(str(texts[0])) ^ gaps(str(texts[1])):
        yield f"{source.at(call)}: the gaps differ: {differing}"


def is_mirrored(en: ast.expr, fr: ast.expr) -> bool:
    """Whether both are put together in the same way, each from what its language has."""
    return re.sub(r"\ben\b", "fr", ast.unparse(en)) == ast.unparse(fr)


def gaps(text: str) -> set[str]:
    return {gap for _, gap, *_ in Formatter().parse(text) if gap is not None}


def test_every_sentence_is_there_in_both_languages_with_the_same_gaps() -> None:
    found = [fault for place in calls("Sentence") for fault in sentence_faults(*place)]
    assert found == []


def test_what_the_library_says_has_the_same_gaps_in_both_languages() -> None:
    sentences = [sentence for _form, sentence in field_messages._FORMS]
    assert [said for said in sentences if gaps(said.en) != gaps(said.fr)] == []


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("Sentence(en='Hello {name}', fr='Bonjour {nom}')", "gaps differ"),
        ("Sentence(en='See /x/{{id}}', fr='Voir /x/{{id}}')", "doubled"),
        ("Sentence(en='Hello')", "names en and fr"),
        ("Sentence(en='Hello', fr=' ')", "empty"),
        ("Sentence(en='Hello', fr=text)", "written out"),
        ("Sentence(en=title.en, fr=title.en)", "written out"),
    ],
)
def test_a_wrong_sentence_would_be_noticed(written: str, fault: str) -> None:
    tree = ast.parse(written)
    statement = tree.body[0]
    assert isinstance(statement, ast.Expr)
    assert isinstance(statement.value, ast.Call)
    assert fault in next(sentence_faults(Source("x.py", tree), statement.value))


# Borders.


def public_queries() -> Iterator[tuple[Source, ast.FunctionDef]]:
    for source in sources():
        if source.name.endswith("queries.py"):
            for node in source.tree.body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    yield source, node


def test_no_query_can_be_asked_without_a_workspace() -> None:
    asked: dict[str, set[str]] = {}
    for source, function in public_queries():
        required = function.args.args[: len(function.args.args) - len(function.args.defaults)]
        if "workspace_id" not in [argument.arg for argument in required]:
            asked.setdefault(source.name, set()).add(function.name)
    assert asked == WITHOUT_WORKSPACE


def test_every_view_of_the_api_asks_for_a_permission() -> None:
    app = one_app()
    views = {
        f"{rule.rule} {rule.endpoint}": app.view_functions[rule.endpoint]
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(API)
    }
    assert len(views) > 20
    open_to_all = [
        name
        for name, view in views.items()
        if not isinstance(getattr(view, "permission", None), Permission)
    ]
    assert open_to_all == []


# Files.


def test_the_pins_name_no_index_and_no_address() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = (ROOT / name).read_text("utf-8").splitlines()
        pins = [line for line in lines if line and not line.startswith((" ", "#"))]
        assert [line for line in lines if "://" in line or " @ " in line] == []
        assert [line for line in pins if line.startswith("-")] == [], "no option of pip's"
        assert pins
        assert all(re.match(r"[a-z0-9-]+==\S+ ", line) for line in pins)


def test_no_lock_file_with_addresses_is_kept() -> None:
    locks = {"uv.lock", "poetry.lock", "pdm.lock", "pylock.toml", "Pipfile.lock"}
    assert [path.name for path in kept_files() if path.name in locks] == []


def test_no_file_names_a_folder_of_the_machine_that_it_was_written_on() -> None:
    found = [
        f"{name}:{number}"
        for path in kept_files()
        if (name := path.relative_to(ROOT).as_posix()) not in HAVE_PATHS
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1)
        if MACHINE_PATH.search(line) or str(ROOT) in line
    ]
    assert found == []


def test_every_setting_stands_in_the_readme_and_nothing_else_does() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    rows = re.findall(rf"^\| `{PREFIX}(\w+)`", text, re.MULTILINE)
    documented = [row for row in rows if not row.startswith("TEST_")]
    assert sorted(set(documented)) == sorted(documented), "a setting stands there twice"
    assert set(documented) == {name.upper() for name in Settings.__dataclass_fields__}


# The catalogue.


def test_the_schema_for_editors_is_the_one_that_the_loader_checks_by() -> None:
    written = json.loads(SCHEMA.read_text("utf-8"))
    assert written == json_schema(), f"write json_schema() to {SCHEMA.name} again, indented by 2"


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize(
    "name",
    sorted(
        path.relative_to(CATALOGUE).as_posix()
        for path in CATALOGUE.rglob("*.yaml")
        if not path.is_relative_to(CATALOGUE / METRICS)
    ),
)
def test_every_file_of_a_playbook_fits_the_schema(name: str) -> None:
    document = yaml.safe_load((CATALOGUE / name).read_text("utf-8"))
    faults = Draft202012Validator(json_schema()).iter_errors(document)
    assert [f"{fault.json_path}: {fault.message[:200]}" for fault in faults] == []


def test_the_schema_refuses_what_the_loader_refuses() -> None:
    validator = Draft202012Validator(json_schema())
    assert not validator.is_valid({"playbook": "mine", "colour": "red"})
    assert not validator.is_valid({"version": "one"})

"""What a playbook may say: every key of the YAML, on one page."""

from typing import Any, Final

from tracker.playbooks import policy
from tracker.playbooks.shapes import (
    FULL_KEY,
    KEY,
    LONG_TEXT,
    SLUG,
    TEXT,
    Anything,
    Either,
    Fields,
    Flag,
    ListOf,
    Maybe,
    Named,
    Number,
    OneOf,
    Shape,
    Str,
)

PHASES: Final = ("prepare", "launch", "recruit", "develop")
ROLES: Final = (
    "sponsor",
    "project_manager",
    "community_manager",
    "content",
    "moderation",
    "expert",
    "it",
    "data",
)
TYPES: Final = (
    "advocacy",
    "innovation",
    "support_learning",
    "digital_ugc",
    "seller_ecosystem",
    "share_and_learn",
    "b2b_ecosystem",
)
SCOPES: Final = ("internal", "external", "hybrid")
AUDIENCES: Final = ("existing", "from_scratch", "both")
PILLARS: Final = (
    "purpose",
    "diversity",
    "spaces",
    "mutual_contribution",
    "steering",
    "long_term_vision",
)
LINK_TYPES: Final = ("FS", "SS", "FF", "SF")
EVIDENCE: Final = ("link", "note", "figure")
ON_CLOSED: Final = ("shift", "skip")
ANCHORS: Final = ("start", "launch", "launch_end", "develop", "end")
OPERATORS: Final = (">=", ">", "<=", "<", "==")
UNITS: Final = (
    "count",
    "percent",
    "ratio",
    "minutes",
    "hours",
    "days",
    "months",
    "money",
    "score",
    "note",
)
MAX_TASKS: Final = 2000
_YEARS: Final = 2000  # days: no offset in a launch plan is longer

_key = Str(KEY, 60)
_task = Str(FULL_KEY, 200)
_entry = Fields({"key": _key, "title": TEXT})
_told = _entry.also(description_=LONG_TEXT)

ANCHOR: Final = Fields(
    {
        "anchor": OneOf(ANCHORS),
        "working_days?": Number(-_YEARS, _YEARS),
        "calendar_days?": Number(-_YEARS, _YEARS),
        "months?": Number(-60, 60),
        "share?": Number(0, 100),
    }
)


def _links(key: Shape) -> ListOf:
    lag = Number(-_YEARS, _YEARS)
    told = Fields({"task": key, "type?": OneOf(LINK_TYPES), "lag?": lag})
    return ListOf(Either(key, told), least=0, most=200)


_work = _told.also(
    role=OneOf(ROLES),
    days=Number(0, 1000),
    evidence_=OneOf(EVIDENCE),
    proof_=TEXT,
    pillar_=OneOf(PILLARS),
    steps_=ListOf(_told, least=0, most=100),
)
TASK: Final = _work.also(
    after_=_links(_task),
    only_for_=Fields(
        {
            "audience?": ListOf(OneOf(AUDIENCES)),
            "public?": ListOf(OneOf((True, False))),
            "type?": ListOf(OneOf(TYPES)),
            "scope?": ListOf(OneOf(SCOPES)),
        }
    ),
    early_=Flag(),
    optional_=Flag(),
    on_=ANCHOR,
    not_before_=ANCHOR,
    deadline_=ANCHOR,
    recurring_=Fields(
        {
            "rrule": Str(longest=200),
            "until": ANCHOR,
            "each?": _key,
            "on_closed?": OneOf(ON_CLOSED),
        }
    ),
)
MODULE: Final = _told.also(
    phase_=OneOf(PHASES),
    types_=ListOf(OneOf(TYPES), least=0),
    mechanics_=ListOf(_key, least=0),
    anchor_=_key,
    corrective_=Flag(),
    tasks_=ListOf(_work.also(after_=_links(_key)), most=100),
)
ESTIMATE: Final = Fields({"optimistic": Number(0, 1000), "pessimistic": Number(0, 2000)})
PHASE: Final = Fields(
    {
        "key": OneOf(PHASES),
        "title?": TEXT,
        "description?": LONG_TEXT,
        "pitfalls?": ListOf(_entry.also(guard_=TEXT), least=0),
        "success_factors?": ListOf(_entry, least=0),
        "checklists?": ListOf(
            _entry.also(description_=LONG_TEXT, tasks=ListOf(TASK, most=MAX_TASKS)), least=0
        ),
    }
)
_told_of_all: Final[dict[str, Shape]] = {"title": TEXT, "blocks?": Flag()}
CRITERIA: Final[dict[str, dict[str, Shape]]] = {
    "tasks_done": {"phase": OneOf(PHASES)},
    "optional_share": {"phase": OneOf(PHASES), "at_least": Number(0, 100)},
    "milestone": {"task": _task},
    "evidence": {"task": _task},
    "approval": {"role": OneOf(ROLES), "count": Number(1, 20), "of?": ListOf(_task)},
    "assessment": {"at_least": Number(0, 30)},
    "elapsed": {"since": ANCHOR},
    "figure": {
        "metric": _key,
        "op": OneOf(OPERATORS),
        "value": Number(-(10**9), 10**9, whole=False),
        "sustained_days?": Number(0, 365),
        "max_age_hours?": Number(1, 24 * 90),
    },
}
_every: dict[str, Shape] = {
    f"{name.removesuffix('?')}?": shape
    for fields in CRITERIA.values()
    for name, shape in fields.items()
}
# Two criteria know a floor, of different heights: the wider one stands here, CRITERIA narrows it.
CRITERION: Final = Fields(
    {
        "key": _key,
        "kind": OneOf(tuple(CRITERIA)),
        **_told_of_all,
        **_every,
        "at_least?": Number(0, 100),
    }
)
GATE: Final = _told.also(
    after_phase=OneOf((*PHASES, None)),
    before_phase=OneOf((*PHASES, None)),
    on=ANCHOR,
    criteria=ListOf(CRITERION, least=0, most=100),
)
QUIZ: Final = Fields(
    {
        "title": TEXT,
        "intro?": LONG_TEXT,
        "points": Fields({letter: Number(0, 10) for letter in "ABCD"}),
        "questions": ListOf(_entry.also(answers=Fields(dict.fromkeys("ABCD", _entry))), most=50),
        "bands": ListOf(
            _told.also(
                min=Number(0, 500),
                max=Number(0, 500),
                advice=_entry,
                external=_entry,
                internal=_entry,
                trial_=OneOf(("pilot", "light_test", None)),
                suggest_=Named(Number(0, 1000)),
                reassess_months_=Maybe(ListOf(Number(0, 120), least=2, most=2)),
            )
        ),
    }
)
METRIC: Final = _told.also(
    unit=OneOf(UNITS),
    good=OneOf(("up", "down", "level")),
    phases_=ListOf(OneOf(PHASES), least=0),
    group=_key,
    types_=ListOf(OneOf(TYPES), least=0),
)
COMMUNITY_TYPE: Final = Fields(
    {
        "key": OneOf(TYPES),
        "title": TEXT,
        "members": TEXT,
        "definition": LONG_TEXT,
        "scope": ListOf(OneOf(SCOPES)),
        "objectives": ListOf(_told),
        "mechanics": ListOf(_told.also(tasks=ListOf(_task))),
        "metrics": ListOf(_key),
    }
)
_days = ListOf(Number(0, policy.LONGEST), least=0, most=policy.MOST_STEPS)
_on_and_on = Either(
    _days, Fields({"after": _days, "then_every?": Maybe(Number(1, policy.LONGEST))})
)
_rung = Fields({"to": OneOf(ROLES), "after": Number(0, policy.LONGEST)})
REMINDERS: Final = Fields(
    {
        **{f"{name}?": Maybe(_days) for name in policy.COUNTED},
        **{f"{name}?": Maybe(_on_and_on) for name in policy.REPEATED},
        f"{policy.LADDER}?": Maybe(ListOf(_rung, least=0, most=policy.MOST_STEPS)),
    }
)
_case = Fields(
    {
        "key": _key,
        "type": OneOf(TYPES),
        "title": TEXT,
        "facts": LONG_TEXT,
        "targets?": ListOf(
            Fields(
                {
                    "metric": _key,
                    "op": OneOf(OPERATORS),
                    "value": Number(-(10**9), 10**9, whole=False),
                    "title": TEXT,
                }
            ),
            least=0,
        ),
    }
)
_figure = Number(-(10**9), 10**9, whole=False)
_percent = Number(0, 1000, whole=False)
_while = Number(1, 365)
TARGET: Final = Fields(
    {
        "metric": _key,
        "op": OneOf(OPERATORS),
        "value": _figure,
        "phases?": ListOf(OneOf(PHASES)),
        "types?": ListOf(OneOf(TYPES)),
    }
)
WATCHES: Final[dict[str, dict[str, Shape]]] = {
    "threshold": {
        "metric": _key,
        "op": OneOf(OPERATORS),
        "value": _figure,
        "release?": _figure,
        "hold_days?": Number(0, 365),
    },
    "change": {"metric": _key, "days": _while, "by": Number(-1000, 1000, whole=False)},
    "trend": {"metric": _key, "days": _while, "by": Number(-1000, 1000, whole=False)},
    "missing": {"days": _while, "metric?": _key},
    "stagnation": {"metrics": ListOf(_key, most=10), "days": _while, "within": _percent},
    "bad_fit": {"days": _while, "above": _percent, "release?": _percent, "least?": _while},
    "disengagement": {"older_than": _while, "days": _while, "fall": _percent, "rise?": _percent},
    "ghost_town": {"metric": _key, "floor": _figure, "days": _while},
    "overload": {"days": _while, "members_per_animator?": _figure, "hours_over?": _percent},
}
_of_watches: dict[str, Shape] = {
    f"{name.removesuffix('?')}?": shape
    for fields in WATCHES.values()
    for name, shape in fields.items()
}
_common: Final[dict[str, Shape]] = {
    "title?": TEXT,
    "description?": LONG_TEXT,
    "phases?": ListOf(OneOf(PHASES)),
    "types?": ListOf(OneOf(TYPES)),
    "cool_down_days?": Number(0, 365),
    "corrects?": _key,
}
WATCH: Final = Fields({"key": _key, "kind": OneOf(tuple(WATCHES)), **_common, **_of_watches})
REFERENCE: Final[dict[str, Shape]] = {
    "community_types": ListOf(COMMUNITY_TYPE),
    "pillars": ListOf(
        _told.also(key=OneOf(PILLARS), criteria=ListOf(_told.also(details_=ListOf(_told, least=0))))
    ),
    "pillar_ring": ListOf(Fields({"from": OneOf(PILLARS), "to": OneOf(PILLARS), "why": TEXT})),
    "bonus_levers": ListOf(_told.also(points=ListOf(_told))),
    "success_alignment": ListOf(_told),
    "metric_groups": ListOf(_told),
    "metrics": ListOf(METRIC),
    "alerts": ListOf(_told),
    "project_inputs": ListOf(_told),
    "business_objectives": ListOf(_told.also(levers=ListOf(_told))),
    "sector_hints": ListOf(_told.also(hints=ListOf(_told))),
    "option_lists": ListOf(_told.also(options=ListOf(_told))),
    "durations": Named(Anything()),
    "cases": ListOf(_case),
    "modules": ListOf(MODULE, most=100),
}
"""Sections that are shown and looked up, and that date nothing."""

PLAYBOOK: Final = Fields(
    {
        "playbook": Str(SLUG, 60),
        "version": Number(1, 10_000),
        "title": TEXT,
        "description?": LONG_TEXT,
        "phases": ListOf(PHASE, least=0),
        "gates?": ListOf(GATE, least=0),
        "quiz?": QUIZ,
        "estimates?": Named(ESTIMATE),
        "reminders?": REMINDERS,
        "targets?": ListOf(TARGET, least=0, most=200),
        "watches?": ListOf(WATCH, least=0, most=100),
        **{f"{name}?": shape for name, shape in REFERENCE.items()},
    }
)


def json_schema() -> dict[str, Any]:
    """The form of a playbook file for editors (JSON Schema 2020-12).

    A file may also be a part of a playbook, so nothing at its top is required.
    """
    schema = PLAYBOOK.schema()
    parts = {"type": "array", "items": {"type": "string"}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Playbook of the community tracker",
        **schema,
        "properties": {**schema["properties"], "parts": parts},
        "required": [],
    }

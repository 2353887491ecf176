"""Dossiers as Markdown, for people and for files."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from tracker.gates.words import ROLE, STATE, STATUS
from tracker.kernel.texts import Language, Sentence

Dossier = Mapping[str, Any]

DECISION: Final[Mapping[str, Sentence]] = {
    "pass": Sentence(en="Passed", fr="Passage accordé"),
    "conditional": Sentence(en="Passed on conditions", fr="Passage accordé sous conditions"),
    "hold": Sentence(en="Held", fr="Suspendu"),
    "reject": Sentence(en="Rejected", fr="Refusé"),
    "waive": Sentence(en="Waived", fr="Dérogation"),
}
KIND: Final[Mapping[str, Sentence]] = {
    "request": Sentence(en="asked for", fr="demandé"),
    "approve": Sentence(en="approved", fr="approuvé"),
    "decline": Sentence(en="declined", fr="refusé"),
}
_TITLE: Final = Sentence(
    en="{project}: {gate}, decision {number}", fr="{project} : {gate}, décision {number}"
)
_RULED: Final = Sentence(
    en="**{decision}** by {name} ({email}, {role}) on {at}.",
    fr="**{decision}** par {name} ({email}, {role}) le {at}.",
)
_UNTIL: Final = Sentence(en="Until {at}.", fr="Jusqu'au {at}.")
_REASON: Final = Sentence(en="Reason: {reason}", fr="Motif : {reason}")
_CONDITIONS: Final = Sentence(en="Conditions:", fr="Conditions :")
_CONDITION: Final = Sentence(en="{title} (due {due}, {who})", fr="{title} (échéance {due}, {who})")
_USUAL: Final = Sentence(en="in two weeks", fr="dans deux semaines")
_NOBODY: Final = Sentence(en="nobody yet", fr="personne encore")
_ALONE: Final = Sentence(
    en="Whoever decided stood for the approval of: {titles}.",
    fr="La personne qui a décidé vaut approbation pour : {titles}.",
)
_CRITERIA: Final = Sentence(en="Criteria", fr="Critères")
_HEADS: Final = Sentence(
    en="| criterion | state | value | target | what was found | source | as of |",
    fr="| critère | état | valeur | cible | constat | source | à la date du |",
)
_INFORMS: Final = Sentence(en="{title} (informs)", fr="{title} (informe)")
_WAIVED: Final = Sentence(en="{state}, waived", fr="{state}, dérogation")
_APPROVALS: Final = Sentence(en="Approvals", fr="Approbations")
_APPROVAL: Final = Sentence(
    en="{name} {kind}, role “{role}”, {at}{void}{comment}",
    fr="{name} : {kind}, rôle « {role} », {at}{void}{comment}",
)
_VOID: Final = Sentence(en=" (void)", fr=" (caduc)")
_WAIVERS: Final = Sentence(en="Waivers", fr="Dérogations")
_WAIVER: Final = Sentence(
    en="{name}, {at}, until {until}: {reason} ({titles})",
    fr="{name}, {at}, jusqu'au {until} : {reason} ({titles})",
)
_NONE: Final = Sentence(
    en="No decision has been made at this gate yet.",
    fr="Aucune décision n'a encore été prise à ce point de passage.",
)
_SPECIAL: Final = re.compile(r"([\\`*_\[\]<>#|~&]|^[-+])")


def markdown(dossiers: Sequence[Dossier], language: Language) -> str:
    """Every dossier, one after the other; what people wrote cannot pass for markup."""
    if not dossiers:
        return f"{_NONE.say(language)}\n"
    return "\n\n".join("\n".join(_lines(one, language)) for one in dossiers) + "\n"


def _lines(dossier: Dossier, language: Language) -> Iterator[str]:
    yield from _head(dossier, language)
    yield from _criteria(dossier["criteria"], language)
    approvals = [_approval(one, language) for one in dossier["approvals"]]
    waivers = [
        _waiver(one, language, _titles(dossier, one["criteria"])) for one in dossier["waivers"]
    ]
    for title, lines in ((_APPROVALS, approvals), (_WAIVERS, waivers)):
        if lines:
            yield from ("", f"## {title.say(language)}", "", *(f"- {line}" for line in lines))


def _head(dossier: Dossier, language: Language) -> Iterator[str]:
    ruling, by = dossier["decision"], dossier["decision"]["by"]
    yield "# " + _TITLE.say(
        language,
        project=_safe(dossier["project"]["name"]),
        gate=_safe(dossier["gate"]["title"]),
        number=ruling["number"],
    )
    yield ""
    yield _RULED.say(
        language,
        decision=DECISION[ruling["decision"]],
        name=_safe(by["name"]),
        email=_safe(by["email"]),
        role=by["role"],
        at=_at(ruling["at"]),
    )
    if ruling["expires_at"]:
        yield _UNTIL.say(language, at=_at(ruling["expires_at"]))
    if ruling["reason"]:
        yield "\n" + _REASON.say(language, reason=_safe(ruling["reason"]))
    if ruling["alone"]:
        yield "\n" + _ALONE.say(language, titles=_titles(dossier, ruling["alone"]))
    if ruling["conditions"]:
        yield f"\n{_CONDITIONS.say(language)}\n"
        yield from (f"- {_condition(one, language)}" for one in ruling["conditions"])


def _condition(one: Mapping[str, Any], language: Language) -> str:
    return _CONDITION.say(
        language,
        title=_safe(one["title"]),
        due=one["due_on"] or _USUAL,
        who=_safe(one["assignee"]) if one["assignee"] else _NOBODY,
    )


def _criteria(criteria: Sequence[Mapping[str, Any]], language: Language) -> Iterator[str]:
    heads = _HEADS.say(language)
    yield from (
        "",
        f"## {_CRITERIA.say(language)}",
        "",
        heads,
        "|---" * (heads.count("|") - 1) + "|",
    )
    for one in criteria:
        title = _safe(one["title"])
        state = STATE[one["state"]]
        cells = (
            title if one["blocks"] else _INFORMS.say(language, title=title),
            _WAIVED.say(language, state=state) if one["waived"] else state.say(language),
            _cell(one["value"], language),
            _cell(one["target"], language),
            _safe(one["sentence"][language]),
            _safe(one["source"]),
            _at(one["as_of"]) if one["as_of"] else "",
        )
        yield f"| {' | '.join(cells)} |"


def _approval(one: Mapping[str, Any], language: Language) -> str:
    return _APPROVAL.say(
        language,
        name=_safe(one["by"]["name"]),
        kind=KIND[one["kind"]],
        role=ROLE[one["role"]],
        at=_at(one["at"]),
        void="" if one["is_valid"] else _VOID,
        comment=f": {_safe(one['comment'])}" if one["comment"] else "",
    )


def _waiver(one: Mapping[str, Any], language: Language, titles: str) -> str:
    return _WAIVER.say(
        language,
        name=_safe(one["by"]["name"]),
        at=_at(one["at"]),
        until=_at(one["expires_at"]),
        reason=_safe(one["reason"]),
        titles=titles,
    )


def _titles(dossier: Dossier, keys: Sequence[str]) -> str:
    """Criteria as people know them."""
    titles = {one["key"]: one["title"] for one in dossier["criteria"]}
    return "; ".join(_safe(titles.get(key, key)) for key in keys)


def _cell(value: object, language: Language) -> str:
    if isinstance(value, str) and value in STATUS:
        return STATUS[value].say(language)
    return "" if value is None else _safe(str(value))


def _at(instant: str) -> str:
    return instant[:16].replace("T", " ") + " UTC"


def _safe(text: str) -> str:
    """One line in which nothing is markup."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))

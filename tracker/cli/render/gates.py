"""A gate with its criteria, for people at a terminal."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tracker.gates.rules import GateNotReady
from tracker.kernel.texts import Language, Said, Sentence

_MARKS: Final = {"met": "✔", "unmet": "✘", "unknown": "?"}
_HEAD: Final = Sentence(
    en="{title}: {state}, planned for {on}", fr="{title} : {state}, prévu le {on}"
)
_STATES: Final[Mapping[str, Sentence]] = {
    "pending": Sentence(en="pending", fr="en attente"),
    "ready": Sentence(en="ready to be decided", fr="prêt à être décidé"),
    "passed": Sentence(en="passed", fr="passé"),
    "conditional": Sentence(en="passed on conditions", fr="passé sous conditions"),
    "held": Sentence(en="held", fr="suspendu"),
    "rejected": Sentence(en="rejected", fr="refusé"),
    "waived": Sentence(en="waived", fr="sous dérogation"),
}
_WAITS: Final = Sentence(
    en="Comes after the gate {key}, which is closed.",
    fr="Vient après le point de passage {key}, qui est fermé.",
)
_UNTIL: Final = Sentence(en="Open until {until}.", fr="Ouvert jusqu'au {until}.")
_FLAGS: Final = Sentence(en="Slipped back: {titles}.", fr="En recul : {titles}.")
_INFORMS: Final = Sentence(en="(informs)", fr="(informe)")
_WAIVED: Final = Sentence(en="(waived)", fr="(dérogation)")


def gate_page(shown: Mapping[str, Any], language: Language) -> str:
    """The gate as ``gates.showing.gate_out`` makes it, a line for each criterion."""
    return "\n".join(_lines(shown, language))


def _lines(shown: Mapping[str, Any], language: Language) -> Iterator[str]:
    state = _STATES[shown["state"]]
    yield _HEAD.say(language, title=shown["title"], state=state, on=shown["on"].isoformat())
    if shown["waits_for"]:
        yield f"  {_WAITS.say(language, key=shown['waits_for'])}"
    if shown["waived_until"]:
        until = shown["waived_until"].strftime("%Y-%m-%d %H:%M UTC")
        yield f"  {_UNTIL.say(language, until=until)}"
    if shown["flags"]:
        titles = {row["key"]: row["title"] for row in shown["verdict"]["criteria"]}
        flagged = "; ".join(titles.get(key, key) for key in shown["flags"])
        yield f"  {_FLAGS.say(language, titles=flagged)}"
    for row in shown["verdict"]["criteria"]:
        yield from _criterion(row, language)


def _criterion(row: Mapping[str, Any], language: Language) -> Iterator[str]:
    notes = [
        note.say(language)
        for note, applies in ((_INFORMS, not row["blocks"]), (_WAIVED, row["waived"]))
        if applies
    ]
    yield " ".join([f"  {_MARKS[row['state']]} {row['title']}", *notes])
    yield f"      {row['sentence']}"


def missing_lines(refused: GateNotReady, language: Language) -> Iterator[str]:
    """Why a gate is not ready, criterion by criterion."""
    yield refused.say(language)
    for row in refused.criteria:
        sentence: Said = row["sentence"]
        yield from _criterion({**row, "sentence": sentence.say(language)}, language)

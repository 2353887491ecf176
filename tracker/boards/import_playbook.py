"""A board as the draft of a playbook: YAML in the form that a workspace's own ones have. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import yaml

from tracker.boards.import_dates import Frame
from tracker.boards.import_drafts import Draft
from tracker.boards.import_network import Network, network_of
from tracker.boards.import_words import plain
from tracker.kernel.plain import cut
from tracker.kernel.texts import LANGUAGES, Said, Sentence, Text
from tracker.playbooks.catalog import our_playbook
from tracker.playbooks.grammar import PHASES

BASE: Final = "empty-plan"
"""The playbook whose phases everything that is brought lies in."""
_LONGEST_KEY: Final = 50
_LONGEST_DESCRIPTION: Final = 5000
_MOST_STEPS: Final = 100
_MOST_DAYS: Final = 370  # working days after launch day that the shortest project may reach
_TASKS: Final = Sentence(en="Tasks", fr="Tâches")
_LAUNCH_DAY: Final = Sentence(en="Launch day", fr="Jour du lancement")
_NO_GATES: Final = Sentence(
    en="The draft has no gates: add those that your launch must pass.",
    fr="L'ébauche n'a pas de points de passage : ajouter ceux que le lancement doit franchir.",
)
_ONE_LANGUAGE: Final = Sentence(
    en="The board has one language, and the draft has its texts twice: translate them.",
    fr="Le tableau n'a qu'une langue et l'ébauche en répète les textes : les traduire.",
)
_SHRUNK: Final = Sentence(
    en="The preparation took {days} working {days:day|days}; durations are written for two months "
    "and stretch with prepare_months.",
    fr="La préparation prenait {days} {days:jour ouvré|jours ouvrés} ; les durées sont écrites "
    "pour deux mois et s'étirent avec prepare_months.",
)
_PLACED: Final = Sentence(
    en="{count} {count:task|tasks} had no date: {count:its duration is|their durations are} a "
    "guess, one day{count:| each}.",
    fr="{count} {count:tâche n'avait|tâches n'avaient} pas de date : leur durée est supposée, un "
    "jour {count:seulement|chacune}.",
)
_FAR: Final = Sentence(
    en="{count} {count:task|tasks} lay later than a plan reaches, and {count:is|are} drawn nearer.",
    fr="{count} {count:tâche était|tâches étaient} plus tard qu'un plan n'atteint, et {count:est "
    "rapprochée|sont rapprochées}.",
)
_STEPS: Final = Sentence(
    en="{count} {count:task has|tasks have} more than {most} steps; the first ones are taken.",
    fr="{count} {count:tâche a|tâches ont} plus de {most} étapes ; les premières sont prises.",
)
_CROSSING: Final = Sentence(
    en="{count} {count:task|tasks} before launch day waited for some after it; these links are "
    "left out.",
    fr="{count} {count:tâche|tâches} d'avant le lancement en {count:attendait|attendaient} "
    "d'après ; ces liens sont laissés de côté.",
)
_TOLD: Final = Sentence(
    en="{count} {count:task has a longer description|tasks have longer descriptions} than a "
    "playbook holds; {count:it is|they are} cut.",
    fr="{count} {count:tâche a une description plus longue|tâches ont des descriptions plus "
    "longues} qu'un modèle n'en contient ; {count:elle est coupée|elles sont coupées}.",
)


@dataclass(frozen=True, slots=True)
class Named:
    """What a playbook is called."""

    title: str
    slug: str
    version: int


@dataclass(frozen=True, slots=True)
class PlaybookDraft:
    """The YAML, and what should be looked at in it. ``keys`` are full keys by cards."""

    source: str
    keys: Mapping[str, str]
    warnings: Sequence[Said]


def draft_playbook(
    named: Named, drafts: Sequence[Draft], frame: Frame, launch_card: str | None
) -> PlaybookDraft:
    """Durations and links as the board's days and relations tell them."""
    writing = _Writing(drafts, frame, launch_card)
    document = {
        "playbook": named.slug,
        "version": named.version,
        "title": _both(named.title),
        "phases": writing.phases(),
    }
    source = yaml.dump(document, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)
    return PlaybookDraft(source, writing.keys, writing.warnings())


def slug_of(name: str) -> str:
    """A name as a playbook's; one of ours is none of theirs."""
    slug = plain(name).replace(" ", "-").lstrip("0123456789-")[:_LONGEST_KEY].rstrip("-")
    return slug or "board"


class _Both(dict[str, str]):
    """A text in both languages, which stands in one line."""


class _Dumper(yaml.SafeDumper):
    """Writes what stands in a file twice out twice."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def _in_one_line(dumper: _Dumper, text: _Both) -> yaml.Node:
    return dumper.represent_mapping("tag:yaml.org,2002:map", text, flow_style=True)


_Dumper.add_representer(_Both, _in_one_line)


def _both(text: str) -> Text:
    return _Both(dict.fromkeys(LANGUAGES, text))


def _told(title: Sentence) -> Text:
    return _Both({language: title.say(language) for language in LANGUAGES})


class _Keys:
    """Keys from titles, each once."""

    def __init__(self, *taken: str) -> None:
        self._taken = set(taken)

    def of(self, title: str, usual: str) -> str:
        """A key that nobody has yet."""
        stem = plain(title).replace(" ", "_").lstrip("0123456789_")[:_LONGEST_KEY].rstrip("_")
        stem = key = stem or usual
        number = 1
        while key in self._taken:
            number += 1
            key = f"{stem}_{number}"
        self._taken.add(key)
        return key


class _Writing:
    """The document, made of drafts."""

    def __init__(self, drafts: Sequence[Draft], frame: Frame, launch_card: str | None) -> None:
        self._drafts, self._frame = drafts, frame
        is_there = any(one.card.id == launch_card and one.phase == "launch" for one in drafts)
        self._launch_card = launch_card if is_there else None
        self._network: Network = network_of(drafts, frame)
        self._lists: dict[str, dict[str, list[Draft]]] = {phase: {} for phase in PHASES}
        self._titles: dict[tuple[str, str], Text] = {}
        self.keys = self._named()
        self._far = 0

    def _named(self) -> dict[str, str]:
        """Full keys of all tasks, who are put into their checklists on the way."""
        keys: dict[str, str] = {}
        lists = {phase: _Keys("day", "tasks") for phase in PHASES}
        inside: dict[tuple[str, str], _Keys] = {}
        known: dict[tuple[str, str | None], str] = {}
        for draft in self._drafts:
            where = (draft.phase, draft.checklist)
            if draft.card.id == self._launch_card:
                checklist, title = "day", _told(_LAUNCH_DAY)
            elif draft.checklist is None:
                checklist, title = "tasks", _told(_TASKS)
            else:
                if where not in known:
                    known[where] = lists[draft.phase].of(draft.checklist, "list")
                checklist, title = known[where], _both(draft.checklist)
            place = (draft.phase, checklist)
            self._titles[place] = title
            self._lists[draft.phase].setdefault(checklist, []).append(draft)
            key = inside.setdefault(place, _Keys()).of(draft.card.title, "task")
            keys[draft.card.id] = f"{draft.phase}.{checklist}.{key}"
        return keys

    def phases(self) -> list[dict[str, Any]]:
        """Those that something lies in."""
        titles = {phase.key: _Both(phase.title) for phase in our_playbook(BASE).phases}
        return [
            {
                "key": phase,
                "title": titles[phase],
                "checklists": [
                    {
                        "key": key,
                        "title": self._titles[phase, key],
                        "tasks": [self._task(draft) for draft in drafts],
                    }
                    for key, drafts in self._lists[phase].items()
                ],
            }
            for phase in PHASES
            if self._lists[phase]
        ]

    def _task(self, draft: Draft) -> dict[str, Any]:
        card = draft.card
        task: dict[str, Any] = {
            "key": self.keys[card.id].rpartition(".")[-1],
            "title": _both(card.title),
        }
        if card.notes:
            task["description"] = _both(cut(card.notes, _LONGEST_DESCRIPTION))
        task |= {"role": draft.role, **self._when(draft)}
        if card.steps:
            keys = _Keys()
            task["steps"] = [
                {"key": keys.of(title, "step"), "title": _both(title)}
                for title, _is_done in card.steps[:_MOST_STEPS]
            ]
        return task

    def _when(self, draft: Draft) -> dict[str, Any]:
        place = self._network.places.get(draft.card.id)
        if place is not None:
            bonds = self._network.bonds.get(draft.card.id, ())
            after = [self._link(bond.card, bond.type, bond.lag) for bond in bonds]
            return {"days": place.end - place.start, **({"after": after} if after else {})}
        if draft.card.id == self._launch_card:
            return {"days": 0 if draft.is_milestone else 1, "on": {"anchor": "launch"}}
        return self._after_launch(draft)

    def _after_launch(self, draft: Draft) -> dict[str, Any]:
        """Counted from launch day; nothing stretches there."""
        calendar = self._frame.calendar
        launch, start = (calendar.index(day) for day in (self._frame.launch_on, draft.start_on))
        days = 0 if draft.is_milestone else max(1, calendar.index(draft.due_on) + 1 - start)
        days, wait = min(days, _MOST_DAYS), max(0, start - launch)
        if wait + days > _MOST_DAYS:
            self._far += 1
            wait = _MOST_DAYS - days
        when: dict[str, Any] = {"days": days}
        after = [self._link(one, "FS", 0) for one in draft.after if one in self.keys]
        if after:
            when["after"] = after
        if wait:
            when["not_before"] = {"anchor": "launch", "working_days": wait}
        return when

    def _link(self, card: str, kind: str, lag: int) -> str | dict[str, Any]:
        if (kind, lag) == ("FS", 0):
            return self.keys[card]
        return {"task": self.keys[card], "type": kind, "lag": lag}

    def warnings(self) -> list[Said]:
        """What whoever edits the draft should look at."""
        said = [Said(_NO_GATES, {}), Said(_ONE_LANGUAGE, {})]
        if self._network.scale < 1:
            days = round(
                max(one.end for one in self._network.places.values()) / self._network.scale
            )
            said.append(Said(_SHRUNK, {"days": days}))
        placed = sum(draft.is_placed for draft in self._drafts)
        long_lists = sum(len(draft.card.steps) > _MOST_STEPS for draft in self._drafts)
        long_texts = sum(len(draft.card.notes) > _LONGEST_DESCRIPTION for draft in self._drafts)
        crossing = sum(
            draft.phase == "prepare" and not self._network.places.keys() >= set(draft.after)
            for draft in self._drafts
        )
        for count, sentence in (
            (crossing, _CROSSING),
            (placed, _PLACED),
            (self._far, _FAR),
            (long_lists, _STEPS),
            (long_texts, _TOLD),
        ):
            if count:
                said.append(Said(sentence, {"count": count, "most": _MOST_STEPS}))
        return said

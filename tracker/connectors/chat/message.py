"""A letter as a message in a chat, as a card in Teams, and as JSON. Pure."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from tracker.connectors.chat.media import PLAIN, Medium, units, unlinked
from tracker.connectors.email.addresses import followed
from tracker.connectors.letter import Action, Item, Letter
from tracker.kernel.plain import line, prose

_MORE: Final = "…"
_MOST_ITEMS: Final = 50  # the API of ours and their sizes stay far below 28 KB of a card
_MOST_OPENING: Final = 600
_ADAPTIVE_CARD: Final = "application/vnd.microsoft.card.adaptive"


def message(letter: Letter, medium: Medium) -> str:
    """The letter in as many characters as ``medium`` takes: its end stays, items give way."""
    head = [medium.bold(medium.text(letter.subject, min(200, medium.most // 8)))]
    if letter.opening:
        head.append(medium.text(letter.opening, min(_MOST_OPENING, medium.most // 5)))
    tail = list(_tail(letter, medium))
    left = medium.most - _length([*head, *tail, _MORE])
    return "\n".join([*head, *_fitting(_items(letter, medium), left), *tail])


def _tail(letter: Letter, medium: Medium) -> Iterator[str]:
    if links := _links(letter.actions, medium, medium.most // 3):
        yield links
    for said in letter.closing[:3]:
        yield medium.text(said, min(300, medium.most // 12))


def _items(letter: Letter, medium: Medium) -> Iterator[list[str]]:
    """Blocks of lines that stay together."""
    for section in letter.sections:
        heading = [medium.bold(medium.text(section.heading))] if section.heading else []
        for item in section.items:
            yield heading + list(_item(item, medium))
            heading = []


def _item(item: Item, medium: Medium) -> Iterator[str]:
    title = medium.text(item.title, 200)
    url = followed(item.url)
    mark = "❗" if item.is_urgent else "•"
    yield f"{mark} {medium.link(title, url) if url else title}"
    for detail in item.details[:5]:
        yield f"   {medium.text(detail, 200)}"
    if links := _links(item.actions, medium, medium.most // 2):
        yield f"   {links}"


def _links(actions: Iterable[Action], medium: Medium, most: int) -> str:
    """Links of ours beside each other, the first of them where there is no room for all."""
    links = ""
    for action in actions:
        if url := followed(action.url):
            more = medium.link(medium.text(action.label, 40), url)
            longer = f"{links} · {more}" if links else more
            if units(longer) > most:
                break
            links = longer
    return links


def _fitting(blocks: Iterable[list[str]], left: int) -> Iterator[str]:
    for block in blocks:
        left -= _length(block)
        if left < 0:
            yield _MORE
            return
        yield from block


def _length(lines: Iterable[str]) -> int:
    return sum(units(one) + 1 for one in lines)


# Teams.


def teams_card(letter: Letter) -> dict[str, Any]:
    """An Adaptive Card: text in runs, which know no markup (adaptivecards.io, TextRun)."""
    body = [_run(letter.subject, weight="Bolder", size="Medium"), _run(letter.opening)]
    items = [(section.heading, item) for section in letter.sections for item in section.items]
    shown: str | None = None
    for heading, item in items[:_MOST_ITEMS]:
        if heading and heading != shown:
            body.append(_run(heading, weight="Bolder"))
        shown = heading
        body += _card_item(item)
    if len(items) > _MOST_ITEMS:
        body.append(_run(_MORE))
    body += [_run(said, isSubtle=True) for said in letter.closing[:3]]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
        "actions": _card_actions(letter.actions),
    }
    attachment = {"contentType": _ADAPTIVE_CARD, "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


def _card_item(item: Item) -> Iterator[dict[str, Any]]:
    title = _run(f"{'❗' if item.is_urgent else '•'} {line(item.title, 200)}")
    if url := followed(item.url):
        title["inlines"][0]["selectAction"] = {"type": "Action.OpenUrl", "url": url}
    yield title
    if item.details:
        yield _run(" · ".join(line(detail, 200) for detail in item.details[:5]), isSubtle=True)
    if actions := _card_actions(item.actions):
        yield {"type": "ActionSet", "actions": actions}


def _run(text: str, **style: Any) -> dict[str, Any]:
    run = {"type": "TextRun", "text": unlinked(line(text, _MOST_OPENING)), **style}
    return {"type": "RichTextBlock", "inlines": [run]}


def _card_actions(actions: Iterable[Action]) -> list[dict[str, Any]]:
    return [
        {"type": "Action.OpenUrl", "title": unlinked(line(action.label, 40)), "url": url}
        for action in actions
        if (url := followed(action.url))
    ]


# JSON.


def hook_body(letter: Letter) -> dict[str, Any]:
    """What a hook of people's own gets; ``text`` is the whole, for chats that read only that.

    Its texts are as people wrote them, without what nobody sees: whoever shows them escapes them.
    """
    return {
        "type": "reminder",
        "id": str(letter.id),
        "language": letter.language,
        "subject": line(letter.subject),
        "text": message(letter, PLAIN),
        "opening": prose(letter.opening),
        "sections": [
            {
                "heading": line(section.heading) if section.heading else None,
                "items": [_hook_item(item) for item in section.items[:_MOST_ITEMS]],
            }
            for section in letter.sections
        ],
        "actions": _hook_actions(letter.actions),
        "due_on": letter.due.on.isoformat() if letter.due else None,
    }


def _hook_item(item: Item) -> dict[str, Any]:
    return {
        "title": line(item.title),
        "details": [line(detail) for detail in item.details[:5]],
        "url": followed(item.url),
        "is_urgent": item.is_urgent,
        "actions": _hook_actions(item.actions),
    }


def _hook_actions(actions: Iterable[Action]) -> list[dict[str, str]]:
    return [
        {"label": line(action.label, 40), "url": url}
        for action in actions
        if (url := followed(action.url))
    ]

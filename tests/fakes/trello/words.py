"""What Trello takes, by its document: each call, and the names of its parameters.

``test_trello_words`` holds these to the vendor's own document where that is at hand. The second
names are documented elsewhere: nested resources, and what the document leaves out.
"""

from typing import Final

CALLS: Final[dict[str, frozenset[str]]] = {
    "GET /members/{id}": frozenset({"fields"}),
    "GET /members/{id}/boards": frozenset({"filter", "fields"}),
    "POST /boards/": frozenset({"name", "desc", "defaultLists", "defaultLabels", "idOrganization"}),
    "GET /boards/{id}": frozenset(
        {"fields", "lists", "cards", "checklists", "labels", "members", "customFields"}
    ),
    "GET /boards/{id}/cards/{filter}": frozenset(),
    "GET /boards/{boardId}/actions": frozenset({"filter", "since", "before", "limit"}),
    "PUT /boards/{id}/members": frozenset({"email", "type"}),
    "POST /lists": frozenset({"name", "idBoard", "pos"}),
    "PUT /lists/{id}": frozenset({"name", "closed", "pos"}),
    "POST /labels": frozenset({"name", "color", "idBoard"}),
    "POST /cards": frozenset(
        {
            "idList",
            "name",
            "desc",
            "pos",
            "due",
            "start",
            "dueComplete",
            "idMembers",
            "idLabels",
        }
    ),
    "GET /cards/{id}": frozenset({"fields", "checklists", "list"}),
    "PUT /cards/{id}": frozenset(
        {
            "name",
            "desc",
            "closed",
            "idList",
            "idBoard",
            "pos",
            "due",
            "start",
            "dueComplete",
            "idMembers",
            "idLabels",
        }
    ),
    "DELETE /cards/{id}/checkItem/{idCheckItem}": frozenset(),
    "PUT /cards/{id}/checkItem/{idCheckItem}": frozenset({"name", "state"}),
    "POST /cards/{id}/actions/comments": frozenset({"text"}),
    "POST /checklists": frozenset({"idCard", "name", "pos"}),
    "POST /checklists/{id}/checkItems": frozenset({"name", "pos", "checked"}),
    "POST /webhooks/": frozenset({"callbackURL", "idModel", "description", "active"}),
    "GET /webhooks/{id}": frozenset(),
    "PUT /webhooks/{id}": frozenset({"active", "callbackURL", "description"}),
    "DELETE /webhooks/{id}": frozenset(),
    "GET /tokens/{token}/webhooks": frozenset(),
}
ELSEWHERE: Final[dict[str, frozenset[str]]] = {
    "GET /boards/{id}": frozenset(
        {
            *("card_fields", "member_fields", "labels_limit"),
            *("card_attachments", "card_customFieldItems"),
        }
    ),
    "GET /boards/{id}/cards/{filter}": frozenset(
        {"fields", "limit", "before", "attachments", "customFieldItems"}
    ),
    "PUT /boards/{id}/members": frozenset({"fullName"}),  # in the body
}


def call_of(method: str, parts: tuple[str, ...]) -> str | None:
    """Which call it is; None where there is no such call."""
    return next(
        (
            call
            for call in CALLS
            if (words := call.split(" "))[0] == method and _fits(words[1], parts)
        ),
        None,
    )


def _fits(pattern: str, parts: tuple[str, ...]) -> bool:
    wanted = pattern.strip("/").split("/")
    return len(wanted) == len(parts) and all(
        one.startswith("{") or one == part for one, part in zip(wanted, parts, strict=True)
    )

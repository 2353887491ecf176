"""What Trello calls things, and what it says when it does not do as asked.

Source: https://developer.atlassian.com/cloud/trello/rest/
"""

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Final

from tracker.kernel.texts import Sentence

VERIFIED_ON: Final = date(2026, 11, 23)

ME: Final = "/members/me"
MY_BOARDS: Final = "/members/me/boards"
BOARDS: Final = "/boards/"
LISTS: Final = "/lists"
LABELS: Final = "/labels"
CARDS: Final = "/cards"
CHECKLISTS: Final = "/checklists"
WEBHOOKS: Final = "/webhooks/"

MOST_TEXT: Final = 16_384  # letters of a name, a description or a comment
A_PAGE: Final = 1000
MOST_PAGES: Final = 20
CARD_FIELDS: Final = (
    "id,name,desc,closed,due,start,dueComplete,idBoard,idList,idMembers,idLabels,labels,"
    "dateLastActivity,url"
)
BOARD_FIELDS: Final = "id,name,desc,closed,url,limits"
MEMBER_FIELDS: Final = "id,username,fullName,email"

# There are no days on Trello, only instants: a day is told by these times in the project's zone.
START_TIME: Final = time(9)
DUE_TIME: Final = time(17)

MARK: Final = "tracker:"
CHECKLIST: Final = Sentence(en="Steps", fr="Étapes")
STATUS_COLORS: Final = {"in_progress": "yellow", "blocked": "orange", "not_applicable": "black"}
COLORS: Final[Mapping[str, Sequence[str]]] = {
    "phases": ("blue", "sky", "green", "lime"),
    "labels": ("purple", "red", "pink", "yellow"),
}

# The words of PlatformError for what only Trello says.
WRONG_KEY: Final = "trello key"
WRONG_TOKEN: Final = "trello token"  # noqa: S105
NOT_SHARED: Final = "trello board not shared"
NO_BOARD: Final = "trello board gone"
NO_CARD: Final = "trello card gone"
CLOSED_BOARD: Final = "trello board closed"
FULL: Final = "trello board full"
CALLBACK: Final = "trello callback"
REFUSED: Final = "trello refused"
SETTINGS: Final = "trello settings"
HANGING: Final = "trello webhook is there"

PROBLEMS: Final[Mapping[str, Sentence]] = {
    WRONG_KEY: Sentence(
        en="Trello does not know this API key. Copy it again from "
        "https://trello.com/power-ups/admin, under the app's “API key”, and give it here: PUT "
        "/boards/{id}/credentials.",
        fr="Trello ne connaît pas cette clé d'API. La recopier depuis "
        "https://trello.com/power-ups/admin, sous « API key » de l'application, et la donner "
        "ici : PUT /boards/{id}/credentials.",
    ),
    WRONG_TOKEN: Sentence(
        en="Trello does not take this token: it was revoked, has expired, or belongs to another "
        "key. Make a new one by “Token” beside the key, and give it here: PUT "
        "/boards/{id}/credentials.",
        fr="Trello n'accepte pas ce jeton : il a été révoqué, a expiré ou va avec une autre clé. "
        "En créer un nouveau par « Token », à côté de la clé, et le donner ici : PUT "
        "/boards/{id}/credentials.",
    ),
    NOT_SHARED: Sentence(
        en="The Trello account of this token may not do this on the board. Have an admin of the "
        "board add it as a member, with a token for reading and writing, then POST "
        "/boards/{id}/reconcile.",
        fr="Le compte Trello de ce jeton n'en a pas le droit sur le tableau. Demander à un "
        "administrateur du tableau de l'y ajouter comme membre, avec un jeton de lecture et "
        "d'écriture, puis POST /boards/{id}/reconcile.",
    ),
    NO_BOARD: Sentence(
        en="There is no such board on Trello any more, or the account of this token cannot see "
        "it; nothing was deleted here. Have the account added to the board, or disconnect it "
        "(DELETE /boards/{id}) and connect another.",
        fr="Ce tableau n'existe plus sur Trello, ou le compte de ce jeton ne le voit pas ; rien "
        "n'a été supprimé ici. Faire ajouter le compte au tableau, ou le déconnecter (DELETE "
        "/boards/{id}) et en relier un autre.",
    ),
    NO_CARD: Sentence(
        en="This card was deleted on Trello; nothing was deleted here. GET /boards/{id}/items "
        "lists what is missing there, to be made anew or left out.",
        fr="Cette carte a été supprimée sur Trello ; rien n'a été supprimé ici. GET "
        "/boards/{id}/items liste ce qui y manque, à recréer ou à laisser de côté.",
    ),
    CLOSED_BOARD: Sentence(
        en="The board is closed on Trello. Reopen it there, then POST /boards/{id}/reconcile; or "
        "disconnect it: DELETE /boards/{id}.",
        fr="Le tableau est fermé sur Trello. Le rouvrir là-bas, puis POST /boards/{id}/reconcile ; "
        "ou le déconnecter : DELETE /boards/{id}.",
    ),
    FULL: Sentence(
        en="A limit of this Trello board or of its account is reached: nothing more can be made "
        "there. Archive or delete what is done with, then POST /boards/{id}/reconcile.",
        fr="Une limite de ce tableau Trello ou de son compte est atteinte : rien de plus ne peut y "
        "être créé. Archiver ou supprimer ce qui ne sert plus, puis POST /boards/{id}/reconcile.",
    ),
    CALLBACK: Sentence(
        en="Trello cannot reach this tracker: what changes there is seen only when the whole board "
        "is compared. Set TRACKER_BASE_URL to an https address that the internet can reach, then "
        "POST /boards/{id}/reconcile.",
        fr="Trello ne peut pas joindre ce tracker : ce qui change là-bas n'est vu que lorsque tout "
        "le tableau est comparé. Donner à TRACKER_BASE_URL une adresse https joignable depuis "
        "Internet, puis POST /boards/{id}/reconcile.",
    ),
    SETTINGS: Sentence(
        en="A setting of this board cannot be meant: “lists” is “status” or “phase”, “members” "
        "gives a Trello user's name for each e-mail, “invite” is true or false, “organization” is "
        "the id of a Trello workspace; there are no others but “policies” and “created_there”. "
        "PATCH /boards/{id} with “settings”.",
        fr="Un réglage de ce tableau n'a pas de sens : « lists » vaut « status » ou « phase », "
        "« members » donne un nom d'utilisateur Trello par adresse, « invite » vaut true ou false, "
        "« organization » est l'identifiant d'un espace de travail Trello ; il n'y en a pas "
        "d'autres, sinon « policies » et « created_there ». PATCH /boards/{id} avec « settings ».",
    ),
    REFUSED: Sentence(
        en="Trello did not accept what was sent. If a list, a label or a member was taken off the "
        "board, POST /boards/{id}/reconcile: they are looked at anew.",
        fr="Trello n'a pas accepté l'envoi. Si une liste, une étiquette ou un membre a quitté le "
        "tableau, POST /boards/{id}/reconcile : tout cela est relu.",
    ),
}
ROOM: Final = Sentence(
    en="The Trello board holds {room} more {room:card|cards}, and {cards} {cards:is|are} to be "
    "made. Archive some there first, or connect a new board.",
    fr="Le tableau Trello n'a plus de place que pour {room} {room:carte|cartes}, et {cards} "
    "{cards:est|sont} à créer. En archiver d'abord là-bas, ou connecter un nouveau tableau.",
)
STRANGERS: Final = Sentence(
    en="Not on the Trello board, so shown on no card: {people}. Add them to the board there; where "
    "Trello hides their e-mail, name them in the setting “members”.",
    fr="Absents du tableau Trello, donc sur aucune carte : {people}. Les y ajouter ; si Trello "
    "cache leur adresse, les nommer dans le réglage « members ».",
)

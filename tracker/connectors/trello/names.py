"""What Trello calls things, and what it says when it does not do as asked.

Source: https://developer.atlassian.com/cloud/trello/rest/
"""

from collections.abc import Mapping
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
COLORS: Final = ("blue", "green", "purple", "sky", "lime", "pink")

ECHO_HEADER: Final = "X-Trello-Client-Identifier"
SIGNATURE_HEADER: Final = "X-Trello-Webhook"

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
HANGING: Final = "trello webhook is there"

PROBLEMS: Final[Mapping[str, Sentence]] = {
    WRONG_KEY: Sentence(
        en="Trello does not know this API key. Copy it again from "
        "https://trello.com/power-ups/admin, under the app's “API key”, and enter it here.",
        fr="Trello ne connaît pas cette clé d'API. La copier de nouveau depuis "
        "https://trello.com/power-ups/admin, sous « API key » de l'application, et la saisir ici.",
    ),
    WRONG_TOKEN: Sentence(
        en="Trello no longer takes this token: it was revoked, has expired, or belongs to another "
        "key. Make a new one with the key's “Token” link, and enter it here.",
        fr="Trello n'accepte plus ce jeton : il a été révoqué, a expiré ou appartient à une autre "
        "clé. En créer un nouveau par le lien « Token » de la clé, et le saisir ici.",
    ),
    NOT_SHARED: Sentence(
        en="The Trello account of this token may not do this on the board. Have an admin of the "
        "board add it as a member, and give the token read and write access.",
        fr="Le compte Trello de ce jeton n'en a pas le droit sur le tableau. Demander à un "
        "administrateur du tableau de l'y ajouter comme membre, et donner au jeton l'accès en "
        "lecture et en écriture.",
    ),
    NO_BOARD: Sentence(
        en="There is no such board on Trello any more, or the account of this token cannot see "
        "it. Disconnect it here, then connect another or have a new one made.",
        fr="Ce tableau n'existe plus sur Trello, ou le compte de ce jeton ne le voit pas. Le "
        "déconnecter ici, puis en connecter un autre ou en faire créer un nouveau.",
    ),
    NO_CARD: Sentence(
        en="This card was deleted on Trello. Have a new one made, or leave the task off the board.",
        fr="Cette carte a été supprimée sur Trello. En faire créer une nouvelle, ou laisser la "
        "tâche hors du tableau.",
    ),
    CLOSED_BOARD: Sentence(
        en="The board is closed on Trello. Reopen it there, or disconnect it here.",
        fr="Le tableau est fermé sur Trello. Le rouvrir là-bas, ou le déconnecter ici.",
    ),
    FULL: Sentence(
        en="A limit of this Trello board or account is reached, so nothing more can be made on "
        "it. Archive or delete cards that are done with, or connect a new board.",
        fr="Une limite de ce tableau ou compte Trello est atteinte : rien de plus ne peut y être "
        "créé. Archiver ou supprimer des cartes devenues inutiles, ou connecter un nouveau "
        "tableau.",
    ),
    CALLBACK: Sentence(
        en="Trello cannot reach this tracker, so changes made there are seen only when the board "
        "is compared as a whole. Set TRACKER_BASE_URL to an https address that the internet can "
        "reach.",
        fr="Trello ne peut pas joindre ce suivi : ce qui change là-bas n'est vu que lorsque le "
        "tableau est comparé en entier. Donner à TRACKER_BASE_URL une adresse https joignable "
        "depuis Internet.",
    ),
    REFUSED: Sentence(
        en="Trello refused a request of ours. The next comparison of the whole board corrects it "
        "in most cases; if it stays so, tell the operator.",
        fr="Trello a refusé une de nos requêtes. La prochaine comparaison complète du tableau "
        "corrige cela le plus souvent ; sinon, prévenir l'opérateur.",
    ),
}
ROOM: Final = Sentence(
    en="The Trello board holds {room} more cards, and {cards} are to be made. Archive some there "
    "first, or connect a new board.",
    fr="Le tableau Trello n'a plus de place que pour {room} cartes, et {cards} sont à créer. En "
    "archiver d'abord là-bas, ou connecter un nouveau tableau.",
)
STRANGERS: Final = Sentence(
    en="Not on the Trello board, so shown on no card: {people}. Add them to the board there; where "
    "Trello hides their e-mail, name them in the setting “members”.",
    fr="Absents du tableau Trello, donc sur aucune carte : {people}. Les y ajouter ; si Trello "
    "cache leur adresse, les nommer dans le réglage « members ».",
)
